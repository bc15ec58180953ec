"""What several widgets need, on both sides."""
