"""The files of a build: dumps in every syntax, plain and compressed, what is made of them, checksums and manifest."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

import zstandard
from pyoxigraph import RdfFormat, parse

from eild.catalog.description import File, NamedGraph, Release, describe_dataset
from eild.catalog.graph import build_listed_catalog_graph
from eild.catalog.statistics import count_statistics, read_as_held
from eild.dataset import MODULES
from eild.media import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE
from eild.namespaces import graph_iri
from eild.publication.dumpmanifest import BUILD_MARK, list_files
from eild.publication.manifest import CATALOG, CHECKSUMS, MANIFEST, NANOPUBS_ENDING
from eild.rdf.canonical import serialize_graph, serialize_graphs
from eild.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eild.dataset import PublishedDataset

TITLE: Final = "Election Interference Linked Data"
GRAPH_DUMPS: Final = (TURTLE, N_TRIPLES, JSON_LD, RDF_XML)
"""Syntaxes of the merged dataset."""
QUAD_DUMPS: Final = (TRIG, N_QUADS)
"""Syntaxes of the module graphs."""

_COMMENT: Final = "this catalogue: what is published, where it is, and what it holds"
_CODINGS: Final = {".gz": "application/gzip", ".zst": "application/zstd"}


def render_build(dataset: PublishedDataset, former: Sequence[dict[str, Any]] = ()) -> dict[str, bytes]:
    """Return name and content of every file of a build.

    :param former: what the manifest lists of earlier versions, whose files are in the directory too
    :raises DataError: if a syntax cannot carry the data
    """
    media_types: dict[str, str] = {}
    dumps: dict[str, bytes] = {}
    for name, (content, media_type) in _render_dumps(dataset).items():
        for coded, coded_content in _code(name, content).items():
            dumps[coded] = coded_content
            media_types[coded] = _CODINGS.get(PurePath(coded).suffix, media_type)
    manifest: dict[str, Any] = {
        "type": BUILD_MARK,
        "title": TITLE,
        "version": dataset.version,
        "issued": dataset.issued.isoformat(),
        "base": BASE,
        "triples": len(dataset.merged()),
        "graphs": {
            module: {"iri": str(graph_iri(module)), "triples": len(graph)} for module, graph in dataset.graphs.items()
        },
        "retired": [row.make_row() for row in dataset.retired],
        "files": _make_rows(dumps, media_types),
        "former": list(former),
    }
    documents = _render_documents(dataset, manifest, dumps)
    manifest["documents"] = _make_rows(
        {name: content for name, (content, _) in documents.items()},
        {name: media_type for name, (_, media_type) in documents.items()},
    )
    rows = sorted((row["name"], row["sha256"]) for row in list_files(manifest))
    return {
        **dumps,
        **{name: content for name, (content, _) in documents.items()},
        CHECKSUMS: "".join(f"{digest}  {name}\n" for name, digest in rows).encode(),
        MANIFEST: (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode(),
    }


def _render_dumps(dataset: PublishedDataset) -> dict[str, tuple[bytes, str]]:
    """Return the plain dumps by name, each with its media type."""
    stem = f"eild-{dataset.version}"
    graphs = {graph_iri(module): graph for module, graph in dataset.graphs.items()}
    merged = dataset.merged()
    nanopubs = {name: triples for nanopub in dataset.nanopubs for name, triples in nanopub.graphs.items()}
    return {
        **{f"{stem}{form.extension}": (serialize_graph(merged, form), form.media_type) for form in GRAPH_DUMPS},
        **{f"{stem}{form.extension}": (serialize_graphs(graphs, form), form.media_type) for form in QUAD_DUMPS},
        f"{stem}{NANOPUBS_ENDING}": (serialize_graphs(nanopubs, TRIG), TRIG.media_type),
    }


def _render_documents(
    dataset: PublishedDataset, manifest: Mapping[str, Any], dumps: Mapping[str, bytes]
) -> dict[str, tuple[bytes, str]]:
    """Return the documents about the dumps by name, each with its media type; they are in no dump.

    :param manifest: version, graphs and files of the build, without these documents
    """
    triples = dumps[f"eild-{dataset.version}{N_TRIPLES.extension}"]
    return {CATALOG: (render_catalog(dataset, manifest, triples), TURTLE.media_type)}


def _make_rows(contents: Mapping[str, bytes], media_types: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the rows of the manifest for some files."""
    return [
        {
            "name": name,
            "media_type": media_types[name],
            "bytes": len(contents[name]),
            "sha256": hashlib.sha256(contents[name]).hexdigest(),
        }
        for name in sorted(contents)
    ]


def _code(name: str, content: bytes) -> dict[str, bytes]:
    """Return a file plain and compressed, without times in the headers."""
    return {
        name: content,
        f"{name}.gz": _gzip(content),
        f"{name}.zst": zstandard.ZstdCompressor(level=12, threads=0).compress(content),
    }


def _gzip(content: bytes) -> bytes:
    """Compress as RFC 1952 says, with a header that names neither time nor operating system."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    header = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    return header + deflate.compress(content) + deflate.flush() + struct.pack("<LL", zlib.crc32(content), len(content))


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
