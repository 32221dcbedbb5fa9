"""What is validated, in whatever way it is given: files and patterns, standard input, text, graphs of RDFLib."""

from __future__ import annotations

import codecs
import glob
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Protocol, TypeAlias, TypeVar

import pyoxigraph
from rdflib import Dataset, Graph

from eild import media
from eild.errors import DataError, Location, UsageError
from eild.located import LocatedGraph
from eild.located.statements import Statements, read_statements
from eild.rdf.rdfxml.xmlinput import is_xml
from eild.rdf.syntaxes import RDF_FORMATS
from eild.validation.files import load_rdf, load_statements, parse_rdf

Source: TypeAlias = "str | Path | Graph | LocatedGraph"
"""A path, a graph, or (where a syntax is named) a text."""

STANDARD_INPUT: Final = "<stdin>"
"""How locations name what came over standard input."""

TEXT: Final = "<text>"
"""How locations name a text."""

GRAPH: Final = "<graph>"
"""How locations name a graph of RDFLib."""

Read_co = TypeVar("Read_co", covariant=True)


class _Reader(Protocol[Read_co]):
    """A function that reads a content in a syntax."""

    def __call__(self, content: bytes, syntax: pyoxigraph.RdfFormat, *, name: str, base: str | None) -> Read_co: ...


_PATTERN: Final = re.compile(r"[*?\[]")
_JSON: Final = re.compile(rb"\s*(?:\{\s*[\"}]|\[\s*(?:\{\s*[\"}]|\]\s*\Z))")
_EXTENSIONS: Final = "{ttl,nt,trig,nq,jsonld,rdf}"


def expand_paths(names: Iterable[Path | str]) -> list[Path]:
    """Return the files that names and patterns stand for, each once, in the order of the names.

    A name that is a file is that file, even where it looks like a pattern; in a pattern ``**`` crosses folders.

    :raises DataError: if a pattern matches nothing, or a name is a directory
    """
    found: dict[Path, None] = {}
    for name in map(str, names):
        path = Path(name)
        if path.is_dir():
            hint = f"name the files in it, for example '{path}/**/*.ttl' (in quotes), or one of {_EXTENSIONS}"
            raise DataError("this is a directory, not a file", location=Location(name), hint=hint)
        if path.exists() or not _PATTERN.search(name):
            found[path] = None
            continue
        matches = sorted(Path(match) for match in glob.glob(name, recursive=True))  # noqa: PTH207 - also absolute ones
        files = [match for match in matches if not match.is_dir()]
        if not files:
            raise DataError("no file matches this pattern", location=Location(name), hint="check the path")
        found.update(dict.fromkeys(files))
    return list(found)


def find_syntax(name: str) -> pyoxigraph.RdfFormat:
    """Return the syntax that a name, extension or media type stands for.

    :raises UsageError: if it stands for none
    """
    return RDF_FORMATS[media.require_format(name, media.GRAPH_FORMATS).name]


def guess_syntaxes(content: bytes) -> tuple[pyoxigraph.RdfFormat, ...]:
    """Return the syntaxes that a content may be in, the likeliest first.

    XML and JSON are known by their beginning. TriG comprises Turtle and N-Triples; only N-Quads is none of these.
    """
    if is_xml(content):
        return (pyoxigraph.RdfFormat.RDF_XML,)
    content = content.removeprefix(codecs.BOM_UTF8)
    if _JSON.match(content):
        return (pyoxigraph.RdfFormat.JSON_LD,)
    return pyoxigraph.RdfFormat.TRIG, pyoxigraph.RdfFormat.N_QUADS


def parse_input(content: bytes, *, name: str, syntax: str = "", base: str | None = None) -> LocatedGraph:
    """Parse RDF that came with or without the name of its syntax, and keep the place of each triple.

    :param content: the bytes
    :param name: what locations show as path
    :param syntax: name, extension or media type; guessed from the content if not given
    :param base: IRI that relative IRIs resolve against
    :raises DataError: if it is not well-formed
    :raises UsageError: if the name stands for no syntax
    """
    return _read(parse_rdf, content, name=name, syntax=syntax, base=base)


