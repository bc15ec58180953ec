"""What a network makes of a digit, and why: NumPy only, from stored weights."""
