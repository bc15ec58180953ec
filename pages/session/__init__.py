"""What a tab remembers: whose browser it is, the run it watches, the task it works on."""
