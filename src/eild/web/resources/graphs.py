"""The content of a named graph: what its IRI stands for (SPARQL 1.1 Graph Store HTTP Protocol, section 4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import RdfFormat, parse

from eild import media
from eild.documents.index import load_named_graphs
from eild.errors import ResultTooLargeError
from eild.query.engine import QueryRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyoxigraph import NamedNode, Triple

    from eild.web.frame.site import Site

MOST_TRIPLES: Final = 200_000
"""How many triples a named graph may have whose IRI answers with all of them."""


def count_graph(site: Site, node: NamedNode) -> int:
    """Return the number of triples of a named graph; 0 if there is none of that name."""
    return next((graph.triples for graph in site.publication.graphs.values() if graph.iri == node.value), 0)


def load_graph(site: Site, node: NamedNode) -> Sequence[Triple]:
    """Return the triples of a named graph.

    :raises ResultTooLargeError: if it has more than :data:`MOST_TRIPLES`
    """
    if count_graph(site, node) > MOST_TRIPLES:
        message = f"the named graph has more than {MOST_TRIPLES:,} triples"
        raise ResultTooLargeError(message, hint="download a dump at /dumps/, or query parts of it with GRAPH")
    if site.publication.files:
        return load_named_graphs(site.publication, [node.value])[node.value]
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {node} {{ ?s ?p ?o }} }}"
    answer = site.engine.evaluate(QueryRequest(query, graph=media.N_TRIPLES))
    return [quad.triple for quad in parse(answer.body, RdfFormat.N_TRIPLES)]
