"""Querying an open dataset: prefixes, values of variables, rows, graphs, and what is wrong with a query."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pyoxigraph
import pytest
import rdflib

import eild
from eild.errors import DataError, NotFoundError, QueryError, UpdateRefusedError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

XSD = "http://www.w3.org/2001/XMLSchema#"
VALUES = """
@prefix : <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:int :is 5 . :decimal :is 1.50 . :double :is 1.0e3 . :boolean :is true . :day :is "2024-11-05"^^xsd:date .
:moment :is "2024-11-05T12:00:00"^^xsd:dateTime . :instant :is "2024-11-05T12:00:00Z"^^xsd:dateTime .
:text :is "}\\" . ?x ?y ?z # \\\\" . :tagged :is "Wahl"@de . :year :is "2024"^^xsd:gYear .
:no-day :is "2023-02-29"^^xsd:date . :zoned :is "2024-11-05Z"^^xsd:date . :iri :is <http://example.org/x> .
"""


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> eild.Dataset:
    """Return a dataset with a literal of each kind."""
    path = tmp_path_factory.mktemp("values") / "values.ttl"
    path.write_text(VALUES, encoding="utf-8")
    return eild.open(path)


def test_rows_are_mappings_of_python_values(values: eild.Dataset) -> None:
    """A literal is what Python has for it; others remain text that knows its language or datatype."""
    found = {str(row["s"]).rpartition("/")[2]: row["v"] for row in values.query("SELECT ?s ?v { ?s :is ?v }")}
    noon = datetime(2024, 11, 5, 12)  # noqa: DTZ001 - the literal has no zone
    assert found["int"] == 5
    assert found["decimal"] == Decimal("1.5")
    assert isinstance(found["double"], float)
    assert found["boolean"] is True
    assert (found["day"], found["moment"], found["instant"]) == (date(2024, 11, 5), noon, noon.replace(tzinfo=UTC))
    assert found["text"] == '}" . ?x ?y ?z # \\'
    assert isinstance(tagged := found["tagged"], eild.Text)
    assert (tagged, tagged.language) == ("Wahl", "de")
    for name, datatype in {"year": "gYear", "no-day": "date", "zoned": "date"}.items():
        assert isinstance(text := found[name], eild.Text)
        assert text.datatype == XSD + datatype
    assert found["iri"] == "http://example.org/x"
    assert isinstance(found["iri"], eild.Iri)


def test_every_value_of_a_result_is_a_value_for_a_variable(values: eild.Dataset) -> None:
    """What a row has finds that row again, quotation marks, languages and datatypes included."""
    rows = values.query("SELECT ?s ?v { ?s :is ?v }")
    assert len(rows) == 13
    for row in rows:
        assert [dict(found) for found in values.query("SELECT ?s ?v { ?s :is ?v }", v=row["v"])] == [row]


@pytest.mark.parametrize(
    "biden",
    [
        eild.Iri("https://w3id.org/eild/id/agent/joe-biden"),
        rdflib.URIRef("https://w3id.org/eild/id/agent/joe-biden"),
        pyoxigraph.NamedNode("https://w3id.org/eild/id/agent/joe-biden"),
    ],
)
def test_a_value_stands_wherever_its_variable_does(ds: eild.Dataset, biden: object) -> None:
    """In filters of nested groups, unions, options, negations and subqueries that select it, and in the result."""
    expected = {row["c"] for row in ds.query("SELECT ?c { ?c eild:claimant agent:joe-biden }")}
    assert expected
    for pattern in (
        "?c eild:claimant ?who",
        "{ ?c eild:claimant ?x FILTER(?x = ?who) }",
        "{ ?c eild:claimant ?x FILTER(?x = ?who) } UNION { ?c eild:claimant ?who }",
        "?c a eild:Claim FILTER EXISTS { ?c eild:claimant ?x FILTER(?x = ?who) }",
        "?c a eild:Claim FILTER NOT EXISTS { ?c a eild:Claim MINUS { ?c eild:claimant ?who } }",
        "{ SELECT ?c ?who { ?c eild:claimant ?who } }",
        "?c a eild:Claim OPTIONAL { ?c eild:claimant ?x FILTER(?x = ?who) } FILTER(BOUND(?x))",
        "?c eild:claimant ?x . BIND(IF(?x = ?who, 1, 0) AS ?is) FILTER(?is = 1)",
    ):
        rows = ds.query(f"SELECT DISTINCT ?c ?who {{ {pattern} }}", who=biden)
        assert {row["c"] for row in rows} == expected, pattern
        assert {row["who"] for row in rows} == {str(ds.iri("agent:joe-biden"))}


def test_a_cell_of_a_frame_is_a_value(values: eild.Dataset) -> None:
    """Numbers and dates of pandas, which are not those of Python, find their rows again."""
    for name in ("int", "double", "boolean", "day", "moment"):
        frame = values.query(f"SELECT ?v {{ :{name} :is ?v }}").to_pandas()
        cell = frame["v"][0].date() if name == "day" else frame["v"][0]
        assert values.query("ASK { ?s :is ?v }", v=cell), name


def test_a_value_stands_in_every_form_of_query(ds: eild.Dataset) -> None:
    """ASK, CONSTRUCT with and without template, DESCRIBE with and without pattern."""
    biden, nobody = ds.iri("agent:joe-biden"), ds.iri("agent:nobody")
    assert ds.query("ASK { ?c eild:claimant ?who }", who=biden)
    assert not ds.query("ASK { ?c eild:claimant ?who }", who=nobody)
    short = ds.query("CONSTRUCT WHERE { ?c eild:claimant ?who } LIMIT 2", who=biden)
    assert {str(term) for _, _, term in short.graph()} == {biden}
    assert ds.query("CONSTRUCT { ?who a ?c } { ?c eild:claimant ?who }", who=biden)
    assert ds.query("DESCRIBE ?who # who it is", who=biden) == ds.query("DESCRIBE agent:joe-biden")
    assert ds.query("DESCRIBE ?who { ?c eild:claimant ?who }", who=biden)
    for least, found in ((3, 1), (4, 0)):
        grouped = "SELECT ?x (COUNT(?c) + ?least AS ?n) { ?c eild:claimant ?x } GROUP BY ?x "
        grouped += "HAVING (COUNT(?c) >= ?least && ?x = ?who) ORDER BY ?least"
        rows = ds.query(grouped, least=least, who=biden)
        assert [row["n"] for row in rows] == [6] * found
    count = ds.query("SELECT (COUNT(*) AS ?n) { ?c eild:claimant ?who }", who=biden)
    assert count[0]["n"] == len(ds.query("SELECT ?c { ?c eild:claimant agent:joe-biden }"))


@pytest.mark.parametrize(
    ("query", "given", "message"),
    [
        ("SELECT ?c { ?c eild:claimant ?who }", {"wo": 1}, r"no variable \?wo \(did you mean who\?\)"),
        ("SELECT ?c { ?c eild:claimant ?who }", {"who": "agent:joe-biden"}, r"ds\.iri\('agent:joe-biden'\)"),
        ("SELECT ?c { ?c eild:claimant ?who }", {"who": "https://example.org/"}, "may be the resource"),
        ("SELECT ?c { ?c eild:claimant ?who }", {"who": object()}, "cannot be a value of type object"),
        ("SELECT ?c { ?c eild:claimant ?who }", {"who": pyoxigraph.BlankNode("b")}, "cannot be a blank node"),
        ("SELECT ?c { ?c eild:claimant ?who }", {"who": eild.Iri("no iri")}, "cannot be 'no iri'"),
        ("SELECT ?c { ?c eild:claimant ?x BIND(?x AS ?who) }", {"who": 1}, r"assigns \?who a value itself"),
        ("SELECT (COUNT(?c) AS ?n) { ?c a ?x }", {"n": 1}, r"assigns \?n a value itself"),
        ("SELECT * { ?who a ?k { SELECT ?c { ?c eild:claimant ?who } } }", {"who": 1}, "another variable"),
    ],
)
def test_a_value_that_cannot_be_is_refused(
    ds: eild.Dataset, query: str, given: dict[str, object], message: str
) -> None:
    """Nothing is passed over in silence: names, types, and strings that could be meant as IRIs."""
    with pytest.raises(eild.EildError, match=message) as raised:
        ds.query(query, **given)
    assert isinstance(raised.value, QueryError | UsageError)


def test_missing_prefixes_are_supplied_and_errors_keep_their_places(ds: eild.Dataset) -> None:
    """The dataset's prefixes need no declaration; those of the query count; unknown ones are told with their place."""
    assert ds.query("ASK { ?c eild:claimant agent:joe-biden }")
    assert not ds.query("PREFIX agent: <http://example.org/> ASK { ?c eild:claimant agent:joe-biden }")
    with pytest.raises(QueryError, match=re.escape("query:2:4: the prefix foo: is not declared")):
        ds.query("ASK { ?c eild:claimant ?who .\n?c foo:bar 1 }")
    with pytest.raises(QueryError, match=r"^query:3:1: "):
        ds.query("SELECT ?c\n{ ?c eild:claimant ?who .\n) }", who=1)


