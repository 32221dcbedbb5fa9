"""Tests of the served catalogue against the shapes of DCAT-AP 3.0.1, and of what it recommends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph
import pyshacl
import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, SH, SKOS, XSD

from eild.namespaces import AUTHORITY, CATALOG_IRI, DATASET_IRI, DCAT, DCATAP, SPDX
from eild.terms import BASE

if TYPE_CHECKING:
    from rdflib.term import Node
    from tests.catalog.conftest import Served

SHAPES = Path(__file__).parents[1] / "vendor" / "dcat-ap" / "dcat-ap-SHACL-3.0.0.jsonld"
REPEATABLE = (DCTERMS.rights, URIRef(f"{DCAT}spatialResolutionInMeters"))
SERVICE = URIRef(f"{BASE}sparql")
RECOMMENDED = {
    CATALOG_IRI: [
        *(DCTERMS.language, DCTERMS.issued, DCTERMS.modified, DCTERMS.license, DCTERMS.spatial, FOAF.homepage),
        *(DCAT.themeTaxonomy, DCAT.dataset, DCAT.service),
    ],
    DATASET_IRI: [
        *(DCAT.contactPoint, DCAT.distribution, DCAT.keyword, DCAT.theme, DCTERMS.publisher, DCTERMS.spatial),
        DCTERMS.temporal,
    ],
    SERVICE: [DCAT.servesDataset, DCAT.endpointDescription],
}


def load_shapes() -> Graph:
    """Return the shapes of DCAT-AP 3.0.0 with the changes that 3.0.1 makes to them."""
    quads = pyoxigraph.parse(SHAPES.read_bytes(), pyoxigraph.RdfFormat.JSON_LD)
    lines = pyoxigraph.serialize((quad.triple for quad in quads), format=pyoxigraph.RdfFormat.N_TRIPLES)
    shapes = Graph(bind_namespaces="none").parse(data=lines or b"", format="nt")
    for path in REPEATABLE:
        for shape in shapes.subjects(SH.path, path):
            shapes.remove((shape, SH.maxCount, None))
    for shape in shapes.subjects(SH.path, DCAT.byteSize):
        if (shape, SH.datatype, None) in shapes:
            shapes.set((shape, SH.datatype, XSD.nonNegativeInteger))
    return shapes


@pytest.fixture(scope="module")
def catalog(served: Served) -> Graph:
    """Return the catalogue as it is served."""
    return served.read_catalog()


def find_results(catalog: Graph) -> list[tuple[str, ...]]:
    """Return what the shapes of DCAT-AP find in a catalogue."""
    _, report, _ = pyshacl.validate(catalog, shacl_graph=load_shapes())
    assert isinstance(report, Graph)
    names = (SH.focusNode, SH.resultPath, SH.value, SH.sourceConstraintComponent)
    return sorted(
        tuple(str(report.value(result, name)) for name in names)
        for result in report.subjects(RDF.type, SH.ValidationResult)
    )


def test_catalog_conforms_to_dcat_ap(catalog: Graph) -> None:
    """No shape of DCAT-AP 3.0.1 finds anything."""
    assert find_results(catalog) == []


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        (CATALOG_IRI, DCTERMS.title),
        (CATALOG_IRI, DCTERMS.publisher),
        (DATASET_IRI, DCTERMS.description),
        (SERVICE, DCAT.endpointURL),
    ],
    ids=["catalogue title", "catalogue publisher", "dataset description", "service endpoint"],
)
def test_catalog_without_what_is_mandatory_does_not_conform(catalog: Graph, subject: URIRef, name: URIRef) -> None:
    """The shapes do look at the catalogue: without a mandatory property they find just that."""
    lacking = Graph(bind_namespaces="none")
    lacking += catalog
    lacking.remove((subject, name, None))
    assert [row[:2] for row in find_results(lacking)] == [(str(subject), str(name))]


@pytest.mark.parametrize("subject", RECOMMENDED, ids=["catalogue", "dataset", "service"])
def test_catalog_has_what_dcat_ap_recommends(catalog: Graph, subject: URIRef) -> None:
    """Every recommended property is there."""
    assert [name for name in RECOMMENDED[subject] if (subject, name, None) not in catalog] == []


def test_distributions_have_what_dcat_ap_recommends(catalog: Graph) -> None:
    """Every distribution has description, availability, format, licence and rights; every file size and checksum."""
    names = [DCTERMS.description, DCATAP.availability, DCTERMS.format, DCTERMS.license, DCTERMS.rights]
    parts = set(catalog.subjects(RDF.type, DCAT.Distribution))
    assert [(part, name) for part in parts for name in names if (part, name, None) not in catalog] == []
    files = set(catalog.subjects(DCAT.downloadURL, None))
    names = [DCAT.byteSize, DCAT.mediaType, SPDX.checksum]
    assert [(part, name) for part in files for name in names if (part, name, None) not in catalog] == []


def test_concepts_of_the_authority_tables_have_type_and_scheme(catalog: Graph) -> None:
    """Each concept of a controlled vocabulary has its types, its scheme and its name in the file."""
    used: set[Node] = {
        value
        for subject, name, value in catalog
        if isinstance(value, URIRef)
        and value.startswith(AUTHORITY)
        and name not in {RDF.type, SKOS.inScheme, DCAT.themeTaxonomy}
    }
    assert used
    for concept in used:
        assert (concept, RDF.type, SKOS.Concept) in catalog
        assert catalog.value(concept, SKOS.inScheme) == URIRef(str(concept).rpartition("/")[0])
        assert isinstance(catalog.value(concept, SKOS.prefLabel), Literal), concept


def test_only_the_dataset_is_one_for_portals(catalog: Graph) -> None:
    """Partitions, graphs and former versions are no datasets of the catalogue: portals would list each."""
    assert set(catalog.subjects(RDF.type, DCAT.Dataset)) == {DATASET_IRI}
    assert (None, DCTERMS.source, None) not in catalog


def test_catalog_has_no_blank_nodes(catalog: Graph) -> None:
    """Everything that the catalogue describes has an IRI."""
    assert [term for triple in catalog for term in triple if not isinstance(term, URIRef | Literal)] == []
