"""Processes and sockets: running the application, the layer in front of it, releases, connections, memory."""
