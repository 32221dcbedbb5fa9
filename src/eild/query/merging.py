"""The default graph that several graphs make: an RDF merge, in which a statement that two of them hold stands once.

The engine evaluates a query over several graphs as if their statements were put one after the other, so that one in
two graphs counts twice, and one in a graph that is named twice as well. SPARQL 1.1 Query, section 13.2, asks for the
merge. Where the graphs of a dataset share statements, they are copied into one first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, QuerySolutions, RdfFormat, Store, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.query.text.query import Query

_COUNT: Final = "SELECT (COUNT(*) AS ?all) (COUNT(DISTINCT *) AS ?once) { ?s ?p ?o }"


@dataclass(frozen=True)
class ChosenDataset:
    """The graphs of which a request makes its dataset, each once."""

    default: tuple[NamedNode, ...]
    named: tuple[NamedNode, ...]


def resolve_iris(query: Query, tokens: Sequence[int], base: str) -> list[NamedNode]:
    """Return what prefixed names and IRIs of a query stand for; an empty list if one of them is malformed.

    The prologue of SPARQL is one of Turtle, so Turtle's parser tells.

    :param tokens: the tokens of the names and IRIs
    :param base: what relative IRIs resolve against
    """
    declared = [
        f"{clause.kind} {clause.name} {query.sources[clause.token]}\n"
        for clause in (query.structure.prologue if query.structure else ())
        if clause.kind != "VERSION"
    ]
    names = [query.sources[token] for token in tokens]
    try:
        document = "".join([*declared, *(f"{name} a {name} .\n" for name in names)])
        found = [quad.object for quad in parse(document, RdfFormat.TURTLE, base_iri=base)]
    except (SyntaxError, ValueError):
        return []
    return [node for node in found if isinstance(node, NamedNode)]


def find_dataset(query: Query, base: str) -> ChosenDataset | None:
    """Return the dataset that a query chooses by its clauses; None if it has none, or they are malformed.

    :param base: what relative IRIs resolve against
    """
    clauses = query.structure.dataset if query.structure else ()
    graphs = resolve_iris(query, [clause.token for clause in clauses], base) if clauses else []
    if not graphs or len(graphs) != len(clauses):
        return None
    chosen: dict[str, dict[NamedNode, None]] = {"FROM": {}, "FROM NAMED": {}}
    for clause, graph in zip(clauses, graphs, strict=True):
        chosen[clause.kind][graph] = None
    return ChosenDataset(tuple(chosen["FROM"]), tuple(chosen["FROM NAMED"]))


def share_statements(store: Store, graphs: Sequence[NamedNode]) -> bool:
    """Tell whether any statement is in two of some graphs."""
    solutions = store.query(_COUNT, default_graph=list(graphs), named_graphs=[])
    if not isinstance(solutions, QuerySolutions):  # pragma: no cover - a SELECT gives solutions
        return True
    row = next(solutions)
    return bool(row["all"] != row["once"])


def _copy(store: Store, graph: NamedNode, merged: Store, target: NamedNode | DefaultGraph) -> None:
    """Copy a graph; blank nodes keep their labels, which reading N-Triples would change."""
    content = store.dump(format=RdfFormat.N_TRIPLES, from_graph=graph) or b""
    if b"_:" not in content:
        merged.load(content, RdfFormat.N_TRIPLES, to_graph=target)
        return
    found = store.quads_for_pattern(None, None, None, graph)
    merged.bulk_extend(Quad(quad.subject, quad.predicate, quad.object, target) for quad in found)


def merge_graphs(store: Store, dataset: ChosenDataset) -> Store:
    """Return a store whose default graph is the merge of a dataset's, with the named graphs beside it."""
    merged = Store()
    for graph in dataset.default:
        _copy(store, graph, merged, DefaultGraph())
    for graph in dataset.named:
        if store.contains_named_graph(graph):
            merged.add_graph(graph)
            _copy(store, graph, merged, graph)
    return merged
