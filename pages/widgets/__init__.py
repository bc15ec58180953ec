"""What runs in the browser: a folder a widget, Python outside and JavaScript inside."""
