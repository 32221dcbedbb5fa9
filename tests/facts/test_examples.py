"""The competency queries as linked data, as editors for SPARQL look for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rdflib import RDF, RDFS, SH, BNode, Literal, URIRef
from rdflib.namespace import SKOS

from eild.errors import DataError
from eild.facts.examples import build_example_graph, build_prefix_graph, load_examples, parse_example
from eild.namespaces import ENDPOINT_IRI, ONTOLOGY_IRI, QUERIES_IRI, SCHEMA
from eild.resources import resource_files
from eild.terms import BASE, PREFIXES

if TYPE_CHECKING:
    from pathlib import Path

    from eild.dataset import BuiltDataset

QUERY = """# title: Boards
# question: Which boards are there?
# topics: board, lookup
# note: A board is a body.
PREFIX eild: <https://w3id.org/eild/ontology#>

SELECT ?board
WHERE { ?board a eild:GovernmentBody }
ORDER BY ?board
"""
MINT = QUERIES_IRI + "/01-boards"


def test_load_examples_reads_every_query_of_the_folder() -> None:
    """Each file is an example, and its text is the file without the comments at its beginning."""
    examples = load_examples()
    files = resource_files("queries", "*.rq")
    assert [example.name for example in examples] == [path.stem for path in files]
    assert len(examples) >= 80
    for example, path in zip(examples, files, strict=True):
        assert path.read_text(encoding="utf-8").endswith(example.text)
        assert example.text.startswith("PREFIX ")


def test_build_example_graph_describes_a_query(tmp_path: Path) -> None:
    """An example has its kind, its question, title, topics and note, its text, the prefixes and the endpoint."""
    graph = build_example_graph((parse_example(QUERY, tmp_path / "01-boards.rq"),))
    iri = URIRef(MINT)
    assert set(graph.objects(iri, RDF.type)) == {SH.SPARQLExecutable, SH.SPARQLSelectExecutable}
    assert str(graph.value(iri, SH.select)).startswith("PREFIX eild: <https://w3id.org/eild/ontology#>\n\nSELECT")
    assert graph.value(iri, RDFS.label) == Literal("Boards", lang="en")
    assert graph.value(iri, RDFS.comment) == Literal("Which boards are there?", lang="en")
    assert graph.value(iri, SKOS.note) == Literal("A board is a body.", lang="en")
    assert {str(topic) for topic in graph.objects(iri, SCHEMA.keywords)} == {"board", "lookup"}
    assert graph.value(iri, SH.prefixes) == ONTOLOGY_IRI
    assert graph.value(iri, SCHEMA.target) == ENDPOINT_IRI
    assert (QUERIES_IRI, SKOS.member, iri) in graph


@pytest.mark.parametrize(
    ("form", "predicate", "kind"),
    [
        ("ASK { ?s ?p ?o }", SH.ask, SH.SPARQLAskExecutable),
        ("CONSTRUCT WHERE { ?s ?p ?o }", SH.construct, SH.SPARQLConstructExecutable),
    ],
)
def test_build_example_graph_form_decides_class_and_property(
    tmp_path: Path, form: str, predicate: URIRef, kind: URIRef
) -> None:
    """Truth values and graphs are asked for by other properties than rows."""
    text = QUERY[: QUERY.index("SELECT")] + form
    graph = build_example_graph((parse_example(text, tmp_path / "01-boards.rq"),))
    assert str(graph.value(URIRef(MINT), predicate)).endswith(f"{form}\n")
    assert (URIRef(MINT), RDF.type, kind) in graph
    assert graph.value(URIRef(MINT), SH.select) is None


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (QUERY.replace("# question:", "# asks:"), 1, "question"),
        (QUERY.replace("SELECT ?board", "select ?board"), 7, "SELECT, ASK, CONSTRUCT"),
        ("# title: A\n# question: B?\n# topics: c\n", 4, "SELECT, ASK, CONSTRUCT"),
    ],
)
def test_parse_example_incomplete_file_says_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    """A file without a comment or a form that is published is refused at its line."""
    with pytest.raises(DataError) as raised:
        parse_example(text, tmp_path / "01-boards.rq")
    assert words in str(raised.value)
    assert raised.value.location is not None
    assert raised.value.location.line == line


def test_load_examples_unreadable_file_is_named(tmp_path: Path) -> None:
    """A file that is not UTF-8 is refused by its name."""
    (tmp_path / "01-boards.rq").write_bytes(b"# title: \xff")
    with pytest.raises(DataError) as raised:
        load_examples(tmp_path)
    assert raised.value.location is not None
    assert raised.value.location.path.endswith("01-boards.rq")


def test_build_prefix_graph_declares_every_prefix_once() -> None:
    """The declarations are the prefixes that all files and queries of the project use, under IRIs."""
    graph = build_prefix_graph()
    declared = {
        str(graph.value(node, SH.prefix)): str(graph.value(node, SH.namespace))
        for node in graph.objects(ONTOLOGY_IRI, SH.declare)
    }
    assert declared == PREFIXES
    assert not [term for triple in graph for term in triple if isinstance(term, BNode)]


def test_published_dataset_holds_the_examples(own_dataset: BuiltDataset) -> None:
    """The queries are a module of the merged dataset, each with an IRI below the base."""
    found = set(own_dataset.merged().subjects(RDF.type, SH.SPARQLExecutable))
    assert found == {example.iri for example in load_examples()}
    assert all(str(iri).startswith(f"{BASE}queries/") for iri in found)
    assert found <= set(own_dataset.graphs["queries"].subjects())
