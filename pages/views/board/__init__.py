"""Parts of the board of a class."""
