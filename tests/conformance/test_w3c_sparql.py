"""The W3C SPARQL query tests, through the path that ``eild serve`` takes: publication, guard, engine.

What is answered is what the test expects, or else what the engine alone answers; each such test is listed with the
reason.
"""

from __future__ import annotations

import contextlib
import csv
import re
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, Protocol

import httpx
import pytest
from click.testing import CliRunner
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    Variable,
    parse,
    parse_query_results,
    serialize,
)

from eild import media
from eild.cli import main
from eild.errors import EildError, QueryError
from eild.publication.manifest import load_publication
from eild.publication.of_files import write_publication
from eild.query.embedded import EmbeddedEngine
from eild.query.engine import QueryRequest
from eild.query.text.guard import check_query_text
from eild.query.text.query import read_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    Row = tuple[tuple[str, Any], ...]

LIMIT: Final = 65536
_RS: Final = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
_RDF_TYPE: Final = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


class Example(Protocol):
    """A test of the suite, as ``conftest`` reads it."""

    name: str
    query: Path
    data: tuple[Path, ...]
    text: str
    base: str
    graphs: tuple[Path, ...]
    result: Path | None

    @property
    def dataset(self) -> list[tuple[str, str]]:
        """Its data as parameters of the protocol."""

    def read_quads(self) -> Iterator[Quad]:
        """Yield its data."""


def normalize(term: Any) -> Any:
    """Return a term as the store writes it: numbers and times by value, not by how they were spelt."""
    if isinstance(term, Triple):
        return Triple(normalize(term.subject), term.predicate, normalize(term.object))
    if not isinstance(term, Literal):
        return term
    store, node = Store(), NamedNode(_RS)
    store.add(Quad(node, node, term))
    return next(iter(store)).object


