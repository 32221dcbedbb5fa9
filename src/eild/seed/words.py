"""The words of a text, and which of them only tie others together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

FUNCTION_WORDS: Final = frozenset(
    # articles and demonstratives
    "a an the this that these those "
    # conjunctions and relative words
    "and or nor but if as than so that which who whom whose what when where while whether how "
    # prepositions of place, belonging and manner
    "about among around at between by for from in into of off on onto out over per through to under up upon via with "
    "within "
    # pronouns
    "i me my we us our you your he him his she her it its itself they them their themselves one there "
    # forms of be, have and do
    "am is are was were be been being have has had having do does did doing "
    # what an apostrophe leaves
    "s t".split()
)
"""Words, in lower case, that may remain without evidence."""

_WORD: Final = re.compile(r"(?:[^\W\d_]\.){2,}|\d+(?:[.,]\d+)*|[^\W_]+")


@dataclass(frozen=True)
class Word:
    """A word of a text and its offsets."""

    text: str
    begin: int
    end: int

    @property
    def is_function_word(self) -> bool:
        """Whether the published list has it."""
        return self.text.lower() in FUNCTION_WORDS


def split_words(text: str, begin: int = 0, end: int | None = None) -> tuple[Word, ...]:
    """Return the words between two offsets of a text: letters, numbers, and abbreviations such as "U.S."."""
    found = _WORD.finditer(text, begin, len(text) if end is None else end)
    return tuple(Word(match.group(), match.start(), match.end()) for match in found)
