"""``/concepts``: the concept schemes of the data, each as a tree and as an index from A to Z."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from flask import Response, request
from pyoxigraph import Literal, NamedNode

from eild import nodes
from eild.documents.descriptions import read_page_number
from eild.documents.names import make_sort_key
from eild.documents.thesaurus import Thesaurus
from eild.errors import NotFoundError
from eild.languages import WANTED, rank_language
from eild.web.frame.concepts import sort_views
from eild.web.frame.listing import FORMS, respond_listing
from eild.web.frame.pages import render_page
from eild.web.frame.respond import current_site
from eild.web.frame.routes import Route, SiteSection, Views
from eild.web.frame.views import TermView, view_term

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from eild.web.frame.site import Site

blueprint = Views("concepts", __name__)

Kept = TypeVar("Kept")

PAGE_SIZE: Final = 200
"""How many entries of the index a page has."""
WHOLE_TREE: Final = 400
"""How many concepts a scheme may have whose whole tree a page shows; of others it shows the top."""
MOST_TOP: Final = 1000
"""How many top concepts a page shows."""
OTHERS: Final = "#"
"""The letter of names that begin with no letter."""


@dataclass(frozen=True)
class Branch:
    """A concept in the tree with what is below it.

    :ivar term: the concept
    :ivar below: the narrower concepts that are shown
    :ivar count: how many narrower concepts it has
    """

    term: TermView
    below: tuple[Branch, ...]
    count: int


@dataclass(frozen=True)
class IndexEntry:
    """An entry of the index: a preferred label, or another label that leads to the preferred one.

    :ivar label: the text
    :ivar lang: its language
    :ivar node: the concept
    :ivar is_preferred: whether the label is the preferred one
    """

    label: str
    lang: str
    node: NamedNode
    is_preferred: bool


def _has_concepts(site: Site, _path: str) -> bool:
    return site.publication.foreign and not site.live and bool(_list_schemes(site)) and _is_whole(site)


def _keep(site: Site, key: tuple[str, ...], make: Callable[[], Kept]) -> Kept:
    """Return a value that is the same until the data changes: the one that was kept, or a new one.

    :param make: makes it; it may be made twice, if two threads need it at the same time
    """
    found: Kept | None = site.indexes.get(key)
    if found is None:
        found = make()
        if len(site.indexes) > PAGE_SIZE:
            site.indexes.clear()
        site.indexes[key] = found
    return found


def _list_schemes(site: Site) -> list[NamedNode]:
    return _keep(site, ("schemes",), Thesaurus(site.documents).list_schemes)


def _is_whole(site: Site) -> bool:
    """Return whether the documents tell all concepts of each scheme, as those of a large store on disk do not."""
    most = site.documents.most_incoming
    if most is None:
        return True
    pointed = (nodes.SKOS.Concept, *_list_schemes(site))
    return _keep(site, ("whole",), lambda: all(len(site.documents.incoming(node)) < most for node in pointed))


def _list_entries(site: Site, scheme: NamedNode | None) -> dict[str, list[IndexEntry]]:
    """Return the index of a scheme, or of all concepts, by letter.

    Preferred labels are in the language in which names are shown, and the other labels are those in that language.
    """
    key = ("index", scheme.value if scheme else "", *WANTED.get())
    return _keep(site, key, lambda: _build_index(site, scheme))


def _build_index(site: Site, scheme: NamedNode | None) -> dict[str, list[IndexEntry]]:
    wanted = WANTED.get()
    documents = site.documents
    thesaurus = Thesaurus(documents)
    found: dict[str, list[tuple[str, IndexEntry]]] = {}
    for node in thesaurus.list_of_scheme(scheme) if scheme else thesaurus.list_concepts():
        best = documents.find_label(node)
        literal = best.object if best and isinstance(best.object, Literal) else None
        label, lang = (literal.value, literal.language or "") if literal else (node.value, "")
        entries = [IndexEntry(label, lang, node, is_preferred=True)]
        rank = rank_language(lang, wanted)
        entries += [
            IndexEntry(value.value, value.language or "", node, is_preferred=False)
            for value in documents.find_objects(node, nodes.SKOS.altLabel)
            if isinstance(value, Literal) and rank_language(value.language or "", wanted)[0] == rank[0]
        ]
        for entry in entries:
            sorting = make_sort_key(entry.label)
            first = sorting[:1].upper()
            found.setdefault(first if first.isalpha() else OTHERS, []).append((sorting, entry))
    for pairs in found.values():
        pairs.sort(key=lambda pair: (pair[0], pair[1].label, pair[1].node.value))
    return {first: [entry for _, entry in pairs] for first, pairs in sorted(found.items())}


def _count(site: Site, scheme: NamedNode | None) -> int:
    """Return how many concepts a scheme has, or all schemes."""
    thesaurus = Thesaurus(site.documents)
    key = ("count", scheme.value if scheme else "")
    return _keep(site, key, lambda: len(thesaurus.list_of_scheme(scheme) if scheme else thesaurus.list_concepts()))


def _list_tops(site: Site, scheme: NamedNode) -> list[NamedNode]:
    """Return the top concepts of a scheme."""
    return _keep(site, ("top", scheme.value), lambda: Thesaurus(site.documents).list_top(scheme))


def _grow(site: Site, thesaurus: Thesaurus, node: NamedNode, path: tuple[NamedNode, ...], *, deep: bool) -> Branch:
    below = [other for other in thesaurus.list_narrower(node) if other not in path]
    branches = [_grow(site, thesaurus, other, (*path, other), deep=deep) for other in below] if deep else []
    branches.sort(key=lambda branch: (make_sort_key(branch.term.text), branch.term.iri))
    return Branch(view_term(site, node), tuple(branches), len(below))


def build_tree(site: Site, scheme: NamedNode, size: int) -> tuple[Branch, ...]:
    """Return the tree of a scheme: all of it, or of a large one the top concepts.

    :param size: the number of its concepts
    """
    thesaurus = Thesaurus(site.documents)
    tops = {view.iri: None for view in sort_views(site, _list_tops(site, scheme)[:MOST_TOP])}
    deep = size <= WHOLE_TREE
    return tuple(_grow(site, thesaurus, node, (node,), deep=deep) for node in map(NamedNode, tops))


def prepare_lists(site: Site, most: int) -> None:
    """Make what the pages of the first schemes need, and keep it.

    :param most: the number of schemes
    """
    schemes = _list_schemes(site)[:most]
    for scheme in schemes:
        site.documents.sort_incoming(scheme)
        _list_tops(site, scheme)
    for part in schemes if len(schemes) == 1 else [None, *schemes] if schemes else []:
        _count(site, part)
        _list_entries(site, part)


def _find_scheme(schemes: Sequence[NamedNode], iri: str) -> NamedNode | None:
    """Return the scheme that a request names; the only one if it names none, and None if there are several.

    :raises NotFoundError: if there is none of that IRI
    """
    if not iri:
        return schemes[0] if len(schemes) == 1 else None
    for scheme in schemes:
        if scheme.value == iri:
            return scheme
    raise NotFoundError(f"there is no concept scheme {iri[:200]!r}", hint="choose one at /concepts")


def _choose_letter(index: dict[str, list[IndexEntry]]) -> str:
    """Return the letter that a request asks for; empty if it asks for none.

    :raises NotFoundError: if nothing begins with it
    """
    letter = request.args.get("letter", "").upper()
    if letter and letter not in index:
        raise NotFoundError(f"no label begins with {letter[:8]!r}", hint=f"use one of: {' '.join(index)}")
    return letter


@blueprint.declare(
    Route(
        "/concepts",
        FORMS,
        refusals=(404,),
        query=("scheme?", "letter", "page", "format"),
        section=SiteSection("Concepts"),
        listed=_has_concepts,
    )
)
def show() -> Response:
    """Return the concept schemes, or one of them as a tree, or its index of one letter."""
    site = current_site()
    if site.live:
        raise NotFoundError("a list of concepts is not available: the data is on a remote endpoint", hint="use SPARQL")
    schemes = _list_schemes(site)
    if not schemes:
        raise NotFoundError("this dataset has no concept scheme (skos:ConceptScheme)", hint="start at the home page")
    if not _is_whole(site):
        raise NotFoundError("this dataset is too large for a list of its concepts", hint="use the search, or SPARQL")
    scheme = _find_scheme(schemes, request.args.get("scheme", "").strip())
    index = _list_entries(site, scheme)
    letter, number = _choose_letter(index), read_page_number(request.args.get("page", "1"))
    entries = index.get(letter, []) if letter else [entry for part in index.values() for entry in part]
    pages = max(1, -(-len(entries) // PAGE_SIZE))
    if not 1 <= number <= pages:
        raise NotFoundError(f"the index has {pages} pages", hint="omit 'page' for the first page")
    shown = entries[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    state = (scheme.value if scheme else "", letter, number)

    def render() -> bytes:
        size = _count(site, scheme)
        return render_page(
            site,
            "concepts",
            request.path,
            scheme=view_term(site, scheme) if scheme else None,
            schemes=[(view, _count(site, NamedNode(view.iri))) for view in sort_views(site, schemes)],
            size=size,
            tree=build_tree(site, scheme, size) if scheme and not letter else (),
            letters={name: len(found) for name, found in index.items()},
            letter=letter,
            entries=[(entry, view_term(site, entry.node)) for entry in shown] if letter else [],
            number=number,
            pages=pages,
            parameters={key: value for key, value in request.args.items() if value and key not in {"format", "page"}},
        )

    def list_rows() -> list[dict[str, Any]]:
        return [
            {
                "concept": entry.node.value,
                "label": entry.label,
                "language": entry.lang or None,
                "preferred": entry.is_preferred,
                "page": site.urls.absolute(site.urls.link(entry.node.value)),
            }
            for entry in shown
        ]

    return respond_listing("concepts", render, list_rows, state)