class Rows:
    """Rows of a result: equal to others with the same values, up to the names of blank nodes."""

    def __init__(self, rows: Iterable[Row], *, ordered: bool = False) -> None:
        self.rows = [tuple(sorted((name, normalize(term)) for name, term in row)) for row in rows]
        self.ordered = ordered

    def _plain(self) -> bool:
        return not any(isinstance(term, BlankNode | Triple) for row in self.rows for _, term in row)

    def _dataset(self) -> Dataset:
        dataset = Dataset()
        for number, row in enumerate(self.rows):
            node = BlankNode(f"row{number}")
            dataset.add(Quad(node, _RDF_TYPE, NamedNode(f"{_RS}row{number if self.ordered else ''}")))
            for name, term in row:
                dataset.add(Quad(node, NamedNode(f"{_RS}{name}"), term))
        dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
        return dataset

    def __eq__(self, other: object) -> bool:
        """Compare as lists where both are ordered, otherwise as multisets."""
        if not isinstance(other, Rows) or len(self.rows) != len(other.rows):
            return False
        self.ordered = other.ordered = self.ordered and other.ordered
        if not (self._plain() and other._plain()):
            return self._dataset() == other._dataset()
        return self.rows == other.rows if self.ordered else Counter(self.rows) == Counter(other.rows)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Return the rows, a line for each."""
        return "\n".join(" ".join(f"?{name}={term}" for name, term in row) for row in self.rows)


def graph_of(triples: Iterable[Triple]) -> Dataset:
    """Return a graph, equal to others with the same triples up to the names of blank nodes."""
    dataset = Dataset(Quad(*triple) for triple in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def read_solutions(results: QuerySolutions | QueryBoolean | QueryTriples, *, ordered: bool = False) -> object:
    """Return results of any kind in a form that can be compared."""
    if isinstance(results, QueryBoolean):
        return bool(results)
    if isinstance(results, QueryTriples):
        return graph_of(results)
    names = [variable.value for variable in results.variables]
    rows = [
        tuple((name, row[name]) for name in names if row[Variable(name)] is not None)  # unbound ones are left out
        for row in results
    ]
    return Rows(rows, ordered=ordered)


def _read_result_set(graph: Dataset) -> object:
    """Return a result that is written with the vocabulary of the first working group."""

    def values(subject: Any, name: str) -> list[Any]:
        return [quad.object for quad in graph.quads_for_subject(subject) if quad.predicate.value == _RS + name]

    sets = [quad.subject for quad in graph.quads_for_object(NamedNode(f"{_RS}ResultSet"))]
    if not sets:
        return graph_of(quad.triple for quad in graph)
    if truth := values(sets[0], "boolean"):
        return truth[0].value == "true"
    solutions = []
    for solution in values(sets[0], "solution"):
        bindings = values(solution, "binding")
        row = tuple((values(one, "variable")[0].value, values(one, "value")[0]) for one in bindings)
        index = values(solution, "index")
        solutions.append((int(index[0].value) if index else 0, row))
    ordered = any(index for index, _ in solutions)
    return Rows([row for _, row in sorted(solutions, key=lambda pair: pair[0])], ordered=ordered)


def read_expected(example: Example) -> object:
    """Return the result that a test expects."""
    path = example.result
    assert path is not None
    formats = {".srx": QueryResultsFormat.XML, ".srj": QueryResultsFormat.JSON, ".tsv": QueryResultsFormat.TSV}
    if path.suffix in formats:
        results = parse_query_results(path.read_bytes(), formats[path.suffix])
        return read_solutions(results, ordered=is_ordered(example.text))
    form = {".ttl": RdfFormat.TURTLE, ".rdf": RdfFormat.RDF_XML, ".nt": RdfFormat.N_TRIPLES}[path.suffix]
    return _read_result_set(Dataset(parse(path.read_bytes(), form, base_iri=example.base)))


def is_ordered(query: str) -> bool:
    """Return whether a query orders its rows."""
    found = read_query(query).structure
    return found is not None and bool(found.select.order_by)


def read_answer(body: bytes, form: media.Format, *, ordered: bool) -> object:
    """Return our own answer."""
    if form is media.JSON:
        return read_solutions(parse_query_results(body, QueryResultsFormat.JSON), ordered=ordered)
    return graph_of(quad.triple for quad in parse(body, RdfFormat.N_TRIPLES))


def read_table(body: bytes) -> Counter[Row]:
    """Return the rows of a CSV result, whatever the order of its columns, blank nodes without their names."""
    rows = csv.DictReader(body.decode("utf-8").splitlines())
    return Counter(
        tuple(sorted((name, "_:" if value.startswith("_:") else value) for name, value in row.items())) for row in rows
    )


def write_data(example: Example, folder: Path) -> Path:
    """Write the data of a test as one file and return it."""
    path = folder / "data.nq"
    serialize(example.read_quads(), path, RdfFormat.N_QUADS)
    return path


def publish(example: Example, folder: Path) -> EmbeddedEngine:
    """Return an engine over the data of a test, made as ``eild serve FILE --no-union-default-graph`` makes it."""
    build = folder / "build"
    build.mkdir()
    forms = (media.N_TRIPLES, media.N_QUADS)
    write_publication([write_data(example, folder)], build, base=example.base, union=False, forms=forms)
    return EmbeddedEngine.load(load_publication(build), prefixes={})


def answer(engine: EmbeddedEngine, text: str) -> object:
    """Return what we answer to a query."""
    checked = check_query_text(text, LIMIT).text
    found = engine.evaluate(QueryRequest(checked, media.JSON, media.N_TRIPLES))
    return read_answer(found.body, found.format, ordered=is_ordered(text))


def answer_bare(example: Example) -> object:
    """Return what the engine answers without anything of ours around it, or that it refuses."""
    store = Store()
    store.extend(example.read_quads())
    try:
        return read_solutions(store.query(example.text, base_iri=example.base), ordered=is_ordered(example.text))
    except (SyntaxError, OSError, RuntimeError, ValueError):
        return None


_SPELLING: Final = "the store keeps numbers by value, not as they were spelt"
_STRINGS: Final = "the test predates RDF 1.1, in which a plain literal is an xsd:string"
_TWICE: Final = "the test reads one file into two graphs with different blank nodes; a store holds it once"
_REDUCED: Final = "REDUCED may drop duplicates or not; the engine drops them, the test keeps them"
ENGINE_DIFFERS: Final = {
    "data-r2/dataset/dawg-dataset-09": _TWICE,
    "data-r2/dataset/dawg-dataset-10": _TWICE,
    "data-r2/dataset/dawg-dataset-12": _TWICE,
    "data-r2/distinct/distinct-1": _SPELLING,
    "data-r2/distinct/distinct-2": _STRINGS,
    "data-r2/distinct/distinct-9": f"{_SPELLING}; {_STRINGS}",
    "data-r2/expr-builtin/dawg-str-1": _SPELLING,
    "data-r2/expr-builtin/dawg-str-2": _SPELLING,
    "data-r2/expr-builtin/sameTerm-simple": _SPELLING,
    "data-r2/expr-builtin/sameTerm-eq": _SPELLING,
    "data-r2/expr-builtin/sameTerm-not-eq": _SPELLING,
    "data-r2/expr-equals/eq-graph-1": _SPELLING,
    "data-r2/expr-equals/eq-graph-2": _SPELLING,
    "data-r2/open-world/open-eq-01": _SPELLING,
    "data-r2/open-world/date-2": "the engine compares dates with and without a time zone",
    "data-r2/reduced/reduced-1": _REDUCED,
    "data-r2/reduced/reduced-2": _REDUCED,
    "data-sparql11/aggregates/agg-empty-group": "the engine has no group where there is no row",
    "data-sparql11/csv-tsv-res/csv03": _SPELLING,
    "data-sparql11/functions/strdt03": _STRINGS,
    "data-sparql11/functions/strlang03": _STRINGS,
    "data-sparql11/functions/plus-1": _STRINGS,
    "data-sparql11/functions/plus-2": _STRINGS,
    "data-sparql11/functions/bnode01": "the engine makes one blank node per name, not one per name and row",
    **dict.fromkeys(
        (
            *("sparql10/distinct/distinct-1", "sparql10/distinct/distinct-9"),
            *("sparql10/expr-builtin/dawg-str-1", "sparql10/expr-builtin/dawg-str-2"),
            *(f"sparql10/expr-builtin/sameTerm-{name}" for name in ("simple", "eq", "not-eq")),
            *("sparql10/expr-equals/eq-graph-1", "sparql10/expr-equals/eq-graph-2", "sparql10/open-world/open-eq-01"),
            *("sparql11/csv-tsv-res/csv03", "sparql12/grouping/group01"),
        ),
        _SPELLING,
    ),
    "sparql10/open-world/date-2": "the engine compares dates with and without a time zone",
    "sparql10/reduced/reduced-1": _REDUCED,
    "sparql10/reduced/reduced-2": _REDUCED,
    "sparql11/functions/bnode01": "the engine makes one blank node per name, not one per name and row",
}
"""The tests that the engine answers in its own way, and why."""
ENGINE_ACCEPTS: Final = {
    "data-r2/syntax-sparql3/syn-bad-26": "the engine reads ?x<?a&&?b>?y as a comparison, the test as an IRI",
    "sparql10/syntax-sparql3/syn-bad-26": "as data-r2/syntax-sparql3/syn-bad-26",
    "sparql12/codepoint-escapes/codepoint-esc-03-bad": "the engine takes an escape of a surrogate in a string",
    "sparql12/syntax/nested-aggregate-functions": "the engine takes an aggregate within another",
    "sparql12/syntax-triple-terms-negative/tripleterm-subject-03": "the engine takes a triple term as a subject",
    "sparql12/syntax-triple-terms-negative/tripleterm-subject-06": "the engine takes a triple term as a subject",
}
"""Malformed queries of the suite that the engine answers."""


def test_suite_is_whole(request: pytest.FixtureRequest) -> None:
    """No test of the suite has got lost on the way."""
    suite = request.path.parents[1] / "vendor" / "w3c-sparql"
    assert len(list(suite.rglob("*.rq"))) == 744
    assert len(list(suite.rglob("manifest.ttl"))) == 45


def test_evaluation_is_expected_and_the_same_as_by_the_engine(evaluation: Example, tmp_path: Path) -> None:
    """Whatever the engine answers rightly, we do; the rest we answer as it does; federation is refused."""
    if "/service/" in evaluation.name:
        with pytest.raises(QueryError, match="SERVICE"):
            check_query_text(evaluation.text, LIMIT)
        return
    engine = publish(evaluation, tmp_path)
    if evaluation.result is not None and evaluation.result.suffix == ".csv":
        found = engine.evaluate(QueryRequest(check_query_text(evaluation.text, LIMIT).text, media.CSV))
        same = read_table(found.body) == read_table(evaluation.result.read_bytes())
        assert same is (evaluation.name not in ENGINE_DIFFERS)
        return
    ours = answer(engine, evaluation.text)
    is_expected = ours == read_expected(evaluation)
    assert is_expected or ours == answer_bare(evaluation)
    assert is_expected is (evaluation.name not in ENGINE_DIFFERS)


KEYWORDS: Final = ("from", "NAMED", "graph", "Service", "select", "LIMIT", "values", "base", "where", "As")
"""What names are replaced by, each with its number after it once all were used."""


def rename(text: str) -> tuple[str, dict[str, str]]:
    """Return a query whose variables, prefixes and labels are called like keywords, and the new names of variables."""
    query = read_query(text)
    names: dict[str, str] = {}

    def find(kind: str, name: str) -> str:
        number = len([one for one in names if one[0] == kind])
        again = str(number // len(KEYWORDS)) if number >= len(KEYWORDS) else ""
        return names.setdefault(kind + name, KEYWORDS[number % len(KEYWORDS)] + again)

    pieces = []
    for index, (kind, source) in enumerate(zip(query.kinds, query.sources, strict=True)):
        written = source
        if kind == "variable":
            written = f"?{find('?', source[1:])}"
        elif kind == "name":
            prefix, _, local = source.partition(":")
            written = f"{find(':', prefix)}:{local}"
        elif kind == "blank":
            written = f"_:{find('_', source[2:])}"
        pieces += [query.gaps[index], written]
    return f"{''.join(pieces)}\n# from <x:y> service <x:z> {{", {
        name[1:]: new for name, new in names.items() if name[0] == "?"
    }


def rename_rows(result: object, names: dict[str, str]) -> object:
    """Return a result with the new names of its columns."""
    if not isinstance(result, Rows):
        return result
    rows = [tuple((names[name], term) for name, term in row) for row in result.rows]
    return Rows(rows, ordered=result.ordered)


def test_renamed_query_has_the_renamed_result(evaluation: Example, tmp_path: Path) -> None:
    """Names that are keywords in any case, and such comments, change no result but the names of its columns."""
    if "/service/" in evaluation.name or read_query(evaluation.text).structure is None:
        return
    if check_query_text(evaluation.text, LIMIT).volatile:
        return
    engine = publish(evaluation, tmp_path)
    text, names = rename(evaluation.text)
    before, after = answer(engine, evaluation.text), answer(engine, text)
    assert after == rename_rows(before, names)


def test_positive_syntax_is_read(positive: Example) -> None:
    """A well-formed query passes the guard and the parser, save federation."""
    if "/syntax-fed/" in positive.name:
        with pytest.raises(QueryError, match="SERVICE"):
            check_query_text(positive.text, LIMIT)
        return
    checked = check_query_text(positive.text, LIMIT).text
    try:
        Store().query(checked, base_iri=positive.base)
    except RuntimeError as error:
        assert "custom function" in str(error)  # noqa: PT017 - read well, but nobody knows the function


def test_negative_syntax_is_refused(negative: Example) -> None:
    """A malformed query is refused by the guard or the parser."""
    refused = False
    try:
        Store().query(check_query_text(negative.text, LIMIT).text, base_iri=negative.base)
    except (EildError, SyntaxError):
        refused = True
    assert refused is (negative.name not in ENGINE_ACCEPTS)


EILD: Final = (sys.executable, "-c", "from eild.cli import main; main()")
WAYS: Final = (
    *(("files", way) for way in ("get", "get again", "form", "direct")),
    ("store", "form"),
    ("backend", "direct"),
)
"""What is asked in which ways of the protocol."""
TIES: Final = frozenset({"data-sparql11/functions/plus-1", "data-sparql11/functions/plus-2"})
"""Tests that order rows by equal numbers of two datatypes, so that the order of these rows is open."""
TYPES: Final = f"{media.JSON.media_type}, {media.N_TRIPLES.media_type}"


@pytest.fixture(scope="module")
def ways(all_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Serve the data of all tests from a file, from a store on disk and through another server; return endpoints."""
    store = tmp_path_factory.mktemp("ways") / "store"
    options = ("--no-union-default-graph", "--base", "http://example.org/")
    load = [*EILD, "load", str(all_data), "--store", str(store), *options]
    subprocess.run(load, check=True, capture_output=True, timeout=120)
    found: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        for name in ("files", "store", "backend"):
            arguments = {"files": [*options, str(all_data)], "store": ["--store", str(store)]}.get(name)
            command = [*EILD, "serve", "--port", "0", *(arguments or ["--store", found["files"]])]
            process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            stack.callback(process.terminate)
            assert process.stdout is not None
            address = re.search(r"http://\S+/", process.stdout.readline())
            assert address is not None
            found[name] = f"{address[0]}sparql"
        yield found


