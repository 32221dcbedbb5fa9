"""Tests of how the catalogue lists former versions and the files that are kept of them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from rdflib import Literal, URIRef
from rdflib.namespace import DCTERMS, OWL, RDF, XSD

from eild.catalog.description import Description
from eild.catalog.graph import build_catalog_graph
from eild.catalog.inventory import EarlierVersion, File
from eild.namespaces import DCAT, SPDX, VOID

BASE = "https://data.example/"
DATASET = URIRef(f"{BASE}dataset")


def keep(number: str, issued: datetime, file: File) -> EarlierVersion:
    """Return an earlier version of which one file is kept."""
    return EarlierVersion(number, issued, {file.name: file})


ABOUT = Description(
    base=BASE,
    title="Things",
    version="3.0.0",
    issued=date(2031, 3, 1),
    files=(File("eild-3.0.0.ttl", "text/turtle", 30, "cc"),),
    earlier=(
        keep("2.0.0", datetime(2031, 2, 1, tzinfo=UTC), File("eild-2.0.0.ttl.gz", "application/gzip", 20, "bb")),
        keep("1.0.0", datetime(2031, 1, 1, tzinfo=UTC), File("eild-1.0.0-nanopubs.trig", "application/trig", 10, "aa")),
    ),
)


def version(number: str) -> URIRef:
    """Return the IRI of a former version."""
    return URIRef(f"{DATASET}#version-{number}")


def test_former_versions_follow_one_another() -> None:
    """The dataset has each former version, and each points to the one before it."""
    graph = build_catalog_graph(ABOUT)
    assert set(graph.objects(DATASET, DCTERMS.hasVersion)) == {version("2.0.0"), version("1.0.0")}
    for name in (OWL.priorVersion, DCAT.previousVersion):
        assert list(graph.objects(DATASET, name)) == [version("2.0.0")]
        assert list(graph.objects(version("2.0.0"), name)) == [version("1.0.0")]
        assert list(graph.objects(version("1.0.0"), name)) == []


def test_former_versions_have_their_files_with_size_and_checksum() -> None:
    """What is kept of a version is listed with it, as its own distributions, and not with the present one."""
    graph = build_catalog_graph(ABOUT)
    for number, name, size, digest in (("2.0.0", "eild-2.0.0.ttl.gz", "20", "bb"), ("1.0.0", None, "10", "aa")):
        (part,) = graph.objects(version(number), DCAT.distribution)
        url = URIRef(f"{BASE}dumps/{name or 'eild-1.0.0-nanopubs.trig'}")
        assert graph.value(part, DCAT.downloadURL) == url
        # Nanopublications are made from the dataset: they are no dump of it.
        assert list(graph.objects(version(number), VOID.dataDump)) == ([url] if name else [])
        assert str(graph.value(part, DCAT.byteSize)) == size
        assert str(graph.value(graph.value(part, SPDX.checksum), SPDX.checksumValue)) == digest
    present = {str(url) for part in graph.objects(DATASET, DCAT.distribution) for url in graph.objects(part, None)}
    assert not any("2.0.0" in value or "1.0.0" in value for value in present)


def test_former_versions_are_no_datasets_for_portals() -> None:
    """A former version makes no entry of its own in a portal."""
    graph = build_catalog_graph(ABOUT)
    assert set(graph.subjects(RDF.type, DCAT.Dataset)) == {DATASET}
    assert graph.value(version("1.0.0"), DCTERMS.issued) == Literal("2031-01-01", datatype=XSD.date)


def test_distributions_of_versions_have_one_iri_over_time() -> None:
    """The IRI of a file names its syntax and not its version: portals that know it see it change."""
    graph = build_catalog_graph(ABOUT)
    assert (URIRef(f"{DATASET}#distribution-ttl"), RDF.type, DCAT.Distribution) in graph
