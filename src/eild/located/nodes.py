"""From Oxigraph's terms to RDFLib's, with the lexical forms that the file has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph
from rdflib import BNode, Literal, URIRef
from rdflib.namespace import XSD

if TYPE_CHECKING:
    from rdflib.term import Node


class UnsupportedTermError(ValueError):
    """A term belongs to RDF 1.2: a triple term, or a text with a direction."""


class Nodes:
    """Makes RDFLib's nodes for the terms of one file; its blank nodes are new ones, apart from all others.

    RDFLib's process-wide ``NORMALIZE_LITERALS`` is neither read nor changed: literals keep their lexical form, and
    ``xsd:string`` is what a literal without datatype is.
    """

    def __init__(self) -> None:
        self._iris: dict[str, URIRef] = {}
        self._blanks: dict[str, BNode] = {}

    def triple(self, quad: pyoxigraph.Quad) -> tuple[Node, Node, Node]:
        """Return the triple of a quad.

        :raises UnsupportedTermError: if one of its terms is not of RDF 1.1
        """
        return self.node(quad.subject), self.node(quad.predicate), self.node(quad.object)

    def node(self, term: object) -> Node:
        """Return the node for a term.

        :raises UnsupportedTermError: if it is not of RDF 1.1
        """
        if isinstance(term, pyoxigraph.NamedNode):
            iri = term.value
            known = self._iris.get(iri)
            if known is None:
                known = self._iris[iri] = URIRef(iri)
            return known
        if isinstance(term, pyoxigraph.BlankNode):
            label = term.value
            blank = self._blanks.get(label)
            if blank is None:
                blank = self._blanks[label] = self.make_blank(label)
            return blank
        if isinstance(term, pyoxigraph.Literal):
            return self._literal(term)
        raise UnsupportedTermError("triple terms are part of RDF 1.2")

    def make_blank(self, label: str) -> BNode:  # noqa: ARG002 - labels count in subclasses
        """Return a new node for the blank node of a label."""
        return BNode()

    def _literal(self, term: pyoxigraph.Literal) -> Literal:
        if getattr(term, "direction", None) is not None:
            raise UnsupportedTermError("directional language-tagged strings are part of RDF 1.2")
        if term.language is not None:
            return Literal(term.value, lang=term.language, normalize=False)
        datatype = self.node(term.datatype)
        return Literal(term.value, datatype=None if datatype == XSD.string else str(datatype), normalize=False)
