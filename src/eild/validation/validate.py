"""Validation: data and shapes in, a report with places out."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS, SH

from eild.errors import ShapesError
from eild.located import LocatedGraph
from eild.validation.checks import note_imports, try_patterns
from eild.validation.engines import run_engine
from eild.validation.findings import Finding, Note, Report, Severity, VacuousTarget, order_key
from eild.validation.messages import build_message
from eild.validation.paths import path_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdflib.term import Node

    from eild.errors import Location
    from eild.validation.shapes import Shapes

    Locate: TypeAlias = Callable[[Node, Node | None, Node | None], Location | None]


def validate(
    data: Graph | LocatedGraph,
    shapes: Shapes,
    *,
    context: Graph | None = None,
    locate: Locate | None = None,
    engine: str = "auto",
) -> Report:
    """Validate data against shapes.

    :param data: the data graph; a located graph gives findings their places
    :param shapes: the shapes, as :func:`eild.validation.shapes.load_shapes` returns them
    :param context: further triples that the data may refer to (classes, schemes): they take part in the validation,
        but what they describe themselves is not reported
    :param locate: gives the place of a subject, its predicate and its object; that of a located graph by default
    :param engine: one of :data:`eild.validation.engines.ENGINES`; the report says which one ran
    :raises ShapesError: if the engine cannot apply the shapes
    """
    graph = data.graph if isinstance(data, LocatedGraph) else data
    if locate is None and isinstance(data, LocatedGraph):
        locate = data.locate
    checked = graph if context is None else _union(graph, context)
    try_patterns(shapes.located, graph)
    try:
        outcome = run_engine(checked, shapes.graph, engine=engine)
    except ShapesError as error:
        raise ShapesError(error.message, location=error.location or _named(error, shapes), hint=error.hint) from error
    results = outcome.graph
    findings = [_finding(results, node, shapes, locate) for node in results.objects(None, SH.result)]
    if context is not None:
        findings = [finding for finding in findings if not _is_of_context(finding.focus, graph, context)]
    return Report(
        findings=tuple(sorted(findings, key=Finding.sort_key)),
        vacuous=tuple(find_vacuous_targets(graph, shapes, classes=checked)),
        shapes=shapes,
        triple_count=len(graph),
        engine=outcome.engine,
        engine_reason=outcome.reason,
        notes=(*shapes.notes, *_notes_on_imports(data, shapes)),
    )


def _notes_on_imports(data: Graph | LocatedGraph, shapes: Shapes) -> tuple[Note, ...]:
    """Return a note for each import and shapes graph of the data that is none of the files given."""
    return tuple(note_imports(data, given=(shapes.located,))) if isinstance(data, LocatedGraph) else ()


def _named(error: ShapesError, shapes: Shapes) -> Location | None:
    """Return the place of the shape that an engine's message names, or that of the first shape if it names none."""
    places = sorted((place, str(shape)) for shape, place in shapes.located.subjects.items())
    named = [(len(shape), place) for place, shape in places if shape in error.message and ":" in shape]
    return max(named, default=(0, places[0][0] if places else None), key=lambda found: found[0])[1]


def _union(first: Graph, second: Graph) -> Graph:
    union = Graph(bind_namespaces="none")
    for graph in (first, second):
        for prefix, namespace in graph.namespaces():
            union.bind(prefix, namespace)
        for triple in graph:
            union.add(triple)
    return union


def _is_of_context(focus: Node, data: Graph, context: Graph) -> bool:
    """Tell whether a focus node is described by the context and not by the data."""
    return (focus, None, None) not in data and (focus, None, None) in context


def _finding(results: Graph, node: Node, shapes: Shapes, locate: Locate | None) -> Finding:
    """Read one result of the report graph."""
    shape, component = results.value(node, SH.sourceShape), results.value(node, SH.sourceConstraintComponent)
    focus, path = results.value(node, SH.focusNode), results.value(node, SH.resultPath)
    value, severity = results.value(node, SH.value), results.value(node, SH.resultSeverity)
    if shape is None or focus is None or not isinstance(component, URIRef):
        message = f"the engine returned a result without shape, focus node or component: {node!r}"
        raise AssertionError(message)
    constraint = results.value(node, SH.sourceConstraint)
    own = build_message(shapes.graph, shape, component, constraint)
    messages = [own] if own else sorted(set(results.objects(node, SH.resultMessage)), key=order_key)
    return Finding(
        severity=Severity.from_iri(severity),
        shape=shape,
        component=component,
        focus=focus,
        path=path_text(shapes.graph if isinstance(path, BNode) else results, path),
        value=value,
        message=" ".join(dict.fromkeys(str(message) for message in messages)),
        messages=tuple(messages),
        constraint=constraint,
        severity_iri=severity,
        path_node=path,
        location=locate(focus, path if isinstance(path, URIRef) else None, value) if locate else None,
        shape_location=shapes.location(shape),
    )


def find_vacuous_targets(data: Graph, shapes: Shapes, *, classes: Graph | None = None) -> list[VacuousTarget]:
    """Return the targets that match nothing in the data.

    :param data: the data graph
    :param shapes: the shapes
    :param classes: where ``rdfs:subClassOf`` is looked up; the data graph if not given
    """
    hierarchy = classes if classes is not None else data
    return [
        VacuousTarget(shape, predicate, target, shapes.located.locate(shape, predicate, target))
        for shape, predicate, target in shapes.targets()
        if not _matches(data, hierarchy, predicate, target)
    ]


def _matches(data: Graph, hierarchy: Graph, predicate: URIRef, target: Node) -> bool:
    if predicate == SH.targetNode:
        return isinstance(target, Literal) or (target, None, None) in data or (None, None, target) in data
    if predicate == SH.targetClass:
        kinds = hierarchy.transitive_subjects(RDFS.subClassOf, target)
        return any((None, RDF.type, kind) in data for kind in kinds)
    return (None, target, None) in data
