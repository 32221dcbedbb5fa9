"""Triples of the engine as graphs of RDFLib, literal for literal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat

from eild.located.statements import read_statements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rdflib import Graph


def make_graph(lines: bytes, prefixes: Mapping[str, str]) -> Graph:
    """Return a graph of RDFLib.

    :param lines: its triples as N-Triples
    :param prefixes: prefixes that it abbreviates IRIs by when it is written
    """
    graph = read_statements(lines, RdfFormat.N_TRIPLES, name="answer").graph
    for prefix, iri in prefixes.items():
        graph.bind(prefix, iri)
    return graph
