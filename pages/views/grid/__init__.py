"""Parts of the page Grid."""
