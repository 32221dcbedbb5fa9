"""SHACL property paths as SPARQL property path syntax (SHACL, section 2.3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib import URIRef
from rdflib.namespace import RDF, SH

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

_SUFFIXES: Final = ((SH.zeroOrMorePath, "*"), (SH.oneOrMorePath, "+"), (SH.zeroOrOnePath, "?"))
_MAXIMUM_DEPTH: Final = 32


def path_text(graph: Graph, path: Node | None, *, depth: int = 0) -> str:
    """Return a path in SPARQL syntax with full IRIs, e.g. ``<a>/^<b>*``; an empty string for no path.

    :param graph: the shapes graph, which holds the blank nodes of complex paths
    :param path: an IRI or the node of a complex path
    :param depth: how deep the path is nested already; what lies too deep is shown as ``…``
    """
    if path is None:
        return ""
    if isinstance(path, URIRef):
        return path.n3()
    if depth > _MAXIMUM_DEPTH:
        return "…"
    if graph.value(path, RDF.first) is not None:
        return "/".join(_member(graph, item, depth) for item in graph.items(path))
    inverse = graph.value(path, SH.inversePath)
    if inverse is not None:
        return "^" + _member(graph, inverse, depth)
    alternatives = graph.value(path, SH.alternativePath)
    if alternatives is not None:
        return "|".join(_member(graph, item, depth) for item in graph.items(alternatives))
    for predicate, suffix in _SUFFIXES:
        inner = graph.value(path, predicate)
        if inner is not None:
            return _member(graph, inner, depth) + suffix
    return path.n3()


def _member(graph: Graph, path: Node, depth: int) -> str:
    text = path_text(graph, path, depth=depth + 1)
    return text if isinstance(path, URIRef) else f"({text})"
