"""Places of a result on a small map: columns with latitude and longitude, or with shapes in Well-Known Text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from eild.documents.places import Shape, read_wkt
from eild.web.endpoint.columns import LATITUDES, LONGITUDES, find_coordinate, list_names, name_row, split_name
from eild.web.frame.worldmap import (
    choose_section,
    draw_map,
    find_middle,
    link_to_application,
    link_to_osm,
    write_degrees,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eild.web.endpoint.tables import Cell, TableView

MOST_PLACES: Final = 200
"""How many places a map shows; the table holds more."""

_WKT: Final = "http://www.opengis.net/ont/geosparql#wktLiteral"
_STRINGS: Final = frozenset({"", "http://www.w3.org/2001/XMLSchema#string"})


@dataclass(frozen=True)
class Place:
    """A place of a result.

    :ivar names: the cells that tell what its row is about
    :ivar text: its coordinates, or those of its middle
    :ivar osm: URL of the place at OpenStreetMap
    :ivar geo: URL that map applications open (RFC 5870)
    :ivar shape: the place
    """

    names: Sequence[Cell]
    text: str
    osm: str
    geo: str
    shape: Shape


@dataclass(frozen=True)
class ResultMap:
    """The places of a result.

    :ivar places: the places that are shown, in the order of the rows
    :ivar total: how many places the shown rows have
    """

    places: Sequence[Place]
    total: int

    def draw(self, root: str) -> Markup:
        """Return the map of the part of the world in which the places are.

        :param root: reference to the root of the site
        """
        shapes = [place.shape for place in self.places]
        names = [
            " · ".join([*(cell.term.text for cell in place.names if not cell.hidden), place.text])
            for place in self.places
        ]
        points = [point for shape in shapes for ring in shape.rings for point in ring]
        title = f"Map of {len(shapes)} place{'s' if len(shapes) != 1 else ''}, which the list names"
        picture = draw_map(shapes, title, root, section=choose_section(points), names=names)
        return Markup(picture.decode())  # noqa: S704 - ElementTree escapes what it writes


def _find_pairs(table: TableView) -> Iterator[tuple[int, int]]:
    """Yield the columns that together are coordinates: those whose names are equal but for the degrees they name."""
    kinds = {number: find_coordinate(table, number) for number in range(len(table.columns))}
    stems = {number: tuple(_drop_degrees(table.columns[number])) for number, kind in kinds.items() if kind}
    for latitude, stem in stems.items():
        for longitude, other in stems.items():
            if (kinds[latitude], kinds[longitude]) == ("latitude", "longitude") and stem == other:
                yield latitude, longitude
                break


def _drop_degrees(column: str) -> Iterator[str]:
    return (word for word in split_name(column) if word not in LATITUDES | LONGITUDES)


def _read_shape(cell: Cell) -> Shape | None:
    if cell.datatype != _WKT and cell.datatype not in _STRINGS:
        return None
    return read_wkt(cell.term.text)


def _read_pair(longitude: Cell, latitude: Cell) -> Shape | None:
    if not (longitude.term.text and latitude.term.text):
        return None
    return Shape("point", (((float(longitude.term.text), float(latitude.term.text)),),))


def build_map(table: TableView) -> ResultMap | None:
    """Return the map of a result; None if no columns hold places.

    Numbers are coordinates if a pair of columns is called so. A column holds shapes if all its values are
    Well-Known Text in degrees of WGS 84.
    """
    if not table.rows:
        return None
    found: list[tuple[set[int], list[Shape | None]]] = []
    for latitude, longitude in _find_pairs(table):
        found.append(({latitude, longitude}, [_read_pair(row[longitude], row[latitude]) for row in table.rows]))
    for number in range(len(table.columns)):
        shapes = [_read_shape(row[number]) for row in table.rows]
        if any(shapes) and all(
            shape or not row[number].term.text for shape, row in zip(shapes, table.rows, strict=True)
        ):
            found.append(({number}, shapes))
    taken = set().union(*(columns for columns, _ in found))
    names = list_names(table, taken)
    places = [
        _view_place(shape, name_row(row, names))
        for row, shapes in zip(table.rows, zip(*(shapes for _, shapes in found), strict=True), strict=False)
        for shape in shapes
        if shape is not None
    ]
    return ResultMap(places[:MOST_PLACES], len(places)) if places else None


def _view_place(shape: Shape, names: Sequence[Cell]) -> Place:
    points = [point for ring in shape.rings for point in ring]
    longitude, latitude = find_middle(points)
    text = f"{write_degrees(latitude, 'NS')}, {write_degrees(longitude, 'EW')}"
    return Place(
        names=names,
        text=text if len(points) == 1 else f"middle: {text}",
        osm=link_to_osm(longitude, latitude),
        geo=link_to_application(longitude, latitude),
        shape=shape,
    )
