"""A small map of the world with the place of a resource, as SVG without a request to any other host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from markupsafe import Markup

from eild.documents.places import find_shapes
from eild.web.frame.assets import asset_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyoxigraph import NamedNode

    from eild.documents.places import Point, Shape
    from eild.web.frame.site import Site

_CLOSE: Final = 12
"""Degrees around a small shape that the map shows; it shows the whole world beside."""
_MOST_POINTS: Final = 5000


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


def _write_degrees(value: float, signs: str) -> str:
    return f"{abs(value):.5f}".rstrip("0").rstrip(".") + f"° {signs[value < 0]}"


def _place(point: Point) -> str:
    """Return a point in the coordinates of the map: degrees from its upper left corner."""
    return f"{round(point[0] + 180, 3):g} {round(90 - point[1], 3):g}"


def draw_map(shapes: Sequence[Shape], title: str, root: str) -> bytes:
    """Return the map.

    :param shapes: what is shown on it
    :param title: what it shows, in words
    :param root: reference to the root of the site
    """
    points = [point for shape in shapes for ring in shape.rings for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    north, south = max(y for _, y in points), min(y for _, y in points)
    picture = ET.Element(
        "svg", {"class": "map", "viewBox": "0 0 360 180", "role": "img", "aria-labelledby": "map-title"}
    )
    ET.SubElement(picture, "title", {"id": "map-title"}).text = title
    ET.SubElement(picture, "rect", {"class": "sea", "width": "360", "height": "180"})
    ET.SubElement(picture, "use", {"class": "land", "href": f"{root}{asset_path('land.svg')}#land"})
    for shape in shapes:
        if shape.kind == "point":
            for ring in shape.rings[:_MOST_POINTS]:
                x, y = _place(ring[0]).split()
                ET.SubElement(picture, "circle", {"class": "spot", "cx": x, "cy": y, "r": "3"})
            continue
        lines = ("M" + "L".join(map(_place, ring[:_MOST_POINTS])) for ring in shape.rings)
        end = "z" if shape.kind == "area" else ""
        ET.SubElement(picture, "path", {"class": f"shape {shape.kind}", "d": "".join(f"{line}{end}" for line in lines)})
    if max(east - west, north - south) < _CLOSE and any(shape.kind != "point" for shape in shapes):
        middle = _place(((west + east) / 2, (north + south) / 2)).split()
        ET.SubElement(picture, "circle", {"class": "spot around", "cx": middle[0], "cy": middle[1], "r": "6"})
    return bytes(ET.tostring(picture, encoding="utf-8"))


def build_place(site: Site, node: NamedNode, name: str, root: str) -> PlaceView | None:
    """Return where a resource is; None if the data does not say."""
    shapes = find_shapes(site.documents, node)
    if not shapes:
        return None
    points = [point for shape in shapes for ring in shape.rings for point in ring]
    longitude = (min(x for x, _ in points) + max(x for x, _ in points)) / 2
    latitude = (min(y for _, y in points) + max(y for _, y in points)) / 2
    text = f"{_write_degrees(latitude, 'NS')}, {_write_degrees(longitude, 'EW')}"
    spot = f"{latitude:.5f},{longitude:.5f}"
    return PlaceView(
        picture=Markup(draw_map(shapes, f"Map of the world with {name} at {text}", root).decode()),  # noqa: S704 - escaped by ElementTree
        text=text if len(points) == 1 else f"middle: {text}",
        osm=f"https://www.openstreetmap.org/?mlat={latitude:.5f}&mlon={longitude:.5f}#map=8/{latitude:.4f}/{longitude:.4f}",
        geo=f"geo:{spot}",
    )
