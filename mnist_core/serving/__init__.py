"""What the web process runs beside the pages: live events, dispatcher, maps by t-SNE."""
