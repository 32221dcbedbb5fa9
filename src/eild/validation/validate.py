"""Validation: data and shapes in, a report with places out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib import URIRef

from eild.errors import ShapesError
from eild.located.statements import Statements
from eild.validation.checks import note_imports, note_named, note_untargeted, try_patterns
from eild.validation.data import located_sources, take_data
from eild.validation.engines import run_engine
from eild.validation.engines.routing import find_reporting
from eild.validation.engines.spelling import restore_spelling
from eild.validation.entailment import asks_for_rdfs, entail_rdfs
from eild.validation.exact.index import Index
from eild.validation.exact.run import Run
from eild.validation.exact.targets import select_target
from eild.validation.findings import Finding, Report, Severity, VacuousTarget
from eild.validation.grammar.paths import path_text
from eild.validation.grammar.terms import TARGETS, sh
from eild.validation.messages import build_message
from eild.validation.order import order_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rdflib import Graph

    from eild.errors import Location
    from eild.located import LocatedGraph
    from eild.validation.data import Data, Locate
    from eild.validation.notes import Note
    from eild.validation.results import Result
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
    reached, count = asked, asked.count  # counted before the engines take their memory
    try_patterns(shapes.located, asked.triples)
    given = asked.with_context()
    if asks_for_rdfs(shapes.graph):
        given = entail_rdfs(given if isinstance(given, Statements) else Statements.from_triples(given))
        reached = take_data(given, None, None)
    try:
        outcome = run_engine(given, shapes, engine=engine)
    except ShapesError as error:
        raise ShapesError(error.message, location=error.location or _named(error, shapes), hint=error.hint) from error
    results = restore_spelling(outcome.results, (*asked.sources(), *located_sources(shapes.located)))
    return Report(
        findings=tuple(sorted(_read_findings(results, shapes, asked), key=Finding.sort_key)),
        vacuous=(*find_vacuous_targets(reached, shapes), *_find_vacuous_queries(given, shapes, results)),
        shapes=shapes,
        triple_count=count,
        engine=outcome.engine,
        notes=(*shapes.notes, *_notes_on_data(asked, shapes)),
    )


def _read_findings(results: Sequence[Result], shapes: Shapes, data: Data) -> list[Finding]:
    """Return the findings of results, those on nodes of the context left out."""
    nodes = {result.focus for result in results}
    foreign = data.of_context(nodes)
    inner = {detail.focus for result in results for detail in result.details}
    locate = data.locate_all((nodes - foreign) | inner) if nodes else None
    return [_finding(result, shapes, locate) for result in results if result.focus not in foreign]


def _notes_on_data(data: Data, shapes: Shapes) -> tuple[Note, ...]:
    """Return what data name that takes no part (imports, shapes graphs, shapes), and the shapes that nothing names."""
    linking = data.linking()
    if linking is None:
        return shapes.keep("untargeted", lambda: tuple(note_untargeted(shapes.located)))
    named = set(linking.graph.objects(None, sh("shape")))
    return (
        *note_imports(linking, given=(shapes.located,), names=data.names),
        *note_named(linking, shapes.located),
        *note_untargeted(shapes.located, named),
    )


def _named(error: ShapesError, shapes: Shapes) -> Location | None:
    """Return the place of the shape that an engine's message names, or that of the first shape if it names none."""
    places = sorted((place, str(shape)) for shape, place in shapes.located.subjects.items())
    named = [(len(shape), place) for place, shape in places if shape in error.message and ":" in shape]
    return max(named, default=(0, places[0][0] if places else None), key=lambda found: found[0])[1]


def _finding(result: Result, shapes: Shapes, locate: Locate | None) -> Finding:
    """Return the finding of a result."""
    known = (result.shape, result.component, result.parameter)
    own = None if result.messages else shapes.keep(("message", *known), lambda: build_message(shapes.graph, result))
    messages = (own,) if own is not None else tuple(sorted(set(result.messages), key=order_key))
    path, value = result.path, result.value
    return Finding(
        severity=Severity.from_iri(result.severity),
        shape=result.shape,
        component=result.component,
        focus=result.focus,
        path=shapes.keep(("path", path), lambda: path_text(shapes.graph, path)),
        value=value,
        message=" ".join(dict.fromkeys(str(message) for message in messages)),
        messages=messages,
        constraint=result.constraint,
        severity_iri=result.severity,
        path_node=path,
        location=locate(result.focus, path if isinstance(path, URIRef) else None, value) if locate else None,
        shape_location=shapes.location(result.shape),
        details=tuple(sorted((_finding(detail, shapes, locate) for detail in result.details), key=Finding.sort_key)),
        parameter=result.parameter,
    )


def _find_vacuous_queries(given: Graph | Statements, shapes: Shapes, results: Sequence[Result]) -> list[VacuousTarget]:
    """Return the targets that are queries or shapes (``sh:target``, ``sh:targetWhere``) and match nothing.

    The only target of a shape that has results matches something.
    """
    reported = {result.shape for result in results}
    targets = [
        (shape, predicate, target)
        for shape, predicate, target in shapes.targets()
        if predicate not in TARGETS
        and (len(shapes.targets_of(shape)) > 1 or reported.isdisjoint(find_reporting(shapes.graph, shape)))
    ]
    if not targets:
        return []
    data = given if isinstance(given, Statements) else Statements.from_triples(given)
    run = Run(Index.read(data), shapes)
    return [
        VacuousTarget(shape, predicate, target, shapes.located.locate(shape, predicate, target))
        for shape, predicate, target in targets
        if not select_target(run, predicate, target)
    ]


def find_vacuous_targets(data: Data, shapes: Shapes) -> list[VacuousTarget]:
    """Return the targets of SHACL 1.0 Core that match nothing in the data.

    :param data: the data; subclasses may be stated in their context
    :param shapes: the shapes
    """
    return [
        VacuousTarget(shape, predicate, target, shapes.located.locate(shape, predicate, target))
        for shape, predicate, target in shapes.targets()
        if predicate in TARGETS and not data.matches(predicate, target)
    ]
