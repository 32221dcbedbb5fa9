"""Web links: as the Link field (RFC 8288), as a link set in that syntax or in JSON (RFC 9264)."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class Link:
    """A link from a resource to another.

    :ivar relation: how they stand to each other
    :ivar target: URI or relative reference, in characters of ASCII
    :ivar type: media type of the target
    :ivar profile: URI of what the target conforms to
    :ivar local: whether the target is a path of this site, without a first slash
    """

    relation: str
    target: str
    type: str = ""
    profile: str = ""
    local: bool = False


def resolve_links(links: Iterable[Link], start: str) -> list[Link]:
    """Return links whose paths of this site begin with the reference to its root, or with its absolute URL."""
    return [replace(link, target=start + link.target, local=False) if link.local else link for link in links]


def _write_link(link: Link, anchor: str = "") -> str:
    attributes = {"rel": link.relation, "type": link.type, "profile": link.profile, "anchor": anchor}
    return "; ".join([f"<{link.target}>", *(f'{name}="{value}"' for name, value in attributes.items() if value)])


def write_link_field(links: Iterable[Link]) -> str:
    """Return the value of a Link field."""
    return ", ".join(map(_write_link, links))


def write_linkset(anchor: str, links: Iterable[Link]) -> bytes:
    """Return ``application/linkset`` (RFC 9264, section 4.1).

    :param anchor: absolute URI of the resource from which the links lead
    :param links: with absolute targets
    """
    return ",\n".join(_write_link(link, anchor) for link in links).encode() + b"\n"


def write_linkset_json(anchor: str, links: Sequence[Link]) -> bytes:
    """Return ``application/linkset+json`` (RFC 9264, section 4.2); see :func:`write_linkset`.

    Profiles are left out: by section 4.2.4.3 they are lists, and readers of signposts fail on lists there.
    """
    context: dict[str, object] = {"anchor": anchor}
    for relation in dict.fromkeys(link.relation for link in links):
        context[relation] = [
            {
                "href": link.target,
                **({"type": link.type} if link.type else {}),
            }
            for link in links
            if link.relation == relation
        ]
    return json.dumps({"linkset": [context]}, indent=1).encode() + b"\n"
