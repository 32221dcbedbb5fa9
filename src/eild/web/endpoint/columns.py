"""What the columns of a result hold, as far as it can be told: measures, identifiers, years, days, places, images.

Numbers alone say little: a latitude, a year of birth and a postcode are numbers, and bars of them mean nothing. The
name of a column, its datatype, its values, and whether the query computes it tell more. What remains unclear counts
as a measure, because a result with an ordinary number should have a chart.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from eild.query.text.tokens import iterate_tokens

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from eild.web.endpoint.tables import Cell, TableView

LATITUDES: Final = frozenset({"lat", "latitude"})
"""Words that name a latitude."""
LONGITUDES: Final = frozenset({"long", "lng", "lon", "longitude"})
"""Words that name a longitude."""
MOST_NORTH: Final = 90
"""Degrees of the largest latitude."""
MOST_EAST: Final = 180
"""Degrees of the largest longitude."""

_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_DAYS: Final = frozenset(f"{_XSD}{name}" for name in ("date", "dateTime", "dateTimeStamp", "gYear", "gYearMonth"))
_IDENTIFIERS: Final = frozenset(
    "id ids identifier identifiers code codes key nr isbn issn doi orcid gnd viaf zip postcode plz phone telephone fax "
    "notation version revision serial line offset start end pid qid uid uuid".split()
)
_YEARS: Final = frozenset(
    "year years born birth died death founded dissolved since until inception released published created decade "
    "century anno jahr año année".split()
)
_DAY_PARTS: Final = frozenset("month day hour minute weekday week quarter".split())
_COUNTS: Final = frozenset("count counts number numbers total totals sum amount average mean median share n".split())
_PICTURES: Final = frozenset(
    "image images img picture pictures photo photos depiction thumbnail thumbnails logo portrait icon".split()
)
_PICTURE_FILE: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp|tiff?)$", re.IGNORECASE)
_PICTURE_PATH: Final = re.compile(r"/Special:(?:FilePath|Redirect/file)/", re.IGNORECASE)
_FIRST_YEAR, _LAST_YEAR = 1500, 2100
_AGGREGATES: Final = frozenset({"COUNT", "SUM", "AVG"})
_WORD: Final = re.compile(r"[A-Z]+(?![a-zà-ÿ])|[A-Za-zÀ-ÿ][a-zà-ÿ]*")


def split_name(column: str) -> tuple[str, ...]:
    """Return the words of a column's name, in lowercase: ``birthPlaceLat`` and ``birth_place_lat`` have three."""
    return tuple(word.lower() for word in _WORD.findall(column))


def list_aggregates(query: str) -> frozenset[str]:
    """Return the variables that a query computes by counting, adding up or averaging, without their sign.

    :param query: a query, which need not be well-formed
    """
    found = set()
    frames = [False]
    previous = ""
    for match in iterate_tokens(query):
        kind, text = match.lastgroup, match[0]
        if kind in {"space", "comment"}:
            continue
        if text == "(":
            frames.append(False)
        elif text == ")" and len(frames) > 1:
            inner = frames.pop()
            frames[-1] = frames[-1] or inner
        elif kind == "word" and text.upper() in _AGGREGATES:
            frames[-1] = True
        elif kind == "variable" and previous == "AS":
            if frames[-1]:
                found.add(text[1:])
            frames[-1] = False
        previous = text.upper() if kind == "word" else text
    return frozenset(found)


def read_numbers(table: TableView, column: int) -> list[float] | None:
    """Return the bound values of a column; None if there are none, or if some are not numbers."""
    cells = [row[column] for row in table.rows if row[column].term.text]
    return [float(cell.term.text) for cell in cells] if cells and all(cell.number for cell in cells) else None


def find_coordinate(table: TableView, column: int) -> str:
    """Return ``latitude`` or ``longitude`` if a column's bound values are such degrees, otherwise an empty string."""
    words = set(split_name(table.columns[column]))
    if not words & (LATITUDES | LONGITUDES):
        return ""
    values = read_numbers(table, column)
    for name, known, most in (("latitude", LATITUDES, MOST_NORTH), ("longitude", LONGITUDES, MOST_EAST)):
        if values and words & known and all(abs(value) <= most for value in values):
            return name
    return ""


def is_measure(table: TableView, column: int, aggregates: Iterable[str]) -> bool:
    """Return whether bars of a column of numbers mean something.

    :param aggregates: the variables that the query computes by counting, adding up or averaging
    """
    name = table.columns[column]
    if find_coordinate(table, column):
        return False
    if name in aggregates or _is_count(name):
        return True
    return not (_is_identifier(name) or is_time(table, column))


def _is_count(name: str) -> bool:
    """Return whether a name says that something is counted: ``n``, ``totalLength``, but not ``houseNumber``."""
    return bool(_COUNTS & set(split_name(name)[:1]))


def _is_identifier(name: str) -> bool:
    words = split_name(name)
    return bool(_IDENTIFIERS & set(words)) or words[-1:] == ("number",)


def is_time(table: TableView, column: int) -> bool:
    """Return whether a column holds points in time: days, months, years, or numbers that are years or parts of days."""
    cells = [row[column] for row in table.rows]
    if not table.numeric[column]:
        return bool(cells) and all(cell.datatype in _DAYS for cell in cells)
    name = table.columns[column]
    if _is_count(name):
        return False
    if (_YEARS | _DAY_PARTS) & set(split_name(name)):
        return True
    return all(_is_year(cell) for cell in cells)


def _is_year(cell: Cell) -> bool:
    text = cell.term.text
    return text.isdecimal() and _FIRST_YEAR <= int(text) <= _LAST_YEAR


def holds_images(column: str, cells: Sequence[Cell]) -> bool:
    """Return whether a column holds addresses of images, by its name or by the names of the files.

    :param column: its name
    :param cells: its values; unbound ones are ignored
    """
    named = bool(set(split_name(column)) & _PICTURES)
    found = False
    for cell in cells:
        if cell.term.text or cell.term.iri:
            found = True
            address = find_address(cell)
            if not address or not (named or _names_picture(address)):
                return False
    return found


def find_address(cell: Cell) -> str:
    """Return the http or https URL that a cell holds, as an IRI or as ``xsd:anyURI``, or an empty string."""
    text = cell.term.iri or (cell.term.text if cell.datatype == f"{_XSD}anyURI" else "")
    return text if text.startswith(("http://", "https://")) and not any(sign.isspace() for sign in text) else ""


def _names_picture(address: str) -> bool:
    try:
        path = urlsplit(address).path
    except ValueError:  # such as http://[
        return False
    return bool(_PICTURE_FILE.search(path) or _PICTURE_PATH.search(path))


def list_names(table: TableView, others: Collection[int] = ()) -> list[int]:
    """Return the columns that tell what a row is about: all but coordinates, images and the given others."""
    return [
        number
        for number, name in enumerate(table.columns)
        if number not in others
        and not find_coordinate(table, number)
        and not holds_images(name, [row[number] for row in table.rows])
    ]


def name_row(row: Sequence[Cell], names: Iterable[int]) -> list[Cell]:
    """Return the cells that tell what a row is about: the bound ones, each text once, as labels often repeat names."""
    cells: dict[str, Cell] = {}
    for number in names:
        if row[number].term.text or row[number].hidden:
            cells.setdefault(row[number].term.text, row[number])
    return list(cells.values())
