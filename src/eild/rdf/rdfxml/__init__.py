"""RDF/XML: an XML parser that loses nothing, the grammar over its events, and the triples as N-Triples."""
