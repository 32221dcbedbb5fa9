"""Every constraint of the shapes, shown by a fixture that conforms and one that does not.

The files ``*/valid.ttl`` together describe a small seed of invented facts and conform to all shapes. A file
``<shapes file>/invalid.<shape>.<parameter>.trig`` says which triples of it to remove and which to add, and the one
finding that must come of it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph
import pytest
from rdflib import BNode, Graph, URIRef
from rdflib.namespace import SH

from eild.located import LocatedGraph, parse_located_content
from eild.resources import resource_files
from eild.terms import PREFIXES
from eild.validation import Constraint, Finding, Severity, Shapes, load_rdf, load_shapes, validate
from eild.validation.grammar.terms import COMPONENTS

if TYPE_CHECKING:
    from rdflib.term import Node

HERE = Path(__file__).parent
VALID = sorted(HERE.glob("*/valid*.ttl"))
INVALID = sorted(HERE.glob("*/invalid.*.trig"))
FLOOR = 360
"""At least so many fixtures that do not conform: a lost folder or a stray filter shows."""

BASIS = "entities"
"""The shapes file whose property shapes others name: its fixtures are held against those others too."""

BASE = "https://w3id.org/eild/fixture"
PARAMETERS = {component: str(parameter).removeprefix(str(SH)) for parameter, component in COMPONENTS.items()}


@dataclass(frozen=True)
class Case:
    """A fixture that does not conform, as its file gives it."""

    removed: frozenset[tuple[Node, Node, Node]]
    added: frozenset[tuple[Node, Node, Node]]
    constraint: Constraint
    focus: Node | None
    path: Node | None
    value: Node | None
    severity: Severity


def read_case(path: Path) -> Case:
    """Read a fixture: its graphs ``#removed``, ``#added`` and ``#expected``."""
    quads = list(pyoxigraph.parse(path.read_bytes(), format=pyoxigraph.RdfFormat.TRIG, base_iri=BASE))
    removed, added, expected = (graph_of(quads, f"{BASE}#{name}") for name in ("removed", "added", "expected"))
    finding = URIRef(f"{BASE}#finding")
    component = expected.value(finding, SH.sourceConstraintComponent)
    shape = expected.value(finding, SH.sourceShape)
    assert shape is not None
    assert isinstance(component, URIRef)
    return Case(
        removed=frozenset(removed),
        added=frozenset(added),
        constraint=Constraint(shape, component),
        focus=expected.value(finding, SH.focusNode),
        path=expected.value(finding, SH.resultPath),
        value=expected.value(finding, SH.value),
        severity=Severity.from_iri(expected.value(finding, SH.resultSeverity)),
    )


def graph_of(quads: list[pyoxigraph.Quad], name: str) -> Graph:
    """Return the triples of one named graph, their literals as written."""
    triples = [quad.triple for quad in quads if quad.graph_name == pyoxigraph.NamedNode(name)]
    lines = pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.N_TRIPLES)
    assert lines is not None
    return parse_located_content(lines, pyoxigraph.RdfFormat.N_TRIPLES, name=name).graph


def short(node: Node | None) -> str:
    """Return a node as a person would write it; all blank nodes alike."""
    if node is None or isinstance(node, BNode):
        return "-" if node is None else "[]"
    namespaces = {prefix: namespace for prefix, namespace in PREFIXES.items() if str(node).startswith(namespace)}
    if isinstance(node, URIRef) and namespaces:
        prefix = max(namespaces, key=lambda name: len(namespaces[name]))
        return f"{prefix}:{str(node).removeprefix(namespaces[prefix])}"
    return node.n3()


def shown(finding: Finding) -> tuple[str, ...]:
    """Return what a fixture pins of a finding."""
    terms = (finding.shape, finding.component, finding.focus, finding.path_node, finding.value)
    return (*(short(term) for term in terms), finding.severity.value)


@pytest.fixture(scope="module")
def all_shapes() -> Shapes:
    """All shapes of the project."""
    return load_shapes(resource_files("shapes", "*.ttl"))


