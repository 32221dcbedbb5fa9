"""Graphs as bytes: the same bytes every time, and the same triples back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyoxigraph
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, XSD

from eild.errors import DataError
from eild.media import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, Format
from eild.namespaces import EILD, graph_iri, resource_iri
from eild.rdf.canonical import serialize_graph, serialize_graphs, serialize_triples

if TYPE_CHECKING:
    from eild.dataset import BuiltDataset

FORMATS = (TURTLE, N_TRIPLES, JSON_LD, RDF_XML)
OXIGRAPH = {
    TURTLE: pyoxigraph.RdfFormat.TURTLE,
    N_TRIPLES: pyoxigraph.RdfFormat.N_TRIPLES,
    JSON_LD: pyoxigraph.RdfFormat.JSON_LD,
    RDF_XML: pyoxigraph.RdfFormat.RDF_XML,
    TRIG: pyoxigraph.RdfFormat.TRIG,
    N_QUADS: pyoxigraph.RdfFormat.N_QUADS,
}
RDFLIB = {TURTLE: "turtle", N_TRIPLES: "nt", JSON_LD: "json-ld", RDF_XML: "xml"}


def canonical(content: bytes, form: Format) -> pyoxigraph.Dataset:
    """Parse with Oxigraph and give blank nodes canonical labels."""
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(content, format=OXIGRAPH[form]))
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


@pytest.mark.parametrize("fixture", ["small", "own_dataset"])
@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_serialize_graph_both_parsers_read_the_same_triples(
    request: pytest.FixtureRequest, fixture: str, form: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RDFLib and Oxigraph read every syntax of the merged dataset back to the same triples, lexical forms included."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    merged = request.getfixturevalue(fixture).merged()
    content = serialize_graph(merged, form)
    assert set(Graph().parse(data=content, format=RDFLIB[form])) == set(merged)
    assert canonical(content, form) == canonical(serialize_graph(merged, N_TRIPLES), N_TRIPLES)


@pytest.mark.filterwarnings("ignore:Dataset.(default_context|identifier) is deprecated:DeprecationWarning:rdflib")
@pytest.mark.parametrize("fixture", ["small", "own_dataset"])
def test_serialize_graphs_both_syntaxes_hold_the_same_quads(request: pytest.FixtureRequest, fixture: str) -> None:
    """TriG and N-Quads have the same named graphs, collections of the shapes included."""
    dataset: BuiltDataset = request.getfixturevalue(fixture)
    graphs = {graph_iri(module): graph for module, graph in dataset.graphs.items()}
    quads = canonical(serialize_graphs(graphs, N_QUADS), N_QUADS)
    assert canonical(serialize_graphs(graphs, TRIG), TRIG) == quads
    assert len(quads) == sum(len(graph) for graph in graphs.values())
    names = {str(quad.graph_name).strip("<>") for quad in quads}
    assert names == {str(name) for name, graph in graphs.items() if len(graph)}
    read = rdflib.Dataset()
    read.parse(data=serialize_graphs(graphs, TRIG), format="trig")
    assert sum(1 for _ in read.quads()) == len(quads)


def test_serialize_graph_turtle_is_made_to_be_read() -> None:
    """Subjects in natural order, types and labels first, EILD's terms before others, lists with commas."""
    graph = Graph()
    for slug in ("a-10", "a-2"):
        subject = resource_iri("claim", slug)
        graph.add((subject, RDF.type, EILD.Claim))
        graph.add((subject, EILD.hedge, Literal("may")))
        graph.add((subject, EILD.hedge, Literal('"said"\nso', lang="en")))
        graph.add((subject, rdflib.RDFS.label, Literal("x\\", lang="en")))
        graph.add((subject, rdflib.DCTERMS.subject, Literal("7", datatype=XSD.integer)))
        graph.add((subject, rdflib.DCTERMS.subject, Literal("07", datatype=XSD.integer, normalize=False)))
    statement = (
        'claim:{} a eild:Claim ;\n    rdfs:label "x\\\\"@en ;\n    eild:hedge """"said"\nso"""@en ,\n        "may" ;\n'
        '    dct:subject 7 ,\n        "07"^^xsd:integer .\n'
    )
    _, _, body = serialize_graph(graph, TURTLE).decode().partition("\n\n")
    first, second = statement.format("a-2"), statement.format("a-10")
    assert sorted(body) == sorted(f"{first}\n{second}")
    assert body.index("a-2") < body.index("a-10")


def test_serialize_graph_json_ld_is_compact() -> None:
    """The context has the prefixes in use and no others; single values are not wrapped."""
    subject = resource_iri("claim", "1")
    triples = [(subject, RDF.type, EILD.Claim), (subject, EILD.claimant, URIRef("http://example.org/x"))]
    assert json.loads(serialize_triples(triples, JSON_LD)) == {
        "@context": {"eild": "https://w3id.org/eild/ontology#", "claim": "https://w3id.org/eild/id/claim/"},
        "@graph": [
            {"@id": "claim:1", "@type": "eild:Claim", "eild:claimant": {"@id": "http://example.org/x"}},
        ],
    }


