"""The triples of a publication by subject and by object: what documents about resources are made of.

Of dumps they come as they were written, literal for literal; of a store on disk as the engine keeps them
(``1.50`` is ``1.5`` there).
"""

from __future__ import annotations

import difflib
import itertools
import re
from abc import ABC, abstractmethod
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Final, Self

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, RdfFormat, Triple, parse

from eild.languages import WANTED, rank_language
from eild.process import pause_collector
from eild.publication.stores import open_store
from eild.terms import LABELS, OA, RDF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyoxigraph import Quad, Store

    from eild.catalog.inventory import File
    from eild.publication.manifest import Publication

    Node = NamedNode | BlankNode

LABEL_PROPERTIES: Final = tuple(map(NamedNode, LABELS))
"""Properties whose values name a resource, the best first."""

REIFIES: Final = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies")
"""The property that joins a reifier to the triple term of what it annotates."""

MOST_INCOMING: Final = 10_000
"""How many triples that point to one node a document takes from a store; the rest is for queries."""

MOST_TYPED: Final = 500_000
"""How many typed resources of a store are looked through for those with fragments."""

RDF_TYPE: Final = NamedNode(RDF.type)
_FIRST_QUOTED: Final = LABELS.index(OA.exact)
_LABEL_RANK: Final = {term: rank for rank, term in enumerate(LABEL_PROPERTIES)}
_MANY: Final = 2000
_SUGGESTIONS: Final = 5
_CANDIDATES: Final = 4000
_CUTOFF: Final = 0.55


class Documents(ABC):
    """What documents ask of the triples of a dataset: those about a node, those that point to it, names."""

    most_incoming: int | None = None
    """The maximum number of triples that :meth:`incoming` returns for one node; None if it returns all."""

    @property
    @abstractmethod
    def size(self) -> int:
        """The number of triples."""

    @abstractmethod
    def outgoing(self, node: Node) -> Sequence[Triple]:
        """Return the triples about a node."""

    @abstractmethod
    def incoming(self, node: Node) -> Sequence[Triple]:
        """Return the triples that point to a node."""

    def sort_incoming(self, node: Node) -> Sequence[Triple]:
        """Return the triples that point to a node by property, then by subject."""
        return sorted(self.incoming(node), key=lambda triple: (triple.predicate.value, str(triple.subject)))

    @abstractmethod
    def knows(self, node: Node) -> bool:
        """Return whether any triple is about the node or points to it."""

    def list_named(self) -> Iterator[NamedNode]:
        """Yield the resources that have a name, each once; none if that cannot be told quickly."""
        return iter(())

    def is_described(self, node: Node) -> bool:
        """Return whether any triple is about the node, so that a link to the document about it is worth while."""
        return bool(self.outgoing(node))

    def naming(self, node: Node) -> Sequence[Triple]:
        """Return triples about a node among which are all that name it."""
        return self.outgoing(node)

    def list_fragments(self, document: str) -> Sequence[NamedNode]:  # noqa: ARG002 - for those that can
        """Return the described resources whose IRIs are that of a document and a fragment, in natural order."""
        return ()

    def suggest(self, iri: str) -> tuple[str, ...]:  # noqa: ARG002 - for those that can
        """Return the IRIs of resources whose names come nearest to an IRI, where that can be told quickly."""
        return ()

    def prepare(self, nodes: Iterable[Node]) -> None:  # noqa: B027 - nothing to do where triples are near
        """Be ready for the names and types of some nodes, which will be asked for one by one."""

    def describe(self, node: Node) -> list[Triple]:
        """Return the triples about a node and about blank nodes that it leads to, and the annotations of these."""
        found, queue, seen = [], [node], {node}
        while queue:
            for triple in self.outgoing(queue.pop()):
                found.append(triple)
                targets = [*self.annotating(triple)]
                if isinstance(triple.object, BlankNode):
                    targets.append(triple.object)
                queue += [target for target in targets if target not in seen]
                seen.update(targets)
        return found

    def annotating(self, triple: Triple) -> Sequence[Node]:  # noqa: ARG002 - for those that can
        """Return the resources that reify a triple, and so carry its annotations (RDF 1.2 Concepts, section 1.5)."""
        return ()

    def find_objects(self, node: Node, predicate: NamedNode) -> list[NamedNode | BlankNode | Literal]:
        """Return the values of a property of a node."""
        return [
            triple.object
            for triple in self.outgoing(node)
            if triple.predicate == predicate and isinstance(triple.object, NamedNode | BlankNode | Literal)
        ]

    def find_subjects(self, predicate: NamedNode, node: Node) -> Iterable[NamedNode]:
        """Return the resources with an IRI that have a node as value of a property; of a store, the first ones."""
        found = (link.subject for link in self.incoming(node) if link.predicate == predicate)
        return (subject for subject in found if isinstance(subject, NamedNode))

    def find_name(self, node: Node) -> str:
        """Return the best name of a node, as :meth:`find_label` chooses it; an empty string if it has none."""
        label = self.find_label(node)
        return label.object.value if label and isinstance(label.object, Literal) else ""

    def find_label(self, node: Node) -> Triple | None:
        """Return the triple that names a node best: in the language that is wanted here, then by property.

        Words that are quoted name something only where it has no other name.
        """
        best: Triple | None = None
        best_key: tuple[bool, tuple[int, int, str], int, str] | None = None
        wanted = WANTED.get()
        for triple in self.naming(node):
            rank = _LABEL_RANK.get(triple.predicate)
            if rank is None or not isinstance(triple.object, Literal):
                continue
            language = rank_language(triple.object.language or "", wanted)
            key = (rank >= _FIRST_QUOTED, language, rank, triple.object.value)
            if best_key is None or key < best_key:
                best, best_key = triple, key
        return best

    def list_labels(self, node: Node) -> list[Triple]:
        """Return the triples that name a node by the best of the properties that it has, in every language."""
        found = [(_LABEL_RANK.get(triple.predicate), triple) for triple in self.naming(node)]
        best = min((rank for rank, triple in found if rank is not None), default=None)
        return [triple for rank, triple in found if rank is not None and rank == best]


