"""Joining triples with places that are known by property only: for JSON-LD.

A parser yields the triples of one property in the order in which a text has them. Where a walk over the text finds as
many mentions of the property as there are triples, and each agrees with its triple in subject and value, they belong
together one by one. Otherwise a triple stands at the only mention that agrees with it, or where its subject is
described; of all others only the file is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from rdflib import BNode, URIRef

from eild.errors import Location
from eild.located.graph import LocatedGraph

if TYPE_CHECKING:
    from rdflib.term import Node

    from eild.located.graph import Triple

Span: TypeAlias = "tuple[int, int]"


@dataclass(frozen=True)
class Mention:
    """A value of a property in a text.

    :ivar span: its extent
    :ivar subject: the IRI of what has it; an empty string for a blank node, None if that is not known
    :ivar values: what it may stand for, as strings; empty if that is not known
    """

    span: Span
    subject: str | None = None
    values: frozenset[str] = frozenset()

    def agrees(self, triple: Triple) -> bool:
        """Return whether nothing of the mention contradicts a triple."""
        subject, _, obj = triple
        if self.subject is not None and self.subject != (str(subject) if isinstance(subject, URIRef) else ""):
            return False
        return not self.values or str(obj) in self.values


@dataclass
class Mentions:
    """Where a text mentions properties and resources.

    :ivar properties: the values of each property, by its IRI, in the order of the text
    :ivar resources: where each resource is described first, by its IRI
    """

    properties: dict[str, list[Mention]] = field(default_factory=dict)
    resources: dict[str, Span] = field(default_factory=dict)

    def add_property(self, iri: str, mention: Mention) -> None:
        """Note a value of a property."""
        self.properties.setdefault(iri, []).append(mention)

    def add_resource(self, iri: str, span: Span) -> None:
        """Note where a resource is described."""
        self.resources.setdefault(iri, span)


def align(triples: list[Triple], mentions: Mentions, place_of: dict[int, Location], name: str) -> LocatedGraph:
    """Return the triples with the places that the mentions give them.

    :param triples: in the order in which the parser yields them
    :param mentions: what a walk over the text found
    :param place_of: the location of each offset at which a mention starts
    :param name: what locations show as path
    """
    numbers: dict[Node, list[int]] = {}
    for number, (_, predicate, _) in enumerate(triples):
        numbers.setdefault(predicate, []).append(number)
    found: dict[int, Location] = {}
    for predicate, indexes in numbers.items():
        known = mentions.properties.get(str(predicate), [])
        pairs = list(zip(indexes, known, strict=False))
        if len(known) != len(indexes) or not all(mention.agrees(triples[number]) for number, mention in pairs):
            pairs = _match([(number, triples[number]) for number in indexes], known)
        found |= {number: place_of[mention.span[0]] for number, mention in pairs}
    described: dict[Node, Location] = {URIRef(iri): place_of[span[0]] for iri, span in mentions.resources.items()}
    return _place(triples, found, described, name)


def _place(
    triples: list[Triple], found: dict[int, Location], described: dict[Node, Location], name: str
) -> LocatedGraph:
    """Return triples with their places; of others where the subject is described, or where what points to it stands.

    :param found: the places of triples, by their numbers
    :param described: where resources are described
    """
    pointing: dict[Node, list[tuple[Node, Location | None]]] = {}
    for number, (subject, _, obj) in enumerate(triples):
        if isinstance(obj, BNode):
            pointing.setdefault(obj, []).append((subject, found.get(number)))
    located = LocatedGraph()
    for number, triple in enumerate(triples):
        place, subject, seen = found.get(number), triple[0], set[object]()
        while place is None and subject not in seen:
            seen.add(subject)
            place = described.get(subject)
            for holder, at in pointing.get(subject, ())[:1] if place is None else ():
                subject, place = holder, at
        located.add(triple, place or Location(name))
    return located


def _match(triples: list[tuple[int, Triple]], mentions: list[Mention]) -> list[tuple[int, Mention]]:
    """Return the triples that agree with one mention only, which says of what and which value it is, with that one."""
    telling = [mention for mention in mentions if mention.subject and mention.values]
    pairs = []
    for number, triple in triples:
        agreeing = [mention for mention in telling if mention.agrees(triple)]
        if len(agreeing) == 1:
            pairs.append((number, agreeing[0]))
    return pairs
