"""A graph that knows where each of its triples is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from rdflib import Graph

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rdflib.term import Node

    from eild.errors import Location

Triple: TypeAlias = "tuple[Node, Node, Node]"

LARGEST_TEXT: Final = 4 * 1024 * 1024
"""Characters of a text beyond which a located graph does not keep it."""


@dataclass
class LocatedGraph:
    """A graph with the place of each of its triples.

    :ivar graph: the triples; those of all named graphs together for TriG and N-Quads
    :ivar places: for each triple all its places, in the order of reading (several if it is written several times)
    :ivar subjects: for each subject the place of its first triple
    :ivar texts: what was read, by the path in locations; texts beyond :data:`LARGEST_TEXT` are not kept
    """

    graph: Graph = field(default_factory=Graph)
    places: dict[Triple, list[Location]] = field(default_factory=dict)
    subjects: dict[Node, Location] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict, repr=False)

    def add(self, triple: Triple, location: Location) -> None:
        """Add a triple that stands at a location."""
        self.graph.add(triple)
        self.places.setdefault(triple, []).append(location)
        self.subjects.setdefault(triple[0], location)

    def locate(self, subject: Node, predicate: Node | None = None, obj: Node | None = None) -> Location | None:
        """Return the best known place for a triple or a part of it.

        That is the place of the triple itself, or of a triple with that subject and object if no predicate is given;
        else of the subject's first triple with that predicate; else of the subject's first triple; else of the first
        triple that points to it (for a resource that nothing describes); else None.
        """
        if predicate is not None and obj is not None:
            exact = self.places.get((subject, predicate, obj))
            if exact:
                return exact[0]
        if predicate is None and obj is not None and obj != subject:
            pointing = [self.places[triple][0] for triple in self.graph.triples((subject, None, obj))]
            if pointing:
                return min(pointing)
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
            merged.texts |= located.texts
            for triple, locations in located.places.items():
                for location in locations:
                    merged.add(triple, location)
        return merged
