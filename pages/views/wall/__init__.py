"""Parts of the page of a class's wall."""
