"""What the server has once, for all tabs."""
