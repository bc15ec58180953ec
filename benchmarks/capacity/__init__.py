"""What one server holds: writes of its store, runs of its pages, sockets and events."""
