"""Tests of the example queries: the list, the page of each with its live answer, its colours, and queries of others."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest
from lxml import html

from eild.documents.questions import find_similar
from eild.facts.examples import load_examples
from eild.web.endpoint.gallery import count_topics, split_query

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from eild.facts.examples import ExampleQuery
    from eild.web.frame.site import Site

HTML = {"Accept": "text/html"}
OTHERS = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<http://example.org/.well-known/examples/1> a sh:SPARQLExecutable , sh:SPARQLSelectExecutable ;
    rdfs:comment "Who eats whom?"@en ; sh:select "SELECT ?who ?whom { ?who <http://example.org/eats> ?whom }" .
<http://example.org/cat> <http://example.org/eats> <http://example.org/mouse> .
"""


def parse(text: str) -> Any:
    """Return a page, to be searched by selectors."""
    return html.fromstring(text)


def follow(client: FlaskClient, path: str, headers: dict[str, str]) -> tuple[TestResponse, str]:
    """Return the answer to which a path leads by 303, and its path."""
    first = client.get(path, headers=headers)
    assert first.status_code == 303
    target = urljoin(path, first.headers["Location"])
    response = client.get(target, headers=headers)
    assert response.status_code == 200
    return response, target


def test_show_all_questions_in_every_form(own_client: FlaskClient) -> None:
    """Page, JSON and CSV hold every competency query, in order."""
    examples = load_examples()
    page = parse(own_client.get("/queries", headers=HTML).text)
    assert [a.text_content() for a in page.cssselect("ol.claims a")] == [e.comments["question"] for e in examples]
    rows = own_client.get("/queries?format=json").json
    assert rows is not None
    assert [row["sparql"] for row in rows] == [example.text for example in examples]
    table = list(csv.DictReader(io.StringIO(own_client.get("/queries?format=csv").text)))
    assert [row["query"] for row in table] == [str(example.iri) for example in examples]


def test_show_each_topic_as_many_questions_as_it_says(own_client: FlaskClient, own_site: Site) -> None:
    """A topic shows as many questions as the list of topics counts."""
    for topic, count in count_topics(own_site.questions):
        rows = own_client.get("/queries", query_string={"topic": topic, "format": "json"}).json
        assert rows is not None
        assert len(rows) == count
        assert all(topic in row["topics"] for row in rows)


def test_show_topic_of_no_question_refused(own_client: FlaskClient) -> None:
    """A topic that there is not is refused with some that there are."""
    response = own_client.get("/queries?topic=fish", headers={"Accept": "application/json"})
    assert response.status_code == 400
    assert response.json is not None
    assert "topics are" in response.json["hint"]


def test_show_rdf_leads_to_the_document(own_client: FlaskClient) -> None:
    """Who asks for RDF is sent to the description of the collection."""
    response, _ = follow(own_client, "/queries", {"Accept": "text/turtle"})
    assert "skos:member" in response.text


@pytest.mark.parametrize("example", load_examples(), ids=lambda example: example.name)
def test_question_page_shows_query_and_complete_answer(own_client: FlaskClient, example: ExampleQuery) -> None:
    """The IRI of a question leads to its page: the query as it is, and as many rows as its answer has."""
    name, text = example.name, example.text
    response, path = follow(own_client, f"/queries/{name}", HTML)
    page = parse(response.text)
    assert page.cssselect("pre[data-copy='the query']")[0].text_content() == text
    links = {a.text_content(): urljoin(path, a.get("href")) for a in page.cssselect("main .pages a")}
    title = page.cssselect("#answer-title")[0].text_content()
    if "CSV" in links:
        rows = len(list(csv.reader(io.StringIO(own_client.get(links["CSV"]).text)))) - 1
        assert title == f"{rows or 'No'} row{'s' if rows != 1 else ''}"
    elif "Turtle" in links:
        assert title == f"{len(own_client.get(links['N-Triples']).text.splitlines())} triples"
    else:
        answer = own_client.get(links["JSON"]).json
        assert answer is not None
        assert title == f"The answer is {'yes' if answer['boolean'] else 'no'}"


def test_question_page_machine_forms_kept(own_client: FlaskClient, own_site: Site) -> None:
    """The same IRI answers programs in RDF."""
    iri = own_site.questions[0].iri
    response, _ = follow(own_client, f"/{own_site.urls.identify(iri)}", {"Accept": "text/turtle"})
    assert "sh:SPARQLSelectExecutable" in response.text


def test_show_foreign_data_without_questions_not_found(foreign: FlaskClient) -> None:
    """Data that bring no queries along have no gallery, and the reason is said."""
    response = foreign.get("/queries", headers={"Accept": "application/json"})
    assert response.status_code == 404
    assert response.json is not None
    assert "sh:SPARQLExecutable" in response.json["hint"]


def test_show_foreign_data_questions_of_their_own(publish: Callable[..., FlaskClient]) -> None:
    """Data of others that bring queries along as endpoints of the life sciences do have a gallery with live answers."""
    client = publish("others.ttl", OTHERS)
    page = parse(client.get("/queries", headers=HTML).text)
    (link,) = page.cssselect("ol.claims a")
    assert link.text_content() == "Who eats whom?"
    shown = parse(client.get(urljoin("/queries", link.get("href")), headers=HTML).text)
    assert shown.cssselect("#answer-title")[0].text_content() == "1 row"


def test_find_similar_shares_names_and_is_another(own_site: Site) -> None:
    """Questions near a query share more names with it than others do, and are not the query itself."""
    for question in own_site.questions:
        near = find_similar(own_site.questions, question.text)
        assert len(near) == 3
        assert question not in near


@pytest.mark.parametrize(
    "text", [*(example.text for example in load_examples()), "", "SELECT \u2603 { \x00 'x", "<a\n"]
)
def test_split_query_any_text_parts_are_the_text(text: str) -> None:
    """The parts of a query together are the query, whether it is one or not."""
    assert "".join(part for _, part in split_query(text)) == text


def test_split_query_parts_have_their_colours() -> None:
    """Keywords, variables, names, texts and comments are told apart."""
    text = 'SELECT ?x { ?x a eild:Claim ; <http://p> "SELECT"@en . } # ASK'
    parts = [(kind, part.strip()) for kind, part in split_query(text) if kind]
    assert parts == [
        ("keyword", "SELECT"),
        ("variable", "?x"),
        ("variable", "?x"),
        ("keyword", "a"),
        ("name", "eild:Claim"),
        ("name", "<http://p>"),
        ("text", '"SELECT"@en'),
        ("remark", "# ASK"),
    ]
