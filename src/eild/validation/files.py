"""Reading the RDF files that are validated, with the place of each triple as far as the syntax lets it be kept."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyoxigraph

from eild.errors import DataError, Location
from eild.located import SYNTAXES, LocatedGraph, parse_located_content, read_content
from eild.located.documents import parse_document
from eild.located.statements import Statements, read_statements

DOCUMENT_SYNTAXES: Final = {
    ".jsonld": pyoxigraph.RdfFormat.JSON_LD,
    ".json": pyoxigraph.RdfFormat.JSON_LD,
    ".rdf": pyoxigraph.RdfFormat.RDF_XML,
    ".owl": pyoxigraph.RdfFormat.RDF_XML,
    ".xml": pyoxigraph.RdfFormat.RDF_XML,
}
"""Syntaxes in which most triples have a place, by the ending of the file's name."""


def load_rdf(path: Path | str) -> LocatedGraph:
    """Read a file in Turtle, TriG, N-Triples, N-Quads, JSON-LD or RDF/XML; fetch nothing.

    :param path: the file; its ending tells the syntax, and locations show the path as given here
    :raises DataError: if the file cannot be read, has an unknown ending, or is not well-formed
    """
    syntax = find_file_syntax(path)
    return parse_rdf(read_content(path), syntax, name=str(path), base=Path(path).absolute().as_uri())


def load_statements(path: Path | str) -> Statements:
    """Read a file as statements: the way for data, which may be large; fetch nothing.

    :param path: the file; its ending tells the syntax, and locations show the path as given here
    :raises DataError: if the file cannot be read, has an unknown ending, or is not well-formed
    """
    syntax = find_file_syntax(path)
    return read_statements(read_content(path), syntax, name=str(path), base=Path(path).absolute().as_uri())


def find_file_syntax(path: Path | str) -> pyoxigraph.RdfFormat:
    """Return the syntax that the ending of a file's name stands for.

    :raises DataError: if it stands for none
    """
    ending = Path(path).suffix.lower()
    syntax = SYNTAXES.get(ending) or DOCUMENT_SYNTAXES.get(ending)
    if syntax is None:
        message = "the file's ending names no RDF syntax"
        hint = f"use one of {', '.join([*SYNTAXES, *DOCUMENT_SYNTAXES])}"
        raise DataError(message, location=Location(str(path)), hint=hint)
    return syntax


def parse_rdf(content: bytes, syntax: pyoxigraph.RdfFormat, *, name: str, base: str | None = None) -> LocatedGraph:
    """Parse RDF that is no file, such as standard input or the body of a request; fetch nothing.

    :param content: UTF-8, with or without a byte order mark
    :param syntax: Turtle, TriG, N-Triples, N-Quads, JSON-LD or RDF/XML
    :param name: what locations show as path
    :param base: IRI that relative IRIs resolve against
    :raises DataError: if the content is not well-formed
    """
    if syntax in SYNTAXES.values():
        return parse_located_content(content, syntax, name=name, base=base)
    return parse_document(content, syntax, name=name, base=base)