def read_input(content: bytes, *, name: str, syntax: str = "", base: str | None = None) -> Statements:
    """Read RDF that came with or without the name of its syntax as statements; see :func:`parse_input`.

    :raises DataError: if it is not well-formed
    :raises UsageError: if the name stands for no syntax
    """
    return _read(read_statements, content, name=name, syntax=syntax, base=base)


def _read(read: _Reader[Read_co], content: bytes, *, name: str, syntax: str, base: str | None) -> Read_co:
    """Read a content in the syntax named, or else in the first of the likely ones in which it is well-formed."""
    if syntax:
        return read(content, find_syntax(syntax), name=name, base=base)
    first, *others = guess_syntaxes(content)
    try:
        return read(content, first, name=name, base=base)
    except DataError:
        for other in others:
            try:
                return read(content, other, name=name, base=base)
            except DataError:
                continue
        raise


def load_data(source: Source | Iterable[Source], syntax: str = "") -> LocatedGraph | Statements:
    """Return data that are validated, from whatever they are given as: files and texts as statements.

    :param source: a path, a graph of RDFLib, a text (if ``syntax`` is given), or several of them
    :param syntax: what a text is written in: name, extension or media type
    :raises DataError: if a file is missing, unreadable or not well-formed
    :raises UsageError: if the syntax is unknown
    """
    parts = [source] if isinstance(source, str | Path) else source
    if isinstance(parts, Graph | LocatedGraph) or not isinstance(parts, Iterable):
        return load_input(source, syntax)
    parts = list(parts)
    if not parts or not all(isinstance(part, str | Path) for part in parts):
        return load_input(parts, syntax)
    read = []
    for part in parts:
        if isinstance(part, str) and syntax:
            read.append(read_input(part.encode("utf-8", "surrogatepass"), name=TEXT, syntax=syntax))
        else:
            read += [load_statements(path) for path in expand_paths([str(part)])]
    return Statements(()).merge(*read)


def load_input(source: Source | Iterable[Source], syntax: str = "") -> LocatedGraph:
    """Return RDF with its places, from whatever it is given as; several sources are merged.

    :param source: a path, a graph of RDFLib, a text (if ``syntax`` is given), or several of them
    :param syntax: what a text is written in: name, extension or media type
    :raises DataError: if a file is missing, unreadable or not well-formed
    :raises UsageError: if the syntax is unknown
    """
    if isinstance(source, LocatedGraph):
        return source
    if isinstance(source, Graph):
        return locate_graph(source)
    if isinstance(source, str) and syntax:
        return parse_input(source.encode("utf-8", "surrogatepass"), name=TEXT, syntax=syntax)
    if isinstance(source, str | Path):
        paths = expand_paths([source])
        return load_rdf(paths[0]) if len(paths) == 1 else LocatedGraph().merge(load_rdf(path) for path in paths)
    if not isinstance(source, Iterable):
        message = f"cannot validate what is of type {type(source).__name__}"
        raise UsageError(message, hint="give a path, an rdflib.Graph, or a text with its syntax")
    return LocatedGraph().merge(load_input(part, syntax) for part in source)


def locate_graph(graph: Graph) -> LocatedGraph:
    """Return a graph of RDFLib as a located graph whose triples have no line; of a dataset all graphs together."""
    located = LocatedGraph()
    for prefix, namespace in graph.namespaces():
        located.graph.bind(prefix, namespace, replace=True)
    triples = [quad[:3] for quad in graph.quads()] if isinstance(graph, Dataset) else list(graph)
    place = Location(GRAPH)
    for triple in sorted(set(triples), key=lambda terms: tuple(map(str, terms))):
        located.add(triple, place)
    return located