def test_an_update_and_another_endpoint_are_refused(ds: eild.Dataset) -> None:
    """An open dataset is read only and fetches nothing."""
    with pytest.raises(UpdateRefusedError):
        ds.query("DELETE WHERE { ?s ?p ?o }")
    with pytest.raises(QueryError, match="SERVICE"):
        ds.query("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }")


def test_ask_is_true_or_false_and_has_no_rows(ds: eild.Dataset) -> None:
    """The answer to ASK is a condition; asked for rows, it says so."""
    answer = ds.query("ASK { ?c a eild:Claim }")
    assert (bool(answer), answer.boolean, str(answer), repr(answer)) == (True, True, "yes", "<Answer: yes>")
    with pytest.raises(UsageError, match="ASK has no rows"):
        len(answer)
    with pytest.raises(UsageError, match="only CONSTRUCT and DESCRIBE"):
        answer.graph()


def test_a_graph_is_one_of_rdflib_and_its_triples_are_rows(ds: eild.Dataset) -> None:
    """CONSTRUCT gives a graph with the dataset's prefixes; as text it is Turtle."""
    answer = ds.query("CONSTRUCT { ?c eild:claimant ?who } { ?c eild:claimant ?who } LIMIT 5")
    assert len(answer.graph()) == len(answer) == 5
    assert answer.columns == ("subject", "predicate", "object")
    assert {row["predicate"] for row in answer} == {ds.iri("eild:claimant")}
    assert "eild:claimant agent:" in answer.graph().serialize(format="turtle")
    assert str(answer) == str(ds.query("CONSTRUCT { ?c eild:claimant ?who } { ?c eild:claimant ?who } LIMIT 5"))
    assert len(rdflib.Graph().parse(data=str(answer))) == 5


