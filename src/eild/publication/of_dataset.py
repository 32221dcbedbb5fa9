"""The files of a build: dumps in every syntax, plain and compressed, the catalogue, checksums and the manifest."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

import zstandard
from pyoxigraph import RdfFormat, parse
from rdflib import URIRef

from eild.catalog.description import describe_dataset
from eild.catalog.graph import build_listed_catalog_graph
from eild.catalog.inventory import File, NamedGraph
from eild.catalog.statistics import count_statistics, read_as_held
from eild.dataset import MODULES
from eild.media import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE
from eild.publication.manifest import (
    CATALOG,
    CHECKSUMS,
    MANIFEST,
    NANOPUBS_ENDING,
    Manifest,
    render_checksums,
    render_manifest,
)
from eild.rdf.canonical import serialize_graph, serialize_graphs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.catalog.inventory import EarlierVersion
    from eild.dataset import BuiltDataset

GRAPH_DUMPS: Final = (TURTLE, N_TRIPLES, JSON_LD, RDF_XML)
"""Syntaxes of the merged dataset."""
QUAD_DUMPS: Final = (TRIG, N_QUADS)
"""Syntaxes of the module graphs."""

_COMMENT: Final = "the catalogue: the published files and graphs, their URLs and their statistics"
_CODINGS: Final = {".gz": "application/gzip", ".zst": "application/zstd"}


def render_build(dataset: BuiltDataset, earlier: Sequence[EarlierVersion] = ()) -> dict[str, bytes]:
    """Return the name and content of every file of a build.

    :param earlier: the earlier versions whose files are kept in the directory, latest first
    :raises DataError: if a syntax cannot represent the data
    """
    names = dataset.names
    media_types: dict[str, str] = {}
    dumps: dict[str, bytes] = {}
    for name, (content, media_type) in _render_dumps(dataset).items():
        for coded, coded_content in _code(name, content).items():
            dumps[coded] = coded_content
            media_types[coded] = _CODINGS.get(PurePath(coded).suffix, media_type)
    manifest = Manifest(
        title=dataset.title,
        version=dataset.version,
        issued=datetime.combine(dataset.issued, time(), UTC),
        base=names.base,
        prefixes={} if names.is_eild else dict(names.prefixes),
        triples=len(dataset.merged()),
        graphs={
            module: NamedGraph(module, names.graph(module), len(graph), MODULES.get(module, ""))
            for module, graph in dataset.graphs.items()
        },
        retired={row.iri: row for row in dataset.retired},
        files={name: File.from_content(name, media_types[name], dumps[name]) for name in sorted(dumps)},
        earlier=tuple(earlier),
    )
    triples = dumps[f"eild-{dataset.version}{N_TRIPLES.extension}"]
    catalog = render_catalog(dataset, manifest, triples)
    documents = {CATALOG: File.from_content(CATALOG, TURTLE.media_type, catalog)}
    manifest = replace(manifest, documents=documents)
    return {
        **dumps,
        CATALOG: catalog,
        CHECKSUMS: render_checksums(manifest.listed_files.values()),
        MANIFEST: render_manifest(manifest),
    }


def _render_dumps(dataset: BuiltDataset) -> dict[str, tuple[bytes, str]]:
    """Return the plain dumps by name, each with its media type."""
    stem = f"eild-{dataset.version}"
    names = dataset.names
    graphs = {URIRef(names.graph(module)): graph for module, graph in dataset.graphs.items()}
    merged = dataset.merged()
    nanopubs = {name: triples for nanopub in dataset.nanopubs for name, triples in nanopub.graphs.items()}
    return {
        **{f"{stem}{form.extension}": (serialize_graph(merged, form, names), form.media_type) for form in GRAPH_DUMPS},
        **{f"{stem}{form.extension}": (serialize_graphs(graphs, form, names), form.media_type) for form in QUAD_DUMPS},
        f"{stem}{NANOPUBS_ENDING}": (serialize_graphs(nanopubs, TRIG, names), TRIG.media_type),
    }


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


def render_catalog(dataset: BuiltDataset, manifest: Manifest, triples: bytes) -> bytes:
    """Return the catalogue in Turtle, with canonical URLs: a document about the dumps, and in none of them.

    :param manifest: the manifest of the build, without the catalogue
    :param triples: the dump of the merged dataset as N-Triples, in which the statistics are counted
    """
    names = dataset.names
    held = (quad.triple for quad in parse(triples, RdfFormat.N_TRIPLES))
    about = describe_dataset(
        dataset.merged(),
        names,
        version=dataset.version,
        issued=dataset.issued,
        files=tuple(manifest.files.values()),
        graphs=tuple(manifest.graphs.values()),
        earlier=manifest.earlier,
        statistics=count_statistics(read_as_held(held), names.base, f"{names.base}id/"),
    )
    own = NamedGraph("catalog", names.graph("catalog"), 0, _COMMENT)
    return serialize_graph(build_listed_catalog_graph(about, own), TURTLE, names)
