"""The resources of data without claims, by class: how many there are, and one page of those of a class."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from eild import media, nodes
from eild.documents.descriptions import PAGE_SIZE
from eild.documents.index import RDF_TYPE, DocumentIndex
from eild.documents.names import make_sort_key, shorten
from eild.errors import NotFoundError, RequestError
from eild.languages import WANTED
from eild.query.engine import QueryRequest
from eild.web.frame.listing import query_path
from eild.web.frame.views import TermView, view_term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.web.frame.site import Site

UNTYPED: Final = "none"
"""What stands for the class of resources that have none."""
MOST_CLASSES: Final = 500
_MOST_ORDERS: Final = 64

_CLASSES: Final = f"""SELECT ?class (COUNT(DISTINCT ?thing) AS ?count) WHERE {{ ?thing a ?class FILTER isIRI(?class) }}
GROUP BY ?class ORDER BY DESC(?count) ?class LIMIT {MOST_CLASSES}"""
_OF_CLASS: Final = "?thing a <{iri}> FILTER isIRI(?thing)"
_WITHOUT: Final = "?thing ?property ?value FILTER isIRI(?thing) FILTER NOT EXISTS {{ ?thing a ?class }}"
_MEMBERS: Final = """SELECT DISTINCT ?thing WHERE {{ {where} }}{order}
LIMIT {limit} OFFSET {offset}"""


@dataclass(frozen=True)
class ClassCount:
    """A class of the data.

    :ivar term: the class
    :ivar count: how many resources are of it
    :ivar query: path of the query that lists them, without a first slash
    """

    term: TermView
    count: int
    query: str


@dataclass(frozen=True)
class Members:
    """One page of the resources of a class.

    :ivar kind: the class; None for resources without a class
    :ivar terms: the resources
    :ivar page: number of the page, from 1
    :ivar has_more: whether another page follows
    :ivar query: path of the query that finds them
    :ivar total: how many there are on all pages; None if that is not known
    """

    kind: TermView | None
    terms: tuple[TermView, ...]
    page: int
    has_more: bool
    query: str
    total: int | None = None

    @property
    def pages(self) -> int | None:
        """The number of pages; None if it is not known."""
        return None if self.total is None else max(1, -(-self.total // PAGE_SIZE))


def _ask(site: Site, query: str) -> list[dict[str, dict[str, str]]]:
    """Return the rows of a query of this site's own, values as in SPARQL 1.1 Query Results JSON."""
    answer = site.engine.evaluate(QueryRequest(query, results=media.JSON))
    rows: list[dict[str, dict[str, str]]] = json.loads(answer.body)["results"]["bindings"]
    return rows


def count_classes(site: Site) -> list[ClassCount]:
    """Return the classes of the default graph with how many resources each has, as the catalogue counts them."""
    catalog = DocumentIndex(site.catalog)
    parts = {triple.subject for triple in site.catalog if triple.predicate == nodes.VOID.entities}
    counts: dict[str, int] = {}
    for part in parts:
        if not isinstance(part, NamedNode):
            continue
        numbers = catalog.find_objects(part, nodes.VOID.entities)
        for kind in catalog.find_objects(part, nodes.VOID["class"]):
            if isinstance(kind, NamedNode) and isinstance(numbers[0], Literal):
                counts[kind.value] = max(counts.get(kind.value, 0), int(numbers[0].value))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    query = "SELECT ?thing WHERE {{ ?thing a <{}> }} LIMIT 100"
    return [ClassCount(view_term(site, NamedNode(iri)), count, query_path(query.format(iri))) for iri, count in ordered]


def list_classes(site: Site) -> tuple[ClassCount, ...]:
    """Return the classes of the data with how many resources each has, as the catalogue or else a query counts them.

    :raises QueryTimeoutError: if they had to be counted and took too long
    """
    if counted := count_classes(site):
        return tuple(counted)
    rows = _ask(site, _CLASSES)
    site.documents.prepare(NamedNode(row["class"]["value"]) for row in rows)
    return tuple(
        ClassCount(
            view_term(site, NamedNode(row["class"]["value"])),
            int(row["count"]["value"]),
            query_path(_make_query(site, row["class"]["value"], 1)),
        )
        for row in rows
    )


