"""RDF files read together with the place of every triple: file, line and column.

Two parsers share the work. Oxigraph's checks the syntax first, strictly by the W3C grammars, and names line and
column of an error. RDFLib's Turtle and TriG parser, subclassed here, then reads the same text and notes where each
object starts; N-Triples and N-Quads hold one statement per line, so their lines are counted. Literals keep the
lexical form of the file: RDFLib's process-wide ``NORMALIZE_LITERALS`` switch is neither read nor changed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pyoxigraph
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.exceptions import ParserError
from rdflib.namespace import RDF, XSD
from rdflib.plugins.parsers.notation3 import BadSyntax, RDFSink, SinkParser
from rdflib.plugins.parsers.trig import TrigSinkParser

from eild.errors import DataError, Location

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableSequence

    from rdflib.term import Node

Triple: TypeAlias = "tuple[Node, Node, Node]"

SYNTAXES: Final = {
    ".ttl": pyoxigraph.RdfFormat.TURTLE,
    ".trig": pyoxigraph.RdfFormat.TRIG,
    ".nt": pyoxigraph.RdfFormat.N_TRIPLES,
    ".nq": pyoxigraph.RdfFormat.N_QUADS,
}
"""The syntaxes whose positions are kept, by the ending of the file's name."""

_NUMBER: Final = re.compile(
    r"(?P<double>[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)[eE][-+]?[0-9]+)"
    r"|(?P<decimal>[-+]?[0-9]*\.[0-9]+)"
    r"|(?P<integer>[-+]?[0-9]+)"
)
_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_STATEMENT_LINE: Final = re.compile(r"[ \t]*[^ \t#]")
_LINE_OBJECT: Final = re.compile(r"[ \t]*(?:<[^>]*>|_:[^ \t<]+)[ \t]*<[^>]*>[ \t]*")


@dataclass
class LocatedGraph:
    """A graph with the place of each of its triples.

    :ivar graph: the triples; those of all named graphs together for TriG and N-Quads
    :ivar places: for each triple all its places, in the order of reading (several if it is written several times)
    :ivar subjects: for each subject the place of its first triple
    """

    graph: Graph = field(default_factory=Graph)
    places: dict[Triple, list[Location]] = field(default_factory=dict)
    subjects: dict[Node, Location] = field(default_factory=dict)

    def add(self, triple: Triple, location: Location) -> None:
        """Add a triple that stands at a location."""
        self.graph.add(triple)
        self.places.setdefault(triple, []).append(location)
        self.subjects.setdefault(triple[0], location)

    def locate(self, subject: Node, predicate: Node | None = None, obj: Node | None = None) -> Location | None:
        """Return the best known place for a triple or a part of it.

        That is the place of the triple itself; else of the subject's first triple with that predicate; else of the
        subject's first triple; else of the first triple that points to it (for a resource that nothing describes);
        else nothing.
        """
        if predicate is not None and obj is not None:
            exact = self.places.get((subject, predicate, obj))
            if exact:
                return exact[0]
        if predicate is not None:
            found = [self.places[subject, predicate, o][0] for o in self.graph.objects(subject, predicate)]
            if found:
                return min(found)
        if subject in self.subjects:
            return self.subjects[subject]
        pointing = [self.places[triple][0] for triple in self.graph.triples((None, None, subject))]
        return min(pointing, default=None)

    def locate_all(self, subject: Node, predicate: Node, obj: Node) -> list[Location]:
        """Return every place of a triple, in the order of reading (empty if it is not in the graph)."""
        return list(self.places.get((subject, predicate, obj), ()))

    def merge(self, others: Iterable[LocatedGraph]) -> LocatedGraph:
        """Return a new located graph of this one and others; blank nodes stay apart."""
        merged = LocatedGraph()
        for located in (self, *others):
            for prefix, namespace in located.graph.namespaces():
                merged.graph.bind(prefix, namespace, replace=True)
            for triple, locations in located.places.items():
                for location in locations:
                    merged.add(triple, location)
        return merged


def parse_located(path: Path | str, *, base: str | None = None) -> LocatedGraph:
    """Read one Turtle, TriG, N-Triples or N-Quads file with the places of its triples.

    :param path: the file; its ending tells the syntax, and locations show the path as given here
    :param base: IRI that relative IRIs resolve against; the file's own ``file:`` IRI if not given
    :raises DataError: if the file cannot be read, has another ending, is not UTF-8 or is not well-formed
    """
    syntax = SYNTAXES.get(Path(path).suffix.lower())
    if syntax is None:
        message = "the file's ending names no syntax whose positions can be kept"
        raise DataError(message, location=Location(str(path)), hint=f"use one of {', '.join(SYNTAXES)}")
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        message = f"cannot read the file: {error.strerror or error}"
        raise DataError(message, location=Location(str(path)), hint="check the path and its permissions") from error
    return parse_located_content(content, syntax, name=str(path), base=base or Path(path).absolute().as_uri())


