"""Parts of the page Look inside."""
