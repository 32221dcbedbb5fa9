"""The published dataset and its module graphs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from rdflib import BNode, URIRef
from rdflib.namespace import RDF

from eild.dataset import MODULES, BuiltDataset
from eild.dataset.published import APART
from eild.namespaces import CITO, DATASET_IRI, EILD, OA, resource_iri
from eild.terms import BASE

if TYPE_CHECKING:
    from pathlib import Path

from eild.dataset import build_dataset


def test_build_dataset_version_and_day_come_from_the_data(small: BuiltDataset) -> None:
    """Nothing is taken from the clock."""
    assert (small.version, small.issued) == ("1.2.3", date(2031, 6, 1))


def test_build_dataset_has_every_module_in_order(small: BuiltDataset) -> None:
    """Each module of the table has a graph, also empty ones."""
    assert list(small.graphs) == list(MODULES)


def test_merged_is_the_union_of_all_modules_but_alignments_and_shapes(small: BuiltDataset) -> None:
    """The default graph holds each triple of the modules once; alignments and shapes stay apart."""
    expected = {triple for module, graph in small.graphs.items() if module not in APART for triple in graph}
    assert set(small.merged()) == expected
    assert small.merged() is small.merged()


def test_modules_hold_subjects_of_their_kinds(small: BuiltDataset) -> None:
    """Curated triples are sorted by what they are about."""
    kinds = {
        module: {str(s).removeprefix(f"{BASE}id/").split("/")[0] for s in small.graphs[module].subjects()}
        for module in ("seed", "concepts", "claims", "relays", "evidence")
    }
    assert kinds == {
        "seed": {"seed", "sentence"},
        "concepts": {"concept"},
        "claims": {"claim", "proposition"},
        "relays": {"claim"},
        "evidence": {"evidence"},
    }
    assert DATASET_IRI in set(small.graphs["entities"].subjects())


def test_merged_has_no_blank_nodes(small: BuiltDataset, own_dataset: BuiltDataset) -> None:
    """Every dump of the merged dataset can be compared line by line."""
    for dataset in (small, own_dataset):
        assert not [triple for triple in dataset.merged() if any(isinstance(term, BNode) for term in triple)]


def test_build_dataset_links_and_editor_files_have_graphs_of_their_own(small_copy: Path) -> None:
    """What stands in links and editor's files, and the editor's disagreements anywhere, is told apart."""
    mayor, official = resource_iri("claim", "900-005-1"), resource_iri("claim", "900-002-3")
    elsewhere = URIRef("http://example.org/mayor")
    head = "@prefix cito: <http://purl.org/spar/cito/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    (small_copy / "data" / "links.ttl").write_text(
        f"{head}<{resource_iri('agent', 'mayor')}> rdfs:seeAlso <{elsewhere}> ."
    )
    (small_copy / "data" / "conflicts.ttl").write_text(f"{head}<{mayor}> cito:disagreesWith <{official}> .")
    dataset = build_dataset(seeds=small_copy / "seeds", data=small_copy / "data")
    assert set(dataset.graphs["links"].objects()) == {elsewhere}
    assert (mayor, CITO.disagreesWith, official) in dataset.graphs["editor"]
    assert (official, CITO.disagreesWith, mayor) in dataset.graphs["editor"]
    assert (mayor, EILD.contestedBy, official) not in dataset.graphs["shortcuts"]


def test_own_dataset_evidence_proves_itself(own_dataset: BuiltDataset) -> None:
    """The words between the offsets of every evidence are its exact words."""
    seed = own_dataset.graphs["seed"]
    texts = {s: str(o) for s, o in seed.subject_objects(URIRef(f"{_NIF}isString"))}
    graph = own_dataset.graphs["evidence"]
    checked = 0
    for evidence, source in graph.subject_objects(OA.hasSource):
        (position,) = set(graph.objects(evidence, OA.hasSelector)) & set(
            graph.subjects(RDF.type, OA.TextPositionSelector)
        )
        begin, end = (int(str(graph.value(position, term))) for term in (OA.start, OA.end))
        assert texts[source][begin:end] == str(graph.value(evidence, OA.exact))
        checked += 1
    assert checked > 100


_NIF = "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#"
