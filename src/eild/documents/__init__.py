"""What the data says of a resource: index, remote lookup, descriptions, names, example queries."""
