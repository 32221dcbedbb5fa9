"""The W3C test suite of SPARQL 1.2 Query, through the path that ``eild query`` takes: files, guard, engine, results.

Updates are left out: EILD has none. See :mod:`benchmarks.suites` for where the suite is.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    parse,
    parse_query_results,
)

from benchmarks.suites import canonicalize
from eild import media
from eild.errors import EildError
from eild.publication.manifest import load_publication
from eild.publication.of_files import write_publication
from eild.query.embedded import EmbeddedEngine
from eild.query.engine import QueryRequest
from eild.query.text.guard import check_query_text
from eild.rdf.reading import read_bytes
from eild.rdf.syntaxes import EXTENSIONS, RDF_FORMATS
from eild.rdf.writing import serialize_quads

if TYPE_CHECKING:
    from collections.abc import Iterator

SUITE: Final = "sparql/sparql12"
"""The folder of the suite."""
_BASE: Final = "https://w3c.github.io/rdf-tests/sparql/sparql12/"
_MOST_BYTES: Final = 1 << 24
_MF: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
_QT: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_RESULTS: Final = {".srj": QueryResultsFormat.JSON, ".srx": QueryResultsFormat.XML}
_QUERY_KINDS: Final = ("QueryEvaluationTest", "PositiveSyntaxTest", "NegativeSyntaxTest")


@dataclass(frozen=True)
class QueryTest:
    """One test of the suite.

    :ivar name: its folder and the name of its query
    :ivar kind: local name of its type in the manifest
    :ivar query: the file with the query
    :ivar data: files of the default graph
    :ivar graphs: files of named graphs
    :ivar result: the file with the expected result, None for tests of syntax
    """

    name: str
    kind: str
    query: Path
    data: tuple[Path, ...]
    graphs: tuple[Path, ...]
    result: Path | None

    def find_failure(self) -> str:
        """Return how the test fails; an empty string if it passes."""
        try:
            found = self._evaluate()
        except EildError as error:
            return "" if self.kind.startswith("Negative") else f"{self.name}: refused: {error.message}"
        if self.kind.startswith("Negative"):
            return f"{self.name}: accepted"
        if self.result is None or found == _read_result(self.result):
            return ""
        return f"{self.name}: another result"

    def _evaluate(self) -> list[str]:
        """Return the result as lines that are the same for the same result."""
        shape = check_query_text(self.query.read_bytes().decode(), _MOST_BYTES)
        quads = list(self._read_data())
        with tempfile.TemporaryDirectory() as folder:
            data, build = Path(folder) / "data.nq", Path(folder) / "build"
            data.write_bytes(serialize_quads(quads, media.N_QUADS, {}))
            build.mkdir()
            base = f"{_BASE}{self.query.parent.name}/"
            write_publication([data], build, base=base, union=False, forms=(media.N_TRIPLES, media.N_QUADS))
            engine = EmbeddedEngine.load(load_publication(build), prefixes={})
            answer = engine.evaluate(QueryRequest(shape.text, media.JSON, media.N_TRIPLES))
        if answer.format is media.N_TRIPLES:
            return canonicalize(read_bytes(answer.body, RdfFormat.N_TRIPLES, name=self.name)[0])
        return _list_rows(answer.body, QueryResultsFormat.JSON)

    def _read_data(self) -> Iterator[Quad]:
        """Yield the data, blank nodes apart for each file."""
        for number, path in enumerate((*self.data, *self.graphs)):
            quads, _ = _read(path)
            lines = serialize_quads(quads, media.N_QUADS, {}).replace(b"_:", f"_:f{number}".encode())
            graph = NamedNode(_make_iri(path)) if path in self.graphs else DefaultGraph()
            for quad in parse(lines, RdfFormat.N_QUADS):
                named = graph if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name
                yield Quad(quad.subject, quad.predicate, quad.object, named)


def _make_iri(path: Path) -> str:
    """Return the IRI that a file has in the suite."""
    return f"{_BASE}{path.parent.name}/{path.name}"


def _read(path: Path) -> tuple[list[Quad], dict[str, str]]:
    syntax = RDF_FORMATS[EXTENSIONS[path.suffix].name]
    return read_bytes(path.read_bytes(), syntax, name=path.name, base=_make_iri(path))


def _read_result(path: Path) -> list[str]:
    if path.suffix in _RESULTS:
        return _list_rows(path.read_bytes(), _RESULTS[path.suffix])
    return canonicalize(_read(path)[0])


def _list_rows(content: bytes, syntax: QueryResultsFormat) -> list[str]:
    """Return rows as canonical lines: each is a node with its values, so that blank nodes compare by what they do."""
    results = parse_query_results(content, format=syntax)
    if isinstance(results, QueryBoolean):
        return [str(bool(results))]
    quads = []
    if isinstance(results, QuerySolutions):
        for number, solution in enumerate(results):
            row = BlankNode(f"row{number}")
            quads.append(Quad(row, NamedNode("x:is"), Literal("row")))
            for variable, value in zip(results.variables, solution, strict=True):
                if value is not None:
                    quads.append(Quad(row, NamedNode(f"x:{variable.value}"), value))
    return canonicalize(quads)


def load_tests(suites: Path) -> list[QueryTest]:
    """Return the tests of queries of the suite."""
    found = []
    for manifest in sorted((suites / SUITE).glob("*/manifest.ttl")):
        entries: dict[object, dict[str, list[object]]] = {}
        for quad in parse(manifest.read_bytes(), RdfFormat.TURTLE, base_iri=manifest.as_uri()):
            entries.setdefault(quad.subject, {}).setdefault(quad.predicate.value, []).append(quad.object)
        for entry in entries.values():
            kind = str(next(iter(entry.get(_TYPE, [])), "")).rpartition("#")[2].rstrip(">")
            if kind in _QUERY_KINDS:
                found.append(_make_test(entry, entries, kind))
    return found


def _make_test(entry: dict[str, list[object]], entries: dict[object, dict[str, list[object]]], kind: str) -> QueryTest:
    action = entry[f"{_MF}action"][0]
    parts = entries.get(action, {})
    (query,) = _list_paths(parts.get(f"{_QT}query", [action]))
    result = _list_paths(entry.get(f"{_MF}result", []))
    name = f"{query.parent.name}/{query.name}"
    data, graphs = (_list_paths(parts.get(f"{_QT}{part}", [])) for part in ("data", "graphData"))
    return QueryTest(name, kind, query, data, graphs, result[0] if result else None)


def _list_paths(nodes: list[object]) -> tuple[Path, ...]:
    """Return the files that nodes name."""
    return tuple(Path(node.value.removeprefix("file://")) for node in nodes if isinstance(node, NamedNode))
