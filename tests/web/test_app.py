"""Tests of the application, in this process: the rules that every route keeps."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import brotli  # type: ignore[import-untyped] # the package has no stubs
import pytest
import zstandard
from rdflib import Graph
from rdflib.compare import isomorphic

from eild import media
from eild.web.app import create_app

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from eild.query.engine import QueryAnswer, QueryRequest
    from eild.web.frame.site import Site

RDFLIB = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdf": "xml"}
ASK = "/sparql?query=ASK%20%7B%7D"
PATHS = {
    "/": (media.HTML, *(form for form in media.DOCUMENT_FORMATS if form is not media.HTML)),
    "/sparql": (*media.GRAPH_FORMATS, media.HTML),
    ASK: (*media.RESULT_FORMATS, media.HTML),
    "/doc/agent/board": media.DOCUMENT_FORMATS,
    "/doc?iri=https://w3id.org/eild/id/agent/board": media.DOCUMENT_FORMATS,
    "/ontology": media.DOCUMENT_FORMATS,
    "/shapes": media.DOCUMENT_FORMATS,
    "/catalog": media.DOCUMENT_FORMATS,
    "/.well-known/void": media.DOCUMENT_FORMATS,
    "/dumps/": (media.HTML, media.PLAIN_JSON),
}
"""Negotiated paths with what they offer, the default first."""

OFFERS = [(path, form) for path, forms in PATHS.items() for form in forms]


def check_common_fields(response: TestResponse) -> None:
    """Check the fields that every answer has."""
    assert response.headers["EILD-Dataset-Version"] == "1.2.3"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize(("path", "form"), OFFERS, ids=lambda value: getattr(value, "name", value))
def test_get_path_each_form_exact_content_type(client: FlaskClient, path: str, form: media.Format) -> None:
    """Every form on offer is answered with its exact content type, and proxies are told on what it depends."""
    response = client.get(path, headers={"Accept": form.media_type})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == form.content_type
    assert "Accept" in response.headers["Vary"].split(", ")
    check_common_fields(response)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("accept", [None, "*/*"])
def test_get_path_no_preference_default_form(client: FlaskClient, path: str, accept: str | None) -> None:
    """Without a preference every path answers with its default form."""
    headers = {"Accept": accept} if accept else {}
    assert client.get(path, headers=headers).headers["Content-Type"] == PATHS[path][0].content_type


@pytest.mark.parametrize("path", PATHS)
def test_get_path_nothing_acceptable_406_lists_forms(client: FlaskClient, path: str) -> None:
    """Where nothing is acceptable the problem lists what there is."""
    response = client.get(path, headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json is not None
    assert response.json["suggestions"] == [form.media_type for form in PATHS[path]]
    check_common_fields(response)


@pytest.mark.parametrize("path", PATHS)
def test_head_path_like_get_without_body(client: FlaskClient, path: str) -> None:
    """HEAD has the fields of GET and no body."""
    head, get = client.head(path), client.get(path)
    assert head.status_code == 200
    assert head.data == b""
    assert {**head.headers} == {**get.headers}


@pytest.mark.parametrize("path", [*PATHS, "/health/live", "/health/ready", "/dumps/SHA256SUMS", "/id/agent/board"])
def test_options_path_tells_methods_to_other_origins(client: FlaskClient, path: str) -> None:
    """OPTIONS tells the methods, to scripts of other origins too."""
    response = client.options(path, headers={"Origin": "https://elsewhere.example"})
    allowed = {"GET", "HEAD", "OPTIONS"} | ({"POST"} if path.startswith("/sparql") else set())
    assert response.status_code == 200
    assert response.headers["Allow"].split(", ") == sorted(allowed)
    assert response.headers["Access-Control-Allow-Methods"].split(", ") == sorted(allowed)
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]
    check_common_fields(response)


@pytest.mark.parametrize("path", [*PATHS, "/health/live", "/dumps/SHA256SUMS", "/id/agent/board"])
def test_options_preflight_allows_the_fields_asked_for(client: FlaskClient, path: str) -> None:
    """A script of another origin may send any field, Authorization too, which no asterisk covers."""
    asked = "x-requested-with,Authorization, accept ,X-Trace_Id, not a token, ä"
    fields = {"Origin": "https://elsewhere.example", "Access-Control-Request-Headers": asked}
    response = client.options(path, headers=fields | {"Access-Control-Request-Method": "GET"})
    allowed = response.headers["Access-Control-Allow-Headers"].split(", ")
    assert response.status_code == 200
    assert allowed[-3:] == ["x-requested-with", "Authorization", "X-Trace_Id"]
    assert len({name.lower() for name in allowed}) == len(allowed)
    assert {"If-Match", "Range", "Content-Type"} < set(allowed)
    assert "Access-Control-Request-Headers" in response.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize("path", [*PATHS, "/dumps/eild-1.2.3.nt", "/dumps/SHA256SUMS"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_get_path_if_match_holds_or_412(client: FlaskClient, path: str, method: str) -> None:
    """If-Match asks for the content that the client knows; the first condition that is false decides."""
    known = client.get(path)
    tag, modified = known.headers["ETag"], known.headers["Last-Modified"]
    cases: list[tuple[dict[str, str], int]] = [
        ({"If-Match": tag}, 200),
        ({"If-Match": f'"other", {tag}'}, 200),
        ({"If-Match": "*"}, 200),
        ({"If-Match": '"other"'}, 412),
        ({"If-Match": f"W/{tag}"}, 412),
        ({"If-Match": '"other"', "If-None-Match": tag}, 412),
        ({"If-Match": tag, "If-None-Match": tag}, 304),
        ({"If-Unmodified-Since": modified}, 200),
        ({"If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 412),
        ({"If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT", "If-Match": tag}, 200),
        ({"If-Unmodified-Since": "no date"}, 200),
    ]
    for fields, status in cases:
        response = client.open(path, method=method, headers=fields)
        assert response.status_code == status, fields
        if status == 412:
            assert "ETag" not in response.headers
            assert response.headers["Content-Type"].startswith("application/problem+json")


def test_get_dump_range_after_if_match(client: FlaskClient) -> None:
    """A range is sent if the precondition holds, and never if it is false."""
    path = "/dumps/eild-1.2.3.nt"
    tag = client.get(path).headers["ETag"]
    for fields, status in (
        ({"If-Match": tag}, 206),
        ({"If-Match": '"other"'}, 412),
        ({"If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 412),
        ({"If-Match": tag, "If-Range": '"other"'}, 200),
        ({"If-Match": tag, "If-None-Match": tag}, 304),
    ):
        assert client.get(path, headers={"Range": "bytes=0-9", **fields}).status_code == status, fields


def test_get_error_with_if_match_keeps_its_status(client: FlaskClient) -> None:
    """Preconditions apply to content, not to errors and redirections."""
    for path, status in (("/nowhere", 404), ("/id/agent/board", 303), ("/sparql?query=SELECT", 400)):
        assert client.get(path, headers={"If-Match": '"other"'}).status_code == status


@pytest.mark.parametrize("path", [*PATHS, "/id/agent/board", "/nowhere"])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "FOO"])
def test_other_method_path_405_true_allow(client: FlaskClient, path: str, method: str) -> None:
    """A method that is not there is refused with those that are."""
    response = client.open(path, method=method)
    assert response.status_code == 405
    for allowed in response.headers["Allow"].split(", "):
        assert client.open(path, method=allowed).status_code != 405
    check_common_fields(response)


@pytest.mark.parametrize(("path", "form"), OFFERS, ids=lambda value: getattr(value, "name", value))
def test_get_path_with_tag_304_and_distinct_tags(client: FlaskClient, path: str, form: media.Format) -> None:
    """Each form has a strong tag of its own; who has it already gets 304 with the fields and no body."""
    headers = {"Accept": form.media_type}
    first = client.get(path, headers=headers)
    tag = first.headers["ETag"]
    again = client.get(path, headers={**headers, "If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.data) == (304, b"")
    for name in ("ETag", "Vary", "Cache-Control", "EILD-Dataset-Version"):
        assert again.headers[name] == first.headers[name]
    assert "Content-Type" not in again.headers
    tags = {client.get(path, headers={"Accept": other.media_type}).headers["ETag"] for other in PATHS[path]}
    assert len(tags) == len(PATHS[path])
    assert not tag.startswith("W/")


def test_get_document_if_modified_since_304(client: FlaskClient) -> None:
    """Last-Modified is the release's date; a tag wins over a date."""
    first = client.get("/doc/agent/board")
    modified = first.headers["Last-Modified"]
    assert modified == "Sun, 01 Jun 2031 00:00:00 GMT"
    assert client.get("/doc/agent/board", headers={"If-Modified-Since": modified}).status_code == 304
    both = {"If-Modified-Since": modified, "If-None-Match": '"other"'}
    assert client.get("/doc/agent/board", headers=both).status_code == 200


