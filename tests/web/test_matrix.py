"""The HTTP contract on a running server: every route by Accept, method, content coding and condition, from tables."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

import brotli  # type: ignore[import-untyped] # the package has no stubs
import httpx
import pytest
import zstandard

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON: Final = "application/sparql-results+json"
XML: Final = "application/sparql-results+xml"
CSV: Final = "text/csv; charset=utf-8"
TSV: Final = "text/tab-separated-values; charset=utf-8"
TURTLE: Final = "text/turtle"
N_TRIPLES: Final = "application/n-triples"
JSON_LD: Final = "application/ld+json"
RDF_XML: Final = "application/rdf+xml"
TRIG: Final = "application/trig"
N_QUADS: Final = "application/n-quads"
HTML: Final = "text/html; charset=utf-8"
LISTING: Final = "application/json"
PROBLEM: Final = "application/problem+json"

BROWSER: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
NONE: Final = "image/png"


def ask(query: str, **parameters: str) -> str:
    """Return the path that asks a query."""
    return "/sparql?" + "&".join(f"{name}={quote(value)}" for name, value in {"query": query, **parameters}.items())


class Route(NamedTuple):
    """A path, the kind of what it answers with, and its methods."""

    path: str
    kind: str
    methods: str = "GET, HEAD, OPTIONS"


READ: Final = "GET, HEAD, OPTIONS"
ASKED: Final = "GET, HEAD, OPTIONS, POST"
ROUTES: Final[dict[str, Route]] = {
    "select": Route(ask("SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 100"), "rows", ASKED),
    "ask": Route(ask("ASK { ?s ?p ?o }"), "rows", ASKED),
    "construct": Route(ask("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"), "graph", ASKED),
    "describe": Route(ask("DESCRIBE <https://w3id.org/eild/id/agent/board>"), "graph", ASKED),
    "description": Route("/sparql", "graph", ASKED),
    "document": Route("/doc/agent/board", "document"),
    "lookup": Route("/doc?iri=https://w3id.org/eild/id/agent/board", "document"),
    "ontology": Route("/ontology", "document"),
    "shapes": Route("/shapes", "document"),
    "home": Route("/", "page"),
    "dumps": Route("/dumps/", "list"),
}

ACCEPT: Final[dict[str, list[tuple[str | None, str]]]] = {
    "rows": [
        (None, JSON),
        ("*/*", JSON),
        ("", JSON),
        ("application/*", JSON),
        ("text/*", CSV),
        (JSON, JSON),
        ("application/json", JSON),
        (XML, XML),
        ("application/xml", XML),
        ("TEXT/CSV", CSV),
        ("text/csv;q=0.2, text/tab-separated-values;q=0.9", TSV),
        ("text/tab-separated-values, text/csv", CSV),
        (f"{JSON};q=0, */*", XML),
        ("*/*;q=0.1, text/csv", CSV),
        (",, text/csv ,;,", CSV),
        (BROWSER, HTML),
        (NONE, ""),
        (TURTLE, ""),
        ("*/*;q=0", ""),
        ("text/csv;q=0", ""),
    ],
    "graph": [
        (None, TURTLE),
        ("*/*", TURTLE),
        ("application/*", N_TRIPLES),
        ("text/*", TURTLE),
        (N_TRIPLES, N_TRIPLES),
        (JSON_LD, JSON_LD),
        ("application/json", JSON_LD),
        (RDF_XML, RDF_XML),
        (TRIG, TRIG),
        (N_QUADS, N_QUADS),
        ("text/turtle;q=0, */*;q=0.5", N_TRIPLES),
        (f"{RDF_XML}, {TURTLE};q=0.9, */*;q=0.1", RDF_XML),
        (BROWSER, HTML),
        (NONE, ""),
        (XML, ""),
    ],
    "document": [
        (None, TURTLE),
        ("*/*", TURTLE),
        ("text/*", TURTLE),
        (N_TRIPLES, N_TRIPLES),
        (JSON_LD, JSON_LD),
        (RDF_XML, RDF_XML),
        ("text/html", HTML),
        (BROWSER, HTML),
        ("text/html;q=0.5, text/turtle;q=0.5", TURTLE),
        (NONE, ""),
        (TRIG, ""),
    ],
    "page": [(None, HTML), ("*/*", HTML), ("text/*", HTML), (BROWSER, HTML), (NONE, "")],
    "list": [(None, HTML), ("*/*", HTML), (LISTING, LISTING), ("application/*", LISTING), (BROWSER, HTML), (NONE, "")],
}
"""What each kind answers to an Accept field; nothing for 406."""

CODINGS: Final[list[tuple[str | None, str | None]]] = [
    (None, None),
    ("identity", None),
    ("gzip", "gzip"),
    ("x-gzip", "gzip"),
    ("br", "br"),
    ("zstd", "zstd"),
    ("gzip, br, zstd", "zstd"),
    ("gzip;q=1, br;q=0.5", "gzip"),
    ("gzip;q=0, *", "zstd"),
    ("*;q=0", None),
    ("identity;q=1, gzip;q=0.5", None),
    ("deflate, compress", None),
    ("BR", "br"),
]
DECODERS: Final = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstandard.ZstdDecompressor().decompress}

NEGOTIATED = [(name, accept, form) for name, route in ROUTES.items() for accept, form in ACCEPT[route.kind]]
CODED = [(name, asked, coding) for name in ROUTES for asked, coding in CODINGS]
FILES = {"/dumps/eild-1.2.3.ttl": TURTLE, "/dumps/eild-1.2.3.nt.gz": "application/gzip", "/dumps/SHA256SUMS": ""}
OTHERS = ["/id/agent/board", "/dumps", "/dumps/latest/eild.ttl", "/health/live", "/health/ready", "/sparql/", *FILES]
ALL: Final = {name: route.path for name, route in ROUTES.items()} | {path: path for path in OTHERS}


Answer = tuple[httpx.Response, bytes]


@pytest.fixture(scope="module")
def client(site_url: str) -> Iterator[httpx.Client]:
    """Return a client of the running server that asks for nothing by itself and leaves bodies as they come."""
    with httpx.Client(base_url=site_url, timeout=30) as client:
        client.headers.clear()
        yield client


def fetch(client: httpx.Client, method: str, path: str, *fields: tuple[str, str | None]) -> Answer:
    """Return a response with its body as it came over the wire; fields without a value are not sent."""
    sent = [("Host", client.base_url.netloc.decode()), *((name, value) for name, value in fields if value is not None)]
    request = httpx.Request(method, client.base_url.join(path), headers=sent)
    response = client.send(request, stream=True)
    try:
        return response, b"".join(response.iter_raw())
    finally:
        response.close()


def fields_of(response: httpx.Response) -> dict[str, str]:
    """Return the fields of a response without the time of day."""
    return {name: value for name, value in response.headers.items() if name not in {"date", "connection"}}


@pytest.mark.parametrize(("name", "accept", "form"), NEGOTIATED)
def test_route_by_accept_exact_form_and_head_alike(
    client: httpx.Client, name: str, accept: str | None, form: str
) -> None:
    """Every route answers each Accept field with the form that the rules choose, and HEAD with the same fields."""
    response, body = fetch(client, "GET", ROUTES[name].path, ("Accept", accept))
    assert response.status_code == (200 if form else 406)
    assert response.headers["Content-Type"] == (form or PROBLEM)
    assert int(response.headers["Content-Length"]) == len(body)
    assert "Accept" in response.headers["Vary"].split(", ")
    assert response.headers["Cache-Control"] == ("public, max-age=300" if form else "no-store")
    assert ("ETag" in response.headers) is bool(form)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["EILD-Dataset-Version"] == "1.2.3"
    head, nothing = fetch(client, "HEAD", ROUTES[name].path, ("Accept", accept))
    assert (head.status_code, nothing) == (response.status_code, b"")
    assert fields_of(head) == fields_of(response)


@pytest.mark.parametrize(("name", "asked", "coding"), CODED)
def test_route_by_coding_same_content_own_tag(
    client: httpx.Client, name: str, asked: str | None, coding: str | None
) -> None:
    """Every route answers in the coding that the rules choose, with a tag of its own that counts for 304."""
    path = ROUTES[name].path
    plain, content = fetch(client, "GET", path)
    response, body = fetch(client, "GET", path, ("Accept-Encoding", asked))
    assert "Accept-Encoding" in response.headers["Vary"].split(", ")
    assert int(response.headers["Content-Length"]) == len(body)
    if coding and len(content) >= 860:
        assert response.headers["Content-Encoding"] == coding
        assert DECODERS[coding](body) == content
        assert response.headers["ETag"] != plain.headers["ETag"]
    else:
        assert "Content-Encoding" not in response.headers
        assert body == content
        assert response.headers["ETag"] == plain.headers["ETag"]
    tag = response.headers["ETag"]
    again, nothing = fetch(client, "GET", path, ("Accept-Encoding", asked), ("If-None-Match", tag))
    assert (again.status_code, nothing) == (304, b"")
    assert again.headers["ETag"] == tag


CONDITIONS = [
    ([("If-None-Match", "{tag}")], 304),
    ([("If-None-Match", "W/{tag}")], 304),
    ([("If-None-Match", '"a", {tag} ,W/"b"')], 304),
    ([("If-None-Match", '"a"'), ("If-None-Match", "{tag}")], 304),
    ([("If-None-Match", "*")], 304),
    ([("If-None-Match", '"other"')], 200),
    ([("If-None-Match", "nonsense")], 200),
    ([("If-Modified-Since", "{date}")], 304),
    ([("If-Modified-Since", "Fri, 31 Dec 2100 23:59:59 GMT")], 304),
    ([("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT")], 200),
    ([("If-Modified-Since", "yesterday")], 200),
    ([("If-Modified-Since", "{date}"), ("If-None-Match", '"other"')], 200),
    ([("If-None-Match", "{tag}"), ("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT")], 304),
]


@pytest.mark.parametrize(("fields", "status"), CONDITIONS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("name", ["select", "document", "home", "/dumps/eild-1.2.3.ttl"])
def test_route_by_condition_304_or_whole(
    client: httpx.Client, name: str, method: str, fields: list[tuple[str, str]], status: int
) -> None:
    """Conditions count for query results as for documents and files; a tag wins over a date."""
    first, _ = fetch(client, "GET", ALL[name])
    known = {"tag": first.headers["ETag"], "date": first.headers["Last-Modified"]}
    filled = [(field, value.format_map(known)) for field, value in fields]
    response, body = fetch(client, method, ALL[name], *filled)
    assert response.status_code == status
    assert bool(body) is (status == 200 and method == "GET")
    for field in ("ETag", "Cache-Control", "Vary"):
        assert response.headers[field] == first.headers[field]


@pytest.mark.parametrize("field", ["If-None-Match: *", "If-Modified-Since: Fri, 31 Dec 2100 23:59:59 GMT"])
@pytest.mark.parametrize("query", ["ASK {", "SELECT * { SERVICE <urn:x> {} }"])
def test_route_by_condition_no_304_for_what_is_no_answer(client: httpx.Client, field: str, query: str) -> None:
    """A condition that claims nothing does not make an answer out of a query that has none."""
    name, _, value = field.partition(": ")
    assert fetch(client, "GET", ask(query), (name, value))[0].status_code == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST", "OPTIONS", "PROPFIND"])
@pytest.mark.parametrize("name", ALL)
def test_route_by_method_true_allow(client: httpx.Client, name: str, method: str) -> None:
    """Every route tells its methods, by OPTIONS to other origins too, and refuses all others with 405."""
    allowed = set((ASKED if ALL[name].startswith("/sparql") else READ).split(", "))
    response, body = fetch(client, method, ALL[name], ("Origin", "https://elsewhere.example"))
    if method in allowed and method != "OPTIONS":
        assert response.status_code in {308, 415}  # a POST that carries nothing
        return
    assert set(response.headers["Allow"].split(", ")) == allowed
    if method == "OPTIONS":
        assert (response.status_code, body) == (200, b"")
        assert set(response.headers["Access-Control-Allow-Methods"].split(", ")) == allowed
    else:
        assert response.status_code == 405
        assert response.headers["Content-Type"] == PROBLEM


@pytest.mark.parametrize("path", OTHERS)
def test_other_route_head_like_get(client: httpx.Client, path: str) -> None:
    """Redirections, reports and files have the same fields by HEAD as by GET."""
    get, body = fetch(client, "GET", path)
    head, nothing = fetch(client, "HEAD", path)
    assert (head.status_code, nothing) == (get.status_code, b"")
    assert fields_of(head) == fields_of(get)
    assert int(get.headers["Content-Length"]) == len(body)


def test_accept_in_several_lines_joined(client: httpx.Client) -> None:
    """A field that comes in several lines counts as one."""
    fields = [("Accept", "image/png"), ("Accept", "text/csv;q=0.1"), ("Accept", "text/tab-separated-values")]
    assert fetch(client, "GET", ROUTES["ask"].path, *fields)[0].headers["Content-Type"] == TSV
    codings = [("Accept-Encoding", "gzip;q=0.1"), ("Accept-Encoding", "br")]
    assert fetch(client, "GET", ROUTES["document"].path, *codings)[0].headers["Content-Encoding"] == "br"


@pytest.mark.parametrize("query", ["SELECT (NOW() AS ?x) {}", "SELECT (RAND() AS ?x) {}", "ASK { FILTER(UUID() = 1) }"])
def test_volatile_result_not_stored(client: httpx.Client, query: str) -> None:
    """An answer that differs each time has no tag and is not to be stored."""
    response, _ = fetch(client, "GET", ask(query))
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


SHAPES = [("ASK {}", "csv", b"true"), ("ASK {}", "tsv", b"true"), ("ASK { FILTER(false) }", "csv", b"false")]


@pytest.mark.parametrize(("query", "form", "content"), SHAPES)
def test_boolean_as_csv_and_tsv_one_word(client: httpx.Client, query: str, form: str, content: bytes) -> None:
    """A boolean in CSV and TSV, for which no standard has a form, is one word."""
    assert fetch(client, "GET", ask(query, format=form))[1] == content


@pytest.mark.parametrize(("form", "plain"), [(TRIG, TURTLE), (N_QUADS, N_TRIPLES)])
def test_graph_in_quad_syntax_is_default_graph(client: httpx.Client, form: str, plain: str) -> None:
    """A graph in a quad syntax holds the triples in its default graph, and no graph name."""
    content = fetch(client, "GET", ROUTES["describe"].path, ("Accept", form))[1]
    assert content == fetch(client, "GET", ROUTES["describe"].path, ("Accept", plain))[1]
