"""The W3C SPARQL 1.1 Protocol tests (rdf-tests, ``sparql/sparql11/protocol``), each by its name.

The requests are those of the suite; the four documents that it names are the data. The endpoint answers queries only:
where the suite expects an update to be done, the refusal that section 2.2.4 leaves to a service is expected instead,
and that nothing has changed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote, urlencode, urljoin

import pytest
from pyoxigraph import RdfFormat, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

DATA: Final = "http://kasei.us/2009/09/sparql/data/data{}.rdf"
D0, D1, D2, D3 = (DATA.format(number) for number in range(4))
FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"

BOTH = f"ASK {{ <{D1}> a ?type . <{D2}> a ?type . }}"
NAMED = f"ASK {{ GRAPH ?g1 {{ <{D1}> a ?type }} GRAPH ?g2 {{ <{D2}> a ?type }} }}"
FULL = f"ASK {{ <{D3}> a ?type GRAPH ?g1 {{ <{D1}> a ?type }} GRAPH ?g2 {{ <{D2}> a ?type }} }}"
OVERRIDDEN = f"ASK FROM <{D3}> {{ GRAPH ?g1 {{ <{D1}> a ?type }} GRAPH ?g2 {{ <{D2}> a ?type }} }}"
INSERT = f"INSERT {{ GRAPH <http://example.org/test/> {{ ?s a <urn:x> }} }} WHERE {{ ?s a ?type }} ; CLEAR GRAPH <{D1}>"
WITH = (
    "WITH <http://example/addresses> DELETE { ?p <urn:name> 'Bill' } INSERT { ?p <urn:name> 'Wi' } WHERE { ?p ?q ?r }"
)


def graphs(**parameters: list[str]) -> str:
    """Return the query string that names graphs: keys with ``_`` for ``-``."""
    pairs = [(name.replace("_", "-"), iri) for name, iris in parameters.items() for iri in iris]
    return urlencode(pairs)


class Case(NamedTuple):
    """A request of the suite and what it expects: a status, and where that is 200 a boolean or a kind of content."""

    method: str
    url: str
    content_type: str
    body: bytes
    status: int
    expected: object = None


def get(url: str, status: int, expected: object = None) -> Case:
    """Return a case that sends everything in the URL."""
    return Case("GET", url, "", b"", status, expected)


def post(content_type: str, body: str | bytes, status: int, expected: object = None, url: str = "") -> Case:
    """Return a case that sends a body."""
    return Case("POST", url, content_type, body if isinstance(body, bytes) else body.encode(), status, expected)


ZERO = graphs(default_graph_uri=[D0])
DEFAULTS = graphs(default_graph_uri=[D1, D2])
NAMES = graphs(named_graph_uri=[D1, D2])
DATASET = graphs(default_graph_uri=[D3], named_graph_uri=[D1, D2])

CASES: Final[dict[str, Case]] = {
    "query_post_form": post(FORM, "query=ASK%20%7B%7D", 200, expected=True, url=ZERO),
    "query_dataset_default_graphs_get": get(f"query={quote(BOTH)}&{DEFAULTS}", 200, expected=True),
    "query_dataset_default_graphs_post": post(QUERY, BOTH, 200, expected=True, url=DEFAULTS),
    "query_dataset_named_graphs_post": post(QUERY, NAMED, 200, expected=True, url=NAMES),
    "query_dataset_named_graphs_get": get(f"query={quote(NAMED)}&{NAMES}", 200, expected=True),
    "query_dataset_full": post(QUERY, FULL, 200, expected=True, url=DATASET),
    "query_multiple_dataset": post(QUERY, OVERRIDDEN, 200, expected=True, url=NAMES),
    "query_get": get(f"query=ASK%20%7B%7D&{ZERO}", 200, expected=True),
    "query_content_type_select": post(QUERY, "SELECT (1 AS ?value) {}", 200, "rows", ZERO),
    "query_content_type_ask": post(QUERY, "ASK {}", 200, expected=True, url=ZERO),
    "query_content_type_describe": post(QUERY, "DESCRIBE <http://example.org/>", 200, "graph", ZERO),
    "query_content_type_construct": post(QUERY, "CONSTRUCT { <s> <p> 1 } WHERE {}", 200, "graph", ZERO),
    "update_dataset_default_graph": post(UPDATE, INSERT, 403, url=graphs(using_graph_uri=[D1])),
    "update_dataset_default_graphs": post(UPDATE, INSERT, 403, url=graphs(using_graph_uri=[D1, D2])),
    "update_dataset_named_graphs": post(UPDATE, INSERT, 403, url=graphs(using_named_graph_uri=[D1, D2])),
    "update_dataset_full": post(
        UPDATE, INSERT, 403, url=graphs(using_graph_uri=[D1, D2], using_named_graph_uri=[D2, D3])
    ),
    "update_post_form": post(FORM, "update=CLEAR+ALL", 403),
    "update_post_direct": post(UPDATE, "CLEAR ALL", 403),
    "update_base_uri": post(UPDATE, "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> <test> } }", 403),
    "query_post_direct": post(QUERY, "ASK {}", 200, expected=True),
    "bad_query_method": Case("PUT", f"query=ASK%20%7B%7D&{ZERO}", FORM, b"", 405),
    "bad_multiple_queries": get("query=ASK%20%7B%7D&query=SELECT%20%2A%20%7B%7D", 400),
    "bad_query_wrong_media_type": post("text/plain", "ASK {}", 415),
    "bad_query_missing_form_type": post("", "query=ASK%20%7B%7D", 415),
    "bad_query_missing_direct_type": post("", "ASK {}", 415),
    "bad_query_non_utf8": post(f"{QUERY}; charset=UTF-16", "ASK {}".encode("utf-16"), 415),
    "bad_query_syntax": get("query=ASK%20%7B", 400),
    "bad_update_get": get("update=CLEAR%20ALL", 403),
    "bad_multiple_updates": post(FORM, "update=CLEAR%20NAMED&update=CLEAR%20DEFAULT", 403),
    "bad_update_wrong_media_type": post("text/plain", "CLEAR NAMED", 415),
    "bad_update_missing_form_type": post("", "update=CLEAR%20NAMED", 415),
    "bad_update_non_utf8": post(f"{UPDATE}; charset=UTF-16", "CLEAR NAMED".encode("utf-16"), 415),
    "bad_update_syntax": post(FORM, "update=CLEAR%20XYZ", 403),
    "bad_update_dataset_conflict": post(UPDATE, WITH, 403, url=graphs(using_named_graph_uri=["http://example/people"])),
}
"""The suite, by the names of its tests."""


@pytest.fixture(scope="module")
def client(publish: Callable[..., FlaskClient]) -> FlaskClient:
    """Return a client of an endpoint over the documents that the suite names, each as a named graph."""
    kind = "a <http://xmlns.com/foaf/0.1/Document>"
    data = "".join(f"<{iri}> {{ <{iri}> {kind} . }}\n" for iri in (D1, D2, D3))
    return publish("data.trig", f"{data}<{D0}> {{ }}\n", union=False)


def ask(client: FlaskClient, case: Case) -> Any:
    """Return the response to a case."""
    url = f"/sparql?{case.url}" if case.url else "/sparql"
    headers = {"Content-Type": case.content_type} if case.content_type else {}
    return client.open(url, method=case.method, headers=headers, data=case.body)


def count_everything(client: FlaskClient) -> str:
    """Return what the endpoint holds, as CSV."""
    query = {"query": "SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g", "format": "csv"}
    return client.get("/sparql", query_string=query).text


def test_suite_is_whole() -> None:
    """All 34 tests of the suite are here."""
    assert len(CASES) == 34


@pytest.mark.parametrize("name", CASES)
def test_protocol_case_status_and_content(client: FlaskClient, name: str) -> None:
    """Each request of the suite has the status and the content that it expects, and no update changes anything."""
    case = CASES[name]
    before = count_everything(client)
    response = ask(client, case)
    assert response.status_code == case.status, response.text
    if isinstance(case.expected, bool):
        assert response.headers["Content-Type"] == "application/sparql-results+json"
        assert json.loads(response.data)["boolean"] is case.expected
    elif case.expected == "rows":
        assert json.loads(response.data)["results"]["bindings"][0]["value"]["value"] == "1"
    elif case.expected == "graph":
        assert response.headers["Content-Type"] == "text/turtle"
        list(parse(response.data, RdfFormat.TURTLE))
    else:
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.json["detail"]
        assert response.json.get("hint") or response.headers["Allow"]
    assert count_everything(client) == before


PLAIN = "{ ?s a ?t }"
INSIDE = "{ GRAPH ?g { ?s a ?t } }"
OVERRIDES = [
    (f"FROM <{D1}> {PLAIN}", {"default-graph-uri": [D2]}, [D2]),
    (f"FROM <{D1}> FROM NAMED <{D1}> {PLAIN}", {"default-graph-uri": [D2, D3]}, [D2, D3]),
    (f"FROM NAMED <{D1}> {INSIDE}", {"named-graph-uri": [D2]}, [D2]),
    (f"FROM NAMED <{D1}> {INSIDE}", {"default-graph-uri": [D2]}, []),
    (f"FROM <{D1}> {PLAIN}", {"named-graph-uri": [D1]}, []),
    (f"FROM <{D1}> {PLAIN}", {"default-graph-uri": ["urn:nothing"]}, []),
    (f"FROM <{D1}> {PLAIN}", {}, [D1]),
    (PLAIN, {"default-graph-uri": [D1, D1]}, [D1]),
]


@pytest.mark.parametrize("way", ["GET", "form", "form and URL", "direct"])
@pytest.mark.parametrize(("rest", "dataset", "subjects"), OVERRIDES)
def test_protocol_dataset_overrides_dataset_of_query(
    client: FlaskClient, way: str, rest: str, dataset: dict[str, list[str]], subjects: list[str]
) -> None:
    """The dataset of the request counts instead of FROM and FROM NAMED, wherever the request names it."""
    query = f"SELECT ?s {rest}"
    form = {"query": query, "format": "csv"}
    if way == "GET":
        response = client.get("/sparql", query_string={**form, **dataset})
    elif way == "form":
        response = client.post("/sparql", data={**form, **dataset})
    elif way == "form and URL":
        response = client.post("/sparql", query_string=dataset, data=form)
    else:
        response = client.post("/sparql", query_string={**dataset, "format": "csv"}, data=query, content_type=QUERY)
    assert response.status_code == 200
    assert sorted(response.text.split()[1:]) == subjects


def test_protocol_graphs_from_url_and_form_together(client: FlaskClient) -> None:
    """Graphs that the URL names and graphs that the form names make one dataset."""
    form = {"query": "SELECT ?s { ?s a ?t }", "format": "csv", "default-graph-uri": D1}
    response = client.post("/sparql", query_string={"default-graph-uri": D2}, data=form)
    assert sorted(response.text.split()[1:]) == [D1, D2]


LENIENT = [
    get("query=ASK%20%7B%7D&unknown=1&timeout=5&output=json&results=json", 200),
    get("query=ASK%20%7B%7D&using-graph-uri=nonsense", 200),
    get("query=ASK%20%7B%7D&format=csv&format=json", 200),
    post(f"{FORM}; charset=utf-8", "query=ASK%20%7B%7D", 200),
    post(f'{QUERY}; charset="UTF-8"; profile=x', "ASK {}", 200),
    post(QUERY, b"\xef\xbb\xbfASK {}", 200),
    post(QUERY, "ASK { FILTER('é+%20' = 'é+%20') }", 200),
]


@pytest.mark.parametrize("case", LENIENT)
def test_protocol_harmless_extras_answered(client: FlaskClient, case: Case) -> None:
    """Unknown parameters, parameters of a media type and a byte order mark keep nobody from an answer."""
    response = ask(client, case)
    assert response.status_code == 200
    assert json.loads(response.data)["boolean"] is True


REFUSED = [
    (get(ZERO, 400), "no query"),
    (get(NAMES, 400), "no query"),
    (get("query=INSERT%20DATA%20%7B%7D", 403), "INSERT is an update"),
    (post(FORM, "query=CLEAR%20ALL", 403), "CLEAR is an update"),
    (post(QUERY, "PREFIX : <urn:x> # SELECT\nDELETE WHERE { ?s ?p ?o }", 403), "DELETE is an update"),
    (post(f"{UPDATE}; charset=utf-8", "x", 403), "updates are rejected"),
    (post(FORM, "query=ASK%7B%7D&update=", 403), "updates are rejected"),
    (post("multipart/form-data; boundary=x", "--x--", 415), "multipart/form-data"),
    (post(f"{FORM}; charset=latin-1", "query=ASK%7B%7D", 415), "latin-1"),
    (post(FORM, "query=%E9", 400), "not UTF-8"),
    (get("query=ASK%20%7B%7D%2", 400), "invalid percent-encoding"),
    (get("query=ASK%20%7B%7D&default-graph-uri=data.rdf", 400), "must be an absolute IRI"),
]


@pytest.mark.parametrize(("case", "words"), REFUSED)
def test_protocol_wrong_request_reason_and_hint(client: FlaskClient, case: Case, words: str) -> None:
    """A request that cannot be answered is told why, and what to do."""
    response = ask(client, case)
    assert response.status_code == case.status
    assert words in response.json["detail"]
    assert response.json["hint"]


@pytest.mark.parametrize(("coding", "status"), [("gzip", 415), ("identity", 200)])
def test_protocol_body_in_a_coding_refused(client: FlaskClient, coding: str, status: int) -> None:
    """A compressed body is not taken for a query that cannot be read."""
    headers = {"Content-Type": QUERY, "Content-Encoding": coding}
    assert client.post("/sparql", data=b"ASK {}", headers=headers).status_code == status


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_protocol_slash_too_many_redirected_with_query(client: FlaskClient, method: str) -> None:
    """The endpoint with a slash behind it leads to the endpoint, with method, parameters and body."""
    response = client.open("/sparql/?query=ASK%20%7B%7D&x=%C3%A9", method=method)
    assert response.status_code == 308
    assert response.headers["Location"] == "../sparql?query=ASK%20%7B%7D&x=%C3%A9"
    assert urljoin("/sparql/", response.headers["Location"]).startswith("/sparql?")
    assert client.get("/sparql/").headers["Location"] == "../sparql"
