"""What the data say of a resource: index, remote lookup, descriptions, names, example queries."""
