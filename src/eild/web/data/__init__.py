"""Data as a whole: catalogue, downloads, nanopublications, JSON-LD context, citations, vocabularies."""