def group_fragments(nodes: Iterable[NamedNode]) -> dict[str, list[NamedNode]]:
    """Return the resources that have a fragment by the document that they belong to (RFC 3986, section 3.5)."""
    found: dict[str, dict[str, NamedNode]] = defaultdict(dict)
    for node in nodes:
        document, separator, _ = node.value.partition("#")
        if separator:
            found[document][node.value] = node
    return {
        document: [named[iri] for iri in sorted(named, key=lambda iri: (iri.lower(), iri))]
        for document, named in found.items()
    }


class DocumentIndex(Documents):
    """Triples by subject and by object, in memory.

    :param triples: the triples, each once
    """

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._sorted: dict[Node, Sequence[Triple]] = {}
        self._outgoing: dict[Node, list[Triple]] = defaultdict(list)
        self._incoming: dict[Node, list[Triple]] = defaultdict(list)
        self._annotating: dict[Triple, list[Node]] = defaultdict(list)
        self._size = 0
        for triple in triples:
            self._size += 1
            self._outgoing[triple.subject].append(triple)  # type: ignore[index]
            if isinstance(triple.object, NamedNode | BlankNode):
                self._incoming[triple.object].append(triple)
            elif triple.predicate == REIFIES and isinstance(triple.object, Triple):
                self._annotating[triple.object].append(triple.subject)  # type: ignore[arg-type]

    @property
    def size(self) -> int:
        """The number of triples."""
        return self._size

    @classmethod
    @pause_collector()
    def load(cls, publication: Publication) -> Self:
        """Read the default graph of a publication.

        :raises DataError: if its N-Triples are missing or damaged
        """
        return cls(quad.triple for quad in parse(publication.read_dump(".nt"), RdfFormat.N_TRIPLES))

    @cached_property
    def _fragments(self) -> dict[str, list[NamedNode]]:
        return group_fragments(self.list_named())

    def list_fragments(self, document: str) -> Sequence[NamedNode]:
        """Return the resources whose IRIs begin with that of a document; see :meth:`Documents.list_fragments`."""
        return self._fragments.get(document, ())

    def list_fragmented(self) -> Iterable[str]:
        """Return the IRIs of the documents to which resources with fragments belong."""
        return self._fragments

    def count_subjects(self) -> int:
        """Return the number of subjects."""
        return len(self._outgoing)

    def subjects(self) -> Iterator[Node]:
        """Yield every subject."""
        return iter(self._outgoing)

    def list_named(self) -> Iterator[NamedNode]:
        """Yield every subject that is no blank node; see :meth:`Documents.list_named`."""
        return (subject for subject in self._outgoing if isinstance(subject, NamedNode))

    def outgoing(self, node: Node) -> Sequence[Triple]:
        """Return the triples about a node; see :meth:`Documents.outgoing`."""
        return self._outgoing.get(node, ())

    def incoming(self, node: Node) -> Sequence[Triple]:
        """Return the triples that point to a node; see :meth:`Documents.incoming`."""
        return self._incoming.get(node, ())

    def annotating(self, triple: Triple) -> Sequence[Node]:
        """Return the resources that reify a triple; see :meth:`Documents.annotating`."""
        return self._annotating.get(triple, ()) if self._annotating else ()

    def sort_incoming(self, node: Node) -> Sequence[Triple]:
        """Return the triples that point to a node in order; the order of many is kept, as the triples never change."""
        if len(self.incoming(node)) < _MANY:
            return super().sort_incoming(node)
        if node not in self._sorted:
            self._sorted[node] = super().sort_incoming(node)
        return self._sorted[node]

    def knows(self, node: Node) -> bool:
        """Return whether the node occurs; see :meth:`Documents.knows`."""
        return node in self._outgoing or node in self._incoming

    def suggest(self, iri: str) -> tuple[str, ...]:
        """Return the IRIs of described resources whose names come nearest to an IRI that is unknown."""
        wanted = iri.rstrip("/#").lower()
        name = re.split(r"[/#]", wanted)[-1]
        words = {word for word in re.split(r"[^a-z0-9]+", name) if len(word) > 1}
        scored: list[tuple[int, str]] = []
        for subject in self._outgoing:
            if isinstance(subject, NamedNode):
                other = re.split(r"[/#]", subject.value.lower())[-1]
                shared = len(words.intersection(re.split(r"[^a-z0-9]+", other)))
                if shared or other[:2] == name[:2]:
                    scored.append((-shared, subject.value))
        candidates = [value for _, value in sorted(scored)[:_CANDIDATES]]
        return tuple(difflib.get_close_matches(wanted, candidates, _SUGGESTIONS, _CUTOFF))


