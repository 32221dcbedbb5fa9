"""Measurements of EILD as a whole, each a command of its own: ``python -m benchmarks.<name>``."""
