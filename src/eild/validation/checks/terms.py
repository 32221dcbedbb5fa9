"""The inventory of the terms of SHACL that shapes use: unknown ones, and those that are not applied."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Final

from rdflib import URIRef
from rdflib.namespace import OWL, RDF, RDFS, SH

from eild.errors import Location, ShapesError
from eild.validation.grammar.terms import (
    ANNOTATIONS,
    ENTAILMENT_RDFS,
    NOT_APPLIED,
    SHACL,
    TERMS,
    UNSUPPORTED,
    local_name,
)
from eild.validation.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rdflib import Graph
    from rdflib.term import Node

    from eild.located import LocatedGraph

_OF_DATA: Final = frozenset({SH.targetNode, SH.hasValue, SH.focusNode, SH.value})
"""Terms by which shapes and reports point to data."""
_TWIN: Final = re.compile(r"https?://(?:www\.)?w3\.org/(?:ns|TR)/shacl(?:[#/]|\Z)", re.IGNORECASE)


def did_you_mean(name: str, known: Iterable[str], *, prefix: str = "", otherwise: str = "") -> str:
    """Return a hint that names the known word nearest to one, or another hint if none is near."""
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f"did you mean {prefix}{near[0]}?" if near else otherwise


def check_terms(located: LocatedGraph) -> Iterator[ShapesError]:
    """Yield an error for each place of a term in the ``sh:`` namespace that is unknown, or not supported yet.

    Data that stand in one file with the shapes may use what they like: no engine looks there for SHACL.
    """
    found: dict[tuple[str, Location | None], ShapesError] = {}
    for triple, places in located.places.items():
        for term in triple:
            name = local_name(term) if isinstance(term, URIRef) else ""
            if not name or (name in TERMS and name not in UNSUPPORTED):
                continue
            if term == triple[1] and _is_data(located.graph, triple[0]):
                continue
            place = places[0] if places else None
            if name in UNSUPPORTED:
                message, hint = f"sh:{name} is of SHACL 1.2 and not supported yet", "write the constraint without it"
            else:
                message = f"unknown SHACL term sh:{name}"
                hint = did_you_mean(
                    name, TERMS, prefix="sh:", otherwise="see https://www.w3.org/TR/shacl/ for its terms"
                )
            found[name, place] = ShapesError(message, location=place, hint=hint)
    yield from found.values()
    yield from _check_entailment(located)


def _check_entailment(located: LocatedGraph) -> Iterator[ShapesError]:
    for subject, regime in located.graph.subject_objects(SH.entailment):
        if str(regime) != ENTAILMENT_RDFS:
            message = f"the entailment regime {regime.n3()} is not supported"
            place = located.locate(subject, SH.entailment, regime)
            yield ShapesError(message, location=place, hint=f"only <{ENTAILMENT_RDFS}> is supported")


def _is_data(graph: Graph, node: Node) -> bool:
    """Return whether a node is of a class of somebody's own and has nothing to do with what SHACL knows."""
    kinds = [str(kind) for kind in graph.objects(node, RDF.type)]
    if not kinds or any(kind.startswith((SHACL, str(RDFS), str(OWL))) for kind in kinds):
        return False
    related = {*graph.predicates(node), *graph.predicates(None, node)} - _OF_DATA
    return not any(str(predicate).removeprefix(SHACL) in TERMS for predicate in related)


def note_terms(located: LocatedGraph) -> Iterator[Note]:
    """Yield a note for each term that is not applied, and for terms of namespaces that look like SHACL's."""
    twins: dict[str, Note] = {}
    for triple, places in located.places.items():
        place = places[0] if places else None
        for term in triple:
            if isinstance(term, URIRef) and not term.startswith(SHACL) and _TWIN.match(term):
                namespace = _TWIN.match(term)
                if namespace is not None:
                    message = f"{term.n3()} is not a term of SHACL, whose namespace is {SHACL}: it has no effect"
                    twins.setdefault(namespace[0], Note(message, place, f"write the namespace as {SHACL}"))
        yield from _note_term(triple[1], place)
        if triple[1] == RDF.type:
            yield from _note_term(triple[2], place)
    yield from twins.values()
    yield from _note_targets(located)


def _note_term(term: Node, place: Location | None) -> Iterator[Note]:
    name = local_name(term)
    if name in NOT_APPLIED:
        yield Note(f"sh:{name} has no effect: {NOT_APPLIED[name]}", place, "apply it before, or remove it")
    elif name in ANNOTATIONS:
        yield Note(f"sh:{name} constrains nothing", place, strict=False)


def _note_targets(located: LocatedGraph) -> Iterator[Note]:
    graph = located.graph
    for shape, target in graph.subject_objects(SH.target):
        if (target, SH.select, None) not in graph:
            message = "sh:target has no effect: only sh:SPARQLTarget with a sh:select is applied"
            place = located.locate(shape, SH.target, target)
            yield Note(message, place, "write the target as a query, or use sh:targetClass and its like")
