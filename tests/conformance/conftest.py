"""The W3C SPARQL query tests, read from their manifests, and what each needs to be run.

Those of SPARQL 1.0 and 1.1 are part of this repository. The present state of these and those of SPARQL 1.2 are read
from a folder outside of it, which the environment variable EILD_SUITES names. A run says at its end whether it exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import pytest
from benchmarks.suites import find_suites
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Triple, parse, serialize
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.collection import Collection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib.term import Node

SUITE: Final = Path(__file__).parents[1] / "vendor" / "w3c-sparql"
OUTSIDE_SUITE: Final = (find_suites() or Path("absent")) / "sparql"
"""Where the suites are that are not part of this repository."""
BASE: Final = "http://www.w3.org/2009/sparql/docs/tests/"
"""Stands for the suite's folder in the IRIs of data and queries."""

_MF: Final = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
_QT: Final = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
_FORMATS: Final = {
    ".ttl": RdfFormat.TURTLE,
    ".rdf": RdfFormat.RDF_XML,
    ".nt": RdfFormat.N_TRIPLES,
    ".trig": RdfFormat.TRIG,
    ".nq": RdfFormat.N_QUADS,
}


@dataclass(frozen=True)
class Example:
    """One test of the suite.

    :ivar name: its folder and local name
    :ivar kind: the local name of its type in the manifest
    :ivar query: the file with the query
    :ivar data: files of the default graph
    :ivar graphs: files of named graphs, each named by its own IRI
    :ivar result: the file with the expected result, if it has one
    """

    name: str
    kind: str
    query: Path
    data: tuple[Path, ...]
    graphs: tuple[Path, ...]
    result: Path | None

    @property
    def text(self) -> str:
        """The query."""
        return self.query.read_bytes().decode("utf-8")

    @property
    def base(self) -> str:
        """What relative IRIs of the query resolve against."""
        return make_iri(self.query.parent) + "/"

    def read_quads(self) -> Iterator[Quad]:
        """Yield the data, as a store is to hold them."""
        for number, (path, graph) in enumerate(
            [(path, DefaultGraph()) for path in self.data] + [(path, NamedNode(make_iri(path))) for path in self.graphs]
        ):
            for quad in parse(path.read_bytes(), _FORMATS[path.suffix], base_iri=make_iri(path)):
                subject, object_ = (_relabel(term, number) for term in (quad.subject, quad.object))
                name = graph if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name
                yield Quad(subject, quad.predicate, object_, name)

    @property
    def dataset(self) -> list[tuple[str, str]]:
        """The data as parameters of the SPARQL protocol, for a store that holds each file as a graph."""
        found = {quad.graph_name for path in self.data for quad in read_file(path)}
        own = {name.value for name in found if isinstance(name, NamedNode)} - set(map(make_iri, self.data))
        default = [make_iri(path) for path in self.data] or [f"{BASE}empty"]
        named = sorted({*map(make_iri, self.graphs), *own})
        return [("default-graph-uri", one) for one in default] + [("named-graph-uri", one) for one in named]


@cache
def read_file(path: Path) -> tuple[Quad, ...]:
    """Return the data of a file, with the file's IRI instead of the default graph."""
    number, graph, quads = crc32(bytes(path)), NamedNode(make_iri(path)), []
    for quad in parse(path.read_bytes(), _FORMATS[path.suffix], base_iri=make_iri(path)):
        subject, object_ = (_relabel(term, number) for term in (quad.subject, quad.object))
        name = graph if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name
        quads.append(Quad(subject, quad.predicate, object_, name))
    return tuple(quads)


def _relabel(term: Any, number: int) -> Any:
    """Return a term in which blank nodes are those of one file."""
    if isinstance(term, Triple):
        return Triple(_relabel(term.subject, number), term.predicate, _relabel(term.object, number))
    return BlankNode(f"f{number}b{term.value}") if isinstance(term, BlankNode) else term


def make_iri(path: Path) -> str:
    """Return the IRI that a file or folder of a suite has."""
    return BASE + path.relative_to(SUITE if path.is_relative_to(SUITE) else OUTSIDE_SUITE).as_posix()


