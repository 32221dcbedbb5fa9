"""Tests of suggestions, property proposals, previews and flyouts of the reconciliation service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lxml import html

from .schemas import ENTITIES, FLYOUT, PROPOSAL, TERMS, check

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

EX = "http://example.org/"
DATA = """@prefix : <http://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:River rdfs:label "river" . :length rdfs:label "length" .
:rhine a :River ; rdfs:label "Rhine <i>" ; :length 1233 ; :mouth :sea ; rdfs:comment "It flows <b>north</b>." .
:rhone a :River ; rdfs:label "Rhone" ; :length 813 .
:rhine2 a :Ship ; rdfs:label "Rhine <i>" .
:sea a :Sea ; rdfs:label "North Sea" .
"""
MANY = "".join(f':m{n} <http://www.w3.org/2000/01/rdf-schema#label> "mole {n:03}" .\n' for n in range(30))


@pytest.fixture(scope="module")
def rivers(publish: Callable[..., FlaskClient]) -> FlaskClient:
    """Return a client of a site about rivers."""
    return publish("rivers.ttl", DATA + MANY)


def suggest(client: FlaskClient, kind: str, **parameters: object) -> list[dict[str, Any]]:
    """Return suggestions."""
    response = client.get(f"/reconcile/suggest/{kind}", query_string=parameters)
    rows: list[dict[str, Any]] = check(response.json, ENTITIES if kind == "entity" else TERMS)["result"]
    return rows


def test_suggest_entities_by_start_of_name(rivers: FlaskClient) -> None:
    """Names that go on from what is typed are suggested, namesakes each, with types to tell them apart."""
    rows = suggest(rivers, "entity", prefix="rhin")
    assert {row["id"] for row in rows} == {f"{EX}rhine", f"{EX}rhine2"}
    assert {row["notable"][0]["name"] for row in rows} == {"river", "Ship"}
    assert suggest(rivers, "entity", prefix="Rhone")[0]["id"] == f"{EX}rhone"
    assert suggest(rivers, "entity", prefix="") == suggest(rivers, "entity", prefix="zzz") == []


def test_suggest_entity_by_identifier(rivers: FlaskClient) -> None:
    """An IRI, in full or abbreviated, suggests its resource."""
    assert [row["name"] for row in suggest(rivers, "entity", prefix=f"{EX}rhone")] == ["Rhone"]
    assert [row["name"] for row in suggest(rivers, "entity", prefix=":rhone")] == ["Rhone"]


def test_suggest_cursor_skips(rivers: FlaskClient) -> None:
    """A client reads on where the suggestions before ended."""
    ids = [row["id"] for start in (0, 12, 24, 36) for row in suggest(rivers, "entity", prefix="mole", cursor=start)]
    assert len(ids) == len(set(ids)) == 30


def test_suggest_types_and_properties(rivers: FlaskClient) -> None:
    """Types and properties are found by label, prefixed name and IRI, and all are listed without a text."""
    for prefix in ("riv", ":River", "River", f"{EX}River"):
        assert suggest(rivers, "type", prefix=prefix)[0] == {
            "id": f"{EX}River",
            "name": "river",
            "description": ":River (2 resources)",
        }
    assert [row["id"] for row in suggest(rivers, "property", prefix="len")] == [f"{EX}length"]
    assert len(suggest(rivers, "type", prefix="")) == 3
    assert suggest(rivers, "property", prefix="zzz") == []


@pytest.mark.parametrize("cursor", ["-1", "x", "1.5", "٣", "9" * 20])
def test_suggest_cursor_that_is_no_number_refused(rivers: FlaskClient, cursor: str) -> None:
    """A cursor that cannot be meant is an error."""
    assert rivers.get("/reconcile/suggest/type", query_string={"cursor": cursor}).status_code == 400


def test_properties_proposed_for_a_type(rivers: FlaskClient) -> None:
    """The properties of a type come by how many of its resources have them."""
    found = check(rivers.get(f"/reconcile/properties?type={EX}River&limit=3").json, PROPOSAL)
    assert found["type"] == f"{EX}River"
    assert [row["name"] for row in found["properties"]] == ["length", "type", "label"]
    everything = check(rivers.get("/reconcile/properties").json, PROPOSAL)
    assert len(everything["properties"]) == 5
    assert rivers.get("/reconcile/properties?type=:Rivr").status_code == 400
    assert rivers.get("/reconcile/properties?limit=0").status_code == 400


def test_preview_may_be_framed_and_is_escaped(rivers: FlaskClient) -> None:
    """Other sites may show the preview in a frame; markup in the data is text; links open elsewhere."""
    response = rivers.get(f"/reconcile/preview?id={EX}rhine")
    assert "frame-ancestors *" in response.headers["Content-Security-Policy"]
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    page: html.HtmlElement = html.fromstring(response.text)
    assert page.cssselect("h1 a")[0].text == "Rhine <i>"
    assert page.cssselect("h1 a")[0].get("target") == "_blank"
    assert "It flows <b>north</b>." in page.text_content()
    assert not page.cssselect("b, main i, script")


def test_flyout_for_entities_and_terms(rivers: FlaskClient) -> None:
    """A fragment of HTML is there for anything that is suggested, and as JSONP."""
    for identifier in (f"{EX}rhine", f"{EX}River", f"{EX}length"):
        found = check(rivers.get("/reconcile/flyout", query_string={"id": identifier}).json, FLYOUT)
        assert found["id"] == identifier
        assert html.fragment_fromstring(found["html"]).cssselect("h1")
    assert rivers.get(f"/reconcile/flyout?id={EX}rhine&callback=f").text.startswith("/**/f({")


@pytest.mark.parametrize("path", ["/reconcile/preview", "/reconcile/flyout"])
def test_preview_of_nothing(rivers: FlaskClient, path: str) -> None:
    """An unknown resource is not found, and no identifier is an error."""
    assert rivers.get(path).status_code == 400
    for unknown in (f"{EX}nothing", "no IRI", "http://["):
        assert rivers.get(path, query_string={"id": unknown}).status_code == 404