def send(client: httpx.Client, url: str, way: str, text: str, dataset: list[tuple[str, str]]) -> httpx.Response:
    """Send a query in one of the ways of the protocol."""
    fields = {"Accept": TYPES}
    if way == "direct":
        content = {**fields, "Content-Type": "application/sparql-query"}
        return client.post(url, params=httpx.QueryParams(tuple(dataset)), content=text.encode(), headers=content)
    if way == "form":
        return client.post(url, data=_collect([("query", text), *dataset]), headers=fields)
    return client.get(url, params=[("query", text), *dataset], headers=fields)


def _collect(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def read_response(response: httpx.Response, *, ordered: bool) -> object:
    """Return what a server answers, or that it refuses the query."""
    if response.status_code == 400:
        return None
    assert response.status_code == 200, response.text
    form = media.JSON if response.headers["Content-Type"].startswith(media.JSON.media_type) else media.N_TRIPLES
    return read_answer(response.content, form, ordered=ordered)


def ask_here(example: Example, text: str) -> object:
    """Return what is answered within this process, or that the query is refused."""
    store = Store()
    store.extend(example.read_quads())
    try:
        return answer(EmbeddedEngine(store, base=example.base, prefixes={}), text)
    except QueryError:
        return None


def ask_command(example: Example, folder: Path) -> object:
    """Return what ``eild query`` answers, or that it refuses the query."""
    makes_graph = check_query_text(example.text, LIMIT).makes_graph
    form = media.N_TRIPLES if makes_graph else media.JSON
    arguments = ["query", "-f", str(example.query), str(write_data(example, folder)), "--base", example.base]
    outcome = CliRunner().invoke(main, [*arguments, "--format", form.name])
    if outcome.exit_code:
        assert isinstance(outcome.exception, QueryError | SystemExit), outcome.output
        return None
    return read_answer(outcome.stdout_bytes, form, ordered=is_ordered(example.text))


def test_evaluations_have_one_result_in_every_way(
    evaluations: list[Example],
    ways: dict[str, str],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """Over HTTP in every way of the protocol, asked again, from memory, disk and another server, by the command.

    Renamed queries are asked of each server once. The command has no dataset parameters, so it gets no named graphs.
    """
    different, asked = [], 0
    with httpx.Client(timeout=60) as client:
        for example in evaluations:
            is_twice = not set(example.data).isdisjoint(example.graphs)  # with different blank nodes in either graph
            if check_query_text(example.text, LIMIT).volatile or is_twice:
                continue
            ordered = is_ordered(example.text) and example.name not in TIES
            expected, found = ask_here(example, example.text), {}
            dataset = [] if "FROM" in example.text else example.dataset
            text = f"BASE <{example.base}>\n{example.text}"
            for place, way in WAYS:
                reply = send(client, ways[place], way, text, dataset)
                found[f"{place} {way}"] = read_response(reply, ordered=ordered)
            if not example.graphs and not dataset[1:]:
                found["command"] = ask_command(example, tmp_path)
            if any(result != expected for result in found.values()):
                different.append((example.name, [way for way, result in found.items() if result != expected]))
            asked += len(found)
            if read_query(example.text).structure is None:
                continue
            renamed, names = rename(example.text)
            for place, url in ways.items():
                reply = send(client, url, "get", f"BASE <{example.base}>\n{renamed}", dataset)
                if read_response(reply, ordered=ordered) != rename_rows(expected, names):
                    different.append((example.name, [f"{place} renamed"]))
            asked += len(ways)
    record_property("w3c_ways", asked)
    assert not different, "\n".join(map(str, different))


@pytest.fixture(scope="module")
def functions_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Serve the data that most tests of functions share and return the endpoint."""
    data = request.path.parents[1] / "vendor" / "w3c-sparql" / "data-sparql11" / "functions" / "data.ttl"
    command = (sys.executable, "-c", "from eild.cli import main; main()", "serve", "--port", "0")
    arguments = ("--no-union-default-graph", "--base", "http://example.org/", str(data))
    with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+/", process.stdout.readline())
            assert found is not None
            yield f"{found[0]}sparql"
        finally:
            process.terminate()
            process.wait(20)


def test_evaluation_over_http_is_expected(functions_url: str, request: pytest.FixtureRequest) -> None:
    """The same answers arrive over HTTP, for all tests of functions that share one file of data."""
    folder = request.path.parents[1] / "vendor" / "w3c-sparql" / "data-sparql11" / "functions"
    manifest = (folder / "manifest.ttl").read_text(encoding="utf-8")
    pattern = r":(\w+) .*?qt:query\s+<([^>]+)>.*?qt:data\s+<data\.ttl>.*?mf:result\s+<([^>]+srx)>"
    blocks = re.split(r"\n(?=:\w+ rdf:type)", manifest)
    tests = [found for block in blocks if (found := re.match(pattern, block, re.DOTALL))]
    assert len(tests) > 20
    with httpx.Client(timeout=20) as client:
        for name, query, result in (found.groups() for found in tests):
            text = (folder / query).read_text(encoding="utf-8")
            response = client.post(functions_url, data={"query": text}, headers={"Accept": media.JSON.media_type})
            assert response.status_code == 200, (name, response.text)
            expected = read_solutions(parse_query_results((folder / result).read_bytes(), QueryResultsFormat.XML))
            ours = read_answer(response.content, media.JSON, ordered=False)
            known = f"data-sparql11/functions/{name}" in ENGINE_DIFFERS
            assert (ours == expected) is not known, name
