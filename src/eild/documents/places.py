"""Where a resource is: coordinates and shapes by the vocabularies that are in use (WGS 84 degrees)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from eild.terms import DCAT, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eild.documents.index import Documents

    Node = NamedNode | BlankNode
    Point = tuple[float, float]

_WGS84: Final = "http://www.w3.org/2003/01/geo/wgs84_pos#"
_GEO: Final = "http://www.opengis.net/ont/geosparql#"
_LOCN: Final = "http://www.w3.org/ns/locn#"
_SCHEMAS: Final = (str(SCHEMA), "http://schema.org/")
_PAIRS: Final = (
    (f"{_WGS84}lat", f"{_WGS84}long"),
    *((f"{start}latitude", f"{start}longitude") for start in _SCHEMAS),
)
_BOTH: Final = (f"{_WGS84}lat_long", "http://www.georss.org/georss/point")
_WKT: Final = (f"{_GEO}asWKT", f"{_LOCN}geometry", f"{DCAT}centroid", f"{DCAT}bbox")
_INNER: Final = (
    *(f"{_GEO}hasGeometry", f"{_GEO}hasDefaultGeometry", f"{_LOCN}geometry", f"{_WGS84}location"),
    *(f"{start}geo" for start in _SCHEMAS),
)
_WKT_TYPE: Final = f"{_GEO}wktLiteral"
_SHAPE: Final = re.compile(
    r"\s*(?:<([^>]*)>)?\s*(MULTIPOINT|POINT|MULTILINESTRING|LINESTRING|MULTIPOLYGON|POLYGON)\s*[ZM]*\s*(\(.*\))\s*",
    re.IGNORECASE | re.DOTALL,
)
_RING: Final = re.compile(r"\(([^()]*)\)")
_LONGITUDE_FIRST: Final = ("CRS84",)
_LATITUDE_FIRST: Final = ("EPSG/0/4326", "EPSG/9.9.1/4326", "epsg/4326", "EPSG::4326")
_MOST_CHARACTERS: Final = 200_000


@dataclass(frozen=True)
class Shape:
    """A point, line or area.

    :ivar kind: ``point``, ``line`` or ``area``
    :ivar rings: its points as longitude and latitude; for a point one ring of one point each
    """

    kind: str
    rings: tuple[tuple[Point, ...], ...]


def _read_number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _check(longitude: float | None, latitude: float | None) -> Point | None:
    if longitude is None or latitude is None or abs(latitude) > 90 or abs(longitude) > 180:  # noqa: PLR2004 - degrees
        return None
    return longitude, latitude


def read_wkt(text: str) -> Shape | None:
    """Return the shape that a text in Well-Known Text stands for (GeoSPARQL 1.1, section 8.5.1).

    :returns: None if it is none, or in another system of coordinates than degrees of WGS 84
    """
    match = _SHAPE.fullmatch(text) if len(text) <= _MOST_CHARACTERS else None
    if match is None:
        return None
    system = match[1] or ""
    swapped = system.endswith(_LATITUDE_FIRST)
    if system and not swapped and not system.endswith(_LONGITUDE_FIRST):
        return None
    kind = match[2].upper().removeprefix("MULTI")
    rings = []
    for body in _RING.findall(match[3]):
        points = [_read_position(position, swapped=swapped) for position in body.split(",")]
        if None in points:
            return None
        rings.append(tuple(point for point in points if point))
    if kind == "POINT":
        rings = [(point,) for ring in rings for point in ring]
    name = {"POINT": "point", "LINESTRING": "line"}.get(kind, "area")
    return Shape(name, tuple(rings)) if rings else None


def _read_position(text: str, *, swapped: bool) -> Point | None:
    numbers = [_read_number(part) for part in text.split()[:2]]
    if len(numbers) < 2:  # noqa: PLR2004 - two coordinates
        return None
    first, second = numbers
    return _check(second, first) if swapped else _check(first, second)


def _literals(documents: Documents, node: Node, name: str) -> list[Literal]:
    return [value for value in documents.find_objects(node, NamedNode(name)) if isinstance(value, Literal)]


def _read_own(documents: Documents, node: Node) -> Iterator[Shape]:
    """Yield the shapes that a resource has itself."""
    for one, other in _PAIRS:
        latitudes, longitudes = _literals(documents, node, one), _literals(documents, node, other)
        if len(latitudes) == len(longitudes) == 1:  # of several, nobody knows which belong together
            point = _check(_read_number(longitudes[0].value), _read_number(latitudes[0].value))
            if point:
                yield Shape("point", ((point,),))
    for name in _BOTH:
        for value in _literals(documents, node, name):
            point = _read_position(value.value.replace(",", " "), swapped=True)
            if point:
                yield Shape("point", ((point,),))
    for triple in documents.outgoing(node):
        text = triple.object
        if isinstance(text, Literal) and (triple.predicate.value in _WKT or text.datatype.value == _WKT_TYPE):
            shape = read_wkt(text.value)
            if shape:
                yield shape


def find_shapes(documents: Documents, node: Node) -> list[Shape]:
    """Return where a resource is, by its own statements and those of its geometries, each shape once."""
    inner: Iterable[Node] = (
        value
        for name in _INNER
        for value in documents.find_objects(node, NamedNode(name))
        if isinstance(value, NamedNode | BlankNode)
    )
    return list(dict.fromkeys(shape for place in (node, *inner) for shape in _read_own(documents, place)))
