"""Data as a validation asks for them: kept as a graph of RDFLib, or read as statements.

What comes as a graph stays one. Files are read as statements (:mod:`eild.located.statements`): the fast engine takes
them as text, what the report says of targets comes from one pass over the lines, and only triples that a finding
speaks of are brought back with their places. The graph of such data is built if the reference engine asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from rdflib import Graph, Literal
from rdflib.namespace import OWL, RDF, RDFS, SH

from eild.located import LocatedGraph
from eild.located.statements import PlacedPart, Statements, TextPart, write_node
from eild.validation.engines.spelling import Source
from eild.validation.grammar.terms import sh

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdflib import URIRef
    from rdflib.term import Node

    from eild.errors import Location

    Locate: TypeAlias = Callable[[Node, Node | None, Node | None], Location | None]

_TYPE: Final = write_node(RDF.type)
_SUBCLASS: Final = write_node(RDFS.subClassOf)
_LINKS: Final = frozenset(map(write_node, (OWL.imports, SH.shapesGraph, SH.suggestedShapesGraph, sh("shape"))))
_MOST_SEARCHED: Final = 20
_NAMES: Final = _LINKS | {write_node(OWL.versionIRI)}


class Data(Protocol):
    """What a validation asks of data."""

    @property
    def count(self) -> int:
        """Return how many triples there are, each counted once."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the paths of the files, where the triples of :meth:`linking` do not tell them."""

    @property
    def triples(self) -> Graph | Statements:
        """Return the triples as an engine takes them."""

    def with_context(self) -> Graph | Statements:
        """Return the triples and those of the context as an engine takes them."""

    def locate_all(self, nodes: set[Node]) -> Locate | None:
        """Return what gives the places of nodes, if places are known."""

    def of_context(self, nodes: set[Node]) -> set[Node]:
        """Return those of the nodes that the context describes and the data do not."""

    def matches(self, predicate: URIRef, target: Node) -> bool:
        """Tell whether a target, as ``sh:targetClass`` and its like declare it, matches anything in the data."""

    def sources(self) -> list[Source]:
        """Return the texts that the triples come from, as far as they are known."""

    def linking(self) -> LocatedGraph | None:
        """Return triples with places, among them all that name imports, shapes graphs, shapes and the files."""


