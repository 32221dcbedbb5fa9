"""Curated facts: reading them, the ontology, the evidence that ties them to the seed, coverage, retired names."""
