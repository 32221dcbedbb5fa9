"""Shapes that cannot find fault: without target, without constraint, or with half of a constraint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib import URIRef
from rdflib.namespace import RDF, RDFS, SH

from eild.errors import Location
from eild.validation.exact.queries import parameters_of
from eild.validation.grammar.terms import COMPONENTS, DESCRIPTIVE, TARGETS, sh
from eild.validation.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib import Graph
    from rdflib.term import Node

    from eild.located import LocatedGraph

_ALL_TARGETS: Final = (*TARGETS, sh("target"), sh("targetWhere"))
_SHAPE_KINDS: Final = (SH.NodeShape, SH.PropertyShape, sh("ShapeClass"))


def note_unused(located: LocatedGraph) -> Iterator[Note]:
    """Yield a note where shapes have no target, target something but constrain nothing, or lack a parameter."""
    graph = located.graph
    targeted = {shape for predicate in _ALL_TARGETS for shape in graph.subjects(predicate)}
    shapes = {shape for kind in _SHAPE_KINDS for shape in graph.subjects(RDF.type, kind)}
    shapes |= {shape for parameter in (*COMPONENTS, SH.property) for shape in graph.subjects(parameter)}
    place = min(located.subjects.values(), default=_first_file(located))
    if not shapes and not targeted:
        message = "there is no shape in what is given as shapes: nothing is validated"
        yield Note(message, place, "give the file that describes the shapes with --shapes")
    elif not targeted and not _has_implicit_target(graph):
        message = "no shape has a target: nothing is validated unless the data name a shape by sh:shape"
        yield Note(message, place, "add sh:targetClass or the like to a shape")
    custom = {path for component in graph.subjects(SH.parameter) for path, _ in parameters_of(graph, component)}
    for shape in targeted:
        if not any(_constrains(predicate, custom) for predicate in graph.predicates(shape)):
            yield Note(
                "this shape has a target, but constrains nothing", located.subjects.get(shape), "add a constraint"
            )
    yield from _note_components(located)


def _first_file(located: LocatedGraph) -> Location | None:
    return Location(next(iter(located.texts))) if located.texts else None


def _has_implicit_target(graph: Graph) -> bool:
    """Return whether a shape is a class, and so targets its instances."""
    classes = {
        kind
        for upper in (RDFS.Class, URIRef("http://www.w3.org/2002/07/owl#Class"))
        for kind in graph.transitive_subjects(RDFS.subClassOf, upper)
    }
    if (None, RDF.type, sh("ShapeClass")) in graph:
        return True
    return any(
        not classes.isdisjoint(graph.objects(shape, RDF.type))
        for kind in _SHAPE_KINDS
        for shape in graph.subjects(RDF.type, kind)
    )


def _constrains(predicate: Node, custom: set[URIRef]) -> bool:
    if predicate in _ALL_TARGETS or predicate in DESCRIPTIVE or predicate == RDF.type:
        return False
    return predicate in COMPONENTS or predicate == SH.property or predicate in custom


def _note_components(located: LocatedGraph) -> Iterator[Note]:
    """Yield a note for each shape that has some but not all mandatory parameters of a constraint component."""
    graph = located.graph
    for component in sorted(set(graph.subjects(SH.parameter)), key=str):
        required = [path for path, optional in parameters_of(graph, component) if not optional]
        for path in required:
            for shape in set(graph.subjects(path)) - set(graph.subjects(SH.path)):
                missing = [other for other in required if (shape, other, None) not in graph]
                if missing:
                    names = " and ".join(term.n3() for term in missing)
                    message = f"{path.n3()} has no effect: the component {component.n3()} also needs {names}"
                    value = graph.value(shape, path)
                    place = located.locate(shape, path, value) if value is not None else None
                    yield Note(message, place, "add what is missing, or remove it")
        if required and not any(
            (component, p, None) in graph for p in (SH.validator, SH.nodeValidator, SH.propertyValidator)
        ):
            message = f"the component {component.n3()} has no validator, so it finds nothing"
            yield Note(message, located.subjects.get(component), "add sh:validator with a query")
