"""SHACL property paths (SHACL, section 2.3.1): read once, shown as SPARQL paths, followed through any triples."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from rdflib import Literal, URIRef
from rdflib.namespace import RDF, SH

from eild.validation.grammar.lists import list_cells, list_fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rdflib import Graph
    from rdflib.term import Node

SEQUENCE: Final = "sequence"
ALTERNATIVE: Final = "alternative"
INVERSE: Final = "inverse"
PROPERTY: Final = "property"
_SUFFIXES: Final = {"zeroOrMore": "*", "oneOrMore": "+", "zeroOrOne": "?"}
_STEPS: Final = {
    SH.inversePath: INVERSE,
    SH.alternativePath: ALTERNATIVE,
    SH.zeroOrMorePath: "zeroOrMore",
    SH.oneOrMorePath: "oneOrMore",
    SH.zeroOrOnePath: "zeroOrOne",
}
_FEWEST_MEMBERS: Final = 2
_DEEPEST: Final = 64

Term = TypeVar("Term")


class Triples(Protocol[Term]):
    """What a path is followed through: RDFLib's graphs, and the index of the exact evaluator."""

    def objects(self, subject: Term, predicate: Term, /) -> Iterable[Term]:
        """Return the objects of the triples with a subject and a predicate."""

    def subjects(self, predicate: Term, obj: Term, /) -> Iterable[Term]:
        """Return the subjects of the triples with a predicate and an object."""


class PathError(ValueError):
    """A path is ill-formed.

    :param fault: what is wrong
    :param node: the node of the path at which it is wrong
    """

    def __init__(self, fault: str, node: Node) -> None:
        super().__init__(fault)
        self.fault = fault
        self.node = node


@dataclass(frozen=True)
class Path:
    """A property path, or a part of one.

    :ivar kind: ``property``, ``inverse``, ``sequence``, ``alternative``, ``zeroOrMore``, ``oneOrMore``, ``zeroOrOne``
    :ivar parts: the paths within it; empty for a property
    :ivar iri: the property; None for any other kind
    :ivar triple: the triple of the shapes graph that has this part as its object; None for a path given as it is
    """

    kind: str
    parts: tuple[Path, ...] = ()
    iri: Node | None = None
    triple: tuple[Node, Node, Node] | None = field(default=None, compare=False)

    def properties(self) -> Iterator[Path]:
        """Yield the properties in the path, in the order of the text."""
        if self.kind == PROPERTY:
            yield self
        for part in self.parts:
            yield from part.properties()

    @property
    def text(self) -> str:
        """The path in the syntax of SPARQL with full IRIs, e.g. ``<a>/^<b>*``."""
        members = [part.text if part.kind == PROPERTY else f"({part.text})" for part in self.parts]
        if self.kind == PROPERTY:
            return "" if self.iri is None else self.iri.n3()
        if self.kind == INVERSE:
            return f"^{members[0]}"
        if self.kind == SEQUENCE:
            return "/".join(members)
        return "|".join(members) if self.kind == ALTERNATIVE else f"{members[0]}{_SUFFIXES[self.kind]}"

    def follow(
        self, triples: Triples[Term], start: Term, term_of: Callable[[Node], Term], *, backwards: bool = False
    ) -> dict[Term, None]:
        """Return the nodes that the path leads to, each once, in the order in which they are met.

        :param triples: the triples that it is followed through
        :param start: the node that it is followed from
        :param term_of: gives a property as these triples have it
        :param backwards: whether it is followed from its end to its start
        """
        if self.iri is not None:
            predicate = term_of(self.iri)
            return dict.fromkeys(triples.subjects(predicate, start) if backwards else triples.objects(start, predicate))
        if self.kind == INVERSE:
            return self.parts[0].follow(triples, start, term_of, backwards=not backwards)
        if self.kind == ALTERNATIVE:
            found: dict[Term, None] = {}
            for part in self.parts:
                found |= part.follow(triples, start, term_of, backwards=backwards)
            return found
        if self.kind == SEQUENCE:
            nodes = {start: None}
            for part in reversed(self.parts) if backwards else self.parts:
                following: dict[Term, None] = {}
                for node in nodes:
                    following |= part.follow(triples, node, term_of, backwards=backwards)
                nodes = following
            return nodes
        step = self.parts[0].follow(triples, start, term_of, backwards=backwards)
        reached = step if self.kind == "oneOrMore" else {start: None} | step
        waiting = [] if self.kind == "zeroOrOne" else list(step)
        expanded: set[Term] = set()
        for node in waiting:  # which grows
            if node not in expanded:
                expanded.add(node)
                step = self.parts[0].follow(triples, node, term_of, backwards=backwards)
                reached |= step
                waiting.extend(step)
        return reached


def parse_path(graph: Graph, node: Node, *, triple: tuple[Node, Node, Node] | None = None) -> Path:
    """Read a property path.

    A step beside the cells of a sequence has no effect, as in the W3C test suite.

    :param graph: the shapes graph
    :param node: an IRI, or the blank node of a path
    :param triple: the triple that has the path as its object
    :raises PathError: if the path is ill-formed or nested beyond measure
    """
    return _parse(graph, node, triple, frozenset())


def _parse(graph: Graph, node: Node, triple: tuple[Node, Node, Node] | None, above: frozenset[Node]) -> Path:
    if isinstance(node, URIRef) and node != RDF.nil:
        return Path(PROPERTY, iri=node, triple=triple)
    if node in above:
        raise PathError("it leads back to itself", node)
    if len(above) > _DEEPEST:
        raise PathError(f"it is nested more than {_DEEPEST} levels deep", node)
    if isinstance(node, Literal):
        raise PathError("a literal is not a path", node)
    if node == RDF.nil:
        raise PathError("a sequence is empty", node)
    inner = above | {node}
    if (node, RDF.first, None) in graph:
        return Path(SEQUENCE, _members(graph, node, node, inner), triple=triple)
    steps = [(step, value) for step in _STEPS for value in graph.objects(node, step)]
    if len(steps) != 1:
        raise PathError(f"a blank node has {len(steps) or 'no'} path steps instead of one", node)
    others = [predicate for predicate in graph.predicates(node) if predicate not in _STEPS]
    if others:
        raise PathError(f"a path node also has {others[0].n3()}", node)
    step, value = steps[0]
    if step == SH.alternativePath:
        return Path(ALTERNATIVE, _members(graph, value, node, inner), triple=triple)
    return Path(_STEPS[step], (_parse(graph, value, (node, step, value), inner),), triple=triple)


def _members(graph: Graph, head: Node, node: Node, above: frozenset[Node]) -> tuple[Path, ...]:
    fault = list_fault(graph, head)
    if fault:
        raise PathError(f"not a list: {fault}", node)
    pairs = [(cell, graph.value(cell, RDF.first)) for cell in list_cells(graph, head)]
    if len(pairs) < _FEWEST_MEMBERS:
        raise PathError("a list in a path needs two members", node)
    return tuple(_parse(graph, item, (cell, RDF.first, item), above) for cell, item in pairs if item is not None)


def path_text(graph: Graph, path: Node | None) -> str:
    """Return a path in the syntax of SPARQL with full IRIs; an empty string for no path.

    :param graph: the graph that holds the blank nodes of the path
    :param path: an IRI or the blank node of a path; of an ill-formed path its own name is returned
    """
    if path is None:
        return ""
    try:
        return parse_path(graph, path).text
    except PathError:
        return path.n3()
