"""Triples to bytes and back: canonical order, writers, and the table of syntaxes that the engine reads and writes."""
