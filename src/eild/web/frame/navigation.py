"""The frame of every page: which sections the site has, and which of them a page belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import current_app, request

if TYPE_CHECKING:
    from eild.web.frame.site import Site


@dataclass(frozen=True)
class Section:
    """A section of the site.

    :ivar label: what people read
    :ivar path: its path, without a first slash
    :ivar needs_claims: whether it shows nothing where the data have no claims of EILD's kind
    :ivar also: starts of other paths that belong to it
    """

    label: str
    path: str
    needs_claims: bool = True
    also: tuple[str, ...] = ()


SECTIONS: Final = (
    Section("Read", "seed/", also=("doc/sentence/", "doc/seed/", "doc/evidence/")),
    Section("Claims", "claims", also=("doc/claim/", "doc/proposition/")),
    Section("Timeline", "timeline", also=("doc/time/",)),
    Section("Disagreements", "disagreements", also=("compare",)),
    Section("Entities", "entities", needs_claims=False, also=("doc/",)),
    Section("Query", "sparql", needs_claims=False, also=("queries", "doc/queries/")),
    Section("Data", "dumps/", needs_claims=False, also=("catalog", "ontology", "shapes", "validate", "np/")),
)
"""The sections in the order of the frame; those of which no route answers are left out."""


@dataclass(frozen=True)
class NavigationLink:
    """A link of the frame.

    :ivar label: what people read
    :ivar path: where it leads, without a first slash
    :ivar current: ``page`` where it leads to the page itself, ``true`` where the page belongs there, else empty
    """

    label: str
    path: str
    current: str


def has_route(path: str) -> bool:
    """Tell whether the running application answers at a path without a first slash."""
    return any(rule.rule == f"/{path}" for rule in current_app.url_map.iter_rules())


def list_sections(site: Site) -> list[Section]:
    """Return the sections that the site has: those of which a route answers, and that its data can fill."""
    return [
        section for section in SECTIONS if (site.claims.claims or not section.needs_claims) and has_route(section.path)
    ]


def list_navigation(site: Site) -> list[NavigationLink]:
    """Return the links of the frame, for the page that the request asks for; the most specific section is current."""
    here = request.path.lstrip("/")
    sections = list_sections(site)
    best = max(
        (
            (len(start), section)
            for section in sections
            for start in (section.path, *section.also)
            if here == start.rstrip("/") or here.startswith(start)
        ),
        key=lambda pair: pair[0],
        default=(0, None),
    )[1]
    current = {here: "page"}
    return [
        NavigationLink(section.label, section.path, current.get(section.path, "true") if section is best else "")
        for section in sections
    ]
