"""Languages of names: which one to show of those that there are, by what readers ask for (RFC 4647, RFC 9110)."""

from __future__ import annotations

import re
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
"""A language tag by its form (Turtle, section 6.5)."""

DEFAULT_LANGUAGES: Final = ("en",)
"""The language ranges in which names are wanted where nobody says so."""

WANTED: ContextVar[tuple[str, ...]] = ContextVar("WANTED", default=DEFAULT_LANGUAGES)
"""The language ranges in which names are wanted here, the best first: what was asked for, then that of the site."""

_WEIGHT: Final = re.compile(r"q=(0(\.[0-9]{0,3})?|1(\.0{0,3})?)")
_MOST_RANGES: Final = 20
_MOST_RANKED: Final = 1024


def read_accept_language(field: str) -> tuple[str, ...]:
    """Return the language ranges of an Accept-Language field, the best first, without those of weight 0.

    ``*`` and whatever follows it is left out: it asks for nothing in particular (RFC 9110, section 12.5.4).
    """
    found: list[tuple[float, str]] = []
    for element in field.split(",")[:_MOST_RANGES]:
        name, *parameters = (part.strip() for part in element.split(";"))
        weights = [float(match[1]) for part in parameters if (match := _WEIGHT.fullmatch(part.lower()))]
        weight = weights[0] if weights else 1.0
        if name == "*" or (LANGUAGE_TAG.fullmatch(name) and weight > 0):
            found.append((weight, name))
    ordered = [name for _, name in sorted(found, key=lambda pair: -pair[0])]
    return tuple(ordered[: ordered.index("*")] if "*" in ordered else ordered)


def _fits(tag: str, wanted: str) -> bool:
    """Return whether a range matches a tag: it is equal, or begins with it and a hyphen (RFC 4647, section 3.3.1)."""
    tag, wanted = tag.lower(), wanted.lower()
    return tag == wanted or tag.startswith(f"{wanted}-")


def rank_language(tag: str, wanted: Sequence[str]) -> tuple[int, int, str]:
    """Return what orders names by language: wanted ones, those without language, English, then others by tag.

    A tag that is shorter than a range fits it less well than one that the range matches (RFC 4647, section 3.4).

    :param tag: language tag of a name; empty if it has none
    :param wanted: language ranges, the best first
    """
    return _rank(tag, tuple(wanted))


@lru_cache(_MOST_RANKED)
def _rank(tag: str, wanted: tuple[str, ...]) -> tuple[int, int, str]:
    if tag:
        for number, want in enumerate(wanted):
            if _fits(tag, want):
                return number, 0, tag.lower()
            if _fits(want, tag):
                return number, 1, tag.lower()
    last = len(wanted)
    return (last + (0 if not tag else 1 if _fits(tag, "en") else 2), 0, tag.lower())


def choose_language(tags: Iterable[str], wanted: Sequence[str]) -> str | None:
    """Return the tag of the text to show: in a wanted language, else without language, else English, else the first.

    :param tags: the tags that there are; an empty string stands for a text without language
    :param wanted: language ranges, the best first
    :returns: None if there are no tags
    """
    return min(tags, key=lambda tag: (rank_language(tag, wanted), tag), default=None)