DECODERS = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstandard.ZstdDecompressor().decompress}


@pytest.mark.parametrize("coding", DECODERS)
@pytest.mark.parametrize("path", ["/doc/agent/board", "/ontology.ttl", "/sparql", "/doc/agent/board.html"])
def test_get_path_content_coding_same_content(client: FlaskClient, path: str, coding: str) -> None:
    """A coded answer unpacks to the plain one and has a tag of its own, which counts for 304."""
    plain = client.get(path)
    coded = client.get(path, headers={"Accept-Encoding": coding})
    assert coded.headers["Content-Encoding"] == coding
    assert "Accept-Encoding" in coded.headers["Vary"]
    assert DECODERS[coding](coded.data) == plain.data
    assert coded.headers["ETag"] != plain.headers["ETag"]
    headers = {"Accept-Encoding": coding, "If-None-Match": coded.headers["ETag"]}
    assert client.get(path, headers=headers).status_code == 304


def test_get_small_answer_not_coded(client: FlaskClient) -> None:
    """An answer that would not shrink is sent as it is, with the plain tag."""
    coded = client.get(ASK, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in coded.headers
    headers = {"Accept-Encoding": "gzip", "If-None-Match": coded.headers["ETag"]}
    assert client.get(ASK, headers=headers).status_code == 304


def test_get_identifier_303_walk_to_every_form(client: FlaskClient) -> None:
    """An identifier answers 303 with a relative reference, and every form of the document holds the same triples."""
    response = client.get("/id/agent/board", headers={"Host": "evil.example"})
    assert response.status_code == 303
    assert response.headers["Location"] == "../../doc/agent/board"
    path = urljoin("/id/agent/board", response.headers["Location"])
    graphs = []
    for name, parser in RDFLIB.items():
        negotiated = client.get(path, headers={"Accept": media.require_format(name, media.DOCUMENT_FORMATS).media_type})
        by_suffix = client.get(f"{path}.{name}")
        assert negotiated.data == by_suffix.data
        graphs.append(Graph().parse(data=negotiated.data, format=parser))
    assert len(graphs[0]) > 50
    assert all(isomorphic(graphs[0], graph) for graph in graphs[1:])


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/id/concept/stance/denies", "../../../doc/concept/stance/denies"),
        ("/id/claim/900-005-1", "../../doc/claim/900-005-1"),
        ("/id/claim/900-005-1?format=jsonld", "../../doc/claim/900-005-1.jsonld"),
        ("/dumps/latest/eild.ttl.gz", "../eild-1.2.3.ttl.gz"),
        ("/dumps", "dumps/"),
    ],
)
def test_get_path_redirect_relative_location(client: FlaskClient, path: str, location: str) -> None:
    """Redirections are relative references that lead to 200."""
    response = client.get(path)
    assert 300 < response.status_code < 400
    assert response.headers["Location"] == location
    assert client.get(urljoin(path, location)).status_code == 200


