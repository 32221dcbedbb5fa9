"""Tests that queries answered without the framework get the answers of the route, field by field."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from werkzeug.test import Client, create_environ

from eild.errors import QueryTimeoutError
from eild.exchange.accounts import Accounts
from eild.exchange.answer import FAILURE
from eild.exchange.metrics import Metrics
from eild.server.cache import AnswerCache
from eild.server.layer import CacheLayer
from eild.web.app import create_app, list_common_fields
from eild.web.endpoint.asking import QuickQueries

if TYPE_CHECKING:
    from collections.abc import Callable

    from eild.query.engine import QueryAnswer, QueryRequest
    from eild.web.frame.site import Site

    ReadNumbers = Callable[[str | Metrics], Callable[..., float]]

QUERIES = (
    "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 50",
    "ASK {}",
    "ASK { ?s ?p 'ü€' }",
    "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 3",
    "DESCRIBE <https://w3id.org/eild/dataset>",
    "SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o LIMIT 2",
    "SELECT (NOW() AS ?x) {}",
    "CONSTRUCT { [] ?p ?o } { ?s ?p ?o } LIMIT 1",
    "SELECT * {",
    "nonsense",
    "DROP ALL",
    "SELECT * { SERVICE <http://a.example/> {} }",
    "ASK {" + "{" * 101 + "}" * 102,
    "",
)
SUFFIXES = (
    "",
    "&format=csv",
    "&format=ttl",
    "&format=html",
    "&format=unknown",
    "&download=1",
    "&other=1",
    "&default-graph-uri=https://w3id.org/eild/graph/claims",
    "&named-graph-uri=x",
    "&query=ASK%20%7B%7D",
    "&update=x",
    "&a=%ff",
    "&a=%2",
)
ACCEPTS = ("*/*", "text/csv", "text/turtle, application/json;q=0.5", "text/html", "image/png", "a" * 300)
FIELDS: tuple[dict[str, str], ...] = (
    {},
    {"Accept-Encoding": "gzip"},
    {"Accept-Encoding": "br;q=0.1, zstd" + " " * 300},
    {"If-None-Match": "*"},
    {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
)


class TimingOutEngine:
    """An engine whose deadline passes."""

    asked = 0

    def evaluate(self, request: QueryRequest) -> QueryAnswer:  # noqa: ARG002 - the protocol's own
        """Fail."""
        self.asked += 1
        time.sleep(0.02)
        raise QueryTimeoutError("too slow")

    def close(self) -> None:
        """Do nothing."""


@pytest.fixture(scope="module")
def clients(site: Site) -> tuple[Client, Client]:
    """Return a client of the layer that keeps nothing, and one of the application alone."""
    queries = QuickQueries(site, list_common_fields(site))
    layer = CacheLayer(create_app(site), AnswerCache(0), Accounts(Metrics()), queries)
    return Client(layer), Client(create_app(site))


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_quick_query_answered_like_the_route(clients: tuple[Client, Client], query: str, suffix: str) -> None:
    """Whatever form, coding and condition is asked for: status, fields and content are those of the route."""
    layer, plain = clients
    path = f"/sparql?query={quote(query)}{suffix}"
    for fields in (*FIELDS, *({"Accept": accept} for accept in ACCEPTS)):
        found, expected = layer.get(path, headers=fields), plain.get(path, headers=fields)
        assert found.status == expected.status, (path, fields)
        if "NOW" in query or "[]" in query:
            assert found.headers.get("Cache-Control") == expected.headers.get("Cache-Control")
            continue
        assert sorted(found.headers) == sorted(expected.headers), (path, fields)
        assert found.data == expected.data


def test_quick_most_queries_need_no_route(site: Site) -> None:
    """Queries for programs are answered; pages, downloads, what varies and what is wrong are left to the route."""
    queries = QuickQueries(site, list_common_fields(site))

    def is_answered(query: str, suffix: str = "", accept: str = "*/*") -> bool:
        environ = create_environ(f"/sparql?query={quote(query)}{suffix}", headers={"Accept": accept})
        return queries.answer(environ) is not None

    assert all(is_answered(query) for query in QUERIES[:6])
    assert not any(is_answered(query) for query in QUERIES[6:])
    assert not is_answered("ASK {}", "&download=1")
    assert not is_answered("ASK {}", accept="text/html")


def test_quick_failure_of_the_engine_told_by_the_route_and_not_met_twice(site: Site, read_numbers: ReadNumbers) -> None:
    """A query that fails is evaluated once, and told as ever."""
    engine = TimingOutEngine()
    site = replace(site, engine=engine)
    queries = QuickQueries(site, list_common_fields(site))
    environ = create_environ(f"/sparql?query={quote('ASK {}')}")
    assert queries.answer(environ) is None
    assert isinstance(environ[FAILURE], QueryTimeoutError)
    metrics = Metrics()
    accounts = Accounts(metrics)
    client = Client(CacheLayer(create_app(site, accounts), AnswerCache(0), accounts, queries))
    engine.asked = 0
    answer = client.get(f"/sparql?query={quote('ASK {}')}")
    assert (answer.status_code, engine.asked) == (503, 1)
    assert "too slow" in answer.text
    numbers = read_numbers(metrics)
    assert numbers("eild_queries_total", outcome="timeout") == 1
    assert numbers("eild_http_request_duration_seconds_sum", route="/sparql", status="503") >= 0.02
    assert numbers("eild_http_requests_in_flight") == 0
