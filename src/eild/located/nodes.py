"""From Oxigraph's terms to RDFLib's, with the lexical forms that the file has."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final, Self

import pyoxigraph
from rdflib import BNode, Literal, URIRef
from rdflib.namespace import XSD
from rdflib.term import Identifier

if TYPE_CHECKING:
    from rdflib.namespace import NamespaceManager
    from rdflib.term import Node


_STRING, _BOOLEAN = XSD.string, XSD.boolean
"""Kept, because RDFLib makes the node of a term anew whenever it is asked for."""
_BOOLEANS: Final = frozenset({"true", "false", "1", "0"})


class UnsupportedTermError(ValueError):
    """A term belongs to RDF 1.2: a triple term, or a text with a direction."""


class TripleTerm(Identifier):
    """A triple term of RDF 1.2, which RDFLib does not have.

    :ivar subject: its subject
    :ivar predicate: its predicate
    :ivar object: its object
    """

    subject: Node
    predicate: Node
    object: Node

    def __new__(cls, subject: Node, predicate: Node, obj: Node) -> Self:
        """Return the triple term of three nodes."""
        term: Self = super().__new__(cls, f"<<( {subject.n3()} {predicate.n3()} {obj.n3()} )>>")
        term.subject, term.predicate, term.object = subject, predicate, obj
        return term

    def __reduce__(self) -> tuple[type[TripleTerm], tuple[Node, Node, Node]]:
        """Return how the term is made anew."""
        return type(self), (self.subject, self.predicate, self.object)

    def n3(self, namespace_manager: NamespaceManager | None = None) -> str:  # noqa: ARG002 - as other nodes have it
        """Return the term in the syntax of N-Triples."""
        return str(self)


class DirectionalLiteral(Literal):
    """A language-tagged string with a base direction (RDF 1.2), which RDFLib does not have.

    :ivar direction: ``ltr`` or ``rtl``
    """

    direction: str

    def __new__(cls, text: str, language: str, direction: str) -> Self:
        """Return the literal."""
        literal: Self = super().__new__(cls, text, lang=language, normalize=False)
        literal.direction = direction
        return literal

    def __reduce__(self) -> tuple[type[DirectionalLiteral], tuple[str, str | None, str]]:
        """Return how the literal is made anew."""
        return type(self), (str(self), self.language, self.direction)

    def __eq__(self, other: object) -> bool:
        """Return whether another literal has the same string, language and direction."""
        return isinstance(other, DirectionalLiteral) and super().__eq__(other) and self.direction == other.direction

    def __hash__(self) -> int:
        """Return what is the same for equal literals."""
        return hash((super().__hash__(), self.direction))

    def n3(self, *arguments: Any, **options: Any) -> str:  # noqa: ANN401 - as RDFLib has it
        """Return the literal in the syntax of N-Triples."""
        return f"{super().n3(*arguments, **options)}--{self.direction}"


class Nodes:
    """Makes RDFLib's nodes for the terms of one file; its blank nodes are new ones, apart from all others.

    RDFLib's process-wide ``NORMALIZE_LITERALS`` is neither read nor changed: literals keep their lexical form, and
    ``xsd:string`` is what a literal without datatype is.

    :param rdf_1_2: whether terms of RDF 1.2 are taken
    """

    def __init__(self, *, rdf_1_2: bool = False) -> None:
        self._rdf_1_2 = rdf_1_2
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
        if self._rdf_1_2 and isinstance(term, pyoxigraph.Triple):
            return TripleTerm(self.node(term.subject), self.node(term.predicate), self.node(term.object))
        raise UnsupportedTermError("triple terms are part of RDF 1.2")

    def make_blank(self, label: str) -> BNode:  # noqa: ARG002 - labels count in subclasses
        """Return a new node for the blank node of a label."""
        return BNode()

    def _literal(self, term: pyoxigraph.Literal) -> Literal:
        direction = getattr(term, "direction", None)
        if direction is not None:
            if not self._rdf_1_2 or term.language is None:
                raise UnsupportedTermError("directional language-tagged strings are part of RDF 1.2")
            return DirectionalLiteral(term.value, term.language, direction.value)
        if term.language is not None:
            return Literal(term.value, lang=term.language, normalize=False)
        datatype = self.node(term.datatype)
        if datatype == _STRING:
            return Literal(term.value, normalize=False)
        if datatype == _BOOLEAN and term.value not in _BOOLEANS:
            return _make_quietly(term.value)
        return Literal(term.value, datatype=str(datatype), normalize=False)


def _make_quietly(text: str) -> Literal:
    """Return a boolean of which RDFLib would warn that it does not know it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Literal(text, datatype=_BOOLEAN, normalize=False)


class LabelledNodes(Nodes):
    """Makes RDFLib's nodes; blank nodes keep their labels."""

    def make_blank(self, label: str) -> BNode:
        """Return the blank node of a label."""
        return BNode(label)
