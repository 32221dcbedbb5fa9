"""The default graph that several graphs make: an RDF merge, in which a statement that two of them hold stands once.

The engine evaluates a query over several graphs as if their statements were put one after the other, so that one in
two graphs counts twice, and one in a graph that is named twice as well. SPARQL 1.1 Query, section 13.2, asks for the
merge. Where the graphs of a dataset share statements, they are copied into one first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, QuerySolutions, RdfFormat, Store, parse

from eild.query.text.guard import QUERY_FORMS
from eild.query.text.tokens import SignReader, find_keyword

if TYPE_CHECKING:
    from collections.abc import Sequence

_COUNT: Final = "SELECT (COUNT(*) AS ?all) (COUNT(DISTINCT *) AS ?once) { ?s ?p ?o }"
_DEFAULT: Final = "FROM"
_NAMED: Final = "FROM NAMED"


@dataclass(frozen=True)
class ChosenDataset:
    """The graphs of which a request makes its dataset, each once."""

    default: tuple[NamedNode, ...]
    named: tuple[NamedNode, ...]


def _list_clauses(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the prologue of a query, and kind and graph of each dataset clause, the graph as it is written."""
    prologue, clauses, kind, depth = "", [], "", 0
    for sign in SignReader(text):
        if sign.kind == "bracket":
            depth += 1 if sign.text in {"(", "[", "{"} else -1
            continue
        if depth:
            continue
        keyword = find_keyword(sign.text) if sign.kind == "word" else ""
        if not prologue and keyword.startswith(QUERY_FORMS):
            prologue = text[: sign.offset] or " "
        if keyword in {"FROM", "FROMNAMED"}:
            kind = _DEFAULT if keyword == "FROM" else _NAMED
        elif keyword == "NAMED" and kind == _DEFAULT:
            kind = _NAMED
        elif kind:
            clauses.append((kind, sign.text))
            kind = ""
    return prologue, clauses


def find_dataset(text: str, base: str) -> ChosenDataset | None:
    """Return the dataset that a query chooses by its clauses, or None if it has none or is malformed.

    Without clauses the query chooses no dataset: it is then the store that decides, and an empty dataset would answer
    every query with nothing. A single clause makes no merge; the text is not read for it unless "from" occurs twice.

    The prologue of SPARQL is one of Turtle, so Turtle's parser tells what prefixed names and relative IRIs stand for.

    :param base: what relative IRIs resolve against
    """
    if text.upper().count("FROM") < 2:  # noqa: PLR2004 - one clause makes no merge
        return None
    prologue, clauses = _list_clauses(text)
    if not clauses:
        return None
    document = prologue + "".join(f"\n{graph} a {graph} ." for _, graph in clauses)
    try:
        graphs = [quad.object for quad in parse(document, RdfFormat.TURTLE, base_iri=base)]
    except (SyntaxError, ValueError):
        return None
    if len(graphs) != len(clauses):
        return None
    chosen: dict[str, dict[NamedNode, None]] = {_DEFAULT: {}, _NAMED: {}}
    for (kind, _), graph in zip(clauses, graphs, strict=True):
        if isinstance(graph, NamedNode):
            chosen[kind][graph] = None
    return ChosenDataset(tuple(chosen[_DEFAULT]), tuple(chosen[_NAMED]))


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
