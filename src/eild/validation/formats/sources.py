"""The lines of the files that a report speaks of, for excerpts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eild.errors import Location

LARGEST_FILE: Final = 64 * 1024 * 1024
"""Bytes of a file beyond which no excerpt of it is shown: it would have to be read a second time."""

_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MOST_SHOWN: Final = 160
_SHOWN_BEFORE: Final = 40
_CUT: Final = "…"


@dataclass(frozen=True)
class Excerpt:
    """One line of a file, and the part of it that is meant.

    :ivar number: the line's number
    :ivar before: what stands before that part
    :ivar marked: the part
    :ivar after: what stands after it
    """

    number: int
    before: str
    marked: str
    after: str


@dataclass
class Sources:
    """Files by name: texts that were given, and others read once from disk where they can be read.

    :ivar texts: contents of what is no file (standard input, the body of a request), by the name in locations
    :ivar read_files: whether names that are not given are looked for on disk
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    read_files: bool = True
    _lines: dict[str, list[str]] = field(default_factory=dict, repr=False)

    def lines(self, name: str) -> list[str]:
        """Return the lines of a file without their ends; none if it cannot be read as text or is very large."""
        if name not in self._lines:
            text = self._text(name)
            self._lines[name] = _LINE_END.split(text) if text else []
        return self._lines[name]

    def _text(self, name: str) -> str:
        if name in self.texts or not self.read_files:
            return self.texts.get(name, "").removeprefix("\ufeff")
        try:
            path = Path(name)
            if not path.is_file() or path.stat().st_size > LARGEST_FILE:
                return ""
            return path.read_text(encoding="utf-8-sig")
        except (OSError, ValueError):  # it changed since, or is no text; a report comes without excerpts then
            return ""

    def excerpt(self, location: Location | None) -> Excerpt | None:
        """Return the line that a location names, with the part meant marked; nothing where it is not known.

        Long lines are cut around the part; what a terminal would not show as a character is shown as ``·``.
        """
        if location is None or not location.line:
            return None
        lines = self.lines(location.path)
        if location.line > len(lines):
            return None
        line = lines[location.line - 1]
        start = min(max(location.column - 1, 0), len(line))
        end = _end_in_line(location, line, start)
        first = max(0, start - _SHOWN_BEFORE) if len(line) > _MOST_SHOWN else 0
        end = min(end, first + _MOST_SHOWN)
        last = min(len(line), first + _MOST_SHOWN)
        return Excerpt(
            location.line,
            (_CUT if first else "") + _show(line[first:start]),
            _show(line[start:end]),
            _show(line[end:last]) + (_CUT if last < len(line) else ""),
        )


def _end_in_line(location: Location, line: str, start: int) -> int:
    """Return where the part that is meant ends in its first line; all of a line whose column is unknown."""
    if not location.column or location.end_line > location.line:
        return len(line)
    return min(max(location.end_column - 1, start + 1), len(line))


def _show(text: str) -> str:
    return _CONTROL.sub(lambda match: " " if match[0] == "\t" else "·", text)