def _paths(graph: Graph, subject: Node | None, predicate: URIRef, root: Path) -> tuple[Path, ...]:
    """Return the files that a node points to, directly or through ``qt:graph``, in a steady order."""
    targets = [graph.value(target, _QT.graph) or target for target in graph.objects(subject, predicate)]
    return tuple(sorted(root / str(target).removeprefix(BASE) for target in targets))


def _named_in_query(query: Path) -> tuple[Path, ...]:
    """Return the files of the same folder that a query without data of its own reads by FROM."""
    text = query.read_bytes().decode("utf-8")
    return tuple(sorted(path for path in query.parent.glob("*.ttl") if f"<{path.name}>" in text))


def _read_example(graph: Graph, entry: Node, folder: Path, root: Path) -> Example:
    action = graph.value(entry, _MF.action)
    kind = str(graph.value(entry, RDF.type)).rpartition("#")[2]
    query = _paths(graph, action, _QT.query, root)
    if not query:
        query = (root / str(action).removeprefix(BASE),)
    data, graphs = (_paths(graph, action, name, root) for name in (_QT.data, _QT.graphData))
    if not data and not graphs and kind == "QueryEvaluationTest":
        graphs = _named_in_query(query[0])
    result = _paths(graph, entry, _MF.result, root)
    name = f"{folder.relative_to(root).as_posix()}/{str(entry).rpartition('#')[2]}"
    return Example(name, kind, query[0], data, graphs, result[0] if result else None)


def load_examples(root: Path) -> list[Example]:
    """Read every manifest of a suite."""
    found = []
    for path in sorted(root.rglob("manifest*.ttl")):
        graph = Graph().parse(path, format="turtle", publicID=make_iri(path))
        for entries in graph.objects(None, _MF.entries):
            found += [_read_example(graph, entry, path.parent, root) for entry in Collection(graph, entries)]
    return found


INSIDE_EXAMPLES: Final = load_examples(SUITE)
OUTSIDE_EXAMPLES: Final = [one for one in load_examples(OUTSIDE_SUITE) if "/entailment/" not in one.name]
"""Tests of entailment are left out: queries are answered by what the data say."""
EXAMPLES: Final = [*INSIDE_EXAMPLES, *OUTSIDE_EXAMPLES]


@pytest.fixture(scope="session")
def evaluations() -> list[Example]:
    """Return all evaluations of the newest suites that there are, federation aside."""
    found = OUTSIDE_EXAMPLES or INSIDE_EXAMPLES
    return [one for one in found if one.kind == "QueryEvaluationTest" and "/service/" not in one.name]


@pytest.fixture(scope="session")
def all_data(evaluations: list[Example], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with the data of all evaluations, a graph for each file of theirs."""
    path = tmp_path_factory.mktemp("suites") / "data.nq"
    files = sorted({file for one in evaluations for file in (*one.data, *one.graphs)})
    serialize((quad for file in files for quad in read_file(file)), path, RdfFormat.N_QUADS)
    return path


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test function that asks for an ``evaluation`` or a ``syntax`` every such test of the suite."""
    for name, chosen in (
        ("evaluation", [one for one in EXAMPLES if one.kind in {"QueryEvaluationTest", "CSVResultFormatTest"}]),
        ("positive", [one for one in EXAMPLES if one.kind.startswith("PositiveSyntaxTest")]),
        ("negative", [one for one in EXAMPLES if one.kind.startswith("NegativeSyntaxTest")]),
    ):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, chosen, ids=[one.name for one in chosen])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Report how many tests of the suites outside the project ran, or that the suites are absent."""
    if find_suites() is None:
        terminalreporter.write_line("W3C suites: absent (set EILD_SUITES to their folder), no tests of them ran")
        return
    names = {example.name for example in OUTSIDE_EXAMPLES}
    reports = [report for name in ("passed", "failed") for report in terminalreporter.getreports(name)]
    queries = sum(report.nodeid.partition("[")[2].rstrip("]") in names for report in reports)
    counts = [value for report in reports for name, value in report.user_properties if name == "w3c_tests"]
    requests = sum(
        int(str(value)) for report in reports for name, value in report.user_properties if name == "w3c_ways"
    )
    syntaxes = sum(int(str(value)) for value in counts)
    terminalreporter.write_line(
        f"W3C suites: {queries} tests of SPARQL and {syntaxes} of RDF syntaxes ran, {requests} requests"
    )
