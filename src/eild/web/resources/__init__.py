"""Documents and pages of single resources: claims, entities, words, neighbours."""
