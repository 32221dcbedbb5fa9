"""The catalogue of a build: a document about the dumps, made after them and in none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import RdfFormat, parse

from eild.catalog.description import File, NamedGraph, Release, describe_dataset
from eild.catalog.graph import build_listed_catalog_graph
from eild.catalog.statistics import count_statistics
from eild.dataset import MODULES
from eild.media import TURTLE
from eild.namespaces import graph_iri
from eild.publication.catalogue import read_as_held
from eild.rdf.canonical import serialize_graph
from eild.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eild.dataset import PublishedDataset

_COMMENT: Final = "this catalogue: what is published, where it is, and what it holds"


def render_catalog(dataset: PublishedDataset, manifest: Mapping[str, Any], triples: bytes) -> bytes:
    """Return the catalogue in Turtle, with canonical URLs.

    :param manifest: the files, graphs and former versions of the build
    :param triples: the dump of the merged dataset as N-Triples, which is what is counted
    """
    graphs = tuple(
        NamedGraph(name, str(row["iri"]), int(row["triples"]), MODULES.get(name, ""))
        for name, row in manifest["graphs"].items()
    )
    former = tuple(
        Release(str(row["version"]), str(row["issued"]), tuple(map(File.from_row, row["files"])))
        for row in manifest.get("former", ())
    )
    held = (quad.triple for quad in parse(triples, RdfFormat.N_TRIPLES))
    about = describe_dataset(
        dataset.merged(),
        version=dataset.version,
        issued=dataset.issued,
        files=tuple(map(File.from_row, manifest["files"])),
        graphs=graphs,
        former=former,
        statistics=count_statistics(read_as_held(held), BASE, f"{BASE}id/"),
    )
    own = NamedGraph("catalog", str(graph_iri("catalog")), 0, _COMMENT)
    return serialize_graph(build_listed_catalog_graph(about, own), TURTLE)
