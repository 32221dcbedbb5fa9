"""JavaScript clients against the real server: fetch-sparql-endpoint, and Comunica that finds the endpoint by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

BOARD = "https://w3id.org/eild/id/agent/board"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
AGENTS = f"""PREFIX eild: <https://w3id.org/eild/ontology#>
SELECT ?agent ?label {{ ?agent <{LABEL}> ?label ; a eild:GovernmentBody }} ORDER BY ?agent"""
DESCRIBED = f"CONSTRUCT {{ ?s <{LABEL}> ?label }} {{ VALUES ?s {{ <{BOARD}> }} ?s <{LABEL}> ?label }}"
WAYS = [{}, {"method": "GET"}, {"directPost": True}, {"forceGetIfUrlLengthBelow": 2000}]


@pytest.mark.parametrize("options", WAYS)
def test_fetch_sparql_endpoint_each_way_rows(node: Callable[..., Any], options: dict[str, Any]) -> None:
    """By form, by GET and directly the client understands rows."""
    assert {"agent": BOARD, "label": "harbour board"} in node("fetch", AGENTS, options=options)


def test_fetch_sparql_endpoint_graph_and_boolean(node: Callable[..., Any]) -> None:
    """The client understands a graph and a boolean."""
    assert node("fetch", DESCRIBED) == [[BOARD, LABEL, "harbour board"]]
    assert node("fetch", f"ASK {{ <{BOARD}> ?p ?o }}") is True
    assert node("fetch", f"ASK {{ <{BOARD}> <{BOARD}> ?o }}") is False


def test_fetch_sparql_endpoint_refused_query_shows_reason(node: Callable[..., Any]) -> None:
    """What the endpoint says is wrong reaches the person at the client."""
    answer = node("fetch", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    assert "400" in answer["error"]
    assert "SERVICE" in answer["error"]


@pytest.mark.parametrize("kind", ["sparql", ""])
def test_comunica_endpoint_told_or_found_rows(node: Callable[..., Any], kind: str) -> None:
    """Comunica gets the rows, told that this is an endpoint, or finding out by the service description."""
    query = f"""PREFIX eild: <https://w3id.org/eild/ontology#>
    SELECT ?agent ?label {{ ?agent <{LABEL}> ?label ; a ?kind FILTER(?kind = eild:GovernmentBody) }}"""
    assert {"agent": BOARD, "label": "harbour board"} in node("comunica", query, type=kind)


def test_comunica_graph_and_boolean(node: Callable[..., Any]) -> None:
    """Comunica gets a graph and a boolean."""
    assert node("comunica", DESCRIBED, type="sparql") == [[BOARD, LABEL, "harbour board"]]
    assert node("comunica", f"ASK {{ <{BOARD}> ?p ?o }}", type="sparql") is True


def test_comunica_document_as_source(node: Callable[..., Any], site_url: str) -> None:
    """Comunica reads the document behind an identifier as a source of its own."""
    source = f"{site_url}id/agent/board"
    rows = node("comunica", f"SELECT ?label {{ <{BOARD}> <{LABEL}> ?label }}", endpoint=source)
    assert rows == [{"label": "harbour board"}]