@dataclass(frozen=True)
class GraphData:
    """Data that are a graph of RDFLib.

    :ivar triples: the data
    :ivar context: what they may refer to
    :ivar locate: gives the place of a subject, its predicate and its object
    :ivar located: the data with their places, if they are kept
    :ivar names: none, for what is located knows its files
    """

    triples: Graph
    context: Graph | None = None
    locate: Locate | None = None
    located: LocatedGraph | None = None
    names: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Return how many triples there are."""
        return len(self.triples)

    @cached_property
    def _union(self) -> Graph:
        if self.context is None:
            return self.triples
        union = Graph(bind_namespaces="none")
        for graph in (self.triples, self.context):
            for prefix, namespace in graph.namespaces():
                union.bind(prefix, namespace)
            for triple in graph:
                union.add(triple)
        return union

    def with_context(self) -> Graph:
        """Return the triples and those of the context."""
        return self._union

    def locate_all(self, nodes: set[Node]) -> Locate | None:  # noqa: ARG002 - all places are known
        """Return what gives places."""
        return self.locate or (self.located.locate if self.located is not None else None)

    def of_context(self, nodes: set[Node]) -> set[Node]:
        """Return those of the nodes that the context describes and the data do not."""
        context = self.context
        if context is None:
            return set()
        return {n for n in nodes if (n, None, None) not in self.triples and (n, None, None) in context}

    def matches(self, predicate: URIRef, target: Node) -> bool:
        """Tell whether a target matches anything."""
        data = self.triples
        if predicate == SH.targetNode:
            return isinstance(target, Literal) or (target, None, None) in data or (None, None, target) in data
        if predicate == SH.targetClass:
            kinds = self._union.transitive_subjects(RDFS.subClassOf, target)
            return any((None, RDF.type, kind) in data for kind in kinds)
        return (None, target, None) in data

    def sources(self) -> list[Source]:
        """Return the texts of the files."""
        return [] if self.located is None else located_sources(self.located)

    def linking(self) -> LocatedGraph | None:
        """Return the triples with their places."""
        return self.located


@dataclass(frozen=True)
class StatementData:
    """Data that are read as statements.

    :ivar triples: the data
    :ivar context: what they may refer to
    """

    triples: Statements
    context: Statements

    @property
    def names(self) -> tuple[str, ...]:
        """Return the paths of the files."""
        return tuple(part.name for part in self.triples.parts)

    @cached_property
    def count(self) -> int:
        """Return how many triples there are, each counted once."""
        return self.triples.count()

    def with_context(self) -> Statements:
        """Return the triples and those of the context."""
        return self.triples.merge(self.context)

    def locate_all(self, nodes: set[Node]) -> Locate:
        """Return what gives the places of these nodes."""
        return self.triples.locating(nodes).locate

    def of_context(self, nodes: set[Node]) -> set[Node]:
        """Return those of the nodes that the context describes and the data do not."""
        if not self.context.parts:
            return set()
        return self.context.describes(nodes) - self.triples.describes(nodes)

    @cached_property
    def _missing(self) -> list[bytes]:
        """The predicates that were searched for in vain."""
        return []

    @cached_property
    def _predicates(self) -> set[bytes]:
        """The predicates of all statements."""
        return {line.split(b" ", 2)[1] for part in self.triples.parts for line in part.iterate()}

    @cached_property
    def _classes(self) -> set[bytes]:
        """The classes that have instances."""
        return self.triples.resources_of(_TYPE)

    @cached_property
    def _subclasses(self) -> dict[bytes, set[bytes]]:
        """The subclasses that each class is stated to have."""
        found: dict[bytes, set[bytes]] = {}
        for lower, _, upper in self.with_context().with_predicate(_SUBCLASS):
            found.setdefault(upper, set()).add(lower)
        return found

    def matches(self, predicate: URIRef, target: Node) -> bool:
        """Tell whether a target matches anything."""
        wanted = write_node(target)
        if predicate == SH.targetNode:
            return isinstance(target, Literal) or self.triples.mentions(wanted)
        if predicate == SH.targetClass:
            return not self._kinds(wanted).isdisjoint(self._classes)
        return self._has(wanted)

    def _has(self, predicate: bytes) -> bool:
        """Return whether a statement has a predicate.

        A search for one that is missing takes a twentieth of the time that a pass over all lines takes.
        """
        if len(self._missing) == _MOST_SEARCHED:
            return predicate in self._predicates
        found = next(self.triples.with_predicate(predicate), None) is not None
        if not found:
            self._missing.append(predicate)
        return found

    def _kinds(self, kind: bytes) -> set[bytes]:
        """Return a class with its subclasses."""
        found, waiting = {kind}, [kind]
        while waiting:
            lower = self._subclasses.get(waiting.pop(), set()) - found
            found |= lower
            waiting.extend(lower)
        return found

    def sources(self) -> list[Source]:
        """Return the texts of the files."""
        texts = [Source(part.content, is_document=False) for part in self.triples.parts if isinstance(part, TextPart)]
        documents = (part for part in self.triples.parts if isinstance(part, PlacedPart))
        return texts + [Source(part.content, is_document=True) for part in documents]

    def linking(self) -> LocatedGraph | None:
        """Return the triples with places that name imports, shapes graphs, shapes and what the files are."""
        if not any(map(self._has, _LINKS)):
            return None
        return self.triples.select([(_TYPE, write_node(OWL.Ontology)), *((name, None) for name in _NAMES)])


def located_sources(located: LocatedGraph) -> list[Source]:
    """Return the texts of a located graph, each once as Turtle and once as a document: their syntax is not kept."""
    texts = [text.encode("utf-8", "surrogatepass") for text in located.texts.values()]
    return [
        Source(text, is_document=text.lstrip()[:1] in {b"<", b"{", b"["} and b"@prefix" not in text) for text in texts
    ]


def take_data(
    data: Graph | LocatedGraph | Statements, context: Graph | Statements | None, locate: Locate | None
) -> Data:
    """Return data of any kind as a validation asks for them.

    :param data: the data
    :param context: what they may refer to
    :param locate: gives places where the data are a graph without any
    """
    if isinstance(data, Statements):
        known = Statements(()) if context is None else context
        return StatementData(data, known if isinstance(known, Statements) else Statements.from_triples(known))
    graph = data.graph if isinstance(data, LocatedGraph) else data
    others = context.graph if isinstance(context, Statements) else context
    return GraphData(graph, others, locate, data if isinstance(data, LocatedGraph) else None)
