"""Parts of Guess together, and of what a class is asked on the teacher's page."""
