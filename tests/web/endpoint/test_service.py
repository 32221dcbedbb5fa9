"""Tests of the service description: that it claims what is so, all of it, and nothing else."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, parse

from eild import media
from eild.namespaces import FORMATS, SD
from eild.query.functions import list_extension_functions
from eild.rdf.syntaxes import RDF_FORMATS
from eild.terms import PREFIXES
from eild.web.endpoint.service import build_service_description

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from eild.web.frame.site import Site

DECLARED = "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in ("sd", "void", "rdf"))
TRIG = """@prefix : <http://example.org/> .
:a :p :b , "x"@en .
:g1 { :a :p :b . :c :p :d . }
:g2 { :a :p :b . }
:empty { }
_:hidden { :e :p :f . }
"""
FORMAT_NAMES = [
    *("JSON-LD", "N-Quads", "N-Triples", "RDF_XML", "SPARQL_Results_CSV", "SPARQL_Results_JSON"),
    *("SPARQL_Results_TSV", "SPARQL_Results_XML", "TriG", "Turtle"),
]


def describe(client: FlaskClient) -> Store:
    """Return what the endpoint says of itself."""
    store = Store()
    store.extend(parse(client.get("/sparql").data, RdfFormat.TURTLE))
    return store


def select(store: Store, query: str) -> list[tuple[str, ...]]:
    """Return the rows of a query over a description, sorted."""
    solutions: Any = store.query(DECLARED + query)
    return sorted(tuple(term.value for term in row) for row in solutions)


def count(client: FlaskClient, query: str) -> list[list[str]]:
    """Return the rows of a query to the endpoint."""
    text = client.get("/sparql", query_string={"query": query, "format": "csv"}).text
    return list(csv.reader(io.StringIO(text)))[1:]


@pytest.fixture(params=["own", "foreign", "foreign without union"])
def described(request: pytest.FixtureRequest, client: FlaskClient, publish: Callable[..., FlaskClient]) -> FlaskClient:
    """Return a client of EILD's own kind of data, and of somebody else's with both kinds of default graph."""
    if request.param == "own":
        return client
    return publish("data.trig", TRIG, union=request.param == "foreign")


def test_description_graph_sizes_are_those_of_the_data(described: FlaskClient) -> None:
    """The default graph and each graph that can be named have the number of triples that a query counts."""
    store = describe(described)
    default = select(store, "SELECT ?t { ?s a sd:Service ; sd:defaultDataset/sd:defaultGraph/void:triples ?t }")
    assert [list(row) for row in default] == count(described, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    query = "SELECT ?n ?t { [] a sd:Dataset ; sd:namedGraph [ sd:name ?n ; sd:graph/void:triples ?t ] }"
    named = select(store, query)
    names = count(described, "SELECT ?g { GRAPH ?g {} }")
    counted = dict(count(described, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"))
    assert {row[0]: row[1] for row in named} == {
        name: counted.get(name, "0") for (name,) in names if name.startswith("http")
    }


def test_description_available_graphs_can_be_chosen(described: FlaskClient) -> None:
    """Each graph that is available may be named in FROM, and makes that default graph."""
    store = describe(described)
    query = "SELECT ?n ?t { [] sd:availableGraphs/sd:namedGraph [ sd:name ?n ; sd:graph/void:triples ?t ] }"
    rows = select(store, query)
    assert rows
    for name, triples in rows:
        chosen = f"FROM <{name}>"
        assert count(described, f"SELECT (COUNT(*) AS ?n) {chosen} {{ ?s ?p ?o }}") == [[triples]]


def test_description_formats_are_registered_and_answered(described: FlaskClient) -> None:
    """The formats are those of the W3C's list, and no other is claimed."""
    names = [
        iri.removeprefix(str(FORMATS)) for (iri,) in select(describe(described), "SELECT ?f { ?s sd:resultFormat ?f }")
    ]
    assert names == FORMAT_NAMES


def test_description_claims_only_true_features(described: FlaskClient) -> None:
    """Empty graphs are kept; nothing is fetched, federated or inferred, and updates are no language of the service."""
    store = describe(described)
    assert select(store, "SELECT ?f { ?s sd:feature ?f }") == [(str(SD.EmptyGraphs),)]
    assert select(store, "SELECT ?l { ?s sd:supportedLanguage ?l }") == [(str(SD.SPARQL11Query),)]
    assert select(store, "SELECT ?x { ?s sd:defaultEntailmentRegime|sd:entailmentRegime ?x }") == []


def test_description_functions_answer(described: FlaskClient) -> None:
    """Each function that the description names is one that the endpoint knows."""
    functions = [iri for (iri,) in select(describe(described), "SELECT ?f { ?s sd:extensionFunction ?f }")]
    assert functions == list(list_extension_functions())
    for function in functions:
        query = {"query": f"SELECT (<{function}>() AS ?x) {{}}"}
        assert described.get("/sparql", query_string=query).status_code == 200
    unknown = described.get("/sparql", query_string={"query": "SELECT (<urn:unknown>() AS ?x) {}"})
    assert unknown.status_code == 400


@pytest.mark.parametrize("form", media.GRAPH_FORMATS, ids=lambda form: form.name)
def test_description_each_syntax_same_triples(client: FlaskClient, form: media.Format) -> None:
    """The description is the same in every syntax."""
    response = client.get("/sparql", headers={"Accept": form.media_type})
    assert response.headers["Content-Type"] == form.content_type
    found = {str(quad.triple) for quad in parse(response.data, RDF_FORMATS[form.name])}
    assert found == {str(quad.triple) for quad in describe(client)}


def test_description_of_live_data_leaves_the_rest_to_their_server(site: Site) -> None:
    """Where another server answers, its functions, graphs and features are not claimed."""
    service = f"{site.publication.base}sparql"
    triples = build_service_description(site.catalog, service, ["urn:function"], live=True, triples=7)
    predicates = {triple.predicate for triple in triples}
    assert NamedNode(str(SD.endpoint)) in predicates
    for name in (SD.feature, SD.extensionFunction, SD.availableGraphs, SD.namedGraph):
        assert NamedNode(str(name)) not in predicates
    counts = [triple.object for triple in triples if triple.predicate.value == f"{PREFIXES['void']}triples"]
    assert [count.value for count in counts if isinstance(count, Literal)] == ["7"]
