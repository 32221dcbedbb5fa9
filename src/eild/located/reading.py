"""Reading RDF files together with the places of their triples."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pyoxigraph

from eild.errors import DataError, Location
from eild.located.graph import LARGEST_TEXT, LocatedGraph
from eild.located.nodes import Nodes, UnsupportedTermError
from eild.located.places import TextPlaces
from eild.located.turtle import find_spans
from eild.rdf.reading import read_bytes
from eild.rdf.syntaxes import RDF_FORMATS, refuse_url, require_file_format

TEXT_SYNTAXES: Final = tuple(RDF_FORMATS[name] for name in ("ttl", "trig", "nt", "nq"))
"""The syntaxes whose triples are located by a walk over the tokens."""

OF_RDF_1_2: Final = re.compile(r"<<|~|\{\||--(?:ltr|rtl)")
"""What a text with terms of RDF 1.2 has in it; texts of RDF 1.1 may have it too."""


def parse_located(path: Path | str, *, base: str | None = None) -> LocatedGraph:
    """Read one Turtle, TriG, N-Triples or N-Quads file with the places of its triples.

    :param path: the file; its ending tells the syntax, and locations show the path as given here
    :param base: IRI that relative IRIs resolve against; the file's own ``file:`` IRI if not given
    :raises DataError: if the file cannot be read, has another ending, is not UTF-8 or is not well-formed
    """
    form, packed = require_file_format(Path(path))
    syntax = RDF_FORMATS[form.name]
    if syntax not in TEXT_SYNTAXES or packed:
        message = "triples cannot be located in files of this syntax"
        raise DataError(
            message, location=Location(str(path)), hint="use Turtle, TriG, N-Triples or N-Quads, not compressed"
        )
    content = read_content(path)
    return parse_located_content(content, syntax, name=str(path), base=base or Path(path).absolute().as_uri())


def read_content(path: Path | str) -> bytes:
    """Return the bytes of a regular file.

    :raises DataError: if it is missing, unreadable, a directory, a URL, or a pipe, socket or device that may never end
    """
    place, file = Location(str(path)), Path(path)
    try:
        refuse_url(file)
        if file.exists() and not file.is_file() and not file.is_dir():
            message = "cannot read the file: it is a pipe, socket or device"
            raise DataError(message, location=place, hint="write the data to a file first, or use '-'")
        return file.read_bytes()
    except OSError as error:
        message = f"cannot read the file: {error.strerror or error}"
        raise DataError(message, location=place, hint="check the path and its permissions") from error
    except ValueError as error:  # a path with a NUL character
        raise DataError(f"cannot read the file: {error}", location=place, hint="check the path") from error


def parse_located_content(
    content: bytes, syntax: pyoxigraph.RdfFormat, *, name: str, base: str | None = None, rdf_1_2: bool = False
) -> LocatedGraph:
    """Parse the content of a file with the places of its triples.

    :param content: UTF-8, with or without a byte order mark
    :param syntax: one of :data:`TEXT_SYNTAXES`
    :param name: what locations show as path
    :param base: IRI that relative IRIs resolve against
    :param rdf_1_2: whether terms of RDF 1.2 are read; refused otherwise
    :raises DataError: if the content is not UTF-8 or not well-formed
    """
    content = content.removeprefix(b"\xef\xbb\xbf")
    quads, prefixes = read_bytes(content, syntax, name=name, base=base)
    text = content.decode("utf-8")
    places, nodes, located = TextPlaces(text, name), Nodes(rdf_1_2=rdf_1_2), LocatedGraph()
    if len(text) <= LARGEST_TEXT:
        located.texts[name] = text
    try:
        triples = [nodes.triple(quad) for quad in quads]
    except UnsupportedTermError as error:
        raise refuse_rdf_1_2(error, text, name) from error
    spans = find_spans(text, graph_follows=syntax == pyoxigraph.RdfFormat.N_QUADS)
    if len(spans) == len(triples):
        for triple, start, end in zip(triples, spans.starts, spans.ends, strict=True):
            located.add(triple, places.at(start, end))
    else:  # written in a way that the walk over the tokens does not foresee: the file is known, the line is not
        for triple in triples:
            located.add(triple, Location(name))
    for prefix, namespace in prefixes.items():
        located.graph.bind(prefix, namespace, replace=True)
    return located


def refuse_rdf_1_2(error: UnsupportedTermError, text: str, name: str) -> DataError:
    """Return the failure of a text with terms of RDF 1.2, with the place of the first that looks like one."""
    first = OF_RDF_1_2.search(text)
    place = TextPlaces(text, name).at(first.start()) if first else Location(name)
    return DataError(f"cannot read this as RDF 1.1: {error}", location=place)
