"""What is written on a page: our own words may be Markdown, anybody else's are shown as typed."""
