"""What shapes graphs are written in: the terms of SHACL, lists, paths, queries and regular expressions."""
