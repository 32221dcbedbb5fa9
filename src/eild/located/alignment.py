"""Joining triples with places that are known by property only: for RDF/XML and JSON-LD.

A parser yields the triples of one property in the order in which a text has them. Where a walk over the text finds as
many mentions of the property as there are triples, they belong together one by one. Where it does not, a triple stands
where its subject is named, or else where the triple before it stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from rdflib import URIRef

from eild.errors import Location
from eild.located.graph import LocatedGraph

if TYPE_CHECKING:
    from rdflib.term import Node

    from eild.located.graph import Triple

Span: TypeAlias = "tuple[int, int]"


@dataclass
class Mentions:
    """Where a text mentions properties and resources.

    :ivar properties: the extents of the values of each property, by its IRI, in the order of the text
    :ivar resources: where each resource is described first, by its IRI
    """

    properties: dict[str, list[Span]] = field(default_factory=dict)
    resources: dict[str, Span] = field(default_factory=dict)

    def add_property(self, iri: str, span: Span) -> None:
        """Note a value of a property."""
        self.properties.setdefault(iri, []).append(span)

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
        spans = mentions.properties.get(str(predicate), [])
        if len(spans) == len(indexes):
            found |= {number: place_of[start] for number, (start, _) in zip(indexes, spans, strict=True)}
    located, before = LocatedGraph(), Location(name)
    for number, triple in enumerate(triples):
        subject = mentions.resources.get(str(triple[0])) if isinstance(triple[0], URIRef) else None
        place = found.get(number) or (place_of[subject[0]] if subject else before)
        located.add(triple, place)
        before = place
    return located
