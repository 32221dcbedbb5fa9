"""The W3C SHACL test suite, through ``eild validate DATA --shapes SHAPES --format turtle`` and its default engine.

A report must be equal to the expected one: results with focus node, path, value, source shape, constraint, component
and severity, the structure of paths included, up to the names of blank nodes. What fails is listed with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import pytest
from click.testing import CliRunner
from pyoxigraph import RdfFormat
from rdflib import RDF, BNode, Graph, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import SH

from eild.cli import main
from eild.located import parse_located, parse_located_content

SUITE: Final = Path(__file__).parents[1] / "vendor" / "w3c-shacl"
FLOOR: Final = 121
_MF: Final = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
_SHT: Final = Namespace("http://www.w3.org/ns/shacl-test#")
_COMPARED: Final = (
    SH.focusNode,
    SH.resultPath,
    SH.value,
    SH.sourceShape,
    SH.sourceConstraint,
    SH.sourceConstraintComponent,
    SH.resultSeverity,
)

DIFFERING: Final[dict[str, str]] = {}
"""Tests whose report is another one, with the reason."""


@dataclass(frozen=True)
class Example:
    """One test of the suite.

    :ivar name: its folder and local name
    :ivar file: the file that describes it
    :ivar node: its node in that file
    :ivar data: the file of the data graph
    :ivar shapes: the file of the shapes graph
    """

    name: str
    file: Path
    node: URIRef
    data: Path
    shapes: Path


@cache
def read(path: Path) -> Graph:
    """Return a file of the suite, literals as written."""
    return parse_located(path).graph


def as_path(iri: object) -> Path:
    """Return the file that an IRI names."""
    return Path(unquote(urlsplit(str(iri)).path))


def examples() -> list[Example]:
    """Return all tests, read from the files."""
    found = []
    for path in sorted(SUITE.rglob("*.ttl")):
        graph = read(path)
        for node in sorted(graph.subjects(RDF.type, _SHT.Validate), key=str):
            action = graph.value(node, _MF.action)
            data, shapes = graph.value(action, _SHT.dataGraph), graph.value(action, _SHT.shapesGraph)
            name = f"{path.parent.relative_to(SUITE).as_posix()}/{str(node).rpartition('/')[2].rpartition('#')[2]}"
            assert isinstance(node, URIRef)
            found.append(Example(name, path, node, as_path(data), as_path(shapes)))
    return found


EXAMPLES: Final = examples()


def report_of(graph: Graph, report: object, *, messages: bool) -> Graph:
    """Return what is compared of a report: its results and the paths that they name."""
    found = Graph(bind_namespaces="none")

    def copy(node: object) -> None:
        for predicate, value in graph.predicate_objects(node):  # type: ignore[arg-type]
            if isinstance(node, BNode) and (node, predicate, value) not in found:
                found.add((node, predicate, value))
                copy(value)

    for verdict in graph.objects(report, SH.conforms):  # type: ignore[arg-type]
        found.add((report, SH.conforms, verdict))  # type: ignore[arg-type]
    for result in graph.objects(report, SH.result):  # type: ignore[arg-type]
        found.add((report, SH.result, result))  # type: ignore[arg-type]
        for predicate in (*_COMPARED, SH.resultMessage) if messages else _COMPARED:
            for value in graph.objects(result, predicate):
                found.add((result, predicate, value))
                if predicate == SH.resultPath:
                    copy(value)
    return found


def is_met(example: Example) -> bool:
    """Run a test and return whether the outcome is the expected one."""
    arguments = ["validate", str(example.data), "--shapes", str(example.shapes), "--format", "turtle"]
    outcome = CliRunner().invoke(main, arguments)
    expected = read(example.file)
    report = expected.value(example.node, _MF.result)
    if report == _SHT.Failure:
        return outcome.exit_code == 4
    if outcome.exit_code not in {0, 1}:
        return False
    actual = parse_located_content(outcome.stdout_bytes, RdfFormat.TURTLE, name="report").graph
    messages = any((result, SH.resultMessage, None) in expected for result in expected.objects(report, SH.result))
    written = report_of(actual, actual.value(None, RDF.type, SH.ValidationReport), messages=messages)
    return bool(isomorphic(written, report_of(expected, report, messages=messages)))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_suite_report_is_the_expected_one(example: Example) -> None:
    """Each test that is not listed gives the report, or the failure, that the suite expects."""
    assert is_met(example) is (example.name not in DIFFERING)


def test_suite_is_complete_and_exceptions_are_tests_of_it() -> None:
    """The number of tests does not shrink unseen, and each exception names one."""
    names = [example.name for example in EXAMPLES]
    assert len(names) == len(set(names)) >= FLOOR
    assert set(DIFFERING) <= set(names)
