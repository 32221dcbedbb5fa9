"""The SPARQL endpoint and its pages: protocol, query editor, tables, charts, example queries."""