def parse_located_content(
    content: bytes, syntax: pyoxigraph.RdfFormat, *, name: str, base: str | None = None
) -> LocatedGraph:
    """Parse the content of a file with the places of its triples.

    :param content: UTF-8, with or without a byte order mark
    :param syntax: one of the values of :data:`SYNTAXES`
    :param name: what locations show as path
    :param base: IRI that relative IRIs resolve against
    :raises DataError: if the content is not UTF-8 or not well-formed
    """
    content = content.removeprefix(b"\xef\xbb\xbf")
    quads = _parse_strictly(content, syntax, name, base)
    text = content.decode("utf-8")
    if syntax in {pyoxigraph.RdfFormat.N_TRIPLES, pyoxigraph.RdfFormat.N_QUADS}:
        return _located_lines(text, quads, name)
    places = _Places(text, name)
    if any(isinstance(quad.object, pyoxigraph.Triple) for quad in quads):
        raise _not_supported(places.at(text.find("<<")), "triple terms belong to RDF 1.2")
    located = LocatedGraph()
    sink = _LocatingSink(Graph(), located, places)
    parser_class = _LocatingTrigParser if syntax == pyoxigraph.RdfFormat.TRIG else _LocatingTurtleParser
    parser = parser_class(sink, baseURI=base, turtle=True)
    parser.begin(sink)
    try:
        parser.loadBuf(text)
    except BadSyntax as error:
        raise _not_supported(places.at(error._i), error._why) from error  # noqa: SLF001 - it has no public names
    except (AssertionError, IndexError, ParserError, ValueError, RecursionError) as error:
        raise _not_supported(places.at(parser.reached), str(error) or type(error).__name__) from error
    for prefix, namespace in parser._bindings.items():  # noqa: SLF001 - as RDFLib's own plugins do
        located.graph.bind(prefix, namespace, replace=True)
    return located


def _parse_strictly(content: bytes, syntax: pyoxigraph.RdfFormat, name: str, base: str | None) -> list[pyoxigraph.Quad]:
    """Parse with Oxigraph, which follows the grammars to the letter and knows line and column of an error."""
    try:
        return list(pyoxigraph.parse(content, format=syntax, base_iri=base))
    except SyntaxError as error:
        message = re.sub(r"^Parser error at line \d+ (?:column \d+|between .*?): ", "", error.msg)
        location = Location(name, error.lineno or 0, error.offset or 0)
        raise DataError(f"syntax error: {message}", location=location) from error
    except ValueError as error:
        raise DataError(str(error), location=Location(name)) from error


def _not_supported(location: Location, reason: str) -> DataError:
    return DataError(f"cannot read this as RDF 1.1: {reason}", location=location)


class _Places:
    """Turns offsets into a text into locations."""

    def __init__(self, text: str, name: str) -> None:
        self._name = name
        self._length = len(text)
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def at(self, offset: int) -> Location:
        """Return the location of an offset; a negative one is the end of the text."""
        position = self._length if offset < 0 else offset
        line = bisect_right(self._starts, position)
        return Location(self._name, line, position - self._starts[line - 1] + 1)


class _LocatingSink(RDFSink):
    """Receives statements from the parser and files each under the place of its object."""

    def __init__(self, graph: Graph, located: LocatedGraph, places: _Places) -> None:
        super().__init__(graph)
        self._located = located
        self._places = places
        self.objects: deque[int] = deque()
        self.items: list[int] = []
        self.fallback = 0

    def newLiteral(self, s: str, dt: URIRef | None, lang: str | None) -> Literal:  # noqa: N802 - RDFLib's name
        """Make a literal with the lexical form of the file; ``xsd:string`` is what a plain literal is."""
        return Literal(s, datatype=None if dt == XSD.string else dt, lang=lang, normalize=False)

    def newList(self, n: list[Any], f: Any) -> Any:  # noqa: N802, ANN401 - RDFLib's signature
        """Make the cells of a collection, each at the place of its item."""
        cells = [self.newBlankNode(f) for _ in n]
        for cell, following, value, offset in zip(cells, [*cells[1:], RDF.nil], n, self.items, strict=True):
            self._add((cell, RDF.first, value), offset)
            self._add((cell, RDF.rest, following), offset)
        return cells[0] if cells else RDF.nil

    def makeStatement(self, quadruple: Any, why: Any = None) -> None:  # noqa: N802, ANN401, ARG002 - as above
        """File a statement (context, predicate, subject, object) under the place of its object."""
        _, predicate, subject, obj = quadruple
        self._add((subject, predicate, obj), self.objects.popleft() if self.objects else self.fallback)

    def _add(self, terms: tuple[Any, Any, Any], offset: int) -> None:
        subject, predicate, obj = (_as_node(term) for term in terms)
        self._located.add((subject, predicate, obj), self._places.at(offset))


