"""Mutations of the shapes: each constraint, taken away or loosened by the least, is missed by its fixture.

A fixture whose finding does not hang on its constraint, or would still be there if the constraint were a little
weaker, would prove little. Each constraint is held alone (its shape without the other constraints, with all that it
names) against the focus node of its fixture: first as it is, then changed.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, SH, XSD

from eild.located import LocatedGraph
from eild.resources import resource_files
from eild.validation import load_rdf, load_shapes
from eild.validation.engines import run_engine
from eild.validation.grammar.terms import COMPONENTS, TARGETS
from eild.validation.inputs import locate_graph
from eild.validation.shapes import Shapes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from rdflib.term import Node

    from eild.located.statements import Statements


def load_fixtures() -> ModuleType:
    """Return the module that reads the fixtures: tests are imported by path, not as packages."""
    spec = importlib.util.spec_from_file_location("shape_fixtures", Path(__file__).with_name("test_fixtures.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


FIXTURES: Final[Any] = load_fixtures()
PARAMETERS: Final = {component: parameter for parameter, component in COMPONENTS.items()}
LOOSER: Final = {SH.minCount: -1, SH.maxCount: 1, SH.minLength: -1, SH.maxLength: 1} | {
    SH.qualifiedMinCount: -1,
    SH.qualifiedMaxCount: 1,
}
"""By how much a number is changed to loosen its constraint by the least."""
WEAKER: Final = {SH.lessThan: SH.lessThanOrEquals}
"""The next weaker constraint that there is."""
PARTNERS: Final = {
    SH.closed: (SH.ignoredProperties, SH.property),
    SH.pattern: (SH.flags,),
    SH.qualifiedMinCount: (SH.qualifiedValueShape, SH.qualifiedValueShapesDisjoint),
    SH.qualifiedMaxCount: (SH.qualifiedValueShape, SH.qualifiedValueShapesDisjoint),
}
"""What else of a shape a parameter needs."""


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    """All shapes of the project."""
    return load_shapes(resource_files("shapes", "*.ttl"))


@pytest.fixture(scope="module")
def lines() -> frozenset[bytes]:
    """The small seed of invented facts as N-Triples."""
    return frozenset(FIXTURES.lines_of(LocatedGraph().merge(load_rdf(path) for path in FIXTURES.VALID).graph))


def alone(shapes: Shapes, shape: Node, parameter: URIRef, focus: Node) -> Graph:
    """Return a shape with one of its constraints and all that this names, targeted at a node."""
    graph = Graph(bind_namespaces="none")
    kept = {SH.path, RDF.type, SH.message, SH.deactivated, parameter, *PARTNERS.get(parameter, ())}
    waiting = []
    for predicate in kept:
        for value in shapes.graph.objects(shape, predicate):
            graph.add((shape, predicate, value))
            if predicate == SH.property:  # which properties a closed shape knows: their paths alone
                for path in shapes.graph.objects(value, SH.path):
                    graph.add((value, SH.path, path))
                    waiting.append(path)
            elif predicate != RDF.type:
                waiting.append(value)
    seen: set[Node] = {shape}
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        for link, value in shapes.graph.predicate_objects(node):
            if link not in TARGETS:
                graph.add((node, link, value))
                waiting.append(value)
    graph.add((shape, SH.targetNode, focus))
    return graph


def mutants(graph: Graph, shape: Node, parameter: URIRef) -> Iterator[tuple[str, Graph]]:
    """Yield the shapes with the constraint taken away or, where it has a next weaker form, loosened."""
    values = list(graph.objects(shape, parameter))
    for value in values:
        changed = Graph(bind_namespaces="none")
        for triple in graph:
            if triple != (shape, parameter, value):
                changed.add(triple)
        if parameter in LOOSER and isinstance(value, Literal):
            number = Literal(str(int(value) + LOOSER[parameter]), datatype=XSD.integer)
            changed.add((shape, parameter, number))
            yield f"{parameter} {value} → {number}", changed
        elif parameter in WEAKER:
            changed.add((shape, WEAKER[parameter], value))
            yield f"{parameter} → {WEAKER[parameter]}", changed
        elif len(values) == 1:
            if parameter == SH.closed:
                changed.remove((shape, SH.ignoredProperties, None))
            yield f"{parameter} removed", changed


@pytest.mark.parametrize(
    "path", FIXTURES.INVALID, ids=lambda path: path.name.removeprefix("invalid.").removesuffix(".trig")
)
def test_shape_constraint_changed_is_missed_by_its_fixture(path: Path, shapes: Shapes, lines: frozenset[bytes]) -> None:
    """The finding of a fixture is there with its constraint alone, and gone when this is the least bit weaker."""
    case = FIXTURES.read_case(path)
    data = FIXTURES.changed(lines, [case])
    shape, parameter = case.constraint.shape, PARAMETERS[case.constraint.component]
    focus = case.focus
    if focus is None:
        pytest.fail(f"{path.name} names no focus node")
    intact = alone(shapes, shape, parameter, focus)
    assert results(data, intact), "the constraint alone finds nothing"
    changed = list(mutants(intact, shape, parameter))
    if parameter == SH.sparql and not changed:  # several queries: it is told by the message which one speaks
        changed = [("all sh:sparql removed", without(intact, shape, parameter))]
    assert changed
    assert [what for what, mutant in changed if results(data, mutant)] == []


def without(graph: Graph, shape: Node, parameter: URIRef) -> Graph:
    """Return a graph without a parameter of a shape."""
    changed = Graph(bind_namespaces="none")
    for triple in graph:
        if triple[:2] != (shape, parameter):
            changed.add(triple)
    return changed


def results(data: Statements, shapes: Graph) -> int:
    """Return how many results a validation has."""
    return len(run_engine(data, Shapes(locate_graph(shapes))).results)
