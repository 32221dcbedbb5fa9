"""Lists that people browse: claims, entities, timeline, disagreements, the article, search."""
