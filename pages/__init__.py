"""One thin script a page; navigation.py is the one that the server runs."""