def _make_query(site: Site, kind: str, page: int) -> str:
    """Return the query for a page of the resources of a class, and for one more, which returns whether others follow.

    A store of this site's own finds them in the order of its index, which is the same each time; a server elsewhere
    is asked for an order.
    """
    where = _WITHOUT.format() if kind == UNTYPED else _OF_CLASS.format(iri=kind)
    order = " ORDER BY ?thing" if site.live else ""
    return _MEMBERS.format(where=where, order=order, limit=PAGE_SIZE + 1, offset=(page - 1) * PAGE_SIZE)


def list_members(site: Site, kind: str, page: int) -> Members:
    """Return one page of the resources of a class.

    :param kind: IRI of the class, or :data:`UNTYPED`
    :param page: from 1
    :raises RequestError: if the class is no IRI
    :raises NotFoundError: if there is no page 0
    :raises QueryTimeoutError: if to find them took too long
    """
    if page < 1:
        raise NotFoundError("there is no page 0", hint="pages are numbered from 1")
    if kind != UNTYPED:
        try:
            NamedNode(kind)
        except ValueError as error:
            message = f"'kind' must be an IRI, not {kind[:80]!r}"
            raise RequestError(message, hint="use one that /entities lists") from error
    view = None if kind == UNTYPED else view_term(site, NamedNode(kind))
    query = _make_query(site, kind, page)
    if isinstance(site.documents, DocumentIndex):
        start = (page - 1) * PAGE_SIZE
        found = sort_members(site, site.documents, kind)
        terms = tuple(_view_member(site, node) for node in found[start : start + PAGE_SIZE])
        return Members(view, terms, page, len(found) > start + PAGE_SIZE, query_path(query), len(found))
    nodes = [NamedNode(row["thing"]["value"]) for row in _ask(site, query)]
    shown = nodes[:PAGE_SIZE]
    site.documents.prepare(shown)
    terms = tuple(sorted((view_term(site, node) for node in shown), key=lambda term: (term.text.lower(), term.iri)))
    return Members(view, terms, page, len(nodes) > PAGE_SIZE, query_path(query))


def _view_member(site: Site, node: NamedNode | BlankNode) -> TermView:
    """Return a resource of a class; one without IRI with the resource that it belongs to."""
    view = view_term(site, node)
    if isinstance(node, NamedNode):
        return view
    owner = next((link.subject for link in site.documents.incoming(node) if isinstance(link.subject, NamedNode)), None)
    name = "" if view.text.startswith("_:") else f": {view.text}"
    if owner is None:
        return TermView(f"unnamed resource{name}")
    return replace(view_term(site, owner), text=f"unnamed resource{name}, of {view_term(site, owner).text}")


def sort_members(site: Site, index: DocumentIndex, kind: str) -> Sequence[NamedNode | BlankNode]:
    """Return the resources of a class in the order of their names, those without an IRI last; each once.

    The order of a class in a language is kept, because it is the same until the data changes.
    """
    key = (kind, *WANTED.get())
    if (known := site.orders.get(key)) is not None:
        return known
    if kind == UNTYPED:
        typed = {node for node in index.subjects() if index.find_objects(node, RDF_TYPE)}
        members: list[NamedNode | BlankNode] = [node for node in index.list_named() if node not in typed]
    else:
        links = (link.subject for link in index.incoming(NamedNode(kind)) if link.predicate == RDF_TYPE)
        members = list(dict.fromkeys(node for node in links if isinstance(node, NamedNode | BlankNode)))

    def order(node: NamedNode | BlankNode) -> tuple[bool, str, str]:
        name = index.find_name(node) or (shorten(site.prefixes, node.value) if isinstance(node, NamedNode) else "")
        return isinstance(node, BlankNode), make_sort_key(name), node.value

    if len(site.orders) >= _MOST_ORDERS:
        site.orders.clear()
    site.orders[key] = sorted(members, key=order)
    return site.orders[key]


def list_class_rows(classes: Sequence[ClassCount]) -> list[dict[str, Any]]:
    """Return one row for each class."""
    return [{"class": item.term.iri, "name": item.term.text, "count": item.count} for item in classes]


def list_member_rows(members: Members) -> list[dict[str, Any]]:
    """Return one row for each resource of a page."""
    kind = members.kind.iri if members.kind else None
    return [{"entity": term.iri or None, "name": term.text, "class": kind} for term in members.terms]
