"""Every constraint of the shapes, shown by a fixture that conforms and one that does not.

The files ``*/valid.ttl`` together describe a small seed of invented facts and conform to all shapes. A file
``<shapes file>/invalid.<shape>.<parameter>.trig`` says which triples of it to remove and which to add, and the one
finding that must come of it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pyoxigraph
import pytest
from rdflib import BNode, Graph, URIRef
from rdflib.namespace import RDF, SH

from eild.located import LocatedGraph, parse_located_content
from eild.located.statements import Statements, make_part, write_node
from eild.resources import resource_files
from eild.terms import PREFIXES
from eild.validation import Constraint, Finding, Severity, Shapes, load_rdf, load_shapes, validate
from eild.validation.grammar.terms import COMPONENTS

if TYPE_CHECKING:
    from collections.abc import Iterable

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

    @property
    def shown(self) -> tuple[str, ...]:
        """What is pinned of the finding."""
        terms = (self.constraint.shape, self.constraint.component, self.focus, self.path, self.value)
        return (*(short(term) for term in terms), self.severity.value)

    @property
    def touched(self) -> frozenset[tuple[Node, Node | None]]:
        """The subjects with the properties that the fixture changes; all of a subject whose type changes."""
        changes = self.removed | self.added
        retyped = {subject for subject, predicate, _ in changes if predicate == RDF.type}
        return frozenset((s, None if s in retyped else p) for s, p, _ in changes)


@cache
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


def changed(lines: frozenset[bytes], cases: Iterable[Case]) -> Statements:
    """Return the valid fixtures as fixtures change them.

    :param lines: the valid fixtures as N-Triples
    :param cases: the fixtures
    """
    removed = frozenset(line for case in cases for line in lines_of(case.removed))
    added = frozenset(line for case in cases for line in lines_of(case.added))
    return Statements((make_part("fixture.nt", b"".join(sorted((lines - removed) | added))),))


def lines_of(triples: Iterable[tuple[Node, Node, Node]]) -> list[bytes]:
    """Return triples as lines of N-Triples."""
    return [b" ".join(map(write_node, triple)) + b" .\n" for triple in triples]


def compatible(cases: list[Case]) -> list[Case]:
    """Return those fixtures, from the first on, that change different statements."""
    touched: set[tuple[Node, Node | None]] = set()
    found = []
    for case in cases:
        both = case.touched | {(subject, None) for subject, _ in case.touched}
        whole = {subject for subject, predicate in touched if predicate is None}
        if not (touched & both or whole & {subject for subject, _ in case.touched}):
            touched |= case.touched
            found.append(case)
    return found


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


@pytest.fixture(scope="module")
def lines(world: LocatedGraph) -> frozenset[bytes]:
    """The small seed of invented facts as N-Triples."""
    return frozenset(lines_of(world.graph))


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
    path: Path, shapes_of: dict[str, Shapes], lines: frozenset[bytes]
) -> None:
    """A fixture that does not conform yields its one finding and no other."""
    case = read_case(path)
    report = validate(changed(lines, [case]), shapes_of[path.parent.name])
    assert [shown(finding) for finding in report.findings] == [case.shown]


@pytest.mark.parametrize("folder", sorted({path.parent.name for path in INVALID}))
def test_invalid_fixtures_engines_report_the_same(
    folder: str, shapes_of: dict[str, Shapes], lines: frozenset[bytes]
) -> None:
    """Each finding of a fixture is also one of pySHACL, of EILD's own evaluator and of the engine for large data.

    Fixtures that change different statements are put together in one graph, so that the slow engines run once for
    many. A fixture whose finding another one hides is tried again with the next ones.
    """
    waiting = [read_case(path) for path in INVALID if path.parent.name == folder]
    while waiting:
        together = compatible(waiting)
        data = changed(lines, together)
        findings = validate(data, shapes_of[folder]).findings
        told = Counter((shown(finding), finding.messages) for finding in findings)
        others = [validate(data, shapes_of[folder], engine=engine).findings for engine in ("pyshacl", "exact")]
        with patch("eild.validation.engines.LARGE", 0):
            others.append(validate(data, shapes_of[folder]).findings)
        for findings_of_other in others:
            assert Counter((shown(finding), finding.messages) for finding in findings_of_other) == told
        found = {shown(finding) for finding in findings}
        left = [case for case in waiting if case not in together or case.shown not in found]
        assert len(left) < len(waiting)
        waiting = left


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
