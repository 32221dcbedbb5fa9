"""Types, properties and identifiers: what clients write, and what the data has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode
from rapidfuzz import process

from eild import nodes
from eild.documents.names import shorten
from eild.errors import RequestError
from eild.search.kinds import list_types, split_name
from eild.search.question import fold
from eild.terms import OWL, RDFS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eild.documents.index import Documents

MOST_SUBCLASSES: Final = 10_000
"""The maximum number of subclasses of a type that count as the type."""

_EVERYTHING: Final = frozenset(map(str, (RDFS.Resource, OWL.Thing)))
_IRI: Final = re.compile(r"<?([A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+)>?")
_NEAREST: Final = 60.0


def make_node(iri: str) -> NamedNode | None:
    """Return the node of an IRI; None if the text is not an IRI."""
    try:
        return NamedNode(iri) if iri else None
    except ValueError:
        return None


def _spell(iri: str) -> str:
    """Return the last part of an IRI as people write a name: ``prefLabel`` is “pref label”."""
    first, *others = split_name(iri).split() or [""]
    return " ".join([first, *(word if word.isupper() else word.lower() for word in others)])


@dataclass(frozen=True)
class SchemaTerm:
    """A type or a property.

    :ivar iri: its IRI
    :ivar name: what people call it
    :ivar short: its IRI, abbreviated by a prefix if there is one
    :ivar uses: how many resources have the type, or how many triples the property
    """

    iri: str
    name: str
    short: str
    uses: int = 0


@dataclass(frozen=True)
class Schema:
    """The types and properties of a dataset.

    :ivar documents: its triples
    :ivar prefixes: prefixes that abbreviate its IRIs
    :ivar uses: how often it uses each class and property, by ``class`` or ``property`` and IRI; may be empty
    """

    documents: Documents
    prefixes: Mapping[str, str]
    uses: Mapping[tuple[str, str], int]

    def expand(self, identifier: str) -> str:
        """Return the IRI for an identifier: an IRI, or a name with a prefix of the data; empty if it is neither."""
        text = identifier.strip()
        prefix, colon, local = text.partition(":")
        if colon and prefix in self.prefixes and not local.startswith("//"):
            text = f"{self.prefixes[prefix]}{local}"
        match = _IRI.fullmatch(text)
        return match[1] if match else ""

    def find(self, identifier: str) -> NamedNode | None:
        """Return the resource for an identifier; None if the data does not have it."""
        node = make_node(self.expand(identifier))
        return node if node is not None and self.documents.knows(node) else None

    def describe(self, kind: str, iri: str) -> SchemaTerm:
        """Return a type or a property with its name in the language that is wanted here.

        :param kind: ``class`` or ``property``
        """
        name = self.documents.find_name(NamedNode(iri)) or _spell(iri) or iri
        return SchemaTerm(iri, " ".join(name.split()), shorten(self.prefixes, iri), self.uses.get((kind, iri), 0))

    def list_terms(self, kind: str) -> list[SchemaTerm]:
        """Return the types or properties that the data uses, the most frequent first."""
        found = [self.describe(kind, iri) for (known, iri), count in self.uses.items() if known == kind and count]
        return sorted(found, key=lambda term: (-term.uses, term.iri))

    @cached_property
    def _properties(self) -> frozenset[str]:
        return frozenset(iri for kind, iri in self.uses if kind == "property")

    def require_property(self, identifier: str) -> NamedNode:
        """Return the property for an identifier.

        :raises RequestError: if it is not an IRI, or if the data does not use the property
        """
        node = make_node(self.expand(identifier))
        if node is not None and (not self._properties or node.value in self._properties):
            return node
        raise self._refuse("property", identifier)

    def require_types(self, identifier: str) -> frozenset[str]:
        """Return the IRIs of a type and its subclasses; an empty set if every resource has the type.

        :raises RequestError: if it is not an IRI, or if the data does not know the type
        """
        iri = self.expand(identifier)
        if iri in _EVERYTHING:
            return frozenset()
        if not iri or (("class", iri) not in self.uses and self.find(iri) is None):
            raise self._refuse("class", identifier)
        found, queue = {iri}, [iri]
        while queue and len(found) < MOST_SUBCLASSES:
            for below in self.documents.find_subjects(nodes.RDFS.subClassOf, NamedNode(queue.pop())):
                if below.value not in found:
                    found.add(below.value)
                    queue.append(below.value)
        return frozenset(found)

    def _refuse(self, kind: str, identifier: str) -> RequestError:
        terms = self.list_terms(kind)
        keys = {fold(text): term.short for term in terms for text in (term.name, term.short, split_name(term.iri))}
        near = process.extract(fold(split_name(identifier)), keys.keys(), limit=3, score_cutoff=_NEAREST)
        names = list(dict.fromkeys(keys[row[0]] for row in near)) or [term.short for term in terms[:3]]
        what = "type" if kind == "class" else "property"
        message = f"the data does not use the {what} {identifier[:200]!r}"
        hint = f"use an IRI or a name with a prefix, such as {', '.join(names)}" if names else "use the full IRI"
        return RequestError(message, hint=hint)

    def list_types(self, node: NamedNode) -> list[SchemaTerm]:
        """Return the types of a resource."""
        return [self.describe("class", iri) for iri in sorted(list_types(self.documents, node))]


def has_types(own: Sequence[str], wanted: Sequence[frozenset[str]], strict: str) -> bool:
    """Return whether a resource has the types that a query asks for.

    :param own: IRIs of its types
    :param wanted: for each wanted type, its IRI and those of its subclasses
    :param strict: ``all`` if it must have all of them; otherwise one is enough
    """
    fits = [not group or not group.isdisjoint(own) for group in wanted]
    return not fits or (all(fits) if strict == "all" else any(fits))