@pytest.fixture(scope="module")
def shapes_of() -> dict[str, Shapes]:
    """For each shapes file its shapes with all that they name; for the basis, those that name it as well."""
    parts = {path.stem: load_rdf(path) for path in resource_files("shapes", "*.ttl")}
    home = {shape: name for name, located in parts.items() for shape in located.subjects}
    uses = {name: {home[term] for term in part.graph.objects() if term in home} for name, part in parts.items()}
    found = {}
    for name in parts:
        needed = {name}
        while grown := {further for known in needed for further in uses[known]} - needed:
            needed |= grown
        if name == BASIS:
            needed |= {other for other in parts if BASIS in uses[other]}
        found[name] = Shapes(LocatedGraph().merge(parts[other] for other in needed))
    return found


@pytest.fixture(scope="module")
def world() -> LocatedGraph:
    """The small seed of invented facts."""
    return LocatedGraph().merge(load_rdf(path) for path in VALID)


def test_valid_fixtures_all_shapes_no_finding(all_shapes: Shapes, world: LocatedGraph) -> None:
    """The valid fixtures together conform to all shapes."""
    assert [shown(finding) for finding in validate(world, all_shapes).findings] == []


def test_valid_fixtures_all_shapes_no_vacuous_target(all_shapes: Shapes, world: LocatedGraph) -> None:
    """Each target of each shape matches something in the valid fixtures, so that no shape passes unseen."""
    assert [(short(vacuous.shape), short(vacuous.target)) for vacuous in validate(world, all_shapes).vacuous] == []


def test_valid_fixtures_property_shapes_have_values(all_shapes: Shapes, world: LocatedGraph) -> None:
    """Each property that a shape constrains is used in the valid fixtures, unless it must not be used at all."""
    graph = all_shapes.graph
    constrained = {constraint.shape for constraint in all_shapes.constraints()}
    unused = {
        short(shape)
        for shape, path in graph.subject_objects(SH.path)
        if shape in constrained and (None, path, None) not in world.graph
    }
    assert unused == set()


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.name.removeprefix("invalid.").removesuffix(".trig"))
def test_invalid_fixture_its_shapes_exactly_one_finding(
    path: Path, shapes_of: dict[str, Shapes], world: LocatedGraph
) -> None:
    """A fixture that does not conform yields its one finding and no other, whichever engine looks for it."""
    case = read_case(path)
    data = Graph(bind_namespaces="none")
    for triple in world.graph:
        if triple not in case.removed:
            data.add(triple)
    for triple in case.added:
        data.add(triple)
    reports = [validate(data, shapes_of[path.parent.name], engine=engine) for engine in ("fast", "pyshacl")]
    expected = (case.constraint.shape, case.constraint.component, case.focus, case.path, case.value)
    for report in reports:
        assert [shown(finding) for finding in report.findings] == [
            (*(short(term) for term in expected), case.severity.value)
        ]
    assert [finding.messages for finding in reports[0].findings] == [
        finding.messages for finding in reports[1].findings
    ]


def test_invalid_fixtures_each_changes_the_world(world: LocatedGraph) -> None:
    """What a fixture removes is there, and what it adds is not: a typing error in a fixture shows."""
    wrong = []
    for path in INVALID:
        case = read_case(path)
        absent = [triple for triple in case.removed if triple not in world.graph]
        present = [triple for triple in case.added if triple in world.graph]
        if absent or present or not (case.removed or case.added):
            wrong.append((path.name, absent, present))
    assert wrong == []


def test_invalid_fixtures_every_constraint_has_one(all_shapes: Shapes) -> None:
    """Each constraint of the shapes graph has a fixture, none has two, and each is named for it in its folder."""
    names = Counter(
        f"{Path(location.path).stem}/invalid.{short(constraint.shape).removeprefix('shape:')}"
        f".{PARAMETERS[constraint.component]}.trig"
        for constraint in all_shapes.constraints()
        if (location := all_shapes.location(constraint.shape))
    )
    files = Counter(f"{path.parent.name}/{path.name}" for path in INVALID)
    assert files == names
    cases = Counter(read_case(path).constraint for path in INVALID)
    assert cases == Counter(all_shapes.constraints())


def test_invalid_fixtures_number_at_least_the_floor() -> None:
    """The number of fixtures does not shrink unseen."""
    assert len(INVALID) >= FLOOR
