"""The one table of syntaxes: which parser and serializer of the engine belongs to which format, extension and type."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import QueryResultsFormat, RdfFormat

from eild import media
from eild.errors import DataError, Location

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
    ".json": media.JSON_LD,
    ".rdf": media.RDF_XML,
    ".owl": media.RDF_XML,
    ".xml": media.RDF_XML,
    ".trig": media.TRIG,
    ".nq": media.N_QUADS,
}
"""The graph syntax that a file name extension stands for."""

GRAPH_TYPES: Final[dict[str, RdfFormat]] = {
    **{
        name: RDF_FORMATS[form.name]
        for form in (media.N_TRIPLES, media.TURTLE, media.RDF_XML)
        for name in (form.media_type, *form.aliases)
    },
    "text/plain": RdfFormat.N_TRIPLES,  # its media type before RDF 1.1, which servers still send
}
"""The syntax of a single graph that a server's media type stands for."""


_URL: Final = re.compile(r"(?:https?|ftp|file):/")

PACKED: Final = (".gz", ".zst")
"""The extensions of compressed files."""


def find_file_format(path: Path) -> tuple[Format | None, bool]:
    """Return the graph syntax that a file name stands for, None for an unknown one, and whether the file is packed."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    is_packed = bool(suffixes) and suffixes[-1] in PACKED
    if is_packed:
        suffixes.pop()
    return (EXTENSIONS.get(suffixes[-1]) if suffixes else None), is_packed


def refuse_url(path: Path) -> None:
    """Refuse a URL where a file is expected; a path has one slash after its scheme.

    :raises DataError: if the path looks like one, and no file is there
    """
    if _URL.match(str(path)) and not path.exists():
        message = "this is a URL, and nothing is fetched from the network"
        hint = "download the file first, for example with 'curl --remote-name URL'"
        raise DataError(message, location=Location(str(path)), hint=hint)


def require_file_format(path: Path) -> tuple[Format, bool]:
    """Return the graph syntax that a file name stands for, and whether the file is packed.

    :raises DataError: if the name has no known extension, or is a URL
    """
    refuse_url(path)
    form, is_packed = find_file_format(path)
    if form is None:
        message = "the file name has no RDF file extension"
        if path.suffix:
            message = f"unknown RDF file extension {path.suffix!r}"
        hint = f"use one of {', '.join(sorted(EXTENSIONS))}, also followed by {' or '.join(PACKED)}"
        raise DataError(message, location=Location(str(path)), hint=hint)
    return form, is_packed