def _as_node(term: Any) -> Node:  # noqa: ANN401 - the parser hands over nodes, booleans and (kind, IRI) pairs
    """Return the RDF term that RDFLib's parser means."""
    if isinstance(term, bool):
        return Literal("true" if term else "false", datatype=XSD.boolean, normalize=False)
    if isinstance(term, tuple):
        return URIRef(term[1])
    node: Node = term
    return node


class _Locating(SinkParser):
    """Notes where objects and the items of collections start. Mixed into RDFLib's two parsers."""

    def begin(self, sink: _LocatingSink) -> None:
        """Prepare for a run over one text."""
        self._sink = sink
        self._lists: list[list[int] | None] = [None]
        self.reached = 0

    def skipSpace(self, argstr: str, i: int) -> int:  # noqa: N802 - RDFLib's name
        """Remember how far the parser came, for errors that do not say it."""
        after: int = super().skipSpace(argstr, i)
        self.reached = after
        return after

    def objectList(self, argstr: str, i: int, res: MutableSequence[Any]) -> int:  # noqa: N802 - RDFLib's name
        """Parse ``object (, object)*``; the parser states them in this order when the whole list is read."""
        starts: deque[int] = deque()
        while True:
            start = self.skipSpace(argstr, i)
            starts.append(start)
            i = self.object(argstr, i, res)
            if i < 0:
                return i
            following = self.skipSpace(argstr, i)
            if following < 0:
                self.BadSyntax(argstr, following, "end of file after an object")
            if argstr[following] != ",":
                self._sink.objects = starts
                return following
            i = following + 1

    def item(self, argstr: str, i: int, res: MutableSequence[Any]) -> int:
        """Parse an item; if a collection is its direct parent, note where it starts."""
        items = self._lists[-1]
        if items is not None:
            items.append(self.skipSpace(argstr, i))
        self._lists.append(None)
        after: int = super().item(argstr, i, res)
        self._lists.pop()
        return after

    def node(self, argstr: str, i: int, res: MutableSequence[Any], subjectAlready: Any = None) -> int:  # noqa: N803, ANN401 - RDFLib's signature
        """Parse a node; a collection gets a list of the places of its items."""
        start = self.skipSpace(argstr, i)
        if start < 0 or argstr[start] != "(":
            after: int = super().node(argstr, i, res, subjectAlready)
            return after
        enclosing = self._sink.items
        items: list[int] = []
        self._lists.append(items)
        self._sink.items = items
        after = super().node(argstr, i, res, subjectAlready)
        self._lists.pop()
        self._sink.items = enclosing
        return after

    def nodeOrLiteral(self, argstr: str, i: int, res: MutableSequence[Any]) -> int:  # noqa: N802 - RDFLib's name
        """Parse a node or literal; numbers keep their lexical form."""
        start = self.skipSpace(argstr, i)
        number = _NUMBER.match(argstr, start) if start >= 0 else None
        if number is None:
            after: int = super().nodeOrLiteral(argstr, i, res)
            return after
        datatype = {"double": XSD.double, "decimal": XSD.decimal, "integer": XSD.integer}[number.lastgroup or ""]
        res.append(Literal(number.group(), datatype=datatype, normalize=False))
        return number.end()


class _LocatingTurtleParser(_Locating, SinkParser):
    """RDFLib's Turtle parser with places."""


class _LocatingTrigParser(_Locating, TrigSinkParser):
    """RDFLib's TriG parser with places."""


def _located_lines(text: str, quads: list[pyoxigraph.Quad], name: str) -> LocatedGraph:
    """Join the statements of an N-Triples or N-Quads text with its lines: the grammar allows one on each."""
    located = LocatedGraph()
    blanks: dict[str, BNode] = {}
    lines = [(number, line) for number, line in enumerate(_LINE_END.split(text), 1) if _STATEMENT_LINE.match(line)]
    for (number, line), quad in zip(lines, quads, strict=True):
        before_object = _LINE_OBJECT.match(line)
        column = before_object.end() + 1 if before_object else 1
        subject, predicate, obj = (_as_rdflib(term, blanks, name, number) for term in quad.triple)
        located.add((subject, predicate, obj), Location(name, number, column))
    return located


def _as_rdflib(term: object, blanks: dict[str, BNode], name: str, line: int) -> Node:
    """Return an Oxigraph term as an RDFLib node; blank nodes get labels of their own per file."""
    if isinstance(term, pyoxigraph.NamedNode):
        return URIRef(term.value)
    if isinstance(term, pyoxigraph.BlankNode):
        return blanks.setdefault(term.value, BNode())
    if isinstance(term, pyoxigraph.Literal):
        if term.language is not None:
            return Literal(term.value, lang=term.language, normalize=False)
        plain = term.datatype.value == str(XSD.string)
        datatype = None if plain else URIRef(term.datatype.value)
        return Literal(term.value, datatype=datatype, normalize=False)
    raise _not_supported(Location(name, line), "triple terms belong to RDF 1.2")
