"""What pages show of a concept, a concept scheme or a collection of SKOS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from eild import nodes
from eild.documents.names import make_sort_key
from eild.documents.thesaurus import Thesaurus
from eild.languages import WANTED, rank_language
from eild.terms import SKOS
from eild.web.frame.views import TermView, view_term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eild.web.frame.site import Site

_LABELS: Final = {
    nodes.SKOS.prefLabel: "Preferred",
    nodes.SKOS.altLabel: "Also called",
    nodes.SKOS.hiddenLabel: "Found by",
    nodes.SKOS.notation: "Notation",
}
_NOTES: Final = {
    nodes.SKOS.definition: "Definition",
    nodes.SKOS.scopeNote: "Scope note",
    nodes.SKOS.example: "Example",
    nodes.SKOS.note: "Note",
    nodes.SKOS.historyNote: "History note",
    nodes.SKOS.changeNote: "Change note",
    nodes.SKOS.editorialNote: "Editorial note",
}
_MAPPINGS: Final = {
    nodes.SKOS.exactMatch: "Exact match",
    nodes.SKOS.closeMatch: "Close match",
    nodes.SKOS.broadMatch: "Broader match",
    nodes.SKOS.narrowMatch: "Narrower match",
    nodes.SKOS.relatedMatch: "Related match",
}
_VALUE: Final = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#value")
SHOWN: Final = frozenset(
    (
        *(_LABELS, _NOTES, _MAPPINGS)[0],
        *_NOTES,
        *_MAPPINGS,
        *(NamedNode(SKOS[name]) for name in ("broader", "narrower", "related", "inScheme", "topConceptOf")),
    )
)
"""Properties that the part of a page about a concept shows, so that the list of statements need not."""


@dataclass(frozen=True)
class Group:
    """Texts or concepts under one heading.

    :ivar title: the heading
    :ivar values: what is under it
    """

    title: str
    values: tuple[TermView, ...]


@dataclass(frozen=True)
class ConceptView:
    """A concept as its page shows it.

    :ivar notation: its notations
    :ivar deprecated: whether it should not be used any more
    :ivar instead: what to use instead
    :ivar paths: the ways from the top to it
    :ivar labels: its labels by kind, each in the order of languages
    :ivar notes: its notes by kind
    :ivar relations: broader, narrower and related concepts, siblings, schemes and collections
    :ivar mappings: concepts of other schemes, by how they match
    """

    notation: tuple[str, ...]
    deprecated: bool
    instead: tuple[TermView, ...]
    paths: tuple[tuple[TermView, ...], ...]
    labels: tuple[Group, ...]
    notes: tuple[Group, ...]
    relations: tuple[Group, ...]
    mappings: tuple[Group, ...]


def sort_views(site: Site, found: Iterable[NamedNode]) -> tuple[TermView, ...]:
    """Return resources as references, by name."""
    views = [view_term(site, node) for node in found]
    return tuple(sorted(views, key=lambda view: (make_sort_key(view.text), view.iri)))


def _view_texts(site: Site, node: NamedNode, kinds: dict[NamedNode, str]) -> tuple[Group, ...]:
    """Return texts by kind, those in the wanted language first."""
    groups = []
    for name, title in kinds.items():
        values: list[NamedNode | BlankNode | Literal] = []
        for value in site.documents.find_objects(node, name):
            inner = site.documents.find_objects(value, _VALUE) if isinstance(value, BlankNode | NamedNode) else []
            values += inner or [value]
        views = [view_term(site, value) for value in values]
        views.sort(key=lambda view: (rank_language(view.lang, WANTED.get()), make_sort_key(view.text)))
        if views:
            groups.append(Group(title, tuple(views)))
    return tuple(groups)


def build_concept(site: Site, node: NamedNode) -> ConceptView | None:
    """Return what the page of a concept shows; None if the resource is none."""
    thesaurus = Thesaurus(site.documents)
    if site.live or not thesaurus.is_concept(node):
        return None
    rows: Sequence[tuple[str, list[NamedNode]]] = (
        ("Broader", thesaurus.list_broader(node)),
        ("Narrower", thesaurus.list_narrower(node)),
        ("Related", thesaurus.list_related(node)),
        ("Siblings", thesaurus.list_siblings(node)),
        ("In the scheme", thesaurus.list_schemes_of(node)),
        ("In the collection", thesaurus.list_collections(node)),
    )
    notations = site.documents.find_objects(node, nodes.SKOS.notation)
    mapped = ((title, site.documents.find_objects(node, name)) for name, title in _MAPPINGS.items())
    return ConceptView(
        notation=tuple(value.value for value in notations if isinstance(value, Literal)),
        deprecated=thesaurus.is_deprecated(node),
        instead=sort_views(site, thesaurus.list_replacements(node)),
        paths=tuple(tuple(view_term(site, step) for step in path) for path in thesaurus.list_paths(node)),
        labels=_view_texts(site, node, _LABELS),
        notes=_view_texts(site, node, _NOTES),
        relations=tuple(Group(title, sort_views(site, found)) for title, found in rows if found),
        mappings=tuple(
            Group(title, sort_views(site, (value for value in found if isinstance(value, NamedNode))))
            for title, found in mapped
            if found
        ),
    )
