"""RDF files read together with the place of every triple: file, line, column and extent.

Oxigraph's parser reads the text, strictly by the W3C grammars, and names line and column of an error; a walk over the
tokens of the text (:mod:`eild.located.turtle`) tells where each triple stands, for RDF/XML and JSON-LD a walk over the
elements or members as far as it can be told (:mod:`eild.located.documents`). Literals keep the lexical form of the
file: RDFLib's process-wide ``NORMALIZE_LITERALS`` switch is neither read nor changed.
"""

from __future__ import annotations

from eild.located.graph import LocatedGraph, Triple
from eild.located.reading import TEXT_SYNTAXES, parse_located, parse_located_content, read_content

__all__ = ["TEXT_SYNTAXES", "LocatedGraph", "Triple", "parse_located", "parse_located_content", "read_content"]
