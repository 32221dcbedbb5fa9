"""Tests of the page of a query: the answer in each view, what was wrong and what may help, and what is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from lxml import html

from eild.terms import PREFIXES
from eild.web.endpoint.querypage import GENERIC

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from eild.web.frame.site import Site

HTML = {"Accept": "text/html"}
HEAD = f"PREFIX eild: <{PREFIXES['eild']}>\n"
COUNTS = (
    HEAD + "SELECT ?stance (COUNT(?claim) AS ?claims) { ?claim eild:stance ?stance } GROUP BY ?stance ORDER BY ?stance"
)


def parse(text: str) -> Any:
    """Return a page, to be searched by selectors."""
    return html.fromstring(text)


def ask(client: FlaskClient, query: str, status: int = 200, **parameters: Any) -> Any:
    """Return the page of a query."""
    response = client.get("/sparql", query_string={"query": query, **parameters}, headers=HTML)
    assert response.status_code == status
    return parse(response.text)


def read(page: Any, selector: str) -> list[str]:
    """Return the texts of the elements that a selector finds, spaces made one."""
    return [" ".join(element.text_content().split()) for element in page.cssselect(selector)]


def test_page_rows_stances_with_glyph_word_and_link(own_client: FlaskClient) -> None:
    """A stance in an answer stands with its glyph and its word, and leads to the concept."""
    page = ask(own_client, COUNTS)
    cells = page.cssselect("#answer td a")
    assert {"affirms", "denies", "pledges not"} <= {cell.text_content().strip() for cell in cells}
    for cell in cells:
        assert cell.cssselect("svg use")
        assert own_client.get(urljoin("/sparql", cell.get("href")), headers=HTML).status_code == 200


def test_page_each_tab_is_a_page_of_the_same_query(own_client: FlaskClient) -> None:
    """Table, raw and picture are links, each page marks its own, and each has an entity tag of its own."""
    page = ask(own_client, COUNTS)
    tabs = page.cssselect("#answer .tabs a")
    assert [tab.text_content() for tab in tabs] == ["Table", "Raw", "Chart"]
    tags = set()
    for tab in tabs:
        response = own_client.get(urljoin("/sparql", tab.get("href")), headers=HTML)
        tags.add(response.headers["ETag"])
        shown = parse(response.text)
        assert read(shown, "#answer .tabs [aria-current]") == [tab.text_content()]
        assert shown.cssselect("#query-text")[0].text_content().strip() == COUNTS
    assert len(tags) == 3


def test_page_raw_is_what_programs_get(own_client: FlaskClient) -> None:
    """The raw view shows the very text of the JSON form."""
    raw = ask(own_client, COUNTS, view="raw").cssselect("#answer pre")[0].text_content()
    assert raw.strip() == own_client.get("/sparql", query_string={"query": COUNTS, "format": "json"}).text.strip()


def test_page_chart_a_bar_for_each_row(own_client: FlaskClient) -> None:
    """The picture has a row for each row of the table, with its name and its number as text."""
    cells = iter(read(ask(own_client, COUNTS), "#answer td"))
    rows = [f"{stance} {claims}" for stance, claims in zip(cells, cells, strict=True)]
    chart = ask(own_client, COUNTS, view="chart")
    assert read(chart, ".chart li p") == rows
    assert len(chart.cssselect(".chart rect")) == len(rows)


def test_page_boolean_answer_in_a_word(own_client: FlaskClient) -> None:
    """The answer to an ASK is yes or no."""
    assert read(ask(own_client, "ASK { ?s ?p ?o }"), "#answer-title") == ["The answer is yes"]
    assert read(ask(own_client, "ASK { <http://e/x> ?p ?o }"), "#answer-title") == ["The answer is no"]


def test_page_graph_as_rows_of_three(own_client: FlaskClient) -> None:
    """A graph is a table of triples, as many as the N-Triples form has, with Turtle as its raw view."""
    query = HEAD + "CONSTRUCT { ?x eild:stance ?y } WHERE { ?x eild:stance ?y }"
    page = ask(own_client, query)
    lines = own_client.get("/sparql", query_string={"query": query, "format": "nt"}).text.splitlines()
    assert read(page, "#answer-title") == [f"{len(lines)} triples"]
    assert len(page.cssselect("#answer tbody tr")) == len(lines)
    assert "@prefix eild:" in read(ask(own_client, query, view="raw"), "#answer pre")[0]


def test_page_downloads_lead_to_all_forms_of_the_same_dataset(own_client: FlaskClient) -> None:
    """Links to other forms keep the query and the graphs that were chosen."""
    graph = "https://w3id.org/eild/graph/claims"
    graphs: dict[str, Any] = {"default-graph-uri": graph}
    page = ask(own_client, "SELECT * { ?s ?p ?o } LIMIT 3", **graphs)
    links = [a.get("href") for a in page.cssselect("#answer .pages a")]
    assert [parse_qs(urlsplit(link).query)["format"] for link in links] == [["json"], ["xml"], ["csv"], ["tsv"]]
    for link in links:
        assert parse_qs(urlsplit(link).query)["default-graph-uri"] == [graph]
        assert own_client.get(urljoin("/sparql", link)).status_code == 200
    assert page.cssselect("form#query input[name=default-graph-uri]")[0].get("value") == graph


def test_page_warned_words_hidden_until_asked_for(own_client: FlaskClient, own_site: Site) -> None:
    """Words with a content warning are hidden in table and raw view, and shown to who asks for them."""
    warned = own_site.claims.list_warned_words()
    assert warned
    query = f"PREFIX oa: <{PREFIXES['oa']}>\nSELECT ?words {{ ?e oa:exact ?words }}"
    for view in ("table", "raw"):
        page = ask(own_client, query, view=view)
        assert not [words for words in warned if words in page.cssselect("#answer section")[0].text_content()]
        (link,) = [a for a in page.cssselect("#answer .note a") if a.text_content() == "Show them"]
        shown = own_client.get(urljoin("/sparql", link.get("href")), headers=HTML).text
        assert all(words in parse(shown).text_content() for words in warned if view == "table")


def test_page_empty_answer_names_nearest_words(own_client: FlaskClient) -> None:
    """Where nothing was found, a name that the data nearly have is pointed out, and the query is kept."""
    query = HEAD + "SELECT * { ?claim eild:stanse ?stance }"
    page = ask(own_client, query)
    assert read(page, "#answer-title") == ["No rows"]
    assert any("eild:stanse" in text and "eild:stance" in text for text in read(page, "#answer p"))
    assert page.cssselect("#query-text")[0].text_content().strip() == query


def test_page_malformed_query_kept_with_place_and_remedy(own_client: FlaskClient) -> None:
    """A wrong query is kept, its mistake has line and column, and the remedy is a link that works."""
    query = "SELECT ?x {\n  ?x eild:evidence/oa:exact ?words ; eild:stanse ?y }"
    page = ask(own_client, query, 400)
    (mistake,) = page.cssselect("#problem [data-line]")
    assert (mistake.get("data-line"), mistake.get("data-column")) == ("2", "6")
    assert page.cssselect("#query-text")[0].text_content().strip() == query
    assert "eild:stance" in mistake.text_content()
    remedy = mistake.cssselect("a")[1].get("href")
    assert parse_qs(urlsplit(remedy).query)["query"][0].endswith(query)
    assert own_client.get(urljoin("/sparql", remedy), headers=HTML).status_code == 200


def test_page_too_large_answer_keeps_query_and_status(own_client: FlaskClient) -> None:
    """Where the limit ends a query, the page says so with its status, keeps the query and shows no rows."""
    page = ask(own_client, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", 422)
    assert "limit" in page.cssselect("#problem")[0].text_content()
    assert not page.cssselect("#answer section")


def test_page_markup_in_query_and_data_is_text(publish: Callable[..., FlaskClient]) -> None:
    """Markup in a query or in the data is shown, never obeyed."""
    client = publish("x.ttl", '<http://e/x> <http://e/p> "<script>alert(1)</script>"@en .')
    for view in ("table", "raw"):
        page = ask(client, "SELECT * { ?s ?p ?o } # </textarea><script>alert(2)</script>", view=view)
        assert not [script for script in page.cssselect("script") if "alert" in script.text_content()]
        assert "<script>alert(1)</script>" in page.cssselect("#answer")[0].text_content()


def test_page_example_fills_the_form_without_asking(own_client: FlaskClient, own_site: Site) -> None:
    """A ready question fills the form, chosen in the list; one that is not there is not found."""
    question = own_site.questions[3]
    response = own_client.get("/sparql", query_string={"example": question.name}, headers=HTML)
    page = parse(response.text)
    assert page.cssselect("#query-text")[0].text_content().strip() == question.text.strip()
    assert page.cssselect("#example option[selected]")[0].get("value") == question.name
    assert not page.cssselect("#answer section")
    assert own_client.get("/sparql?example=nothing", headers=HTML).status_code == 404


@pytest.mark.parametrize(("text", "query"), GENERIC, ids=[text for text, _ in GENERIC])
def test_page_foreign_data_generic_questions_answered(foreign: FlaskClient, text: str, query: str) -> None:
    """Data without questions of their own get some that any data answer."""
    page = parse(foreign.get("/sparql", headers=HTML).text)
    assert not page.cssselect("#example")
    links = {a.text_content(): a.get("href") for a in page.cssselect(".doors a")}
    assert parse_qs(urlsplit(links[text]).query)["query"] == [query]
    assert foreign.get(urljoin("/sparql", links[text]), headers=HTML).status_code == 200
