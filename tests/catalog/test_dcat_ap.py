"""Tests of the served catalogue against the shapes of DCAT-AP 3.0.1, and of what it recommends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph
import pyshacl
import pytest
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, RDFS, SH, SKOS, XSD

from eild.config import Settings
from eild.namespaces import AUTHORITY, CATALOG_IRI, DATASET_IRI, DCAT, DCATAP, SPDX, VCARD
from eild.terms import BASE
from eild.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdflib.term import Node
    from tests.catalog.conftest import Served

    from eild.web.frame.site import Site

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


def test_catalog_has_no_blank_node_but_the_period(catalog: Graph) -> None:
    """Everything that the catalogue describes has an IRI, except the period, of which portals would request it."""
    (period,) = catalog.objects(DATASET_IRI, DCTERMS.temporal)
    assert isinstance(period, BNode)
    assert {term for triple in catalog for term in triple if not isinstance(term, URIRef | Literal)} == {period}


def test_dataset_has_its_record_standard_and_provenance(catalog: Graph) -> None:
    """The catalogue has one record, about the dataset, which conforms to the ontology and names its source."""
    (record,) = catalog.subjects(RDF.type, DCAT.CatalogRecord)
    assert catalog.value(CATALOG_IRI, DCAT.record) == record == catalog.value(DATASET_IRI, FOAF.isPrimaryTopicOf)
    assert catalog.value(record, FOAF.primaryTopic) == DATASET_IRI
    assert catalog.value(record, DCTERMS.modified) == catalog.value(CATALOG_IRI, DCTERMS.modified)
    assert str(catalog.value(DATASET_IRI, DCTERMS.conformsTo)) == f"{BASE}ontology"
    source = "Chinese interference in the 2024 United States elections"
    statement = catalog.value(DATASET_IRI, DCTERMS.provenance)
    assert str(catalog.value(statement, RDFS.label)) == f"Derived from “{source}”."


def test_formats_are_file_types_of_the_authority_table(catalog: Graph) -> None:
    """The formats of files and of the endpoint are concepts of the scheme that the shapes of vocabularies require."""
    formats = set(catalog.objects(None, DCTERMS.format))
    assert {catalog.value(value, SKOS.inScheme) for value in formats} == {AUTHORITY["file-type"]}


def test_email_of_the_operator_is_in_the_document_only(own_build: Path, open_site: Callable[..., Site]) -> None:
    """Portals read the configured address at the contact point; without one, no address is made up."""
    for contact, expected in [("mailto:data@example.org", ["mailto:data@example.org"]), ("https://example.org/", [])]:
        site = open_site(own_build, Settings(contact=contact))
        client = create_app(site).test_client()
        graph = Graph().parse(data=client.get("/catalog.nt").data, format="nt")
        assert list(map(str, graph.objects(URIRef(f"{BASE}contact"), VCARD.hasEmail))) == expected
        graph = Graph().parse(data=client.get("/graph/catalog?format=nt").data, format="nt")
        assert (None, VCARD.hasEmail, None) not in graph
