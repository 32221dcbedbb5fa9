"""Concepts, their schemes and collections: the relations of SKOS, read in both directions.

``skos:broader`` and ``skos:narrower`` are inverse, ``skos:related`` is symmetric, and a top concept of a scheme is in
it (SKOS Reference, sections 4.3.2 and 8.3): data may state either side of a pair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from eild import nodes
from eild.documents.expressions import list_items

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eild.documents.index import Documents

MOST_PATHS: Final = 8
"""How many ways from the top to a concept are shown."""
MOST_STEPS: Final = 40
"""How long a way from the top may be."""

_SKOS: Final = nodes.SKOS
BROADER: Final = (_SKOS.broader,)
NARROWER: Final = (_SKOS.narrower,)
_RELATIONS: Final = frozenset(
    (_SKOS.broader, _SKOS.narrower, _SKOS.related, _SKOS.inScheme, _SKOS.topConceptOf, _SKOS.hasTopConcept)
)
_IN_SCHEME: Final = (_SKOS.inScheme, _SKOS.topConceptOf)


def _unique(found: Iterable[object], own: NamedNode | None = None) -> list[NamedNode]:
    return [node for node in dict.fromkeys(found) if isinstance(node, NamedNode) and node != own]


class Thesaurus:
    """The concepts of a dataset.

    :param documents: its triples
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def _both(self, node: NamedNode, forward: Sequence[NamedNode], backward: Sequence[NamedNode]) -> list[NamedNode]:
        """Return what properties of a node lead to, and what their inverse properties lead from."""
        out = (value for name in forward for value in self._documents.find_objects(node, name))
        names = frozenset(backward)
        back = (link.subject for link in self._documents.incoming(node) if link.predicate in names)
        return _unique((*out, *back), node)

    def is_concept(self, node: NamedNode) -> bool:
        """Return whether a resource is a concept, by its type or by what relates it to others."""
        kinds = self._documents.find_objects(node, nodes.RDF.type)
        if _SKOS.Concept in kinds:
            return True
        return not kinds and any(
            link.predicate in _RELATIONS - {_SKOS.hasTopConcept} for link in self._documents.outgoing(node)
        )

    def is_scheme(self, node: NamedNode) -> bool:
        """Return whether a resource is a concept scheme, by its type or because concepts are in it."""
        if _SKOS.ConceptScheme in self._documents.find_objects(node, nodes.RDF.type):
            return True
        return any(link.predicate in _IN_SCHEME for link in self._documents.incoming(node))

    def list_concepts(self) -> list[NamedNode]:
        """Return the resources with the type of concepts."""
        links = self._documents.incoming(_SKOS.Concept)
        return _unique(link.subject for link in links if link.predicate == nodes.RDF.type)

    def list_schemes(self) -> list[NamedNode]:
        """Return the concept schemes, sorted by IRI: those with that type, and those that concepts are in."""
        links = self._documents.incoming(_SKOS.ConceptScheme)
        typed = _unique(link.subject for link in links if link.predicate == nodes.RDF.type)
        return sorted(typed, key=lambda node: node.value)

    def list_of_scheme(self, scheme: NamedNode) -> list[NamedNode]:
        """Return the concepts of a scheme."""
        return self._both(scheme, (_SKOS.hasTopConcept,), _IN_SCHEME)

    def list_top(self, scheme: NamedNode) -> list[NamedNode]:
        """Return the top concepts of a scheme: those that the data names, else those without a broader one."""
        named = self._both(scheme, (_SKOS.hasTopConcept,), (_SKOS.topConceptOf,))
        return named or [concept for concept in self.list_of_scheme(scheme) if not self.list_broader(concept)]

    def list_broader(self, concept: NamedNode) -> list[NamedNode]:
        """Return the broader concepts of a concept."""
        return self._both(concept, BROADER, NARROWER)

    def list_narrower(self, concept: NamedNode) -> list[NamedNode]:
        """Return the narrower concepts of a concept."""
        return self._both(concept, NARROWER, BROADER)

    def list_related(self, concept: NamedNode) -> list[NamedNode]:
        """Return the concepts related to a concept."""
        return self._both(concept, (_SKOS.related,), (_SKOS.related,))

    def list_schemes_of(self, concept: NamedNode) -> list[NamedNode]:
        """Return the schemes of a concept."""
        return self._both(concept, _IN_SCHEME, (_SKOS.hasTopConcept,))

    def list_siblings(self, concept: NamedNode) -> list[NamedNode]:
        """Return the other concepts that have a broader concept in common with a concept."""
        found = (other for above in self.list_broader(concept) for other in self.list_narrower(above))
        return _unique(found, concept)

    def list_paths(self, concept: NamedNode) -> list[list[NamedNode]]:
        """Return the ways from top concepts to a concept, each without it; a circle ends where it closes."""
        finished: list[list[NamedNode]] = []
        open_paths: list[list[NamedNode]] = [[concept]]
        while open_paths and len(finished) < MOST_PATHS:
            path = open_paths.pop(0)
            above = [node for node in self.list_broader(path[0]) if node not in path]
            if not above or len(path) > MOST_STEPS:
                finished.append(path[:-1])
                continue
            open_paths += [[node, *path] for node in above[: MOST_PATHS - len(finished)]]
        return [path for path in finished if path]

    def list_collections(self, concept: NamedNode) -> list[NamedNode]:
        """Return the collections of which a concept is a member."""
        return self._both(concept, (), (_SKOS.member,))

    def list_members(self, collection: NamedNode) -> list[NamedNode]:
        """Return the members of a collection, in their order if it has one."""
        for head in self._documents.find_objects(collection, _SKOS.memberList):
            if isinstance(head, NamedNode | BlankNode):
                return _unique(list_items(self._documents, head))
        return self._both(collection, (_SKOS.member,), ())

    def is_deprecated(self, concept: NamedNode) -> bool:
        """Return whether a concept should not be used any more."""
        marks = self._documents.find_objects(concept, nodes.OWL.deprecated)
        return any(isinstance(mark, Literal) and mark.value in {"true", "1"} for mark in marks) or bool(
            self.list_replacements(concept)
        )

    def list_replacements(self, concept: NamedNode) -> list[NamedNode]:
        """Return what to use instead of a concept."""
        return _unique(self._documents.find_objects(concept, nodes.DCTERMS.isReplacedBy), concept)
