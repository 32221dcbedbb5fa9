"""Full-text search over a published dataset: names, definitions, words of the text, claims and their propositions."""
