"""RDF 1.2 over HTTP: every format writes its terms or refuses them with a reason, and clients can exclude them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

DATA = """VERSION "1.2"
PREFIX h: <http://example.org/>
h:ida h:mast "a \\"b\\""@en--ltr ~ h:note {| h:source h:log |} ; h:name "אידה"@he--rtl .
h:log h:says <<( h:ida h:mast <<( h:ida h:mast h:oak )>> )>> .
h:oak h:name "oak" .
"""
TERM = "<<( <http://example.org/ida> <http://example.org/mast> <http://example.org/oak> )>>"
SELECT = {"query": "SELECT ?o { <http://example.org/log> ?p ?o }"}
CONSTRUCT = {"query": "CONSTRUCT WHERE { ?s ?p ?o }"}
PEOPLE = "text/html"


@pytest.fixture(scope="module")
def client(publish: Callable[..., FlaskClient]) -> FlaskClient:
    """Return a client of a site with triple terms, a reifier and directions."""
    return publish("boats.ttl", DATA)


@pytest.mark.parametrize(
    ("accept", "words"),
    [
        ("text/csv", f"<<( <http://example.org/ida> <http://example.org/mast> {TERM} )>>"),
        ("text/tab-separated-values", f"<<( <http://example.org/ida> <http://example.org/mast> {TERM} )>>"),
        ("application/sparql-results+json", '"type":"triple"'),
        ("application/sparql-results+xml", "<triple><subject>"),
        (PEOPLE, "&lt;&lt;( :ida :mast &lt;&lt;( :ida :mast :oak )&gt;&gt; )&gt;&gt;"),
    ],
)
def test_rows_with_triple_terms_are_written_in_every_format(
    publish: Callable[..., FlaskClient], accept: str, words: str
) -> None:
    """A triple term is the same in rows, tables and files; prefixes of the data abbreviate it for people."""
    client = publish("boats.ttl", DATA.replace("h:", ":"))
    response = client.get("/sparql", query_string=SELECT, headers={"Accept": accept})
    assert response.status_code == 200
    assert words in response.text


@pytest.mark.parametrize("path", ["/doc/ida", "/doc/log", "/sparql"])
@pytest.mark.parametrize(
    "accept", ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"]
)
def test_graphs_with_triple_terms_are_written_or_refused(client: FlaskClient, path: str, accept: str) -> None:
    """JSON-LD has no way to write them: 406 with the reason, and nothing is left out."""
    response = client.get(path, query_string=CONSTRUCT if path == "/sparql" else {}, headers={"Accept": accept})
    if accept == "application/ld+json":
        assert response.status_code == 406
        assert "JSON-LD cannot represent" in json.loads(response.text)["detail"]
    else:
        assert response.status_code == 200
        assert "Triple" in response.text or "<<(" in response.text


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/doc/ida", "text/turtle;version=1.1", 406),
        ("/doc/ida", "text/turtle;version=1.2", 200),
        ("/doc/ida", "text/turtle;version=1.1, application/n-triples", 200),
        ("/doc/oak", "text/turtle;version=1.1", 200),
        ("/sparql?query=CONSTRUCT+WHERE+%7B%3Fs+%3Fp+%3Fo%7D", "application/n-triples; version=1.1", 406),
        ("/sparql?query=CONSTRUCT+WHERE+%7B%3Fs+%3Fp+%3Fo%7D", "application/n-triples; version=1.2", 200),
        ("/sparql?query=CONSTRUCT+WHERE+%7B%3Fs+%3Fp+%3Fo%7D&format=nt", "application/n-triples; version=1.1", 200),
        ("/sparql?query=SELECT+*+%7B%3Fs+%3Fp+%3Fo%7D", "application/sparql-results+json;version=1.1", 406),
        ("/sparql?query=SELECT+?s+%7B%3Fs+%3Fp+%3Fo%7D", "application/sparql-results+json;version=1.1", 200),
        ("/sparql?query=ASK+%7B%7D", "application/sparql-results+json;version=1.1", 200),
    ],
)
def test_version_in_accept_excludes_what_rdf_1_1_does_not_have(
    client: FlaskClient, path: str, accept: str, status: int
) -> None:
    """Asked twice, also from the cache; other content is the same for both versions."""
    for _ in range(2):
        response = client.get(path, headers={"Accept": accept})
        assert response.status_code == status, response.text
    if status == 406:
        assert "version 1.1 only" in json.loads(response.text)["detail"]


@pytest.mark.parametrize(
    ("path", "accept", "chosen"),
    [
        ("/doc/ida", "text/turtle;version=1.1, application/n-triples;q=0.5", "application/n-triples"),
        (
            "/doc/ida",
            "text/turtle;version=1.1, application/n-triples;version=1.1;q=0.9, application/rdf+xml;q=0.1",
            "application/rdf+xml",
        ),
        ("/doc/ida", "application/ld+json, text/turtle;q=0.5", "text/turtle"),
        (
            "/doc/ida",
            "application/ld+json, text/turtle;version=1.1;q=0.5, application/rdf+xml;q=0.1",
            "application/rdf+xml",
        ),
        ("/sparql", "text/turtle;version=1.1, application/n-triples;q=0.5", "application/n-triples"),
        ("/sparql", "application/ld+json, text/html;q=0.5", "text/html"),
        ("/sparql", "application/ld+json, text/turtle;version=1.1;q=0.5", None),
        ("/sparql?format=jsonld", "text/turtle", None),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_content_that_a_format_cannot_represent_has_the_next_format(
    client: FlaskClient, path: str, accept: str, chosen: str | None, method: str
) -> None:
    """A client that accepts several formats gets the best one that can represent the content, or the first reason."""
    if path.startswith("/doc/") and method == "POST":
        return
    for _ in range(2):
        if method == "POST":
            response = client.post(path, data=CONSTRUCT, headers={"Accept": accept})
        else:
            more = {"format": "jsonld"} if "format" in path else {}
            response = client.get(
                path.partition("?")[0], query_string={**CONSTRUCT, **more}, headers={"Accept": accept}
            )
        assert response.status_code == (200 if chosen else 406), response.text
        if chosen:
            assert response.mimetype == chosen
        else:
            assert "JSON-LD cannot represent" in json.loads(response.text)["detail"]


def test_pages_show_directions_triple_terms_and_annotations(client: FlaskClient) -> None:
    """A page about a resource says what its statements are annotated with."""
    page = client.get("/doc/ida", headers={"Accept": PEOPLE}).text
    assert 'dir="rtl">אידה</span> <span class="note">he--rtl' in page
    assert "about this statement" in page
    assert "/doc/log" in page or "doc/log" in page
    rows = client.get("/sparql", query_string=CONSTRUCT, headers={"Accept": PEOPLE}).text
    assert 'dir="rtl">אידה</span> <span class="note">@he--rtl' in rows
    assert "&lt;&lt;( h:ida h:mast h:oak )&gt;&gt;" in rows


@pytest.mark.parametrize("accept", [PEOPLE, "text/turtle, */*;q=0.1", "application/ld+json, text/turtle"])
def test_format_named_by_the_path_is_the_only_one_tried(client: FlaskClient, accept: str) -> None:
    """Where the path names a format that cannot represent the content, no other is sent under its name."""
    response = client.get("/doc/log.jsonld", headers={"Accept": accept})
    assert response.status_code == 406
    assert client.get("/doc/log.ttl", headers={"Accept": accept}).status_code == 200
