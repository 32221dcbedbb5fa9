"""Where some of a text's triples stand, without the places of all others being kept.

A triple is chosen by its number: the parser's first triple is number 0. The places are those that
:func:`eild.located.reading.parse_located_content` gives to the same triples.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pyoxigraph

from eild.errors import Location
from eild.located.places import TextPlaces
from eild.located.turtle import find_spans

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_BLANK = b" \t\r\n"


def locate_chosen(
    content: bytes, syntax: pyoxigraph.RdfFormat, *, name: str, count: int, chosen: Collection[int]
) -> dict[int, Location]:
    """Return the place of each chosen triple of a text.

    :param content: a text that the parser has accepted, without a byte order mark
    :param syntax: Turtle, TriG, N-Triples or N-Quads
    :param name: what locations show as path
    :param count: how many triples the parser yields
    :param chosen: the numbers of the triples that are meant
    """
    if not chosen:
        return {}
    if syntax in {pyoxigraph.RdfFormat.N_TRIPLES, pyoxigraph.RdfFormat.N_QUADS}:
        found = _locate_in_lines(content, name=name, count=count, chosen=chosen, quads=syntax.supports_datasets)
        if found is not None:
            return found
    text = content.decode("utf-8")
    spans = find_spans(text, graph_follows=syntax == pyoxigraph.RdfFormat.N_QUADS)
    if len(spans) != count:  # written in a way that the walk does not foresee: the file is known, the line is not
        return dict.fromkeys(chosen, Location(name))
    places = TextPlaces(text, name)
    return {number: places.at(spans.starts[number], spans.ends[number]) for number in chosen}


def locate_lines(lines: Mapping[int, bytes], *, name: str) -> dict[int, Location]:
    """Return the place of each of some lines of N-Triples, in a text of which each line is a statement.

    The lines are as Oxigraph writes them: one space follows each term, so that the object's place is known.

    :param lines: the lines by their numbers, counted from 0
    :param name: what locations show as path
    """
    found: dict[int, Location] = {}
    for number, line in lines.items():
        text = line.decode("utf-8")
        start = text.index(" ", text.index(" ") + 1) + 2
        found[number] = Location(name, number + 1, start, number + 1, len(text.rstrip("\n")) - 1)
    return found


def _locate_in_lines(
    content: bytes, *, name: str, count: int, chosen: Collection[int], quads: bool
) -> dict[int, Location] | None:
    """Return the places in a text with a statement per line; nothing if that is not how it is written."""
    found: dict[int, Location] = {}
    number = -1
    for line_number, line in enumerate(_lines(content), 1):
        start = line.strip(_BLANK)[:1]
        if not start or start == b"#":
            continue
        number += 1
        if number not in chosen:
            continue
        spans = find_spans(line.decode("utf-8"), graph_follows=quads)
        if len(spans) != 1:
            return None
        found[number] = Location(name, line_number, spans.starts[0] + 1, line_number, spans.ends[0] + 1)
    return found if number + 1 == count else None


def _lines(content: bytes) -> Iterator[bytes]:
    """Yield the lines of a text; CR, LF and CR LF end them."""
    return iter(content.splitlines()) if b"\r" in content else iter(BytesIO(content))
