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
    COMPONENTS,
    ENTAILMENT_RDFS,
    NOT_APPLIED,
    OF_REPORTS,
    SHACL,
    TARGETS,
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
_OF_W3C: Final = re.compile(r"(https?://(?:www\.)?w3\.org/(?:\S*/)?(\w+)[#/]+)(\w+)\Z", re.IGNORECASE)
"""An IRI of the W3C: its namespace, the last word of the namespace, and the name in it."""
_GLUED: Final = re.compile(r"(https?://(?:www\.)?w3\.org/(?:\S*/)?shacl)()(\w+)\Z", re.IGNORECASE)
_NEAR: Final = 0.8
_EXTENSIONS: Final = (
    ("http://www.w3.org/ns/shnex#", ""),
    ("http://www.w3.org/ns/shacl-rules#", ""),
    ("http://www.w3.org/ns/shacl-js#", ""),
    (
        "http://datashapes.org/dash#",
        (
            "closedByTypes coExistsWith hasClass hasMaxExclusive hasMaxInclusive hasMinExclusive "
            "hasMinInclusive hasValueIn hasValueWithClass hasValueConstraint indexed isIn maxListLength "
            "memberShape minListLength nonRecursive notHasValue reifiableBy requiredReification rootClass "
            "scriptConstraint singleLine stem subSetOf symmetric uniqueMembers uniqueValueForClass "
            "uniqueValuesForClass validates validateTargets valuesWithShape "
            "applicableToClass"
        ),
    ),
)
"""Namespaces that extend SHACL, each with the names that constrain; an empty text stands for all."""


_OF_QUERIES: Final = frozenset({SH.select, SH.ask})
_HOLDERS: Final = (SH.sparql, SH.validator, SH.nodeValidator, SH.propertyValidator, SH.target)
"""Terms whose values have a query that is applied."""


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
        if regime != URIRef(ENTAILMENT_RDFS):
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
    parameters = set(located.graph.objects(None, SH.parameter))
    declared = {path for parameter in parameters for path in located.graph.objects(parameter, SH.path)}
    for triple, places in located.places.items():
        place = places[0] if places else None
        for term in (triple[1], triple[2]) if triple[1] == RDF.type else (triple[1],):
            namespace = _find_twin(str(term))
            if namespace:
                message = f"{term.n3()} is not a term of SHACL, whose namespace is {SHACL}: it has no effect"
                twins.setdefault(namespace, Note(message, place, f"write the namespace as {SHACL}"))
        if triple[1] not in declared and _is_extension(str(triple[1])):
            message = f"{triple[1].n3()} has no effect: no constraint component of the shapes has this parameter"
            yield Note(message, place, "give the file that declares the component with --shapes, if it uses SPARQL")
        yield from _note_misplaced(located.graph, triple, place)
        yield from _note_term(triple[1], place)
        if triple[1] == RDF.type:
            yield from _note_term(triple[2], place)
    yield from twins.values()
    yield from _note_targets(located)


def _find_twin(iri: str) -> str:
    """Return the namespace of an IRI that seems to be meant for SHACL's; an empty text if it does not."""
    if iri.startswith(SHACL):
        return ""
    for found in filter(None, (_GLUED.match(iri), _OF_W3C.match(iri))):
        word = found[2].lower() or "shacl"
        if found[3] in TERMS and difflib.SequenceMatcher(None, word, "shacl").ratio() >= _NEAR:
            return found[1]
    return ""


def _is_extension(iri: str) -> bool:
    """Return whether a property belongs to an extension of SHACL and constrains."""
    for namespace, names in _EXTENSIONS:
        if iri.startswith(namespace):
            return not names or iri.removeprefix(namespace) in names.split()
    return False


def _note_misplaced(graph: Graph, triple: tuple[Node, Node, Node], place: Location | None) -> Iterator[Note]:
    """Yield a note if a term of SHACL stands where nothing reads it."""
    subject, predicate, _ = triple
    name = local_name(predicate)
    if not name or name not in TERMS or name in NOT_APPLIED:
        return
    if name[0].isupper():
        yield Note(f"sh:{name} has no effect: it is no property", place, "write it as a value, or remove it")
    elif name in OF_REPORTS and not _is_data(graph, subject) and _is_shape(graph, subject):
        yield Note(f"sh:{name} has no effect: it belongs to reports", place, "write the constraint that is meant")
    elif predicate == SH.optional and (None, SH.parameter, subject) not in graph:
        message = "sh:optional has no effect: it belongs to parameters of components"
        yield Note(message, place, "write sh:minCount 0, or leave sh:minCount out")
    elif name in {"severity", "deactivated"} and _has_query(
        graph, subject, but=SH.sparql if name == "deactivated" else None
    ):
        yield Note(f"sh:{name} has no effect here: it belongs to shapes", place, "write it into the shape")
    elif name == "shape" and not _is_data(graph, subject):
        yield Note("sh:shape constrains nothing here: the data name their shapes by it", place, strict=False)
    elif predicate in _OF_QUERIES and not any((None, holder, subject) in graph for holder in _HOLDERS):
        kinds = {local_name(kind) for kind in graph.objects(subject, RDF.type)}
        if kinds.isdisjoint(NOT_APPLIED):
            message = f"sh:{name} has no effect: no constraint, validator or target has this query"
            yield Note(message, place, "write it into sh:sparql [ … ]")


def _has_query(graph: Graph, node: Node, *, but: URIRef | None) -> bool:
    """Return whether a node is a component, or a constraint, validator or target with a query, and no shape.

    :param but: a term whose values do not count
    """
    held = any((None, holder, node) in graph for holder in _HOLDERS if holder != but)
    return (held or (node, SH.parameter, None) in graph) and not _is_shape(graph, node)


def _is_shape(graph: Graph, node: Node) -> bool:
    return (None, SH.property, node) in graph or any(
        predicate in COMPONENTS or predicate in TARGETS or predicate in {SH.property, SH.path}
        for predicate in graph.predicates(node)
    )


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
