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
from typing import TYPE_CHECKING, Final, TypeAlias

import pyoxigraph
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import XSD

from eild.errors import DataError, Location
from eild.located.chosen import locate_chosen, locate_lines
from eild.located.documents import parse_document
from eild.located.graph import LocatedGraph
from eild.located.nodes import DirectionalLiteral, LabelledNodes, TripleTerm
from eild.located.reading import OF_RDF_1_2, TEXT_SYNTAXES
from eild.rdf.reading import RdfInput, explaining
from eild.rdf.streams import shorten_message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from rdflib.term import Node

    from eild.located.graph import Triple

    Choose: TypeAlias = Callable[[bytes, bytes, bytes], bool]

_N_TRIPLES: Final = pyoxigraph.RdfFormat.N_TRIPLES
_BLANK_NODE: Final = re.compile(rb'^_:[^\s"]++|(?<=> )_:[^\s"]++(?= \.$)', re.MULTILINE)
_QUOTED_BLANK_NODE: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"|<[^<>]*+>|_:[^\s"<>]++')
_OF_RDF_1_2: Final = re.compile(OF_RDF_1_2.pattern.encode())
_parts = count_from()
_END: Final = b" .\n"


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
        seen, again, total = set[int](), set[int](), 0
        for part in self.parts:
            for line in part.iterate():
                total += 1
                key = hash(line)
                (again if key in seen else seen).add(key)
        if not again:
            return total
        repeated = [line for part in self.parts for line in part.iterate() if hash(line) in again]
        return total - len(repeated) + len(set(repeated))

    def describes(self, nodes: Iterable[Node]) -> set[Node]:
        """Return those of the nodes that are the subject of a statement."""
        wanted = {write_node(node): node for node in nodes}
        return {wanted[subject] for subject, _, _ in self.triples() if subject in wanted}

    def triples(self) -> Iterator[tuple[bytes, bytes, bytes]]:
        """Yield subject, predicate and object of each statement in N-Triples syntax."""
        for part in self.parts:
            for line in BytesIO(part.lines):
                subject, predicate, rest = line.split(b" ", 2)
                yield subject, predicate, rest.removesuffix(_END)

    def select(self, choose: Choose) -> LocatedGraph:
        """Return some of the triples with all their places.

        :param choose: tells by subject, predicate and object in N-Triples syntax whether a triple is meant
        """

        def chooses(line: bytes) -> bool:
            subject, predicate, rest = line.split(b" ", 2)
            return choose(subject, predicate, rest.removesuffix(_END))

        return self._select(chooses)

    def _select(self, chooses: Callable[[bytes], bool]) -> LocatedGraph:
        """Return the triples of some lines with all their places."""
        selected, nodes = LocatedGraph(), LabelledNodes(rdf_1_2=True)
        for part in self.parts:
            found = {number: line for number, line in enumerate(part.iterate()) if chooses(line)}
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
        located = self._select(lambda line: line.partition(b" ")[0] in wanted)
        described = {write_node(subject) for subject in located.subjects}
        others = wanted - described
        return located.merge([self.select(lambda _s, _p, obj: obj in others)]) if others else located

    def objects(self, subject: None, predicate: URIRef) -> Iterator[Node]:  # noqa: ARG002 - as RDFLib's graphs have it
        """Yield the values of a property, each once."""
        wanted = write_node(predicate)
        yield from read_nodes({obj for _, found, obj in self.triples() if found == wanted})

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
        lines.extend(b" ".join(map(write_node, triple)) + _END for triple in triples)
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
    lines = b"".join(b"<a:s> <a:p> " + term + _END for term in terms)
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
        return state_located(parse_document(content, syntax, name=name, base=base), content)
    content = content.removeprefix(b"\xef\xbb\xbf")
    with explaining(name):
        watch = _Watch(RdfInput(BytesIO(content), syntax, name=name, base=base).quads())
        triples = watch.triples(look=_OF_RDF_1_2.search(content) is not None)
        lines = pyoxigraph.serialize(triples, format=_N_TRIPLES) or b""
    lines = _label_blank_nodes(lines, quoted=watch.rdf_1_2)
    if lines == content:
        lines = content  # one of them is enough
    return Statements((TextPart(name, lines, lines.count(b"\n"), content, syntax, rdf_1_2=watch.rdf_1_2),))


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
        line = b" ".join(map(write_node, triple)) + _END
        lines += [line] * len(found)
        places += found
    name = places[0].path if places else ""
    rdf_1_2 = any(_needs_rdf_1_2(triple[2]) for triple in located.places)
    return Statements((PlacedPart(name, b"".join(lines), len(lines), tuple(places), content, rdf_1_2=rdf_1_2),))


class _Watch:
    """Yields the triples of quads and notes whether there are terms of RDF 1.2."""

    def __init__(self, quads: Iterable[pyoxigraph.Quad]) -> None:
        self._quads = quads
        self.rdf_1_2 = False

    def triples(self, *, look: bool) -> Iterator[pyoxigraph.Triple]:
        """Yield the triples.

        :param look: whether there may be terms of RDF 1.2
        """
        for quad in self._quads:
            if look and _is_of_rdf_1_2(quad.object):
                self.rdf_1_2 = True
            yield quad.triple


def _is_of_rdf_1_2(term: object) -> bool:
    if isinstance(term, pyoxigraph.Literal):
        return getattr(term, "direction", None) is not None
    return isinstance(term, pyoxigraph.Triple)


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
