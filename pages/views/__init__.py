"""Parts of pages: a folder a page, and what several pages show in ``shared``."""
