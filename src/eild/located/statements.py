"""RDF read as statements: lines of N-Triples in the order of reading, and places for those that are asked for.

A :class:`LocatedGraph` keeps the nodes, the triples and the place of every triple: what a person edits. Large data
are read as statements: a text that engines take as it is, in an eighth of the memory, from which single triples are
brought back with their places when something is to be said of them. Blank nodes get labels by the order in which they
are met, apart for each file, so that a label means the same node wherever it is seen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from itertools import count as count_from
from operator import attrgetter
from typing import TYPE_CHECKING, Final, TypeAlias, cast

import pyoxigraph
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import XSD

from eild.errors import DataError, Location
from eild.located.chosen import locate_chosen, locate_lines
from eild.located.graph import LocatedGraph
from eild.located.nodes import DirectionalLiteral, LabelledNodes, TripleTerm
from eild.located.reading import TEXT_SYNTAXES
from eild.rdf.reading import RdfInput, explaining
from eild.rdf.streams import shorten_message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import IO

    from rdflib.term import Node

    from eild.located.graph import Triple

    Pattern: TypeAlias = tuple[bytes, bytes | None]

_N_TRIPLES: Final = pyoxigraph.RdfFormat.N_TRIPLES
_BLANK_NODE: Final = re.compile(rb'^_:[^\s"]++|(?<=> )_:[^\s"]++(?= \.$)', re.MULTILINE)
_QUOTED_BLANK_NODE: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"|<[^<>]*+>|_:[^\s"<>]++')
_SIGNS_OF_RDF_1_2: Final = (b" <<( ", b"--ltr .\n", b"--rtl .\n")
_OF_RDF_1_2: Final = re.compile(rb'^[^ "]++ [^ "]++ (?:<<\( |"(?:[^"\\]++|\\.)*+"@[a-zA-Z0-9-]*--)', re.MULTILINE)
_HEAD: Final = 1 << 16
"""Bytes by which it is judged whether it is worth while to look for usual lines."""
_USUAL_IRI: Final = rb"<https?://[a-z0-9.-]++(?:/[A-Za-z0-9._~/-]*+)?+(?:#[A-Za-z0-9._~/-]*+)?+>"
_OTHERWISE_WRITTEN: Final = rb"(?!<http://www\.w3\.org/(?:2001/XMLSchema#string|1999/02/22-rdf-syntax-ns#))"
_USUAL_LITERAL: Final = rb'"[^"\\\x00-\x1f\x7f-\xff]*+"(?:@[a-z]{2,3}|\^\^' + _OTHERWISE_WRITTEN + _USUAL_IRI + rb")?+"
_USUAL_LINE: Final = re.compile(rb"^(?:%b ){2}(?:%b|%b) \.\n" % (_USUAL_IRI, _USUAL_IRI, _USUAL_LITERAL), re.MULTILINE)
"""Matches statements whose IRIs and literals have no characters that are forbidden or escaped anywhere."""
_parts = count_from()
END: Final = b" .\n"
"""What follows the object of a statement."""


@dataclass(frozen=True)
class Part:
    """What one file says.

    :ivar name: what locations show as path
    :ivar lines: its statements as N-Triples, one a line, in the order of reading
    :ivar count: how many there are
    :ivar rdf_1_2: whether there are terms of RDF 1.2 among them
    """

    name: str
    lines: bytes = field(repr=False)
    count: int
    rdf_1_2: bool = field(default=False, kw_only=True)

    def iterate(self) -> Iterator[bytes]:
        """Yield the lines."""
        return iter(BytesIO(self.lines))

    def find(self, predicate: bytes, obj: bytes | None = None) -> Iterator[tuple[int, bytes]]:
        """Yield offset and line of each statement with a predicate and, if given, an object.

        This is a search for their text, which is many times as fast as taking all lines apart.
        """
        lines = self.lines
        wanted = b" %b " % predicate if obj is None else b" %b %b%b" % (predicate, obj, END)
        at = lines.find(wanted)
        while at >= 0:
            start, end = lines.rfind(b"\n", 0, at) + 1, lines.index(b"\n", at) + 1
            if lines.find(b" ", start, at) < 0:  # a subject has no space, so this is not within a literal
                yield start, lines[start:end]
            at = lines.find(wanted, end)

    def number(self, offsets: Iterable[int]) -> Iterator[int]:
        """Yield the numbers of the statements at some offsets, which ascend, counted from 0."""
        number = last = 0
        for offset in offsets:
            number += self.lines.count(b"\n", last, offset)
            last = offset
            yield number

    def locate(self, chosen: Mapping[int, bytes]) -> dict[int, Location]:
        """Return the places of statements.

        :param chosen: their numbers, counted from 0, with their lines
        """
        raise NotImplementedError


@dataclass(frozen=True)
class TextPart(Part):
    """A file in Turtle, TriG, N-Triples or N-Quads.

    :ivar content: the bytes of the file
    :ivar syntax: its syntax
    """

    content: bytes = field(repr=False)
    syntax: pyoxigraph.RdfFormat

    def locate(self, chosen: Mapping[int, bytes]) -> dict[int, Location]:
        """Return the places of statements, from a walk over the text if they are written otherwise than here."""
        if self.lines is self.content:
            return locate_lines(chosen, name=self.name)
        return locate_chosen(self.content, self.syntax, name=self.name, count=self.count, chosen=chosen)


@dataclass(frozen=True)
class PlacedPart(Part):
    """Triples whose places are known already.

    :ivar places: the place of each statement
    :ivar content: the bytes of the document that they come from, if they come from one
    """

    places: tuple[Location, ...] = field(repr=False)
    content: bytes = field(default=b"", repr=False)

    def locate(self, chosen: Mapping[int, bytes]) -> dict[int, Location]:
        """Return the places of statements."""
        return {number: self.places[number] for number in chosen}


@dataclass(frozen=True)
class Statements:
    """What files say, together.

    :ivar parts: what each file says
    """

    parts: tuple[Part, ...]

    @classmethod
    def from_triples(cls, triples: Iterable[Triple], name: str = "") -> Statements:
        """Return triples of RDFLib as statements of which only the file is known.

        :raises DataError: if one of them is no RDF: RDFLib takes any text for an IRI, and any node for a subject
        """
        found = list(triples)
        lines = _write_checked(found)
        return cls((make_part(name, lines, rdf_1_2=any(_needs_rdf_1_2(triple[2]) for triple in found)),))

    def merge(self, *others: Statements) -> Statements:
        """Return the statements of these and others; blank nodes stay apart."""
        return Statements(tuple(part for statements in (self, *others) for part in statements.parts))

    @cached_property
    def graph(self) -> Graph:
        """Return the triples as a graph of RDFLib, whose blank nodes have the labels of the lines."""
        graph = Graph(bind_namespaces="none")
        nodes = LabelledNodes(rdf_1_2=True)
        for part in self.parts:
            for quad in pyoxigraph.parse(part.lines, format=_N_TRIPLES):
                graph.add(nodes.triple(quad))
        return graph

    @property
    def rdf_1_2(self) -> bool:
        """Return whether there are terms of RDF 1.2: triple terms, or strings with a direction."""
        return any(part.rdf_1_2 for part in self.parts)

    def text(self) -> str:
        """Return all statements as one N-Triples text."""
        return b"".join(part.lines for part in self.parts).decode("utf-8")

    def count(self) -> int:
        """Return how many triples there are, each counted once.

        Lines are told apart by their hashes, which take less memory; those with equal hashes are compared.
        """
        total = sum(part.count for part in self.parts)
        hashes = set[int]()
        for part in self.parts:
            hashes.update(map(hash, part.iterate()))
        if len(hashes) == total:
            return total
        seen, again = set[int](), set[int]()
        for part in self.parts:
            for key in map(hash, part.iterate()):
                (again if key in seen else seen).add(key)
        repeated = [line for part in self.parts for line in part.iterate() if hash(line) in again]
        return total - len(repeated) + len(set(repeated))

    def describes(self, nodes: Iterable[Node]) -> set[Node]:
        """Return those of the nodes that are the subject of a statement."""
        wanted = {write_node(node): node for node in nodes}
        found = {
            subject for part in self.parts for line in part.iterate() if (subject := line.split(b" ", 1)[0]) in wanted
        }
        return {wanted[subject] for subject in found}

    def mentions(self, node: bytes) -> bool:
        """Tell whether an IRI or blank node, in N-Triples syntax, is the subject or object of a statement."""
        inner, last = b"\n%b " % node, b" %b%b" % (node, END)
        return any(part.lines.startswith(inner[1:]) or inner in part.lines or last in part.lines for part in self.parts)

    def triples(self) -> Iterator[tuple[bytes, bytes, bytes]]:
        """Yield subject, predicate and object of each statement in N-Triples syntax."""
        return (_terms(line) for part in self.parts for line in part.iterate())

    def with_predicate(self, predicate: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
        """Yield subject, predicate and object of each statement with a predicate, in N-Triples syntax."""
        return (_terms(line) for part in self.parts for _, line in part.find(predicate))

    def resources_of(self, predicate: bytes) -> set[bytes]:
        """Return the values of a property that are IRIs or blank nodes, in N-Triples syntax."""
        # Nothing but a statement of that property ends so: a literal has a quotation mark, a triple term a bracket.
        values = re.compile(b" " + re.escape(predicate) + rb" (<[^\s\"]++|_:[^\s\"]++) \.\n")
        return {value[1] for part in self.parts for value in values.finditer(part.lines)}

    def select(self, patterns: Iterable[Pattern]) -> LocatedGraph:
        """Return some of the triples with all their places.

        :param patterns: predicates, each with an object or None for any, in N-Triples syntax
        """
        wanted = tuple(patterns)

        def choose(part: Part) -> dict[int, bytes]:
            found = sorted({found for pattern in wanted for found in part.find(*pattern)})
            return dict(zip(part.number(offset for offset, _ in found), (line for _, line in found), strict=True))

        return self._select(choose)

    def _select(self, choose: Callable[[Part], dict[int, bytes]]) -> LocatedGraph:
        """Return the triples of some lines, which are given by their numbers in order, with all their places."""
        selected, nodes = LocatedGraph(), LabelledNodes(rdf_1_2=True)
        for part in self.parts:
            found = choose(part)
            places = part.locate(found)
            quads = pyoxigraph.parse(b"".join(found.values()), format=_N_TRIPLES)
            for number, quad in zip(found, quads, strict=True):
                selected.add(nodes.triple(quad), places[number])
        return selected

    def locating(self, nodes: Iterable[Node]) -> LocatedGraph:
        """Return what says where nodes are: the triples that describe them, and for others those that point to them.

        :meth:`LocatedGraph.locate` gives for these nodes the places that it gives in a graph of all triples.
        """
        wanted = {write_node(node) for node in nodes}
        located = self._select(
            lambda part: {n: line for n, line in enumerate(part.iterate()) if line.split(b" ", 1)[0] in wanted}
        )
        others = wanted - {write_node(subject) for subject in located.subjects}
        if not others:
            return located
        ends = frozenset(other + END for other in others)
        pointing = self._select(
            lambda part: {n: line for n, line in enumerate(part.iterate()) if line.split(b" ", 2)[2] in ends}
        )
        return located.merge([pointing])

    def objects(self, subject: None, predicate: URIRef) -> Iterator[Node]:  # noqa: ARG002 - as RDFLib's graphs have it
        """Yield the values of a property, each once."""
        yield from read_nodes({obj for _, _, obj in self.with_predicate(write_node(predicate))})

    def all_nodes(self) -> Iterator[Node]:
        """Yield each subject and object, each once."""
        yield from read_nodes({node for subject, _, obj in self.triples() for node in (subject, obj)})


def write_node(node: Node) -> bytes:
    """Return a node of RDFLib as statements have it: N-Triples as Oxigraph writes it."""
    if isinstance(node, URIRef):
        return f"<{node}>".encode("utf-8", "surrogatepass")
    if isinstance(node, BNode):
        return f"_:{node}".encode()
    if isinstance(node, TripleTerm):
        return b"<<( " + b" ".join(map(write_node, (node.subject, node.predicate, node.object))) + b" )>>"
    text = str(pyoxigraph.Literal(str(node)))
    if isinstance(node, Literal) and node.language:
        text = f"{text}@{node.language.lower()}"  # as Oxigraph reads them
        text += f"--{node.direction}" if isinstance(node, DirectionalLiteral) else ""
    elif isinstance(node, Literal) and node.datatype not in {None, XSD.string}:
        text = f"{text}^^<{node.datatype}>"
    return text.encode()


def _write_checked(triples: Sequence[Triple]) -> bytes:
    """Return triples as lines of N-Triples.

    :raises DataError: if one of them is no RDF
    """
    lines: list[bytes] = []
    try:
        lines.extend(b" ".join(map(write_node, triple)) + END for triple in triples)
        content = b"".join(lines)
        for _ in pyoxigraph.parse(content, format=_N_TRIPLES):
            pass
    except (SyntaxError, ValueError) as error:
        number = (error.lineno or 1) - 1 if isinstance(error, SyntaxError) else len(lines)
        shown = " ".join(map(repr, triples[number])).encode("ascii", "backslashreplace").decode()
        reason = shorten_message(str(error.msg)) if isinstance(error, SyntaxError) else str(error)
        message = f"the graph has a triple that is no RDF: {reason}: {shown[:300]}"
        raise DataError(message, hint="correct or remove this triple") from error
    return content


def read_nodes(terms: Iterable[bytes]) -> Iterator[Node]:
    """Yield RDFLib's nodes for terms in N-Triples syntax, in their order."""
    nodes = LabelledNodes(rdf_1_2=True)
    lines = b"".join(b"<a:s> <a:p> " + term + END for term in terms)
    for quad in pyoxigraph.parse(lines, format=_N_TRIPLES):
        yield nodes.node(quad.object)


