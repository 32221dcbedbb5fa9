"""``/entities``: everything that claims name, by kind; of other data, the resources by class."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from flask import Response, request

from eild.documents.descriptions import read_page_number
from eild.documents.index import DocumentIndex
from eild.errors import RequestError
from eild.web.browse.classes import (
    UNTYPED,
    list_class_rows,
    list_classes,
    list_member_rows,
    list_members,
    sort_members,
)
from eild.web.browse.entitycatalog import Entity, list_entities, list_rows
from eild.web.browse.facets import Facet, Option
from eild.web.frame.listing import FORMS, make_query, query_path, respond_listing
from eild.web.frame.pages import render_page
from eild.web.frame.respond import current_site
from eild.web.frame.routes import Route, SiteSection, Views, always

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from eild.web.frame.site import Site

blueprint = Views("entities", __name__)

SHOWN_OF_KIND: Final = 12
"""How many entities of a kind the page shows at once, where no kind is asked for."""

READERS: Final[dict[str, tuple[str, Callable[[Entity], Sequence[tuple[str, str]]]]]] = {
    "kind": ("Kind", lambda entity: [(entity.kind.iri, entity.kind.text)]),
    "letter": ("First letter", lambda entity: [(entity.letter, entity.letter)]),
    "section": ("Named in", lambda entity: entity.sections),
}
"""What the list can be chosen by: what people read, and what tells an entity's values, each with its label."""


def build_entity_facets(entities: Sequence[Entity], chosen: Mapping[str, str]) -> tuple[Facet, ...]:
    """Return what entities can be chosen by, with how many have each value.

    :raises RequestError: if a value is asked for that none has
    """
    facets = []
    for name, (label, read) in READERS.items():
        counts = Counter(pair for entity in entities for pair in read(entity))
        order = sorted(counts, key=lambda pair: pair[name == "kind"])
        options = tuple(Option(value, text, counts[value, text]) for value, text in order)
        wanted = chosen.get(name, "")
        if wanted and wanted not in {option.value for option in options}:
            some = ", ".join(option.value for option in options[:8])
            raise RequestError(f"no entity has the {label.lower()} {wanted[:80]!r}", hint=f"use one of: {some}")
        facets.append(Facet(name, label, options, wanted))
    return tuple(facets)


def choose_entities(entities: Iterable[Entity], chosen: Mapping[str, str]) -> list[Entity]:
    """Return the entities that have every value that is asked for."""
    wanted = {name: read for name, (_, read) in READERS.items() if chosen.get(name)}
    return [
        entity
        for entity in entities
        if all(any(value == chosen[name] for value, _ in read(entity)) for name, read in wanted.items())
    ]


def make_entity_query() -> str:
    """Return the query that finds whom and what propositions name, and how many claims do."""
    body = """SELECT ?entity ?name ?kind (COUNT(DISTINCT ?claim) AS ?claims) WHERE {
  ?claim a eild:Claim ; eild:hasProposition ?proposition .
  ?proposition ?slot ?entity .
  ?entity a/rdfs:label ?kind ; rdfs:label|skos:prefLabel ?name .
} GROUP BY ?entity ?name ?kind ORDER BY DESC(?claims) ?name"""
    return make_query(body, ("eild", "rdfs", "skos"))


def _group(entities: Sequence[Entity]) -> list[tuple[str, list[Entity]]]:
    """Return entities by the name of their kind, those of most claims first."""
    groups: dict[str, list[Entity]] = {}
    for entity in sorted(entities, key=lambda entity: -(entity.about + entity.by)):
        groups.setdefault(entity.kind.text, []).append(entity)
    order = dict.fromkeys(entity.kind.text for entity in entities)
    return [(name, groups[name]) for name in order]


@blueprint.declare(
    Route("/entities", FORMS, refusals=(404,), query=("format", "page"), section=SiteSection("Entities"), listed=always)
)
def show() -> Response:
    """Return the entities that match the filters."""
    site = current_site()
    return _show_entities(site) if site.claims.claims else _show_classes(site)


def _show_entities(site: Site) -> Response:
    entities = list_entities(site)
    facets = build_entity_facets(entities, request.args)
    chosen = choose_entities(entities, request.args)

    def render() -> bytes:
        return render_page(
            site,
            "entities",
            request.path,
            facets=facets,
            groups=_group(chosen),
            count=len(chosen),
            total=len(entities),
            shown_at_once=len(chosen) if request.args.get("kind") else SHOWN_OF_KIND,
            query=query_path(make_entity_query()),
            parameters={key: value for key, value in request.args.items() if value and key != "format"},
        )

    state = sorted((key, value) for key, value in request.args.items() if key != "format")
    return respond_listing("entities", render, lambda: list_rows(chosen), state)


def _show_classes(site: Site) -> Response:
    kind, page = request.args.get("kind", "").strip(), read_page_number(request.args.get("page", "1"))
    parameters = {key: value for key, value in request.args.items() if value and key not in {"format", "page"}}
    shown = {"parameters": parameters, "untyped": UNTYPED}
    if not kind:
        classes = list_classes(site)
        index = site.documents
        untyped = len(sort_members(site, index, UNTYPED)) if isinstance(index, DocumentIndex) else None

        def render_classes() -> bytes:
            return render_page(
                site, "classes", request.path, classes=classes, members=None, untyped_count=untyped, **shown
            )

        return respond_listing("classes", render_classes, lambda: list_class_rows(classes))
    members = list_members(site, kind, page)

    def render_members() -> bytes:
        return render_page(site, "classes", request.path, classes=(), members=members, untyped_count=None, **shown)

    return respond_listing("members", render_members, lambda: list_member_rows(members), (kind, page))
