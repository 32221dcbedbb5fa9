"""Reading the RDF files that are validated, with the place of each triple as far as the syntax lets it be kept."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from eild.errors import DataError, Location
from eild.located import TEXT_SYNTAXES, LocatedGraph, parse_located_content, read_content
from eild.located.statements import Statements, read_statements
from eild.rdf.files import UnpackedFile
from eild.rdf.syntaxes import RDF_FORMATS, require_file_format

if TYPE_CHECKING:
    import pyoxigraph

LARGEST_UNPACKED: Final = 1 << 31
"""Bytes beyond which a packed file is refused: a small one may unpack to anything."""
_CHUNK: Final = 1 << 20


def load_rdf(path: Path | str) -> LocatedGraph:
    """Read a file in Turtle, TriG, N-Triples, N-Quads, JSON-LD or RDF/XML; fetch nothing.

    :param path: the file; its ending tells the syntax, and locations show the path as given here
    :raises DataError: if the file cannot be read, has an unknown ending, or is not well-formed
    """
    content, syntax = _read_file(Path(path))
    return parse_rdf(content, syntax, name=str(path), base=Path(path).absolute().as_uri())


def load_statements(path: Path | str, *, base: str = "") -> Statements:
    """Read a file as statements: the way for data, which may be large; fetch nothing.

    :param path: the file; its ending tells the syntax, and locations show the path as given here
    :param base: IRI that relative IRIs resolve against; the file's own ``file:`` IRI if not given
    :raises DataError: if the file cannot be read, has an unknown ending, or is not well-formed
    """
    content, syntax = _read_file(Path(path))
    return read_statements(content, syntax, name=str(path), base=base or Path(path).absolute().as_uri())


def _read_file(path: Path) -> tuple[bytes, pyoxigraph.RdfFormat]:
    """Return the content of a file, unpacked, and its syntax."""
    form, packed = require_file_format(path)
    content = read_content(path)
    if packed:
        content = _unpack(content, path)
    return content, RDF_FORMATS[form.name]


def _unpack(content: bytes, path: Path) -> bytes:
    """Return a packed content, unpacked as far as it fits into memory.

    :raises DataError: if it is corrupt, or larger than :data:`LARGEST_UNPACKED`
    """
    file, parts, size = UnpackedFile(BytesIO(content), path), list[bytes](), 0
    while part := file.read(_CHUNK):
        parts.append(part)
        size += len(part)
        if size > LARGEST_UNPACKED:
            message = f"the unpacked file has more than {LARGEST_UNPACKED >> 20} MiB"
            raise DataError(message, location=Location(str(path)), hint="unpack it, or validate it in parts")
    return b"".join(parts)


def parse_rdf(content: bytes, syntax: pyoxigraph.RdfFormat, *, name: str, base: str | None = None) -> LocatedGraph:
    """Parse RDF that is no file, such as standard input or the body of a request; fetch nothing.

    :param content: UTF-8, with or without a byte order mark
    :param syntax: Turtle, TriG, N-Triples, N-Quads, JSON-LD or RDF/XML
    :param name: what locations show as path
    :param base: IRI that relative IRIs resolve against
    :raises DataError: if the content is not well-formed
    """
    if syntax in TEXT_SYNTAXES:
        return parse_located_content(content, syntax, name=name, base=base, rdf_1_2=True)
    from eild.located.documents import parse_document

    return parse_document(content, syntax, name=name, base=base)
