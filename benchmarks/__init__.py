"""Measurements of this program, each beside a peer on the same work in the same run."""
