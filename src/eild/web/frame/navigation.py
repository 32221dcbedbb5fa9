"""The navigation of every page: the sections of the site, and the one that the page belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import request

from eild.web.frame.routes import SiteSection, current_route, list_routes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eild.web.frame.site import Site


@dataclass(frozen=True)
class NavigationLink:
    """A link of the navigation.

    :ivar label: name of the section
    :ivar path: path of its page, without a first slash
    :ivar current: value of ``aria-current``: ``page`` if it leads to the page itself, ``true`` if the page belongs to
        the section, otherwise empty
    """

    label: str
    path: str
    current: str


def list_sections(site: Site) -> Mapping[str, SiteSection]:
    """Return the sections that the site has, by path; those that its data cannot fill are left out."""
    return {
        path: route.section
        for route in list_routes().values()
        if isinstance(route.section, SiteSection)
        for path in route.list_paths(site)
    }


def _find_label(sections: Mapping[str, SiteSection], here: str) -> str:
    """Return the label of the section that a page belongs to; an empty string if it belongs to none.

    :param here: path of the page, without a first slash
    """
    starts = [
        (len(start), section.label)
        for section in sections.values()
        for start in section.documents
        if here.startswith(start)
    ]
    if starts:
        return max(starts)[1]
    route = current_route()
    found = route.section if route else ""
    return found.label if isinstance(found, SiteSection) else found


def list_navigation(site: Site) -> list[NavigationLink]:
    """Return the links of the navigation, for the page that the request asks for."""
    here = request.path.lstrip("/")
    sections = list_sections(site)
    label = _find_label(sections, here)
    return [
        NavigationLink(section.label, path, ("page" if path == here else "true") if section.label == label else "")
        for path, section in sections.items()
    ]