class StoreDocuments(Documents):
    """The triples of the default graph of a store on disk, looked up in its own indexes.

    :param store: the store, open for reading
    :param size: the number of triples of its default graph
    """

    most_incoming = MOST_INCOMING

    def __init__(self, store: Store, size: int) -> None:
        self._store = store
        self._size = size
        self._has_annotations = bool(self._first(None, None, REIFIES))

    @property
    def size(self) -> int:
        """The number of triples."""
        return self._size

    def list_named(self) -> Iterator[NamedNode]:
        """Yield every subject that a property of :data:`LABEL_PROPERTIES` names; see :meth:`Documents.list_named`."""
        seen: set[NamedNode] = set()
        for predicate in LABEL_PROPERTIES:
            for quad in self._store.quads_for_pattern(None, predicate, None, DefaultGraph()):
                subject = quad.subject
                if isinstance(subject, NamedNode) and subject not in seen:
                    seen.add(subject)
                    yield subject

    @cached_property
    def _fragments(self) -> dict[str, list[NamedNode]]:
        """Documents with their fragments, as far as the first :data:`MOST_TYPED` typed resources tell."""
        typed = itertools.islice(self._store.quads_for_pattern(None, RDF_TYPE, None, DefaultGraph()), MOST_TYPED)
        return group_fragments(quad.subject for quad in typed if isinstance(quad.subject, NamedNode))

    def list_fragments(self, document: str) -> Sequence[NamedNode]:
        """Return the resources whose IRIs begin with that of a document; see :meth:`Documents.list_fragments`."""
        return self._fragments.get(document, ())

    def outgoing(self, node: Node) -> Sequence[Triple]:
        """Return the triples about a node; see :meth:`Documents.outgoing`."""
        return [quad.triple for quad in self._store.quads_for_pattern(node, None, None, DefaultGraph())]

    def incoming(self, node: Node) -> Sequence[Triple]:
        """Return the triples that point to a node, no more than :data:`MOST_INCOMING`."""
        found = self._store.quads_for_pattern(None, None, node, DefaultGraph())
        return [quad.triple for quad in itertools.islice(found, MOST_INCOMING)]

    def find_subjects(self, predicate: NamedNode, node: Node) -> Iterable[NamedNode]:
        """Return the first :data:`MOST_INCOMING` resources that have a node as value of a property."""
        found = itertools.islice(self._store.quads_for_pattern(None, predicate, node, DefaultGraph()), MOST_INCOMING)
        return (quad.subject for quad in found if isinstance(quad.subject, NamedNode))

    def knows(self, node: Node) -> bool:
        """Return whether the node occurs; see :meth:`Documents.knows`."""
        return bool(self._first(node, None)) or bool(self._first(None, node))

    def annotating(self, triple: Triple) -> Sequence[Node]:
        """Return the resources that reify a triple; see :meth:`Documents.annotating`."""
        if not self._has_annotations:
            return ()
        found = self._store.quads_for_pattern(None, REIFIES, triple, DefaultGraph())
        return [quad.subject for quad in itertools.islice(found, MOST_INCOMING)]  # type: ignore[misc]

    def _first(self, subject: Node | None, target: Node | None, predicate: NamedNode | None = None) -> list[Quad]:
        found = self._store.quads_for_pattern(subject, predicate, target, DefaultGraph())
        return list(itertools.islice(found, 1))


def load_documents(publication: Publication) -> Documents:
    """Return the triples of the default graph of a publication.

    :raises DataError: if its dump or its store is missing or damaged
    """
    if publication.store:
        return StoreDocuments(open_store(publication), publication.triples or 0)
    return DocumentIndex.load(publication)


def load_named_graphs(
    publication: Publication, iris: Iterable[str], dump: File | None = None
) -> dict[str, list[Triple]]:
    """Return the triples of some named graphs of a publication, by IRI, in one reading.

    :param dump: the N-Quads of a former version that the publication keeps; those of the present one if not given
    :raises DataError: if its N-Quads are missing or damaged
    """
    found: dict[str, list[Triple]] = {iri: [] for iri in iris}
    if found:
        content = publication.read_file(dump) if dump else publication.read_dump(".nq")
        for quad in parse(content, RdfFormat.N_QUADS):
            if isinstance(quad.graph_name, NamedNode) and quad.graph_name.value in found:
                found[quad.graph_name.value].append(quad.triple)
    return found
