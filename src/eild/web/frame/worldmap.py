"""A small map of the world with places on it, as SVG without a request to any other host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from eild.web.frame.assets import asset_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eild.documents.places import Point, Shape

_CLOSE: Final = 12
"""Degrees of a small shape on the map of the world, which gets a circle around it."""
_LEAST: Final = 24.0
"""Degrees from north to south that a section shows at least: closer, the coarse coasts would mislead."""
_MOST_POINTS: Final = 5000
_WORLD: Final = (0.0, 0.0, 360.0, 180.0)
_MARGIN: Final = 0.15
_PLACES: Final = 3


def write_degrees(value: float, signs: str) -> str:
    """Return degrees in words that people read.

    :param signs: the letters for positive and for negative degrees, such as ``NS``
    """
    return f"{abs(value):.5f}".rstrip("0").rstrip(".") + f"° {signs[value < 0]}"


def _place(point: Point) -> str:
    """Return a point in the coordinates of the map: degrees from its upper left corner."""
    return f"{round(point[0] + 180, 3):g} {round(90 - point[1], 3):g}"


def link_to_osm(longitude: float, latitude: float) -> str:
    """Return the URL of a place at OpenStreetMap."""
    return (
        f"https://www.openstreetmap.org/?mlat={latitude:.5f}&mlon={longitude:.5f}#map=8/{latitude:.4f}/{longitude:.4f}"
    )


def link_to_application(longitude: float, latitude: float) -> str:
    """Return the URL of a place that map applications open (RFC 5870)."""
    return f"geo:{latitude:.5f},{longitude:.5f}"


def find_middle(points: Sequence[Point]) -> Point:
    """Return the middle of the degrees between which some points lie."""
    longitudes, latitudes = [x for x, _ in points], [y for _, y in points]
    return (min(longitudes) + max(longitudes)) / 2, (min(latitudes) + max(latitudes)) / 2


def choose_section(points: Sequence[Point]) -> tuple[float, float, float, float]:
    """Return the section of the map that shows some points: left, top, width and height, twice as wide as high."""
    longitudes, latitudes = [x + 180 for x, _ in points], [90 - y for _, y in points]
    across, down = max(longitudes) - min(longitudes), max(latitudes) - min(latitudes)
    height = min(max(max(across / 2, down) * (1 + 2 * _MARGIN), _LEAST), 180.0)
    width = 2 * height
    left = min(max((min(longitudes) + max(longitudes) - width) / 2, 0.0), 360.0 - width)
    top = min(max((min(latitudes) + max(latitudes) - height) / 2, 0.0), 180.0 - height)
    left, top, width, height = (round(value, _PLACES) for value in (left, top, width, height))
    return left, top, width, height


def draw_map(
    shapes: Sequence[Shape],
    title: str,
    root: str,
    *,
    section: tuple[float, float, float, float] = _WORLD,
    names: Sequence[str] = (),
) -> bytes:
    """Return the map.

    :param shapes: what is shown on it
    :param title: what it shows, in words
    :param root: reference to the root of the site
    :param section: left, top, width and height of what is shown, in degrees from the upper left corner of the world
    :param names: what each shape is called, in their order, if that is shown when one points at it
    """
    scale = section[2] / _WORLD[2]
    points = [point for shape in shapes for ring in shape.rings for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    north, south = max(y for _, y in points), min(y for _, y in points)
    picture = ET.Element(
        "svg",
        {
            "class": "map",
            "viewBox": " ".join(f"{value:g}" for value in section),
            "role": "img",
            "aria-labelledby": "map-title",
        },
    )
    ET.SubElement(picture, "title", {"id": "map-title"}).text = title
    ET.SubElement(picture, "rect", {"class": "sea", "width": "360", "height": "180"})
    ET.SubElement(picture, "use", {"class": "land", "href": f"{root}{asset_path('land.svg')}#land"})
    for number, shape in enumerate(shapes):
        place = picture
        if names:
            place = ET.SubElement(picture, "g")
            ET.SubElement(place, "title").text = names[number]
        _draw_shape(place, shape, scale)
    if max(east - west, north - south) < _CLOSE * scale and any(shape.kind != "point" for shape in shapes):
        middle = _place(((west + east) / 2, (north + south) / 2)).split()
        ET.SubElement(
            picture, "circle", {"class": "spot around", "cx": middle[0], "cy": middle[1], "r": f"{6 * scale:g}"}
        )
    return bytes(ET.tostring(picture, encoding="utf-8"))


def _draw_shape(picture: ET.Element, shape: Shape, scale: float) -> None:
    """Draw a point, line or area; strokes have the width that the style sheet gives them on any section."""
    if shape.kind == "point":
        for ring in shape.rings[:_MOST_POINTS]:
            x, y = _place(ring[0]).split()
            radius = f"{round(3 * scale, 4):g}"
            ET.SubElement(picture, "circle", {"class": "spot", "cx": x, "cy": y, "r": radius})
        return
    lines = ("M" + "L".join(map(_place, ring[:_MOST_POINTS])) for ring in shape.rings)
    end = "z" if shape.kind == "area" else ""
    ET.SubElement(picture, "path", {"class": f"shape {shape.kind}", "d": "".join(f"{line}{end}" for line in lines)})