def read_statements(content: bytes, syntax: pyoxigraph.RdfFormat, *, name: str, base: str | None = None) -> Statements:
    """Read RDF as statements; fetch nothing.

    :param content: UTF-8, with or without a byte order mark (RDF/XML: in the encoding that it names)
    :param syntax: Turtle, TriG, N-Triples, N-Quads, JSON-LD or RDF/XML
    :param name: what locations show as path
    :param base: IRI that relative IRIs resolve against
    :raises DataError: if the content is not well-formed
    """
    if syntax not in TEXT_SYNTAXES:
        from eild.located.documents import parse_document

        return state_located(parse_document(content, syntax, name=name, base=base), content)
    content = content.removeprefix(b"\xef\xbb\xbf")
    rest = _find_unusual(content) if syntax == _N_TRIPLES else None
    if rest is not None:
        count = content.count(b"\n")
        return Statements((TextPart(name, content, count, content, syntax, rdf_1_2=_has_rdf_1_2(rest)),))
    kept = _Kept(content)
    with explaining(name):
        source = RdfInput(BytesIO(content), syntax, name=name, base=base)
        quads = (
            pyoxigraph.parse(cast("IO[bytes]", source.stream), source.engine_format)
            if source.is_streamed
            else source.quads()
        )
        triples = map(attrgetter("triple"), quads) if syntax.supports_datasets else quads
        pyoxigraph.serialize(triples, cast("IO[bytes]", kept), format=_N_TRIPLES)
    lines = kept.lines()
    rdf_1_2 = _has_rdf_1_2(lines)
    lines = _label_blank_nodes(lines, quoted=rdf_1_2)
    return Statements((TextPart(name, lines, lines.count(b"\n"), content, syntax, rdf_1_2=rdf_1_2),))


