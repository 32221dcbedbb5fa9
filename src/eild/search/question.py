"""What people type into a search box, as an expression of the full-text engine that can never be malformed.

Whatever is typed counts as words to look for: no character of the engine's own syntax gets through. Words between
quotation marks stand together in that order, and a word with an asterisk, or the last one while it is typed, is the
beginning of a word.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

from eild.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LONGEST_QUESTION: Final = 1000
"""How many characters a question may have."""
MOST_WORDS: Final = 64
"""How many words and phrases a question may have."""

_LEAST_PREFIX: Final = 3
_MOST_CHOICES: Final = 60
_QUOTED: Final = re.compile(r'"([^"]*)"|“([^”]*)”|„([^“”]*)[“”]|«([^»]*)»|([^\s"“„«]+)|["“„«]')
_COMMON: Final = frozenset(
    "a an and are as at be been but by did do does for from had has have he her his how if in into is it its no not of "
    "on or she so that the their them they this to was we were what when where which who whom whose why will with "
    "would".split()
)
"""Words that are ignored where others are asked for."""
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Letters of scripts that are written without spaces between words: each counts as a word."""

_SHARP: Final = re.compile("ss|ß|ẞ", re.IGNORECASE)
_MOST_SHARP: Final = 4

SEAM: Final = "\u200b"
"""What is set around letters of such scripts: it has no width, and ends words for the engine."""
_SHAPELESS: Final = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff{SEAM}]")


@dataclass(frozen=True)
class SearchWord:
    """A word or a phrase to look for.

    :ivar text: what was typed, without quotation marks
    :ivar phrase: whether it stood between them
    :ivar prefix: whether words may go on after it
    """

    text: str
    phrase: bool = False
    prefix: bool = False

    @property
    def expression(self) -> str:
        """The word as a string of FTS5, which knows no escapes but the doubled quotation mark."""
        texts = ['"' + seam(text).replace('"', '""') + '"' for text in list_spellings(self.text)]
        if self.prefix:
            texts = [part for text in texts for part in (text, f"{text} *")]
        return f"({' OR '.join(texts)})" if len(texts) > 1 else texts[0]


def list_spellings(text: str) -> list[str]:
    """Return a text with each way to write its double s: ``Strasse`` and ``Straße`` are one word, as are capitals."""
    parts = _SHARP.split(text)
    if not 1 < len(parts) <= _MOST_SHARP:
        return [text]
    found = [parts[0]]
    for part in parts[1:]:
        found = [f"{start}{sharp}{part}" for start in found for sharp in ("ss", "ß")]
    return found


def blank(text: str) -> str:
    """Return a text of the same length in which characters without shape or sense are spaces."""
    return _SHAPELESS.sub(" ", text)


def seam(text: str) -> str:
    """Return a text in which each letter of a script without spaces stands by itself."""
    return _UNSPACED.sub(rf"{SEAM}\g<0>{SEAM}", text)


def fold(text: str) -> str:
    """Return a text without case and diacritics, for comparisons."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(ch for ch in parts if not unicodedata.combining(ch))


def parse_question(text: str) -> tuple[SearchWord, ...]:
    """Return the words that the user typed; an empty tuple if there are none to look for.

    :param text: what was typed
    :raises RequestError: if it is too long
    """
    if len(text) > LONGEST_QUESTION:
        message = f"the search text must have at most {LONGEST_QUESTION} characters, not {len(text)}"
        raise RequestError(message, hint="search for some of its words, or for a phrase in quotation marks")
    clean = unicodedata.normalize("NFC", blank(text))
    words = []
    for match in _QUOTED.finditer(clean):
        quoted = next((group for group in match.groups()[:4] if group is not None), None)
        plain = (quoted if quoted is not None else match[5]) or ""
        typed = quoted is None and match.end() == len(clean) and len(plain) >= _LEAST_PREFIX
        prefix = quoted is None and (plain.endswith("*") or typed)
        if any(ch.isalnum() for ch in plain):
            words.append(SearchWord(" ".join(plain.split()), quoted is not None, prefix))
    telling = [word for word in words if word.phrase or word.text.casefold() not in _COMMON]
    if len(telling) > MOST_WORDS:
        message = f"the search text must have at most {MOST_WORDS} words, not {len(telling)}"
        raise RequestError(message, hint="search for some of its words, or for a phrase in quotation marks")
    return tuple(dict.fromkeys(telling or words))


def write_question(words: Iterable[SearchWord]) -> str:
    """Return words as people would type them."""
    return " ".join(f'"{word.text}"' if word.phrase else word.text for word in words)


def list_leasts(count: int) -> Iterator[int]:
    """Yield how many words of a question a hit should at least have where none has all, from most to one."""
    for least in range(count - 1, 1, -1):
        if math.comb(count, least) <= _MOST_CHOICES:
            yield least
    if count > 1:
        yield 1


def make_expression(words: Sequence[SearchWord], least: int) -> str:
    """Return an expression that finds what has some number of the words.

    :param least: how many; one of :func:`list_leasts`, or all
    """
    if least == 1:
        return " OR ".join(word.expression for word in words)
    choices = (" AND ".join(word.expression for word in choice) for choice in combinations(words, least))
    return " OR ".join(f"({choice})" for choice in choices)
