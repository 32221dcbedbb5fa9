"""Validation: data and shapes in, a report with places out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib import BNode, URIRef
from rdflib.namespace import SH

from eild.errors import ShapesError
from eild.validation.checks import note_imports, try_patterns
from eild.validation.data import focus_nodes, take_data
from eild.validation.engines import run_engine
from eild.validation.findings import Finding, Note, Report, Severity, VacuousTarget, order_key
from eild.validation.messages import build_message
from eild.validation.paths import path_text

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

    from eild.errors import Location
    from eild.located import LocatedGraph
    from eild.located.statements import Statements
    from eild.validation.data import Data, Locate
    from eild.validation.shapes import Shapes


def validate(
    data: Graph | LocatedGraph | Statements,
    shapes: Shapes,
    *,
    context: Graph | Statements | None = None,
    locate: Locate | None = None,
    engine: str = "auto",
) -> Report:
    """Validate data against shapes.

    :param data: the data; statements and located graphs give findings their places
    :param shapes: the shapes, as :func:`eild.validation.shapes.load_shapes` returns them
    :param context: further triples that the data may refer to (classes, schemes): they take part in the validation,
        but what they describe themselves is not reported
    :param locate: gives the place of a subject, its predicate and its object, where the data are a graph; that of a
        located graph by default
    :param engine: one of :data:`eild.validation.engines.ENGINES`; the report says which one ran
    :raises ShapesError: if the engine cannot apply the shapes
    """
    asked = take_data(data, context, locate)
    try_patterns(shapes.located, asked.triples)
    try:
        outcome = run_engine(asked.with_context(), shapes.graph, engine=engine)
    except ShapesError as error:
        raise ShapesError(error.message, location=error.location or _named(error, shapes), hint=error.hint) from error
    return Report(
        findings=tuple(sorted(_read_findings(outcome.graph, shapes, asked), key=Finding.sort_key)),
        vacuous=tuple(find_vacuous_targets(asked, shapes)),
        shapes=shapes,
        triple_count=asked.count,
        engine=outcome.engine,
        engine_reason=outcome.reason,
        notes=(*shapes.notes, *_notes_on_imports(asked, shapes)),
    )


def _read_findings(results: Graph, shapes: Shapes, data: Data) -> list[Finding]:
    """Return the findings of a report graph, those on nodes of the context left out."""
    nodes = focus_nodes(results)
    foreign = data.of_context(nodes)
    locate = data.locate_all(nodes - foreign) if nodes else None
    return [
        _finding(results, node, shapes, locate)
        for node in results.objects(None, SH.result)
        if results.value(node, SH.focusNode) not in foreign
    ]


def _notes_on_imports(data: Data, shapes: Shapes) -> tuple[Note, ...]:
    """Return a note for each import and shapes graph of the data that is none of the files given."""
    linking = data.linking()
    if linking is None:
        return ()
    return tuple(note_imports(linking, given=(shapes.located,), names=data.names))


def _named(error: ShapesError, shapes: Shapes) -> Location | None:
    """Return the place of the shape that an engine's message names, or that of the first shape if it names none."""
    places = sorted((place, str(shape)) for shape, place in shapes.located.subjects.items())
    named = [(len(shape), place) for place, shape in places if shape in error.message and ":" in shape]
    return max(named, default=(0, places[0][0] if places else None), key=lambda found: found[0])[1]


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


def find_vacuous_targets(data: Data, shapes: Shapes) -> list[VacuousTarget]:
    """Return the targets that match nothing in the data.

    :param data: the data; subclasses may be stated in their context
    :param shapes: the shapes
    """
    return [
        VacuousTarget(shape, predicate, target, shapes.located.locate(shape, predicate, target))
        for shape, predicate, target in shapes.targets()
        if not data.matches(predicate, target)
    ]
