"""The vocabulary of the data, as query authors write it: classes, properties and resources by their prefixed names.

Classes and properties are those that the data uses, counted by the catalogue (VoID partitions), and those that its
ontology defines; resources are those that have a prefixed name and a label.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from eild import nodes
from eild.documents.index import DocumentIndex
from eild.documents.names import shorten
from eild.query.text.tokens import iterate_tokens
from eild.terms import OWL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pyoxigraph import Triple

    from eild.documents.index import Documents

MOST_OF_CLASS: Final = 400
"""Of how large a class the resources are named."""
MOST_RESOURCES: Final = 2000
"""How many resources are named."""
MOST_SUGGESTIONS: Final = 3
"""How many unknown names a page speaks of."""
MOST_LOOKED_UP: Final = 20
"""For how many names of a query the nearest are looked for: each costs time."""

_DEFINITION: Final = nodes.SKOS.definition
_PARTITIONS: Final = (
    ("class", nodes.VOID.classPartition, nodes.VOID["class"], nodes.VOID.entities),
    ("property", nodes.VOID.propertyPartition, nodes.VOID.property, nodes.VOID.triples),
)
_DEFINED: Final = (
    ("class", OWL.Class),
    ("property", OWL.ObjectProperty),
    ("property", OWL.DatatypeProperty),
)
_LOCAL: Final = re.compile(r"[A-Za-z0-9_](?:[\w.-]*[\w-])?")
_NEAR: Final = 0.75


@dataclass(frozen=True)
class QueryTerm:
    """A word of the data.

    :ivar name: how a query writes it: a prefixed name, or an IRI between angle brackets
    :ivar iri: its IRI
    :ivar kind: ``class``, ``property`` or ``resource``
    :ivar label: what people call it; may be empty
    :ivar definition: what it means; empty for resources and for terms of others
    :ivar uses: how often the data uses it: entities of a class, triples of a property
    """

    name: str
    iri: str
    kind: str
    label: str = ""
    definition: str = ""
    uses: int = 0


@dataclass(frozen=True)
class WordSources:
    """What the vocabulary of a dataset is read from.

    :ivar dataset: IRI of the dataset
    :ivar catalog: triples of its catalogue, which counts the uses of classes and properties
    :ivar ontology: triples of the ontology that belongs to the dataset; empty if there is none
    :ivar prefixes: prefixes that abbreviate its IRIs
    :ivar documents: its triples; None if a remote endpoint holds them, which is not asked for each name
    """

    dataset: str
    catalog: Sequence[Triple]
    ontology: Sequence[Triple]
    prefixes: Mapping[str, str]
    documents: Documents | None = None

    def write_name(self, iri: str) -> str:
        """Return an IRI as a query writes it: as a prefixed name if there is one, otherwise in angle brackets."""
        short = shorten(self.prefixes, iri)
        prefix, colon, local = short.partition(":")
        if short != iri and colon and prefix in self.prefixes and _LOCAL.fullmatch(local):
            return short
        return f"<{iri}>"

    def count_uses(self) -> dict[tuple[str, str], int]:
        """Return how often the data uses each class and property, as the catalogue counts them, by kind and IRI."""
        catalog = DocumentIndex(self.catalog)
        uses: dict[tuple[str, str], int] = {}
        for kind, has_part, names, counts in _PARTITIONS:
            for part in catalog.find_objects(NamedNode(self.dataset), has_part):
                if not isinstance(part, NamedNode):
                    continue
                numbers = [value.value for value in catalog.find_objects(part, counts) if isinstance(value, Literal)]
                for term in catalog.find_objects(part, names):
                    if isinstance(term, NamedNode):
                        uses[kind, term.value] = int(numbers[0]) if numbers else 0
        return uses

    def list_defined(self) -> Iterator[tuple[str, str]]:
        """Yield kind and IRI of each term that the ontology defines."""
        kinds = {str(kind): name for name, kind in _DEFINED}
        for triple in self.ontology:
            if triple.predicate == nodes.RDF.type and isinstance(triple.subject, NamedNode):
                kind = kinds.get(triple.object.value) if isinstance(triple.object, NamedNode) else None
                if kind:
                    yield kind, triple.subject.value

    def read(self, iri: str) -> tuple[str, str]:
        """Return label and definition of a term; empty strings where the data has none."""
        if self.documents is None:
            return "", ""
        node = NamedNode(iri)
        values = self.documents.find_objects(node, _DEFINITION)
        definitions = [value.value for value in values if isinstance(value, Literal)]
        return self.documents.find_name(node), next(iter(definitions), "")

    def list_resources(self, uses: Mapping[tuple[str, str], int]) -> list[str]:
        """Return the IRIs of resources of the classes that are not too large, the smallest classes first.

        An empty list if the triples are not in memory.
        """
        if not isinstance(self.documents, DocumentIndex):
            return []
        found: dict[str, None] = {}
        small = [(count, iri) for (kind, iri), count in uses.items() if kind == "class" and count <= MOST_OF_CLASS]
        for _, iri in sorted(small):
            for triple in self.documents.incoming(NamedNode(iri)):
                if triple.predicate == nodes.RDF.type and isinstance(triple.subject, NamedNode):
                    found[triple.subject.value] = None
        return list(found)


def list_terms(sources: WordSources) -> tuple[QueryTerm, ...]:
    """Return the vocabulary of the data: classes, then properties, by number of uses; then resources by name."""
    uses = sources.count_uses()
    for key in sources.list_defined():
        uses.setdefault(key, 0)
    terms = []
    for (kind, iri), count in sorted(uses.items(), key=lambda item: (item[0][0], -item[1], item[0][1])):
        label, definition = sources.read(iri)
        terms.append(QueryTerm(sources.write_name(iri), iri, kind, label, definition, count))
    known = {term.iri for term in terms}
    resources = []
    for iri in sources.list_resources(uses):
        name = sources.write_name(iri)
        if iri in known or name.startswith("<"):
            continue
        label, _ = sources.read(iri)
        resources.append(QueryTerm(name, iri, "resource", label))
    resources.sort(key=lambda term: term.name)
    return (*terms, *resources[:MOST_RESOURCES])


@dataclass(frozen=True)
class UnknownName:
    """A name in a query that the data does not use.

    :ivar name: the name as the query has it
    :ivar nearest: names of the data that are most like it
    """

    name: str
    nearest: tuple[str, ...]


def find_unknown_names(query: str, terms: Iterable[QueryTerm]) -> list[UnknownName]:
    """Return the first prefixed names of a query that are nearly, but not exactly, words of the data."""
    by_prefix: dict[str, list[str]] = {}
    for term in terms:
        if not term.name.startswith("<"):
            by_prefix.setdefault(term.name.partition(":")[0], []).append(term.name)
    unknown: list[UnknownName] = []
    seen: set[str] = set()
    for match in iterate_tokens(query):
        name = match[0]
        prefix, colon, local = name.partition(":")
        names = by_prefix.get(prefix, [])
        if match.lastgroup != "name" or not colon or not local or not names or name in names or name in seen:
            continue
        if len(seen) == MOST_LOOKED_UP:
            break
        seen.add(name)
        nearest = difflib.get_close_matches(name, names, n=MOST_SUGGESTIONS, cutoff=_NEAR)
        if nearest:
            unknown.append(UnknownName(name, tuple(nearest)))
    return unknown[:MOST_SUGGESTIONS]
