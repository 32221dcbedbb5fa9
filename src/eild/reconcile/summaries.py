"""What is said of a candidate in one line, so that people can tell namesakes apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from eild.documents.thesaurus import Thesaurus
from eild.languages import WANTED, rank_language
from eild.terms import DCTERMS, RDFS, SCHEMA, SKOS

if TYPE_CHECKING:
    from eild.documents.index import Documents

LONGEST: Final = 240
"""The maximum number of characters of a description."""

_DESCRIBING: Final = tuple(
    map(
        NamedNode,
        map(str, (SKOS.definition, DCTERMS.description, SCHEMA.description, RDFS.comment, SKOS.scopeNote)),
    )
)


def find_definition(documents: Documents, node: NamedNode) -> str:
    """Return what the data says of a resource in words, in the wanted language; an empty string if it says nothing."""
    for predicate in _DESCRIBING:
        values = [value for value in documents.find_objects(node, predicate) if isinstance(value, Literal)]
        if values:
            wanted = WANTED.get()
            best = min(values, key=lambda value: (rank_language(value.language or "", wanted), value.value))
            return " ".join(best.value.split())
    return ""


def find_path(documents: Documents, node: NamedNode) -> list[str]:
    """Return the names of the concepts above a concept, from the top; an empty list if there are none."""
    paths = Thesaurus(documents).list_paths(node)
    return [documents.find_name(above) or above.value for above in paths[0]] if paths else []


def summarize(documents: Documents, node: NamedNode) -> str:
    """Return what tells a resource from its namesakes: that it is deprecated, what is above it, and what it is."""
    thesaurus = Thesaurus(documents)
    parts = []
    if thesaurus.is_deprecated(node):
        names = [documents.find_name(other) or other.value for other in thesaurus.list_replacements(node)]
        parts.append(f"deprecated: use {', '.join(names)}" if names else "deprecated")
    if path := find_path(documents, node):
        parts.append(" › ".join(path))
    if definition := find_definition(documents, node):
        parts.append(definition)
    text = " — ".join(parts)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
