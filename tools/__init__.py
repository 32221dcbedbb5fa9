"""Tools for whoever works on the code, each a command: ``python -m tools.<name>``. Nothing here is published."""
