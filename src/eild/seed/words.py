"""The words of a text, and which of them only tie others together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from eild.seed.languages import Language

_WORD: Final = re.compile(r"(?:[^\W\d_]\.){2,}|\d+(?:[.,]\d+)*|[^\W_]+")


@dataclass(frozen=True)
class Word:
    """A word of a text and its offsets."""

    text: str
    begin: int
    end: int

    def connects(self, language: Language) -> bool:
        """Return whether the published list of a language has it."""
        return self.text.lower() in language.function_words


def split_words(text: str, begin: int = 0, end: int | None = None) -> tuple[Word, ...]:
    """Return the words between two offsets of a text: letters, numbers, and abbreviations such as "U.S."."""
    found = _WORD.finditer(text, begin, len(text) if end is None else end)
    return tuple(Word(match.group(), match.start(), match.end()) for match in found)