def test_serialize_graph_iri_whose_scheme_is_a_prefix_stays_itself() -> None:
    """``time:noon`` as an absolute IRI is not mistaken for a compact one."""
    triples = [(URIRef("time:noon"), EILD.about, resource_iri("time", "noon"))]
    for form in FORMATS:
        assert canonical(serialize_triples(triples, form), form) == canonical(
            serialize_triples(triples, N_TRIPLES), N_TRIPLES
        )


NODES = st.sampled_from(
    [URIRef("http://example.org/a"), resource_iri("agent", "x-1"), BNode("one"), BNode("two"), RDF.nil]
)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=8) | st.sampled_from(
    ['"', '"""', "\\", "\n", 'a\n"', "\t\n\\", 'x""\n""', ""]
)
LITERALS = st.one_of(
    TEXT.map(Literal),
    TEXT.map(lambda text: Literal(text, lang="en")),
    st.sampled_from(["1", "01", "+1", "-0", "true", "1.50"]).map(
        lambda text: Literal(text, datatype=XSD.integer, normalize=False)
    ),
    st.sampled_from(["true", "1"]).map(lambda text: Literal(text, datatype=XSD.boolean, normalize=False)),
)
PREDICATES = st.sampled_from([RDF.type, RDF.first, RDF.rest, EILD.about, URIRef("http://example.org/p")])
TRIPLES = st.lists(st.tuples(NODES, PREDICATES, st.one_of(NODES, LITERALS)), max_size=12)


@given(TRIPLES, st.sampled_from(FORMATS), st.randoms())
def test_serialize_triples_any_graph_comes_back_whatever_its_order(
    triples: list[Any], form: Format, random: Any
) -> None:
    """Any triples in any order give the same bytes, which parse to the same graph."""
    content = serialize_triples(triples, form)
    shuffled = list(triples)
    random.shuffle(shuffled)
    assert serialize_triples(shuffled, form) == content
    assert canonical(content, form) == canonical(serialize_triples(triples, N_TRIPLES), N_TRIPLES)


@given(st.integers(0, 5), st.booleans())
def test_serialize_triples_collections_are_written_as_such(length: int, nested: bool) -> None:
    """A well-formed collection needs no blank node labels in Turtle and is a list in JSON-LD."""
    cells = [BNode() for _ in range(length)]
    head = cells[0] if cells else RDF.nil
    subject = resource_iri("claim", "1")
    triples: list[Any] = [(subject, EILD.about, head)]
    for number, cell in enumerate(cells):
        following = cells[number + 1] if number + 1 < length else RDF.nil
        item: Any = Literal(str(number))
        if nested and number == 0:
            inner = BNode()
            triples += [(inner, RDF.first, item), (inner, RDF.rest, RDF.nil)]
            item = inner
        triples += [(cell, RDF.first, item), (cell, RDF.rest, following)]
    turtle = serialize_triples(triples, TURTLE).decode()
    assert "_:" not in turtle
    (node,) = json.loads(serialize_triples(triples, JSON_LD))["@graph"]
    assert len(node["eild:about"]["@list"]) == length
    for form in (TURTLE, JSON_LD):
        assert canonical(serialize_triples(triples, form), form) == canonical(
            serialize_triples(triples, N_TRIPLES), N_TRIPLES
        )


@pytest.mark.parametrize("text", ["\x00", "a\x0bb", "\uffff"])
def test_serialize_graph_character_that_xml_forbids_fails_in_rdf_xml_only(text: str) -> None:
    """RDF/XML that no parser could read is not written; Turtle carries the character."""
    triples = [(resource_iri("claim", "1"), EILD.hedge, Literal(text))]
    with pytest.raises(DataError, match=r"XML 1\.0 does not allow"):
        serialize_triples(triples, RDF_XML)
    assert serialize_triples(triples, TURTLE)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_serialize_graph_invalid_iri_fails(form: Format) -> None:
    """An IRI with a space, which RDFLib lets pass, is not published."""
    triples = [(URIRef("http://example.org/a b", "http://x/"), EILD.about, URIRef("http://example.org/"))]
    with pytest.raises(DataError, match="cannot write"):
        serialize_triples(triples, form)


def test_serialize_wrong_kind_of_syntax_is_refused() -> None:
    """A graph has no N-Quads, named graphs have no Turtle."""
    with pytest.raises(ValueError, match="cannot represent"):
        serialize_graph(Graph(), N_QUADS)
    with pytest.raises(ValueError, match="cannot represent"):
        serialize_graphs({}, TURTLE)
