"""RDF terms between RDFLib, in which shapes and findings are, and Oxigraph, in which the evaluator has its data."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pyoxigraph as ox
from rdflib import BNode, Literal, URIRef

from eild.located.nodes import DirectionalLiteral, LabelledNodes, TripleTerm

if TYPE_CHECKING:
    from rdflib.term import Node

Term: TypeAlias = "ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple"

_CACHED_TERMS: Final = 4096
_nodes = LabelledNodes(rdf_1_2=True)


def to_term(node: Node) -> Term:
    """Return a node of RDFLib as a term of Oxigraph; blank nodes keep their labels."""
    if isinstance(node, TripleTerm):
        parts: Any = (to_term(node.subject), _named(str(node.predicate)), to_term(node.object))
        return ox.Triple(*parts)
    if isinstance(node, BNode):
        return ox.BlankNode(str(node))
    if isinstance(node, DirectionalLiteral):
        direction = ox.BaseDirection(node.direction)
        return ox.Literal(str(node), language=node.language, direction=direction)
    if isinstance(node, Literal):
        if node.language:
            return ox.Literal(str(node), language=node.language.lower())
        return ox.Literal(str(node), datatype=None if node.datatype is None else ox.NamedNode(str(node.datatype)))
    return _named(str(node))


@lru_cache(maxsize=_CACHED_TERMS)
def _named(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


def to_node(term: Term) -> Node:
    """Return a term of Oxigraph as a node of RDFLib; blank nodes keep their labels."""
    return _nodes.node(term)


def named(iri: URIRef | str) -> ox.NamedNode:
    """Return the term of an IRI."""
    return _named(str(iri))


class _Value(Literal):
    """A literal that counts as given: RDFLib takes an empty string or a zero on a path for no value at all."""

    def __bool__(self) -> bool:
        """Return True."""
        return True


def as_given(node: Node) -> Node:
    """Return a node that RDFLib takes for given, also an empty string or a zero."""
    if isinstance(node, Literal) and not node:
        return _Value(str(node), lang=node.language, datatype=node.datatype, normalize=False)
    return node
