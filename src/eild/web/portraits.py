"""Which page shows a resource: one of a kind of its own, or the page that any resource has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eild.web.claimpage import SLOT_NAMES, build_claim_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import NamedNode

    from eild.web.site import Site


@dataclass(frozen=True)
class Portrait:
    """How a page shows a resource, besides what every page about a resource shows.

    :ivar template: name of the template, without its extension
    :ivar values: what the template shows
    """

    template: str = "entity"
    values: Mapping[str, Any] = field(default_factory=dict)


def draw_portrait(site: Site, node: NamedNode, *, show_warned: bool = False) -> Portrait:
    """Return how the page about a resource shows it.

    :param node: the resource
    :param show_warned: whether words with a content warning are shown
    """
    if claim := site.claims.claims.get(node.value):
        values = {"view": build_claim_page(site, claim), "slot_names": SLOT_NAMES, "show_warned": show_warned}
        return Portrait("claim", values)
    return Portrait()
