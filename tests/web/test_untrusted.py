"""Tests of what becomes of bytes that nobody vouches for: hostile data, queries and paths, in every form of answer."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urljoin, urlsplit
from xml.etree import ElementTree as ET

import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from eild import media
from eild.rdf.syntaxes import RDF_FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

BASE: Final = "http://example.org/"
LABEL: Final = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
PAYLOADS: Final = {
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "comment": "--><!-- ]]> <![CDATA[ <img src=x onerror=alert(1)> </title></textarea><svg/onload=alert(1)>",
    "entity": "&lt;script&gt; &#60; &amp;amp; &#x0;",
    "template": "{{ 7*7 }} {% raw %} ${7*7} #{7}",
    "lines": "a\r\nSet-Cookie: x=1\r\n\r\n<html>\rb\nc\td",
    "quotes": "\"\"\" ''' \\ \\u0041 ` ^^ @en",
    "controls": "".join(map(chr, range(0x01, 0x20))),
    "nul": "a\x00b",
    "delete": "\x7f\x80\x85\x9f\u2028\u2029",
    "noncharacter": "\ufffe \uffff \U0001fffe \ufdd0",
    "bidi": "\u202eevil\u202c \u2066x\u2069 \u200f\u061c",
    "marks": "\ufeffe\u0301\u200b" + "\u0300" * 300,
    "formula": "=cmd|' /C calc'!A0",
    "formulae": '+1+1,@SUM(A1),-2,"=HYPERLINK(""http://x"")"',
    "sheet": "\t=1+1",
    "space": "  \n ",
    "empty": "",
    "astral": "\U0001f600\U0010fffd",
}
IRIS: Final = (
    f"{BASE}a&b'c(d),e;f=1!$*+~",
    f"{BASE}'onclick='alert(1)'",
    f"{BASE}caf\u00e9/\u202etxt.exe",
    f"{BASE}\u2028line/\u65e5\u672c\u8a9e/\U0001f600",
    f"{BASE}%0d%0aSet-Cookie:%20x=1",
    f"{BASE}%3Cscript%3Ealert(1)%3C/script%3E",
    f"{BASE}a/../b/./c",
    f"{BASE}/elsewhere.example/x",
    f"{BASE}q?x=1&y=%26#part",
    f"{BASE}id/doc/x.ttl",
    f"{BASE}{'x' * 2000}",
    "javascript:alert(document.domain)",
    "data:text/html,%3Cscript%3Ealert(1)%3C/script%3E",
    "vbscript:x",
    "urn:x:1:2",
    "mailto:a@example.org",
    "file:///etc/passwd",
    "HTTP://EXAMPLE.ORG/",
    "http://user:pass@elsewhere.example:8080/?a=b&c='d'",
)
LONG_TAG: Final = "en-" + "-".join(["abcdefgh"] * 60)
SCHEMES: Final = {"", "http", "https", "mailto", "urn"}
VOID: Final = {"meta", "link", "input", "br", "hr", "img"}
SCRIPT: Final = re.compile(r"[./]*assets/[0-9a-f]{12}/[a-z-]+\.js")
CONTROL: Final = re.compile(r"[^\x20-\x7e]")
XML_CANNOT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
ANY_TEXT: Final = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


def make_triples() -> list[Triple]:
    """Return the hostile data: each payload as label and values, each IRI in every place."""
    triples = []
    for number, text in enumerate(PAYLOADS.values()):
        node = NamedNode(f"{BASE}s{number}")
        triples += [
            Triple(node, LABEL, Literal(text)),
            Triple(node, NamedNode(f"{BASE}p"), Literal(text, language=LONG_TAG)),
            Triple(node, NamedNode(f"{BASE}p"), Literal(text, datatype=NamedNode(IRIS[number % len(IRIS)]))),
        ]
    for number, iri in enumerate(IRIS):
        node = NamedNode(iri)
        triples += [
            Triple(node, NamedNode(f"{BASE}p"), Literal(f"value {number}")),
            Triple(node, NamedNode(f"{BASE}q"), NamedNode(IRIS[(number + 1) % len(IRIS)])),
            Triple(NamedNode(f"{BASE}hub"), NamedNode(f"{BASE}q"), NamedNode(f"{iri}-only")),
        ]
    return triples


TRIPLES: Final = make_triples()
SUBJECTS: Final = list(dict.fromkeys(triple.subject for triple in TRIPLES if isinstance(triple.subject, NamedNode)))


@pytest.fixture(scope="module")
def hostile(publish: Callable[..., FlaskClient]) -> FlaskClient:
    """Return a client of the application over the hostile data."""
    return publish("data.nt", "".join(f"{triple} .\n" for triple in TRIPLES), base=BASE)


class Page(HTMLParser):
    """Reads a page as a browser would, and notes what may not be there."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []
        self.text = ""
        self.blocks: list[str] = []
        self.links: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.problems += [f"<{tag}> left open" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note scripts, handlers and links that run something."""
        if tag == "script" and attrs == [("type", "application/ld+json")]:
            self._open.append("script")  # a data block, which no browser runs
            self.blocks.append("")
            return
        if tag == "script" and {*dict(attrs)} <= {"src", "type"} and SCRIPT.fullmatch(dict(attrs).get("src") or ""):
            self._open.append("script")  # a bundled file, named by what is in it
            return
        is_own_picture = tag == "svg" and dict(attrs).get("class") == "neighbours"
        if tag in {"script", "iframe", "object", "embed", "svg", "base", "style", "img"} and not is_own_picture:
            self.problems.append(f"<{tag}>")
        if tag not in VOID:
            self._open.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in {"style", "srcdoc"}:
                self.problems.append(f"<{tag} {name}>")
            if name == "href":
                self.links.append(value or "")
            scheme = urlsplit(value or "").scheme.lower() if name in {"href", "src", "action", "formaction"} else ""
            if scheme not in SCHEMES:
                self.problems.append(f"{name}={value}")

    def handle_endtag(self, tag: str) -> None:
        """Note ends of what was not open."""
        if not self._open or self._open.pop() != tag:
            self.problems.append(f"</{tag}>")

    def handle_comment(self, data: str) -> None:
        """Note comments: the templates have none."""
        self.problems.append(f"comment {data}")

    def unknown_decl(self, data: str) -> None:
        """Note sections that HTML does not have."""
        self.problems.append(f"section {data}")

    def handle_data(self, data: str) -> None:
        """Gather the text, and the content of data blocks."""
        if self._open[-1:] == ["script"]:
            self.blocks[-1] += data
        else:
            self.text += data


def check_fields(answer: TestResponse) -> None:
    """Check that no field carries anything but printable ASCII, and that types are not to be guessed."""
    for name, value in answer.headers:
        assert not CONTROL.search(name + value), (name, value)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


def check_page(answer: TestResponse) -> Page:
    """Check that a page holds no markup but its own, and return it."""
    check_fields(answer)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    page = Page(answer.get_data(as_text=True))
    assert not page.problems
    for block in page.blocks:
        assert json.loads(block)["@context"]["@vocab"] == "https://schema.org/"
    return page


def document_path(node: NamedNode) -> str:
    """Return a path of the document about a resource that always works."""
    return f"/doc?iri={quote(node.value, safe='')}"


def flatten(text: str) -> str:
    """Return a text as HTML leaves it: line ends are one, U+0000 is replaced or gone."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("node", SUBJECTS, ids=str)
def test_page_hostile_resource_holds_only_its_own_markup(hostile: FlaskClient, node: NamedNode) -> None:
    """Labels, values, languages and IRIs are text on a page, and every link on it is safe to follow."""
    answer = hostile.get(document_path(node), headers={"Accept": "text/html"})
    assert answer.status_code == 200
    page = check_page(answer)
    values = [
        triple.object.value for triple in TRIPLES if triple.subject == node and isinstance(triple.object, Literal)
    ]
    for value in values:
        assert flatten(value).strip() in flatten(page.text)
    for link in page.links:
        target = urlsplit(urljoin(f"http://localhost{document_path(node)}", link))
        if target.netloc == "localhost":
            found = hostile.get(f"{target.path}?{target.query}", headers={"Accept": "text/html"})
            cannot = target.path.endswith((".rdf", "/opensearch.xml")) or "format=rdf" in target.query
            assert found.status_code in ({200, 406} if cannot else {200, 303}), link


def test_page_hostile_answer_of_a_query_holds_only_its_own_markup(hostile: FlaskClient) -> None:
    """Rows, names of columns, graphs and the query itself are text on a page."""
    queries = [
        "SELECT ?s ?p ?o { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "SELECT (1 AS ?\u202ename\u0300) {} # </textarea><script>alert(1)</script>",
        'SELECT (IRI("javascript:alert(1)") AS ?x) (STRLANG("<b>", "en") AS ?y) (BNODE() AS ?z) {}',
        'SELECT (IRI("http://e.org/\\"><script>alert(1)</script>") AS ?x) {}',
        'SELECT (STRDT("x", IRI("javascript:\\"<script>")) AS ?x) (STRLANG("x", "\\"<script>") AS ?y) {}',
    ]
    for query in queries:
        answer = hostile.post("/sparql", data={"query": query}, headers={"Accept": "text/html"})
        assert answer.status_code in {200, 400}, query
        check_page(answer)


def parse_rows(content: bytes, form: QueryResultsFormat) -> list[tuple[object, ...]]:
    """Return the rows of results."""
    results = parse_query_results(content, form)
    assert isinstance(results, QuerySolutions)
    return [tuple(row) for row in results]


def list_rows() -> list[tuple[object, ...]]:
    """Return the hostile data as rows."""
    return [(triple.subject, triple.predicate, triple.object) for triple in TRIPLES]


def sort_rows(rows: Iterable[tuple[object, ...]]) -> list[str]:
    """Return rows in an order of their own."""
    return sorted(repr([str(cell) for cell in row]) for row in rows)


def test_results_hostile_data_parse_back_to_the_same_terms(hostile: FlaskClient) -> None:
    """JSON and TSV give back every term, CSV every value; a form that cannot carry them says so."""
    asked = {"query": "SELECT ?s ?p ?o { ?s ?p ?o }"}
    answers = {name: hostile.get("/sparql", query_string={**asked, "format": name}) for name in ("json", "tsv", "csv")}
    for answer in answers.values():
        assert answer.status_code == 200
        check_fields(answer)
    json.loads(answers["json"].data)
    assert sort_rows(parse_rows(answers["json"].data, QueryResultsFormat.JSON)) == sort_rows(list_rows())
    assert sort_rows(parse_rows(answers["tsv"].data, QueryResultsFormat.TSV)) == sort_rows(list_rows())
    _, *cells = csv.reader(io.StringIO(answers["csv"].data.decode(), newline=""))
    assert sorted(cells) == sorted([t.subject.value, t.predicate.value, t.object.value] for t in TRIPLES)  # type: ignore[union-attr]
    refused = hostile.get("/sparql", query_string={**asked, "format": "xml"})
    assert refused.status_code == 406
    assert "XML 1.0 does not allow" in refused.get_json()["detail"]
    for triple in TRIPLES:
        query = f"SELECT ?s ?p ?o {{ VALUES (?s ?p ?o) {{ ({triple.subject} {triple.predicate} {triple.object}) }} }}"
        answer = hostile.post("/sparql", data={"query": query, "format": "xml"})
        if XML_CANNOT.search(triple.object.value):  # type: ignore[union-attr]
            assert answer.status_code == 406
        else:
            ET.fromstring(answer.data)  # noqa: S314 - our own answer
            found = parse_rows(answer.data, QueryResultsFormat.XML)
            assert found == [(triple.subject, triple.predicate, triple.object)]


@pytest.mark.parametrize("form", media.GRAPH_FORMATS, ids=lambda form: form.name)
def test_graphs_hostile_data_parse_back_to_the_same_triples(hostile: FlaskClient, form: media.Format) -> None:
    """Every RDF syntax gives back what the data say of a resource, or says that it cannot."""
    for node in SUBJECTS:
        own = {triple for triple in TRIPLES if triple.subject == node}
        for path in (document_path(node), f"/sparql?query={quote(f'DESCRIBE {node}')}"):
            answer = hostile.get(path, headers={"Accept": form.media_type})
            check_fields(answer)
            if path.startswith("/doc") and form not in media.DOCUMENT_FORMATS:
                assert answer.status_code == 406
                continue
            text = "".join(triple.object.value for triple in own if isinstance(triple.object, Literal))
            if form is media.RDF_XML and answer.status_code == 406:
                assert XML_CANNOT.search(text)
                continue
            assert answer.status_code == 200
            assert own <= {quad.triple for quad in parse(answer.data, RDF_FORMATS[form.name])}


def test_graphs_hostile_rdf_xml_read_by_another_parser(hostile: FlaskClient) -> None:
    """A second implementation reads the same number of statements from RDF/XML and from Turtle."""
    for node in SUBJECTS:
        answers = {name: hostile.get(f"{document_path(node)}&format={name}") for name in ("rdf", "ttl")}
        if answers["rdf"].status_code == 200:
            root = ET.fromstring(answers["rdf"].data)  # noqa: S314 - our own answer
            assert root.tag.endswith("}RDF")
            read = rdflib.Graph().parse(data=answers["rdf"].data, format="xml")
            assert len(read) == len(list(parse(answers["ttl"].data, RdfFormat.TURTLE)))


@pytest.mark.parametrize(
    "end", ["p/123/", "?x=1&y=2", "1", "a'b", "caf\u00e9", "\u202ex", "%3Cx", "\u0300x", "a:b", "#"]
)
def test_graphs_hostile_predicate_read_by_another_parser(hostile: FlaskClient, end: str) -> None:
    """A predicate that is no name in XML is refused in RDF/XML; everywhere else it comes back."""
    triple = Triple(NamedNode(f"{BASE}s"), NamedNode(f"{BASE}{end}"), Literal("<urn: x='1'>"))
    query = f"CONSTRUCT {{ {triple} }} WHERE {{}}"
    for name in ("rdf", "ttl", "nt", "jsonld"):
        answer = hostile.post("/sparql", data={"query": query, "format": name})
        check_fields(answer)
        if name == "rdf" and answer.status_code == 406:
            assert "RDF/XML cannot represent" in answer.get_json()["detail"]
            assert not re.search(r"[a-z]$", end)
            continue
        assert answer.status_code == 200
        form = {"rdf": "xml", "ttl": "turtle", "nt": "nt", "jsonld": "json-ld"}[name]
        read = rdflib.Graph().parse(data=answer.data, format=form)
        assert [(str(s), str(p), str(o)) for s, p, o in read] == [
            (triple.subject.value, triple.predicate.value, "<urn: x='1'>")  # type: ignore[union-attr]
        ]


@pytest.mark.parametrize("iri", [iri for iri in IRIS if re.match(f"{BASE}[^/?]+(/|$)", iri) and "?" not in iri])
def test_redirect_and_links_hostile_iri_lead_to_its_document(hostile: FlaskClient, iri: str) -> None:
    """Location and Link are printable ASCII, and what they name is the resource."""
    url = f"http://localhost/{quote(iri[len(BASE) :], safe='/')}"
    answer = hostile.get(url, headers={"Accept": "text/turtle"})
    check_fields(answer)
    assert answer.status_code in {200, 303}
    if answer.status_code == 303:
        target = urlsplit(urljoin(url, answer.headers["Location"]))
        assert target.netloc == "localhost"
        answer = hostile.get(f"{target.path}?{target.query}", headers={"Accept": "text/turtle"})
        check_fields(answer)
        assert answer.status_code == 200
    described = re.match(r'<([^>]+)>; rel="describes"', answer.headers["Link"])
    assert described
    assert described[1] == quote(iri, safe="%/:?#[]@!$&'()*+,;=-._~")


def test_literal_of_a_megabyte_is_whole_or_refused(publish: Callable[..., FlaskClient]) -> None:
    """A long value is on its page and in its document; where it exceeds the limit of results, that is said."""
    text = '<script>"' * 111_112
    client = publish("data.nt", f"{Triple(NamedNode(f'{BASE}a'), LABEL, Literal(text))} .\n", base=BASE)
    page = check_page(client.get("/doc/a", headers={"Accept": "text/html"}))
    assert text in page.text
    document = client.get("/doc/a", headers={"Accept": "application/n-triples"})
    quads = parse(document.data, RdfFormat.N_TRIPLES)
    assert [quad.object for quad in quads if quad.predicate == LABEL] == [Literal(text)]
    answer = client.get("/sparql", query_string={"query": "SELECT ?o { ?s ?p ?o }", "format": "csv"})
    assert answer.status_code == 422
    assert "limit" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("data.jsonld", '{"@id": "http://example.org/a", "http://example.org/p": "\\ud800"}'),
        ("data.ttl", '<http://example.org/a> <http://example.org/p> "\\uD800" .'),
        ("data.nt", '<http://example.org/a\\u0020b> <http://example.org/p> "x" .'),
        ("data.nt", '<http://example.org/\\u003Cscript\\u003E> <http://example.org/p> "x" .'),
        ("data.nt", '<http://example.org/\\u000D\\u000AX:y> <http://example.org/p> "x" .'),
        ("data.rdf", '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r xmlns="urn:x">&x;</r>'),
    ],
)
def test_data_that_no_syntax_allows_are_refused(publish: Callable[..., FlaskClient], name: str, text: str) -> None:
    """Lone surrogates, IRIs with forbidden characters and outside entities do not get into a dataset."""
    with pytest.raises(Exception, match=re.escape(name)) as caught:
        publish(name, text, base=BASE)
    assert type(caught.value).__name__ == "DataError"


