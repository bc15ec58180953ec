"""Parts of the page Join a class."""
