"""The nearest words that a dataset has for one that it has not: what a search asks back with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from eild.search.question import SearchWord, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SHORTEST: Final = 4
"""How many letters a word has at least that is corrected: of shorter ones, any is near to any."""
_LONG: Final = 8
_WORD: Final = re.compile(r"[^\W\d_]{3,}")


def list_words(text: str) -> list[str]:
    """Return the words of a text that a misspelt one may stand for, folded, in order."""
    return _WORD.findall(fold(text))


def allowance(word: str) -> int:
    """Return how many letters may be wrong, missing, added or swapped with the next one: one, or two in long words."""
    return 0 if len(word) < SHORTEST else 1 if len(word) < _LONG else 2


def find_nearest(word: str, known: Mapping[str, int]) -> str:
    """Return the word that comes nearest: by distance, then first letter, then how often it occurs.

    :param word: a folded word
    :param known: folded words with how often each occurs
    :returns: an empty string if none is near enough
    """
    most = allowance(word)
    if not most:
        return ""
    near = process.extract(word, known.keys(), scorer=OSA.distance, score_cutoff=most, limit=None)
    best = min(near, key=lambda row: (row[1], row[0][0] != word[0], -known[row[0]], row[0]), default=None)
    return best[0] if best else ""


def _mend(word: SearchWord, known: Mapping[str, int]) -> SearchWord:
    """Return a word with the nearest ones for those of its parts that do not occur."""
    parts = [(part, fold(part)) for part in re.split(r"[\s-]+", word.text.rstrip("*"))]
    text = " ".join(part if folded in known else find_nearest(folded, known) or part for part, folded in parts)
    return word if fold(text) == fold(word.text) else SearchWord(text, phrase=word.phrase or " " in text)


def correct(
    words: Sequence[SearchWord], unknown: Iterable[SearchWord], known: Mapping[str, int]
) -> tuple[SearchWord, ...]:
    """Return words of which those that occur nowhere are mended, as far as that can be done.

    Two of them that make one known word together become it; for others the nearest known ones are taken.
    """
    lost = set(unknown)
    found: list[SearchWord] = []
    for word in words:
        joined = f"{found[-1].text}{word.text.rstrip('*')}" if found and not word.phrase else ""
        if word in lost and joined and fold(joined) in known:
            found[-1] = SearchWord(joined)
        else:
            found.append(word)
    return tuple(_mend(word, known) if word in lost else word for word in found)
