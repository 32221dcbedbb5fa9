"""Which parser and serializer of the engine belongs to which :class:`~eild.media.Format`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import QueryResultsFormat, RdfFormat

from eild import media

if TYPE_CHECKING:
    from pathlib import Path

    from eild.media import Format

RDF_FORMATS: Final[dict[str, RdfFormat]] = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "rdf": RdfFormat.RDF_XML,
    "trig": RdfFormat.TRIG,
    "nq": RdfFormat.N_QUADS,
}
"""The engine's name of each graph syntax, by :attr:`Format.name`."""

RESULT_FORMATS: Final[dict[str, QueryResultsFormat]] = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
"""The engine's name of each result syntax, by :attr:`Format.name`."""

EXTENSIONS: Final[dict[str, Format]] = {
    ".ttl": media.TURTLE,
    ".turtle": media.TURTLE,
    ".nt": media.N_TRIPLES,
    ".jsonld": media.JSON_LD,
    ".rdf": media.RDF_XML,
    ".owl": media.RDF_XML,
    ".trig": media.TRIG,
    ".nq": media.N_QUADS,
}
"""The graph syntax that a file name extension stands for."""


def find_file_format(path: Path) -> tuple[Format | None, bool]:
    """Return the graph syntax that a file name stands for, if any, and whether the file is gzipped."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    zipped = bool(suffixes) and suffixes[-1] == ".gz"
    if zipped:
        suffixes.pop()
    return (EXTENSIONS.get(suffixes[-1]) if suffixes else None), zipped
