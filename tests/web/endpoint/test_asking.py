"""Tests that queries answered without the framework get the answers of the route, field by field."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from werkzeug.test import Client, create_environ

from eild.errors import EildError
from eild.exchange.answer import render_start
from eild.publication.of_files import write_publication
from eild.web.app import create_app, list_common_fields
from eild.web.endpoint.asking import QuickQueries

if TYPE_CHECKING:
    from collections.abc import Callable

    from eild.exchange.answer import Answer
    from eild.web.frame.site import Site

SITES = Path(__file__).parents[2] / "fixtures" / "sites"
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


@pytest.fixture(scope="module")
def plain(site: Site) -> Client:
    """Return a client of the application alone."""
    return Client(create_app(site))


def answer(site: Site, queries: QuickQueries, environ: dict[str, Any], body: bytes = b"") -> Answer | None:
    """Return the answer to a request that needs no route."""
    asked = queries.understand(environ, body)
    if asked is None:
        return None
    return asked.find_unmodified() or asked.make_answer(site.engine.evaluate(asked.request))


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_quick_query_answered_like_the_route(site: Site, plain: Client, query: str, suffix: str) -> None:
    """Whatever form, coding and condition is asked for: status, fields and content are those of the route."""
    queries = QuickQueries(site, list_common_fields(site))
    path = f"/sparql?query={quote(query)}{suffix}"
    for fields in (*FIELDS, *({"Accept": accept} for accept in ACCEPTS), {}):
        try:
            found = answer(site, queries, create_environ(path, headers=fields))
        except EildError:
            continue  # the route tells
        if found is None:
            continue
        expected = plain.get(path, headers=fields)
        assert found.status == expected.status, (path, fields)
        if "NOW" in query or "[]" in query:
            assert found.find("cache-control") == expected.headers["Cache-Control"]
            continue
        assert sorted(found.fields) == sorted(expected.headers.items()), (path, fields)
        assert (found.body or b"") == expected.data
        assert found.start == render_start(found.status, found.fields)


def test_quick_queries_that_share_a_structure_answered_like_the_route(site: Site, plain: Client) -> None:
    """What is found once for queries that differ in constants alone holds for each of them, in each form."""
    queries = QuickQueries(site, list_common_fields(site))
    for text in ("SELECT * { <https://w3id.org/eild/ZZ> ?p ?o }", "DESCRIBE <https://w3id.org/eild/ZZ>", "ASK {} # ZZ"):
        for name in ("dataset", "id/source/article-000", "none"):
            path = f"/sparql?query={quote(text.replace('ZZ', name))}"
            for fields in ({}, {"Accept": "text/csv, application/n-triples"}, {"Accept-Encoding": "gzip"}):
                found = answer(site, queries, create_environ(path, headers=fields))
                assert found is not None
                expected = plain.get(path, headers=fields)
                assert sorted(found.fields) == sorted(expected.headers.items()), (path, fields)
                assert found.body == expected.data
                assert found.start == render_start("200 OK", found.fields)


def test_quick_most_queries_need_no_route(site: Site) -> None:
    """Queries for programs are understood; pages, downloads and what is wrong are left to the route."""
    queries = QuickQueries(site, list_common_fields(site))

    def is_understood(query: str, suffix: str = "", accept: str = "*/*", **fields: str) -> bool:
        environ = create_environ(f"/sparql?query={quote(query)}{suffix}", headers={"Accept": accept, **fields})
        return queries.understand(environ) is not None

    assert all(is_understood(query) for query in QUERIES[:8])
    assert not any(is_understood(query) for query in QUERIES[9:])
    assert not is_understood("ASK {}", "&download=1")
    assert not is_understood("ASK {}", accept="text/html")
    assert not is_understood("ASK {}", accept="application/n-triples; version=1.2")
    assert not is_understood("ASK { " + " " * 9000 + "}")


def test_quick_posted_query_understood_unless_conditional(site: Site) -> None:
    """A query in a body is one like others, and its answer is not to be kept."""
    queries = QuickQueries(site, list_common_fields(site))
    environ = create_environ("/sparql", method="POST", content_type="application/sparql-query")
    asked = queries.understand(environ, b"ASK {}")
    assert asked is not None
    assert not asked.cacheable
    assert queries.understand({**environ, "HTTP_IF_NONE_MATCH": "*"}, b"ASK {}") is None
    assert queries.understand({**environ, "CONTENT_TYPE": "text/plain"}, b"ASK {}") is None
    assert queries.understand(environ, b"\xff") is None


def test_quick_tag_named_nothing_evaluated(site: Site) -> None:
    """Who names the tag of an answer gets it without an evaluation; an asterisk or another tag names nothing."""
    queries = QuickQueries(site, list_common_fields(site))
    path = f"/sparql?query={quote('ASK {}')}"
    made = answer(site, queries, create_environ(path))
    assert made is not None
    for value, status in ((made.tag, 304), (f"W/{made.tag}", 304), ("*", None), ('"other"', None)):
        asked = queries.understand(create_environ(path, headers={"If-None-Match": value}))
        assert asked is not None
        unmodified = asked.find_unmodified()
        assert (unmodified and unmodified.code) == status


def test_query_in_data_of_several_languages_has_one_tag(tmp_path: Path, open_site: Callable[..., Site]) -> None:
    """An answer without names of its own has the same tag whoever makes it, and whatever language is asked for."""
    write_publication([SITES / "thesaurus.ttl"], tmp_path, base="https://farm.example/")
    farm = open_site(tmp_path)
    assert farm.is_multilingual
    plain, queries = Client(create_app(farm)), QuickQueries(farm, list_common_fields(farm))
    for form in ("csv", "json", "html"):
        path = f"/sparql?query={quote(QUERIES[0])}&format={form}"
        asked = queries.understand(create_environ(path))
        tags = {asked.make_answer(farm.engine.evaluate(asked.request)).tag} if asked is not None else set()
        assert bool(tags) is (form != "html")
        for method in ("HEAD", "GET"):
            for language in ("de", "en", "xx"):
                found = plain.open(path, method=method, headers={"Accept-Language": language})
                tags.add(found.headers["ETag"])
        assert len(tags) == (2 if form == "html" else 1)
        if form != "html":
            tag = tags.pop()
            assert plain.get(path, headers={"If-Match": tag}).status_code == 200
