"""From offsets into a text to lines and columns."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

from eild.errors import Location

_LINE_END: Final = re.compile(r"\r\n|\n|\r")


class TextPlaces:
    """Turns offsets into a text into locations.

    :param text: the text; CR, LF and CR LF end its lines
    :param name: what locations show as path
    """

    def __init__(self, text: str, name: str) -> None:
        self._name = name
        self._length = len(text)
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def at(self, start: int, end: int | None = None) -> Location:
        """Return the location of an offset, with its extent if the offset of its end is given.

        :param start: offset of the first character
        :param end: offset after the last one
        """
        line, column = self._line_and_column(start)
        if end is None:
            return Location(self._name, line, column)
        return Location(self._name, line, column, *self._line_and_column(end))

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a line and column, both counted from 1."""
        return min(self._starts[min(line, len(self._starts)) - 1] + column - 1, self._length)

    def _line_and_column(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1
