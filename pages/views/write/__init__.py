"""Parts of the page Write."""
