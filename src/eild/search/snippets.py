"""The part of a text around the words that were looked for, with these marked and others hidden where they must be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from eild.search.question import SEAM

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

OPEN: Final = "\x02"
"""What the engine sets before words that were looked for; no text holds it."""
CLOSE: Final = "\x03"
"""What the engine sets after them."""
HIDDEN: Final = "[offensive words hidden]"
"""What stands for words that are to be shown with care."""

_MARKS: Final = re.compile(f"[{OPEN}{CLOSE}{SEAM}]")
_BEFORE: Final = 80
_WINDOW: Final = 260


@dataclass(frozen=True)
class ExcerptPart:
    """A run of text.

    :ivar text: the characters
    :ivar marked: whether they were looked for
    """

    text: str
    marked: bool = False


@dataclass(frozen=True)
class Excerpt:
    """A part of a text.

    :ivar pieces: the runs that it is made of
    """

    pieces: tuple[ExcerptPart, ...]

    @property
    def text(self) -> str:
        """The characters."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def spans(self) -> list[list[int]]:
        """Where marked runs begin and end, counted in code points."""
        spans, begin = [], 0
        for piece in self.pieces:
            if piece.marked:
                spans.append([begin, begin + len(piece.text)])
            begin += len(piece.text)
        return spans


def _read_marks(text: str) -> tuple[str, list[bool]]:
    """Return a text without the engine's signs, and for each character whether it was looked for."""
    plain: list[str] = []
    marked: list[bool] = []
    end, on = 0, False
    for match in _MARKS.finditer(text):
        plain.append(text[end : match.start()])
        marked += [on] * (match.start() - end)
        end = match.end()
        on = match[0] == OPEN or (on and match[0] == SEAM)
    plain.append(text[end:])
    return "".join(plain), marked + [on] * (len(text) - end)


def _find_window(text: str, marked: Sequence[bool], length: int) -> tuple[int, int]:
    """Return the offsets of the part that shows the first word that was looked for, cut between words."""
    if len(text) <= length:
        return 0, len(text)
    first = marked.index(True) if True in marked else 0
    begin = max(0, min(first - _BEFORE, len(text) - length))
    end = min(len(text), begin + length)
    if begin:
        space = text.find(" ", begin, first)
        begin = space + 1 if space >= 0 else begin
    if end < len(text):
        space = text.rfind(" ", max(begin, first) + 1, end)
        end = space if space > 0 and True not in marked[space:end] else end
    return begin, end


def _cut(text: str, marked: Sequence[bool], begin: int, end: int) -> list[ExcerptPart]:
    """Return a stretch of a text by runs of characters that are marked alike."""
    pieces: list[ExcerptPart] = []
    start = begin
    for offset in range(begin + 1, end + 1):
        if offset == end or marked[offset] != marked[start]:
            pieces.append(ExcerptPart(text[start:offset], marked[start]))
            start = offset
    return pieces


def make_snippet(highlighted: str, hidden: Iterable[tuple[int, int]] = (), length: int = _WINDOW) -> Excerpt:
    """Return the part of a text around the first words that were looked for.

    :param highlighted: the text as the engine returns it
    :param hidden: where in the text itself something stands that is not to be shown
    :param length: how many characters are shown at most, before anything is hidden
    """
    text, marked = _read_marks(highlighted)
    begin, end = _find_window(text, marked, length)
    pieces: list[ExcerptPart] = []
    position = begin
    for start, stop in sorted(hidden):
        if stop > position and start < end:
            pieces += _cut(text, marked, position, start) if start > position else []
            pieces.append(ExcerptPart(HIDDEN))
            position = max(position, min(stop, end))
    pieces += _cut(text, marked, position, end) if end > position else []
    before = [ExcerptPart("… ")] if begin else []
    after = [ExcerptPart(" …")] if end < len(text) else []
    return Excerpt(tuple(before + pieces + after))