def test_get_identifier_unknown_format_400(client: FlaskClient) -> None:
    """A form that does not exist is an error, not a redirection to some other form."""
    assert client.get("/id/agent/board?format=foo").status_code == 400


def test_get_every_resource_has_document_and_page(client: FlaskClient) -> None:
    """Every resource under the base answers 303, then 200 as Turtle and as a page."""
    listing = client.get("/sparql", query_string={"query": "SELECT DISTINCT ?s { ?s ?p ?o }", "format": "csv"})
    names = [line for line in listing.text.split("\r\n") if line.startswith("https://w3id.org/eild/id/")]
    assert len(names) > 60
    for name in names:
        path = name.removeprefix("https://w3id.org/eild")
        target = urljoin(path, client.get(path).headers["Location"])
        assert client.get(target, headers={"Accept": "text/turtle"}).status_code == 200
        assert client.get(target, headers={"Accept": "text/html"}).status_code == 200


UNKNOWN = ["/id/agent/bord", "/doc/agent/bord", "/doc/agent/bord.ttl", "/doc?iri=https://w3id.org/eild/id/agent/bord"]


@pytest.mark.parametrize("path", UNKNOWN)
def test_get_unknown_resource_404_suggests(client: FlaskClient, path: str) -> None:
    """A misspelt resource is not found, and the right one is suggested, for people as a link."""
    response = client.get(path)
    assert response.status_code == 404
    assert response.json is not None
    assert "https://w3id.org/eild/id/agent/board" in response.json["suggestions"]
    page = client.get(path, headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert 'doc/agent/board">' in page.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/doc", 400),
        ("/doc?iri=", 400),
        ("/doc?iri=not%20an%20iri", 404),
        ("/doc/agent/board?page=0", 404),
        ("/doc/agent/board?page=99", 404),
        ("/doc/agent/board?page=x", 400),
        ("/doc/agent/board?page=\u0663", 400),
        ("/doc/agent/board?format=pdf", 400),
        ("/nowhere", 404),
        ("//doc//agent//board", 404),
        ("/id/", 404),
        ("/dumps/nothing.ttl", 404),
        ("/dumps/../build.json", 404),
        ("/dumps/latest/eild-1.2.3.ttl", 404),
        ("/assets/0/site.css", 404),
        ("/ontology.pdf", 404),
    ],
)
def test_get_wrong_path_problem(client: FlaskClient, path: str, status: int) -> None:
    """What is wrong with a path is told in the one shape of errors."""
    response = client.get(path)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json is not None
    assert response.json["status"] == status
    check_common_fields(response)


