"""Shapes that cannot find fault: without target, without constraint, or with half of a constraint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib import URIRef
from rdflib.namespace import RDF, RDFS, SH

from eild.errors import Location
from eild.located.nodes import TripleTerm
from eild.validation.exact.annotations import REIFIES_NODE
from eild.validation.exact.compiler import find_reached, named_shapes
from eild.validation.exact.components import is_true
from eild.validation.exact.queries import parameters_of
from eild.validation.grammar.terms import COMPONENTS, TARGETS, local_name, sh
from eild.validation.notes import Note

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from rdflib import Graph
    from rdflib.term import Node

    from eild.located import LocatedGraph

_ALL_TARGETS: Final = (*TARGETS, sh("target"), sh("targetWhere"))
_VALIDATORS: Final = (SH.validator, SH.nodeValidator, SH.propertyValidator)
_ADD_VALIDATOR: Final = "add sh:validator with a query"
_BOOLEAN: Final = frozenset({SH.closed, SH.uniqueLang, sh("uniqueMembers"), sh("singleLine")})
"""Parameters that constrain only if they are true."""
_APPLIED_OTHERWISE: Final = frozenset({"SPARQLFunction", "Function", "JSFunction", "SPARQLTargetType", "TargetType"})
"""Kinds of nodes that have parameters as components have."""
_CONSTRAINS_NOTHING: Final = "this shape constrains nothing"
_SHAPE_KINDS: Final = (SH.NodeShape, SH.PropertyShape, sh("ShapeClass"))


def note_unused(located: LocatedGraph) -> Iterator[Note]:
    """Yield a note where shapes constrain nothing, are switched off, or lack a parameter of a component."""
    graph = located.graph
    targeted = _find_targeted(graph)
    shapes = _find_shapes(graph)
    if not shapes and not targeted:
        message = "there is no shape in what is given as shapes: nothing is validated"
        yield Note(message, _first_place(located), "give the file that describes the shapes with --shapes")
    parameters = set(graph.objects(None, SH.parameter))
    custom = {path for component in graph.subjects(SH.parameter) for path, _ in parameters_of(graph, component)}
    for shape in (targeted | shapes) - parameters:
        place = located.subjects.get(shape)
        if is_true(graph.value(shape, SH.deactivated)):
            yield Note("this shape is deactivated: it is not applied", place, strict=False)
        elif not _has_effect(graph, shape, custom):
            message = "this shape has a target, but constrains nothing" if shape in targeted else _CONSTRAINS_NOTHING
            yield Note(message, place, "add a constraint")
    yield from _note_components(located, targeted | shapes)
    yield from _note_deactivated(located, custom)


def note_untargeted(located: LocatedGraph, named: Collection[Node] = ()) -> Iterator[Note]:
    """Yield a note for each shape that is applied to nothing: neither a target nor another shape leads to it.

    :param located: the shapes
    :param named: what the data name by ``sh:shape``
    """
    graph = located.graph
    shapes = _find_shapes(graph) - set(graph.objects(None, SH.parameter))
    roots = _find_targeted(graph) | _find_implicit(graph) | set(named)
    if shapes and shapes.isdisjoint(roots):
        message = "no shape has a target: nothing is validated"
        yield Note(message, _first_place(located), "add sh:targetClass or the like to a shape")
        return
    where = set(graph.objects(None, sh("targetWhere")))
    reached = {inner for root in roots | where for inner in find_reached(graph, root)}
    left = shapes - reached
    nested = {inner for shape in left for inner in find_reached(graph, shape) - {shape}}
    for shape in left - nested or left:
        message = "this shape is not applied: it has no target, and no shape that is applied refers to it"
        yield Note(message, located.subjects.get(shape), "add sh:targetClass or the like, or remove the shape")


def note_named(located: LocatedGraph, shapes: LocatedGraph) -> Iterator[Note]:
    """Yield a note for each shape that data name by ``sh:shape`` and no shapes graph describes.

    :param located: the statements of the data with ``sh:shape``
    :param shapes: the shapes
    """
    for node, shape in located.graph.subject_objects(sh("shape")):
        if (shape, None, None) not in shapes.graph:
            message = f"sh:shape names {shape.n3()}, which no shape describes: {node.n3()} is not validated by it"
            place = located.locate(node, sh("shape"), shape)
            yield Note(message, place, "give the file that describes it with --shapes")


def _find_targeted(graph: Graph) -> set[Node]:
    return {shape for predicate in _ALL_TARGETS for shape in graph.subjects(predicate)}


def _find_shapes(graph: Graph) -> set[Node]:
    """Return what is described as a shape."""
    shapes = {shape for kind in _SHAPE_KINDS for shape in graph.subjects(RDF.type, kind)}
    shapes |= {shape for parameter in (*COMPONENTS, SH.property) for shape in graph.subjects(parameter)}
    named = {inner for shape in shapes for inner, _ in named_shapes(graph, shape)}
    return shapes | {shape for shape in named if (shape, None, None) in graph}


def _first_place(located: LocatedGraph) -> Location | None:
    return min(located.subjects.values(), default=_first_file(located))


def _first_file(located: LocatedGraph) -> Location | None:
    return Location(next(iter(located.texts))) if located.texts else None


def _find_implicit(graph: Graph) -> set[Node]:
    """Return the shapes that are classes, and so target their instances; a shape without a name has none."""
    classes = {
        kind
        for upper in (RDFS.Class, URIRef("http://www.w3.org/2002/07/owl#Class"))
        for kind in graph.transitive_subjects(RDFS.subClassOf, upper)
    }
    found = set(graph.subjects(RDF.type, sh("ShapeClass")))
    for kind in _SHAPE_KINDS:
        for shape in graph.subjects(RDF.type, kind):
            if not classes.isdisjoint(graph.objects(shape, RDF.type)):
                found.add(shape)
    return {shape for shape in found if isinstance(shape, URIRef)}


def _has_effect(graph: Graph, shape: Node, custom: set[URIRef]) -> bool:
    """Return whether a shape can find fault, or tells a closed shape which property is allowed."""
    if any(_constrains(predicate, value, custom) for predicate, value in graph.predicate_objects(shape)):
        return True
    closed = (value for owner in graph.subjects(SH.property, shape) for value in graph.objects(owner, SH.closed))
    return (None, SH.closed, sh("ByTypes")) in graph or any(map(is_true, closed))


def _constrains(predicate: Node, value: Node, custom: set[URIRef]) -> bool:
    if predicate in _BOOLEAN:
        return is_true(value) or value == sh("ByTypes")
    if predicate == SH["and"]:
        return value != RDF.nil
    return predicate in COMPONENTS or predicate == SH.property or predicate in custom


def _note_deactivated(located: LocatedGraph, custom: set[URIRef]) -> Iterator[Note]:
    """Yield a note for each single constraint that is deactivated, and for annotations that no constraint has."""
    graph = located.graph
    for shape, constraint in graph.subject_objects(SH.sparql):
        if is_true(graph.value(constraint, SH.deactivated)):
            place = located.subjects.get(constraint) or located.locate(shape, SH.sparql, constraint)
            yield Note("this SPARQL constraint is deactivated: it is not applied", place, strict=False)
    for reifier, term in graph.subject_objects(REIFIES_NODE):
        if not isinstance(term, TripleTerm):
            continue
        predicate = term.predicate
        is_constraint = predicate in COMPONENTS or predicate == SH.property or predicate in custom
        is_stated = (term.subject, predicate, term.object) in graph
        for name in (SH.deactivated, SH.severity, SH.message):
            for value in graph.objects(reifier, name):
                place = located.locate(reifier, name, value) or located.subjects.get(reifier)
                shown = f"sh:{local_name(predicate)}" if local_name(predicate) else predicate.n3()
                if is_constraint and is_stated:
                    if name == SH.deactivated and is_true(value):
                        message = f"this {shown} is deactivated: it is not applied"
                        yield Note(message, place, strict=False)
                elif local_name(predicate) or predicate in custom:
                    message = f"sh:{local_name(name)} has no effect on {shown}, which is no constraint of the shapes"
                    yield Note(message, place, "annotate the parameter of a constraint")


def _note_components(located: LocatedGraph, shapes: set[Node]) -> Iterator[Note]:
    """Yield a note for each shape that has some but not all mandatory parameters of a constraint component.

    :param located: the shapes graph
    :param shapes: what is known to be a shape
    """
    graph = located.graph
    applied = _find_applied(graph)
    for component in sorted(set(graph.subjects(SH.parameter)) | _find_validated(graph), key=str):
        if _APPLIED_OTHERWISE & set(map(local_name, graph.objects(component, RDF.type))):
            continue
        required = [path for path, optional in parameters_of(graph, component) if not optional]
        for path, optional in parameters_of(graph, component):
            users = set(graph.subjects(path)) - set(graph.objects(None, SH.parameter))
            for shape in users & shapes if optional else users:
                missing = [other for other in required if (shape, other, None) not in graph]
                if missing and (shape, path) not in applied:
                    names = " and ".join(term.n3() for term in missing)
                    message = f"{path.n3()} has no effect: the component {component.n3()} also needs {names}"
                    value = graph.value(shape, path)
                    place = located.locate(shape, path, value) if value is not None else None
                    yield Note(message, place, "add what is missing, or remove it")
        place = located.subjects.get(component)
        if not required:
            message = f"the component {component.n3()} has no effect: no shape can have its parameters, for it has none"
            yield Note(message, place, "add a sh:parameter that is not optional")
            continue
        if not _has_query(graph, component, _VALIDATORS):
            yield Note(f"the component {component.n3()} has no validator, so it finds nothing", place, _ADD_VALIDATOR)
            continue
        for shape in set(graph.subjects(required[0])):
            special = SH.propertyValidator if (shape, SH.path, None) in graph else SH.nodeValidator
            is_used = all((shape, path, None) in graph for path in required)
            if is_used and not _has_query(graph, component, (SH.validator, special)):
                message = f"the component {component.n3()} has no validator for this kind of shape, so it finds nothing"
                yield Note(message, located.subjects.get(shape), _ADD_VALIDATOR)


def _find_applied(graph: Graph) -> set[tuple[Node, URIRef]]:
    """Return the shapes with the parameters that a component reads, because it has all that it needs."""
    found = set()
    for component in set(graph.subjects(SH.parameter)):
        parameters = parameters_of(graph, component)
        required = [path for path, optional in parameters if not optional]
        for shape in set(graph.subjects(required[0])) if required else ():
            if all((shape, path, None) in graph for path in required):
                found |= {(shape, path) for path, _ in parameters}
    return found


def _find_validated(graph: Graph) -> set[Node]:
    """Return the nodes that have a validator or are declared as components."""
    found = set(graph.subjects(RDF.type, SH.ConstraintComponent))
    return found | {node for predicate in _VALIDATORS for node in graph.subjects(predicate)}


def _has_query(graph: Graph, component: Node, predicates: Iterable[URIRef]) -> bool:
    return any(
        (validator, query, None) in graph
        for predicate in predicates
        for validator in graph.objects(component, predicate)
        for query in (SH.select, SH.ask)
    )
