"""EILD: a linked-data publisher for contested, attributed claims."""

__version__ = "0.1.0"
