"""EILD's own evaluator: SHACL Core 1.0 and 1.2 by the letter, without regard to speed.

It defines the verdict: values have the lexical forms of XML Schema, numbers are exact whatever their size, patterns
are XPath's, and RDF 1.2 data keep their triple terms. Faster engines validate what they are known to judge alike
(:mod:`eild.validation.engines.routing`).
"""
