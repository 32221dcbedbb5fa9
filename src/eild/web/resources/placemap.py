"""The place of a resource, on a small map of the world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from eild.documents.places import find_shapes
from eild.web.frame.worldmap import draw_map, find_middle, link_to_application, link_to_osm, write_degrees

if TYPE_CHECKING:
    from pyoxigraph import NamedNode

    from eild.web.frame.site import Site


@dataclass(frozen=True)
class PlaceView:
    """The place of a resource.

    :ivar picture: the map
    :ivar text: its coordinates
    :ivar osm: URL of the place at OpenStreetMap
    :ivar geo: URL that map applications open (RFC 5870)
    """

    picture: Markup
    text: str
    osm: str
    geo: str


def build_place(site: Site, node: NamedNode, name: str, root: str) -> PlaceView | None:
    """Return where a resource is; None if the data does not say."""
    shapes = find_shapes(site.documents, node)
    if not shapes:
        return None
    points = [point for shape in shapes for ring in shape.rings for point in ring]
    longitude, latitude = find_middle(points)
    text = f"{write_degrees(latitude, 'NS')}, {write_degrees(longitude, 'EW')}"
    return PlaceView(
        picture=Markup(draw_map(shapes, f"Map of the world with {name} at {text}", root).decode()),  # noqa: S704 - escaped by ElementTree
        text=text if len(points) == 1 else f"middle: {text}",
        osm=link_to_osm(longitude, latitude),
        geo=link_to_application(longitude, latitude),
    )
