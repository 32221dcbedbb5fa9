"""Validation over HTTP: the route, its jobs and the processes that run them."""
