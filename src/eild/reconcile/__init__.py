"""Reconciliation: which resources of a dataset names and properties in somebody's table stand for."""
