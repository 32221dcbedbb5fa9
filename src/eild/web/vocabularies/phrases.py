"""What a shape demands, in words, with links to the terms and shapes that it names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from eild.terms import RDF, SH
from eild.web.frame.views import Piece
from eild.web.vocabularies.graph import local_name, piece_of, refer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eild.web.frame.site import Site
    from eild.web.vocabularies.graph import Node, Term, VocabularyGraph

_NODE_KINDS: Final = {
    "IRI": "an IRI",
    "Literal": "a literal",
    "BlankNode": "a blank node",
    "BlankNodeOrIRI": "an IRI or a blank node",
    "BlankNodeOrLiteral": "a literal or a blank node",
    "IRIOrLiteral": "an IRI or a literal",
}
_OF_A_TERM: Final = {
    SH["class"]: "is a ",
    SH.datatype: "has the datatype ",
    SH.hasValue: "has the value ",
    SH.node: "conforms to ",
    SH["not"]: "does not conform to ",
    SH.equals: "has the same values as ",
    SH.disjoint: "has no value in common with ",
    SH.lessThan: "is less than each value of ",
    SH.lessThanOrEquals: "is less than or equal to each value of ",
    SH.minExclusive: "is greater than ",
    SH.minInclusive: "is at least ",
    SH.maxExclusive: "is less than ",
    SH.maxInclusive: "is at most ",
    SH.minLength: "has a length of at least ",
    SH.maxLength: "has a length of at most ",
}
_OF_A_LIST: Final = {
    SH["in"]: ("is one of ", ", "),
    SH.languageIn: ("is in the language ", " or "),
    SH["or"]: ("at least one holds: ", " or "),
    SH["and"]: ("all hold: ", " and "),
    SH.xone: ("exactly one holds: ", " or "),
}
_PATH_STEPS: Final = {
    SH.inversePath: ("the inverse of ", ""),
    SH.zeroOrMorePath: ("", ", zero or more times"),
    SH.oneOrMorePath: ("", ", one or more times"),
    SH.zeroOrOnePath: ("", ", zero or one time"),
}
_TARGETS: Final = {
    SH.targetClass: "each ",
    SH.targetNode: "the resource ",
    SH.targetSubjectsOf: "subjects of ",
    SH.targetObjectsOf: "objects of ",
}

Phrase = list[Piece]


@dataclass(frozen=True)
class Rule:
    """A demand of a shape.

    :ivar pieces: the demand in words
    :ivar code: the query that checks it; an empty string if there is none
    :ivar name: the local name of the query
    """

    pieces: Phrase
    code: str = ""
    name: str = ""


class Words:
    """Says what shapes demand.

    :param site: the site on whose pages it is said
    :param graph: the shapes
    """

    def __init__(self, site: Site, graph: VocabularyGraph) -> None:
        self._site = site
        self._graph = graph

    def name(self, node: Term) -> Piece:
        """Return a term or a shape as a link to where it is described."""
        return piece_of(refer(self._site, node))

    def list_targets(self, shape: Node) -> list[Phrase]:
        """Return what a shape is applied to by itself."""
        return [
            [Piece(words), self.name(target)]
            for predicate, words in _TARGETS.items()
            for target in self._graph.values(shape, predicate)
        ]

    def tell_path(self, path: Term) -> Phrase:
        """Return a property path (SHACL, section 2.3.1) in words."""
        if isinstance(path, BlankNode):
            for predicate, (before, after) in _PATH_STEPS.items():
                for inner in self._graph.values(path, predicate):
                    return [Piece(before), *self.tell_path(inner), *([Piece(after)] if after else [])]
            for alternatives in self._graph.values(path, SH.alternativePath):
                return self._join(map(self.tell_path, self._graph.items(alternatives)), " or ")
            if self._graph.values(path, RDF.first):
                return self._join(map(self.tell_path, self._graph.items(path)), ", then ")
        return [self.name(path)]

    def list_rules(self, shape: Node) -> list[Rule]:
        """Return all that a shape demands of its focus nodes or values, except what its property shapes do."""
        return [*self._tell_counts(shape), *self._tell_values(shape), *self._tell_whole(shape)]

    def _tell_counts(self, shape: Node) -> Iterator[Rule]:
        least, most = (self._number(shape, predicate) for predicate in (SH.minCount, SH.maxCount))
        if words := _count_words(least, most):
            yield Rule([Piece(words)])
        for qualified in self._graph.values(shape, SH.qualifiedValueShape):
            least = self._number(shape, SH.qualifiedMinCount)
            most = self._number(shape, SH.qualifiedMaxCount)
            yield Rule([Piece(f"{_count_words(least, most)} of those that conform to "), self.name(qualified)])

    def _tell_values(self, shape: Node) -> Iterator[Rule]:
        for predicate, words in _OF_A_TERM.items():
            for value in self._graph.values(shape, predicate):
                yield Rule([Piece(words), self.name(value)])
        for kind in self._graph.nodes(shape, SH.nodeKind):
            yield Rule([Piece(f"is {_NODE_KINDS.get(local_name(kind.value), kind.value)}")])
        for predicate, (words, between) in _OF_A_LIST.items():
            for head in self._graph.values(shape, predicate):
                items = ([self.name(item)] for item in self._graph.items(head))
                yield Rule([Piece(words), *self._join(items, between)])
        for pattern in self._graph.texts(shape, SH.pattern):
            yield Rule([Piece("matches "), Piece(pattern, code=True)])

    def _tell_whole(self, shape: Node) -> Iterator[Rule]:
        """Yield what is demanded of all values, or all properties, together."""
        if self._is_true(shape, SH.uniqueLang):
            yield Rule([Piece("at most one value per language")])
        if self._is_true(shape, SH.closed):
            allowed = [
                [self.name(item)]
                for head in self._graph.values(shape, SH.ignoredProperties)
                for item in self._graph.items(head)
            ]
            beside = [Piece(" and "), *self._join(allowed, ", ")] if allowed else []
            yield Rule([Piece("has no properties other than those of the property shapes below"), *beside])
        for constraint in self._graph.values(shape, SH.sparql):
            if isinstance(constraint, NamedNode | BlankNode):
                for query in self._graph.texts(constraint, SH.select) + self._graph.texts(constraint, SH.ask):
                    yield Rule([Piece("the query returns no results")], _dedent(query), local_name(constraint.value))
        if self._is_true(shape, SH.deactivated):
            yield Rule([Piece("deactivated: nothing is checked")])

    def _number(self, shape: Node, predicate: str) -> int | None:
        text = self._graph.text(shape, predicate)
        return int(text) if text.isdecimal() else None

    def _is_true(self, shape: Node, predicate: str) -> bool:
        return any(
            isinstance(value, Literal) and value.value in {"true", "1"}
            for value in self._graph.values(shape, predicate)
        )

    @staticmethod
    def _join(phrases: Iterable[Phrase], between: str) -> Phrase:
        joined: Phrase = []
        for number, phrase in enumerate(phrases):
            joined += [*([Piece(between)] if number else []), *phrase]
        return joined


def _count_words(least: int | None, most: int | None) -> str:
    """Describe cardinality bounds in words. Return an empty string if there are none."""
    if most == 0:
        return "no value"
    if least is not None and least == most:
        return f"exactly {_values(least)}"
    bounds = [f"at least {_values(least)}"] if least else []
    bounds += [f"at most {_values(most)}"] if most is not None else []
    return ", ".join(bounds)


def _values(number: int) -> str:
    return "one value" if number == 1 else f"{number} values"


def _dedent(query: str) -> str:
    """Return a query without the blank lines around it and the indent that all its lines share."""
    lines = [line.rstrip() for line in query.splitlines()]
    filled = [line for line in lines if line]
    margin = min((len(line) - len(line.lstrip()) for line in filled), default=0)
    return "\n".join(line[margin:] for line in lines).strip("\n")
