"""Places inside of literals: where a character of a literal's value is written in the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from eild.located.places import TextPlaces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eild.errors import Location

_QUOTES: Final = re.compile(r'"""|\'\'\'|"|\'')
_CHARACTER: Final = re.compile(r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}|\\.|.", re.DOTALL)


def locate_inside(texts: Mapping[str, str], place: Location | None, offset: int) -> Location | None:
    """Return the place of a character of a literal's value; that of the literal if the text is not at hand.

    :param texts: the texts of files, by path
    :param place: where the literal starts (Turtle, TriG, N-Triples or N-Quads)
    :param offset: which character of the value is meant, counted from 0
    """
    if place is None or place.path not in texts or not place.column:
        return place
    text = texts[place.path]
    places = TextPlaces(text, place.path)
    quotes = _QUOTES.match(text, places.offset(place.line, place.column))
    if quotes is None:
        return place
    position = quotes.end()
    for _ in range(offset):
        character = _CHARACTER.match(text, position)
        if character is None:
            return place
        position = character.end()
    return places.at(position)
