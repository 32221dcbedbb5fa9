"""The competency queries: well-formed, answered alike by two engines, and as expected.

``queries/NN-name.rq`` holds a question and its query, ``queries/expected/NN-name.csv`` the rows that answer it (SPARQL
CSV with LF), ``.json`` a truth value (SPARQL JSON) and ``.nt`` a graph (N-Triples, sorted). After a change of the data
``pytest tests/queries --update-expected`` writes them anew; read the diff before you commit it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

import pyoxigraph
import pytest
from rdflib import Dataset, Literal, URIRef

from eild.namespaces import graph_iri
from eild.query.text.guard import check_query_text
from eild.resources import resource_files
from eild.terms import BASE, CLASSES, DERIVED_PROPERTIES, PREFIXES, PROPERTIES

if TYPE_CHECKING:
    from pathlib import Path

    from rdflib.term import Node

    from eild.dataset import BuiltDataset

KEYS: Final = ("title", "question", "topics", "note")
"""The keys of the comments that begin a file, in their order; the last is optional."""
FLOOR: Final = 95
"""Fewer queries than this are a mistake."""
MAX_LINE: Final = 100
MAX_QUERY_BYTES: Final = 64 * 1024
XSD: Final = PREFIXES["xsd"]
NUMERIC: Final = frozenset(XSD + name for name in ("integer", "nonNegativeInteger", "decimal"))

Term = tuple[str, ...]
Row = tuple[Term | None, ...]


class CompetencyQuery(NamedTuple):
    """A query of the folder: its name, the comments that begin it, and its text."""

    name: str
    comments: list[tuple[str, str]]
    text: str

    @property
    def body(self) -> str:
        """The query without comments and prefixes."""
        return "\n".join(line for line in self.text.splitlines() if not line.startswith(("#", "PREFIX ")))

    @property
    def form(self) -> str:
        """The keyword with which the query proper begins."""
        return self.body.split(maxsplit=1)[0]

    def about(self, key: str) -> str:
        """Return what a comment says, or nothing if there is none with that key."""
        return dict(self.comments).get(key, "")


class Answer(NamedTuple):
    """An answer in terms that two engines share: its columns (or form) and its rows in order."""

    columns: tuple[str, ...]
    rows: list[Row]


def _parse_query(path: Path) -> CompetencyQuery:
    text = path.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("#")]
    parts = [line.removeprefix("#").partition(":") for line in lines]
    return CompetencyQuery(path.stem, [(key.strip(), value.strip()) for key, _, value in parts], text)


QUERIES: Final = [_parse_query(path) for path in resource_files("queries", "*.rq")]
EXTENSIONS: Final = {"SELECT": "csv", "ASK": "json", "CONSTRUCT": "nt"}

each_query = pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)


def _expected_file(query: CompetencyQuery) -> Path:
    folder = resource_files("queries", "*.rq")[0].parent / "expected"
    return folder / f"{query.name}.{EXTENSIONS[query.form]}"


@pytest.fixture(scope="session")
def rdflib_dataset(own_dataset: BuiltDataset) -> Dataset:
    """Return the dataset in RDFLib, with the same graphs."""
    dataset = Dataset()
    for triple in own_dataset.merged():
        dataset.default_graph.add(triple)
    for module, graph in own_dataset.graphs.items():
        named = dataset.graph(graph_iri(module))
        for triple in graph:
            named.add(triple)
    return dataset


def _literal(lexical: str, datatype: str, language: str) -> Term:
    if datatype in NUMERIC:
        return ("number", str(Decimal(lexical).normalize()))
    return ("literal", lexical, "" if language else datatype, language.lower())


def _oxigraph_term(term: object) -> Term | None:
    if isinstance(term, pyoxigraph.NamedNode):
        return ("iri", term.value)
    if isinstance(term, pyoxigraph.Literal):
        return _literal(term.value, term.datatype.value, term.language or "")
    assert term is None, f"{term} is neither an IRI nor a literal"
    return None


def _rdflib_term(term: Node | None) -> Term | None:
    if isinstance(term, URIRef):
        return ("iri", str(term))
    if isinstance(term, Literal):
        return _literal(str(term), str(term.datatype or XSD + "string"), term.language or "")
    assert term is None, f"{term} is neither an IRI nor a literal"
    return None


def _ask_oxigraph(store: pyoxigraph.Store, text: str) -> Answer:
    results = store.query(text)
    if isinstance(results, pyoxigraph.QueryBoolean):
        return Answer(("ASK",), [(("literal", str(bool(results)).lower()),)])
    if isinstance(results, pyoxigraph.QueryTriples):
        return Answer(("CONSTRUCT",), sorted({tuple(_oxigraph_term(term) for term in triple) for triple in results}))
    columns = tuple(variable.value for variable in results.variables)
    return Answer(columns, [tuple(_oxigraph_term(term) for term in solution) for solution in results])


def _ask_rdflib(dataset: Dataset, text: str) -> Answer:
    results = dataset.query(text)
    if results.type == "ASK":
        return Answer(("ASK",), [(("literal", str(results.askAnswer).lower()),)])
    if results.type == "CONSTRUCT":
        assert results.graph is not None
        return Answer(
            ("CONSTRUCT",), sorted({tuple(_rdflib_term(term) for term in triple) for triple in results.graph})
        )
    variables = results.vars or []
    rows = [tuple(_rdflib_term(row.get(variable)) for variable in variables) for row in results.bindings]
    return Answer(tuple(str(variable) for variable in variables), rows)


def _render(store: pyoxigraph.Store, query: CompetencyQuery) -> str:
    """Return the answer of Oxigraph as its expected file has it."""
    results = store.query(query.text)
    if isinstance(results, pyoxigraph.QueryBoolean):
        return json.dumps({"head": {}, "boolean": bool(results)}) + "\n"
    if isinstance(results, pyoxigraph.QueryTriples):
        return "".join(sorted({f"{triple} .\n" for triple in results}))
    content = results.serialize(format=pyoxigraph.QueryResultsFormat.CSV)
    assert content is not None
    return content.decode().replace("\r\n", "\n")


def test_queries_folder_holds_at_least_its_floor() -> None:
    """No filter or move makes the collection shrink unseen, and the files are numbered without a gap."""
    assert len(QUERIES) >= FLOOR
    numbers = [query.name.partition("-")[0] for query in QUERIES]
    assert numbers == [f"{number:02d}" for number in range(1, len(QUERIES) + 1)]


@each_query
def test_query_file_begins_with_its_comments_in_order(query: CompetencyQuery) -> None:
    """Each file says title, question and topics, and perhaps a note, before its prefixes and nowhere else."""
    keys = [key for key, _ in query.comments]
    assert keys in (list(KEYS), list(KEYS[:-1]))
    assert all(value for _, value in query.comments)
    assert query.text.splitlines()[len(keys)].startswith("PREFIX ")


@each_query
def test_query_comments_have_their_form(query: CompetencyQuery) -> None:
    """A question asks, a title does not, a note is a sentence, and topics are tags between commas."""
    assert re.fullmatch(r"[A-Z“][^?]*\?", query.about("question"))
    assert re.fullmatch(r"[A-Z].*[^.?]", query.about("title"))
    assert re.fullmatch(r"([?A-Z“].*\.)?", query.about("note"))
    topics = query.about("topics").split(", ")
    assert all(re.fullmatch(r"[A-Za-z-]+", topic) for topic in topics)
    assert len(set(topics)) == len(topics)


@each_query
def test_query_layout_is_even(query: CompetencyQuery) -> None:
    """Lines are short and indented by two spaces a level, and the file ends with one line feed."""
    assert query.text.endswith("}\n") or re.search(r"[^\n]\n\Z", query.text)
    for line in query.body.splitlines():
        assert len(line) <= MAX_LINE
        assert line == line.rstrip()
        assert "\t" not in line
        assert (len(line) - len(line.lstrip(" "))) % 2 == 0


@pytest.mark.parametrize("part", ["title", "question"])
def test_query_comments_are_said_once(part: str) -> None:
    """No two queries have the same title or question."""
    counts = Counter(query.about(part).lower() for query in QUERIES)
    assert [text for text, count in counts.items() if count > 1] == []


def test_query_bodies_differ() -> None:
    """No two queries are the same but for layout."""
    counts = Counter(" ".join(query.body.split()) for query in QUERIES)
    assert [body for body, count in counts.items() if count > 1] == []


@each_query
def test_query_declares_the_prefixes_that_it_uses(query: CompetencyQuery) -> None:
    """Each query runs alone: it declares what it uses, as everywhere in the project, and nothing else."""
    declared = dict(re.findall(r"^PREFIX (\w+): <([^>]*)>$", query.text, re.MULTILINE))
    bare = re.sub(r'"[^"]*"|<[^>]*>', " ", query.body)
    assert set(declared) == set(re.findall(r"(?<![\w?])([a-z]+):[\w-]", bare))
    assert declared.items() <= PREFIXES.items()


@each_query
def test_query_names_only_what_exists(query: CompetencyQuery, own_dataset: BuiltDataset) -> None:
    """A misspelt term or resource would make a query answer nothing, or an ASK false, without a word."""
    bare = re.sub(r'"[^"]*"|<[^>]*>', " ", query.body)
    names = set(re.findall(r"(?<![\w?])([a-z]+):([\w-]+)", bare))
    terms = {name for prefix, name in names if prefix == "eild"}
    assert terms <= {*CLASSES, *PROPERTIES, *DERIVED_PROPERTIES}
    resources = {URIRef(PREFIXES[prefix] + name) for prefix, name in names if PREFIXES[prefix].startswith(BASE + "id/")}
    assert resources <= set(own_dataset.merged().subjects())
    graphs = {name for prefix, name in names if prefix == "graph"}
    assert graphs <= own_dataset.graphs.keys()


@each_query
def test_query_passes_the_guard_of_the_endpoint(query: CompetencyQuery) -> None:
    """What the project publishes as an example is not refused by its own endpoint."""
    check_query_text(query.text, MAX_QUERY_BYTES)


@each_query
def test_query_rows_are_ordered(query: CompetencyQuery) -> None:
    """Rows have an order of their own, so that an answer can be compared and cited; cut off is nothing."""
    assert query.form in EXTENSIONS
    assert ("\nORDER BY " in query.body) == (query.form == "SELECT")
    assert not re.search(r"\b(LIMIT|OFFSET)\b", query.body)


def test_expected_files_match_the_queries(*, update_expected: bool) -> None:
    """Each query has one expected file, and each expected file a query."""
    expected = {_expected_file(query) for query in QUERIES}
    found = set(resource_files("queries", "expected/*"))
    if update_expected:
        for path in found - expected:
            path.unlink()
        return
    assert found == expected


@each_query
def test_query_on_oxigraph_answers_as_expected(
    query: CompetencyQuery, oxigraph: pyoxigraph.Store, *, update_expected: bool
) -> None:
    """The answer is the one that was checked against the text, to the character and in its order."""
    path = _expected_file(query)
    answer = _render(oxigraph, query)
    if update_expected:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(answer.encode())
    assert answer == path.read_bytes().decode(), "if the data changed: pytest tests/queries --update-expected"


@pytest.mark.filterwarnings(r"ignore:Dataset\.(contexts|default_context) is deprecated:DeprecationWarning:rdflib")
@each_query
def test_query_on_rdflib_answers_like_oxigraph(
    query: CompetencyQuery, oxigraph: pyoxigraph.Store, rdflib_dataset: Dataset
) -> None:
    """Two engines that share no code give the same rows in the same order, and there are some."""
    answer = _ask_oxigraph(oxigraph, query.text)
    assert answer.rows
    assert _ask_rdflib(rdflib_dataset, query.text) == answer
