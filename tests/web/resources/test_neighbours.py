"""Tests of what stands around a resource: the picture, the table and the query."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_plus

import pytest
from lxml import etree, html

from eild.namespaces import resource_iri
from eild.web.resources.picture import MOST_SHOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

CHINA = str(resource_iri("agent", "china"))
SVG = "{http://www.w3.org/2000/svg}"


def ask(client: FlaskClient, iri: str, form: str) -> bytes:
    """Return the neighbours of a resource in a form."""
    response = client.get(f"/neighbours?iri={quote(iri)}&format={form}")
    assert response.status_code == 200
    body: bytes = response.data
    return body


def ask_page(client: FlaskClient, iri: str) -> html.HtmlElement:
    """Return the page of the neighbours of a resource, parsed."""
    return html.fromstring(ask(client, iri, "html").decode())


def test_get_neighbours_forms_say_the_same(own_client: FlaskClient) -> None:
    """JSON, CSV and the table of the page have the same rows, and the picture the first of each side."""
    rows = json.loads(ask(own_client, CHINA, "json"))
    table = list(csv.DictReader(io.StringIO(ask(own_client, CHINA, "csv").decode())))
    assert [row["neighbour"] for row in table] == [row["neighbour"] for row in rows]
    page = ask_page(own_client, CHINA)
    assert len(page.cssselect("tbody tr")) == len(rows)
    picture = etree.fromstring(ask(own_client, CHINA, "svg"))
    drawn = {link.get("href") for link in picture.iter(f"{SVG}a")}
    for side in ("left", "right"):
        iris = [row["neighbour"] for row in rows if row["side"] == side]
        assert set(iris[:MOST_SHOWN]) <= drawn
        assert not drawn & set(iris[MOST_SHOWN:])
        if len(iris) > MOST_SHOWN:
            assert f"and {len(iris) - MOST_SHOWN} more" in etree.tostring(picture, encoding="unicode")


def test_get_neighbours_each_once_with_claims_or_record(own_client: FlaskClient) -> None:
    """A neighbour stands on one side only; claims say so, or a name that carries the state."""
    rows = json.loads(ask(own_client, CHINA, "json"))
    assert len({row["neighbour"] for row in rows}) == len(rows)
    assert CHINA not in {row["neighbour"] for row in rows}
    for row in rows:
        assert row["claims"] or "by name, part of it" in row["roles"]
        assert bool(row["stances"]) == bool(row["claims"])
    spamouflage = str(resource_iri("agent", "spamouflage"))
    owners = {row["name"]: row for row in json.loads(ask(own_client, spamouflage, "json")) if row["side"] == "left"}
    assert "said to own it" in owners["Chinese Communist Party"]["roles"]


def test_get_neighbours_query_finds_them(own_client: FlaskClient) -> None:
    """The query beside the picture finds, by their names, all that claims set beside the resource in a proposition."""
    page = ask_page(own_client, CHINA)
    (link,) = [a.get("href") for a in page.cssselect("a") if a.text_content() == "SPARQL query for this diagram"]
    query = unquote_plus(link.partition("query=")[2])
    answer = own_client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/csv"})
    found = {row["neighbour"] for row in csv.DictReader(io.StringIO(answer.text))}
    roles = {"target", "election", "technique", "topic", "platform", "narrative"}
    for row in json.loads(ask(own_client, CHINA, "json")):
        if set(row["roles"]) <= roles:
            assert row["name"] in found, row


def test_get_neighbours_picture_links_inside_a_named_group(own_client: FlaskClient) -> None:
    """The picture is a group with a title and a description, without styles that the policy forbids."""
    text = ask(own_client, CHINA, "html").decode()
    page: html.HtmlElement = html.fromstring(text)
    picture = page.cssselect("svg.neighbours")[0]
    assert picture.get("role") == "group"
    ids = {child.get("id") for child in picture if child.tag in {"title", "desc"}}
    assert {picture.get("aria-labelledby"), picture.get("aria-describedby")} == ids
    assert "style=" not in text
    assert page.cssselect("[role=region][tabindex='0'] > svg.neighbours")
    for link in picture.cssselect("a"):
        assert link.get("href").startswith("./doc/")


def test_get_neighbours_foreign_by_links(foreign: FlaskClient) -> None:
    """Of data without claims the triples tell it: who points to the resource left, whom it points to right."""
    rows = json.loads(ask(foreign, "http://example.org/fish", "json"))
    assert [(row["side"], row["neighbour"], row["roles"]) for row in rows] == [
        ("left", "http://example.org/cat", ["ex:eats"])
    ]
    picture = ask(foreign, "http://elsewhere.example/mouse", "svg").decode()
    assert 'href="javascript:' not in picture


def test_get_neighbours_blank_and_lonely_resources(publish: Callable[..., FlaskClient]) -> None:
    """Blank nodes are no neighbours; a resource without any says so."""
    client = publish("one.ttl", '<http://example.org/a> <http://example.org/p> "alone", [] .')
    page = ask_page(client, "http://example.org/a")
    assert "No resource in the data links to it or from it" in page.text_content()
    assert json.loads(ask(client, "http://example.org/a", "json")) == []


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("?iri=http://nowhere.example/", 404), (f"?iri={CHINA}&format=ttl", 400)],
)
def test_get_neighbours_wrong_requests(own_client: FlaskClient, query: str, status: int) -> None:
    """A missing IRI, one that the data do not know, and a form that there is not, are refused with the reason."""
    assert own_client.get(f"/neighbours{query}").status_code == status