@ANY_TEXT
@given(text=st.text(max_size=40))
def test_results_any_literal_parses_back(hostile: FlaskClient, text: str) -> None:
    """Any text that a query holds comes back in every form of results, or the form says that it cannot carry it."""
    term = Literal(text)
    query = f"SELECT ?x {{ VALUES ?x {{ {term} }} }}"
    for name, form in {"json": "JSON", "tsv": "TSV", "xml": "XML"}.items():
        answer = hostile.post("/sparql", data={"query": query, "format": name})
        if name == "xml" and XML_CANNOT.search(text):
            assert answer.status_code == 406
            continue
        assert answer.status_code == 200
        assert parse_rows(answer.data, getattr(QueryResultsFormat, form)) == [(term,)]
    answer = hostile.post("/sparql", data={"query": query, "format": "csv"})
    rows = list(csv.reader(io.StringIO(answer.data.decode(), newline="")))
    assert rows == [["x"], [text]]


@ANY_TEXT
@given(text=st.text(max_size=60))
def test_requests_any_text_answered_without_its_markup(hostile: FlaskClient, text: str) -> None:
    """Any text as path, IRI, page, format or query gets an answer that is honest, and clean in body and fields."""
    encoded = quote(text, safe="")
    for path in (f"/doc/{encoded}", f"/doc?iri={encoded}", f"/sparql?query={encoded}", f"/doc/s0?page={encoded}"):
        for accept in ("text/html", "application/problem+json"):
            answer = hostile.get(path, headers={"Accept": accept})
            check_fields(answer)
            assert answer.status_code < 500
            if answer.mimetype == "text/html":
                check_page(answer)
            elif (answer.mimetype or "").endswith("json"):
                json.loads(answer.data)
