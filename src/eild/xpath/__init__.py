"""What SPARQL and SHACL take from XPath: its regular expressions, in the dialects of the engines that run them."""
