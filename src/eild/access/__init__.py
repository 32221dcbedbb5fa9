"""Datasets for programs and notebooks: open one, query it, and have results as tables, graphs or plain values."""
