"""Parts of the page My digits."""