def test_get_page_policy_forbids_inline_and_foreign(client: FlaskClient) -> None:
    """Pages need no inline script or style and no other host, and say so."""
    for path in ("/", "/doc/agent/board.html", "/ontology.html", "/dumps/", "/sparql?format=html", "/nowhere"):
        response = client.get(path, headers={"Accept": "text/html"})
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
        assert "style=" not in response.text
        scripts = re.findall("<script[^>]*>", response.text)
        own = (
            r'<script (type="module" )?src="[./]*assets/[0-9a-f]{12}/[a-z-]+\.js">|<script type="application/ld\+json">'
        )
        assert all(re.fullmatch(own, script) for script in scripts), scripts
        assert 'src="http' not in response.text


def test_get_page_assets_immutable(client: FlaskClient) -> None:
    """The style sheet that a page names is there, under a name that changes with its content."""
    page = client.get("/doc/agent/board.html").text
    reference = page.split('rel="stylesheet" href="')[1].split('"')[0]
    response = client.get(urljoin("/doc/agent/board.html", reference))
    assert response.status_code == 200
    assert "immutable" in response.headers["Cache-Control"]
    assert len(response.data) < 20_000


def test_get_paged_document_links_to_next(foreign: FlaskClient) -> None:
    """A document says what it describes and where its other forms are."""
    link = foreign.get("/doc/cat").headers["Link"]
    assert '<http://example.org/cat>; rel="describes"' in link
    assert '<../doc/cat.html>; rel="alternate"; type="text/html"' in link


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/cat", "cat"),
        ("/caf%C3%A9", "caf"),
        ("/with%20space", "a space"),
        ("/with%2520space", "a space"),
        ("/v1.ttl", "suffix"),
    ],
)
def test_get_foreign_resource_under_base_same_path(foreign: FlaskClient, path: str, words: str) -> None:
    """Resources under the base of somebody else's data are found at the same path."""
    response = foreign.get(path)
    assert response.status_code == 303
    document = foreign.get(urljoin(path, response.headers["Location"]), headers={"Accept": "text/turtle"})
    assert document.status_code == 200
    assert words in document.text


def test_get_foreign_resource_elsewhere_by_iri(foreign: FlaskClient) -> None:
    """Any other IRI is looked up by name."""
    response = foreign.get("/doc?iri=http://elsewhere.example/mouse")
    assert "mouse" in response.text


def test_get_foreign_page_escapes_and_links_safely(foreign: FlaskClient) -> None:
    """Labels are escaped, and only web addresses become links."""
    page = foreign.get("/doc/cat.html").text
    assert "cat &lt;b&gt;&amp;&lt;/b&gt;" in page
    assert "<b>" not in page
    mouse = foreign.get("/doc?iri=http://elsewhere.example/mouse&format=html").text
    assert 'href="javascript:' not in mouse
    assert "javascript:alert(1)" in mouse


def test_get_foreign_site_without_vocabulary_404(foreign: FlaskClient) -> None:
    """Somebody else's data have no ontology of EILD."""
    assert foreign.get("/ontology").status_code == 404
    assert "Ontology" not in foreign.get("/").text


def test_get_service_description_public_url_only_in_endpoint(public_client: FlaskClient) -> None:
    """The public URL changes where access points, never an IRI, and the Host field changes nothing."""
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    text = public_client.get("/sparql", headers=headers).text
    assert "sd:endpoint <https://data.example/eild/sparql>" in text
    assert text.count("https://data.example/") == 1
    assert "evil.example" not in text + public_client.get("/", headers=headers).text
    assert "https://data.example" not in public_client.get("/doc/agent/board").text


class BrokenEngine:
    """An engine with a fault of its own."""

    def evaluate(self, request: QueryRequest) -> QueryAnswer:
        """Fail in a way that nobody expects."""
        message = f"secret of /srv/eild while asked {request.text}"
        raise ZeroDivisionError(message)

    def close(self) -> None:
        """Hold nothing."""


def test_get_internal_fault_500_without_traceback(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """A fault of the program is recorded, and the client learns nothing about the inside."""
    client = create_app(replace(site, engine=BrokenEngine())).test_client()
    response = client.get(ASK)
    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/problem+json"
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    assert "ZeroDivisionError" in caplog.text
    check_common_fields(response)


def test_get_site_each_document_of_a_claim_shows_its_words(client: FlaskClient) -> None:
    """The page of a claim begins with stance and exact words, and what relays it stands apart."""
    page = client.get("/doc/claim/900-005-1.html").text
    assert page.index("The mayor denied that the board had closed the bridge") < page.index(">Proposition</h2>")
    assert 'class="chain"' in page
    assert page.index("Who says this") < page.index(">Evidence</h2>")