def _needs_rdf_1_2(node: Node) -> bool:
    return isinstance(node, TripleTerm | DirectionalLiteral)


def make_part(name: str, lines: bytes, *, rdf_1_2: bool = False) -> Part:
    """Return statements whose places are not known.

    :param name: what locations show as path
    :param lines: the statements as N-Triples
    :param rdf_1_2: whether there are terms of RDF 1.2 among them
    """
    count = lines.count(b"\n")
    return PlacedPart(name, lines, count, (Location(name),) * count, rdf_1_2=rdf_1_2)


def state_located(located: LocatedGraph, content: bytes = b"") -> Statements:
    """Return the triples of a located graph as statements.

    :param located: the triples
    :param content: the bytes of the document that they come from
    """
    lines: list[bytes] = []
    places: list[Location] = []
    for triple, found in located.places.items():
        line = b" ".join(map(write_node, triple)) + END
        lines += [line] * len(found)
        places += found
    name = places[0].path if places else ""
    rdf_1_2 = any(_needs_rdf_1_2(triple[2]) for triple in located.places)
    return Statements((PlacedPart(name, b"".join(lines), len(lines), tuple(places), content, rdf_1_2=rdf_1_2),))


class _Kept:
    """A file to write to that keeps nothing as long as it is given the content that is known already.

    :param content: the content
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._size = 0
        self._others: BytesIO | None = None

    def flush(self) -> None:
        """Do nothing: everything is taken at once."""

    def write(self, part: bytes, /) -> int:
        """Take the next bytes."""
        if self._others is None and self._content.startswith(part, self._size):
            self._size += len(part)
            return len(part)
        if self._others is None:
            self._others = BytesIO()
            self._others.write(memoryview(self._content)[: self._size])
        return self._others.write(part)

    def lines(self) -> bytes:
        """Return what was written: the content itself if they are equal."""
        return self._content[: self._size] if self._others is None else self._others.getvalue()


def _terms(line: bytes) -> tuple[bytes, bytes, bytes]:
    subject, predicate, rest = line.split(b" ", 2)
    return subject, predicate, rest.removesuffix(END)


def _find_unusual(content: bytes) -> bytes | None:
    """Return the lines of N-Triples beside usual ones if all lines are as Oxigraph writes them, without blank nodes.

    Usual lines need no parser to be known as well-formed. None is returned if there is anything else, also an error.
    """
    head = content[: content.rfind(b"\n", 0, _HEAD) + 1]
    for part in (head, content):
        rest = _USUAL_LINE.sub(b"", part)
        if b"_:" in rest:
            return None
        try:
            if (pyoxigraph.serialize(pyoxigraph.parse(rest, _N_TRIPLES), format=_N_TRIPLES) or b"") != rest:
                return None
        except (SyntaxError, ValueError, MemoryError):
            return None
    return rest


def _has_rdf_1_2(lines: bytes) -> bool:
    """Return whether there are terms of RDF 1.2 in lines of N-Triples."""
    return any(sign in lines for sign in _SIGNS_OF_RDF_1_2) and _OF_RDF_1_2.search(lines) is not None


def _label_blank_nodes(lines: bytes, *, quoted: bool) -> bytes:
    """Return lines of N-Triples whose blank nodes have labels of their own, numbered as they are met.

    :param lines: the lines
    :param quoted: whether there may be blank nodes within triple terms
    """
    if b"_:" not in lines:
        return lines
    prefix, known = f"_:eild-{next(_parts)}-", dict[bytes, bytes]()

    def relabel(match: re.Match[bytes]) -> bytes:
        label = match[0]
        if not label.startswith(b"_:"):
            return label
        if label not in known:
            known[label] = f"{prefix}{len(known)}".encode()
        return known[label]

    return (_QUOTED_BLANK_NODE if quoted else _BLANK_NODE).sub(relabel, lines)