def test_an_answer_is_a_sequence_and_shows_itself(ds: eild.Dataset) -> None:
    """Rows by index and slice, dictionaries with short IRIs, a text table, and a representation."""
    answer = ds.query("SELECT ?c ?none { ?c eild:claimant agent:joe-biden } ORDER BY ?c")
    assert answer[0] == {"c": ds.iri("claim:000-012-5"), "none": None}
    assert answer[-1:] == [answer[len(answer) - 1]]
    assert answer.to_dicts(short_iris=True)[0] == {"c": "claim:000-012-5", "none": None}
    assert str(answer).splitlines()[0].split() == ["c", "none"]
    assert repr(answer) == f"<Answer: {len(answer)} rows of c, none>"
    assert repr(ds.iri("agent:joe-biden")) == "Iri('https://w3id.org/eild/id/agent/joe-biden')"


def test_notebooks_show_a_table_without_markup_of_the_data(tmp_path: Path) -> None:
    """Text is escaped, only web addresses are links, and a long table says how long it is."""
    lines = [f'<http://example.org/{n}> <http://example.org/p> "<b>{n}</b>"@en .' for n in range(60)]
    path = tmp_path / "data.nt"
    path.write_text("\n".join([*lines, "<javascript:alert(1)> <http://example.org/p> 1 ."]).replace(" 1 .", ' "1" .'))
    with eild.open(path) as dataset:
        shown = dataset.query("SELECT ?s ?o { ?s ?p ?o } ORDER BY DESC(?s)")._repr_html_()
        assert dataset.query("ASK {}")._repr_html_() == "<p>yes</p>"
    assert "<td>javascript:alert(1)</td>" in shown
    assert '<td><a href="http://example.org/9">http://example.org/9</a></td>' in shown
    assert '<span dir="auto" lang="en">&lt;b&gt;9&lt;/b&gt;</span>' in shown
    assert shown.endswith("<p>61 rows, of which the first 50 are shown</p>")
    assert shown.count("<tr>") == 51


def test_a_resource_is_described_by_its_name(ds: eild.Dataset) -> None:
    """A prefixed name, an IRI or a path; what is unknown is told with what comes nearest."""
    described = ds.describe("agent:joe-biden")
    assert described == ds.describe("https://w3id.org/eild/id/agent/joe-biden") == ds.describe("agent/joe-biden")
    assert (rdflib.URIRef(ds.iri("claim:000-012-5")), None, None) in described.graph()
    with pytest.raises(NotFoundError, match="agent/joe-biden"):
        ds.describe("agent:joe-bidem")
    for wrong in ("foo:bar", "joe biden", ""):
        with pytest.raises(UsageError, match="no name with a known prefix"):
            ds.iri(wrong)


def test_published_questions_are_called_by_name(ds: eild.Dataset) -> None:
    """Each has a title and a text and gives the rows of its query; values of variables may be given."""
    question = ds.questions["13-contested-claims"]
    assert question() == ds.query(question.text)
    assert "13-contested-claims" in list(ds.questions)
    assert question.title in repr(question)
    assert question.question
    with pytest.raises(KeyError, match="13-contested-claims"):
        ds.questions["13-contested"]
    assert ds.questions.get("none") is None


def test_the_whole_graph_and_a_store_of_ones_own(ds: eild.Dataset) -> None:
    """RDFLib gets the default graph; the store holds the named graphs too, and changing it changes no answer."""
    count = ds.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")[0]["n"]
    assert len(ds.graph()) == count
    ds.store.update("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }")
    assert list(ds.store.named_graphs())
    assert ds.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")[0]["n"] == count


def test_a_broken_file_is_told_with_its_place(tmp_path: Path) -> None:
    """Opening says where a file is malformed, and leaves nothing behind."""
    (tmp_path / "broken.ttl").write_text("@prefix : <http://example.org/> .\n:a :b c .\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"broken\.ttl:2:"):
        eild.open(tmp_path / "broken.ttl")
