"""Plain text of a wiki article → numbered units: title, headings, sentences and list entries.

Pure functions, no files. The text is what wiki exports give: ``= Title =``, ``== Heading ==`` (any depth),
``- entry`` lines, and paragraphs between blank lines. Offsets count Unicode code points from the start of the text,
the end is exclusive, so that ``text[unit.begin:unit.end] == unit.text`` and what lies between two units is white
space and markup only.

A sentence ends at ``.``, ``!``, ``?`` or ``…`` with whatever quotation marks, brackets and note marks close there,
before white space and a word that can start a sentence. A quotation does not join sentences: if it spans two sentences,
it belongs to two units. Periods of abbreviations, initials and ordinal numbers alone do not end a sentence. Which words
are abbreviations, and which open sentences, depends on the language (:mod:`eild.seed.languages`).
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from eild.seed.languages import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eild.seed.languages import Language


class UnitKind(enum.Enum):
    """Kind of a unit in the article."""

    TITLE = "title"
    HEADING = "heading"
    SENTENCE = "sentence"
    ENTRY = "entry"


@dataclass(frozen=True)
class Unit:
    """A numbered piece of a text.

    :ivar number: 1-based, in the order of the text
    :ivar kind: title, heading, sentence of running text, or list entry
    :ivar begin: offset of the first code point
    :ivar end: offset after the last code point
    :ivar text: exactly the code points between the two
    :ivar section: number of the title or heading that it stands under (0 before any)
    :ivar paragraph: number of its paragraph or list within the text (0 for title and headings)
    """

    number: int
    kind: UnitKind
    begin: int
    end: int
    text: str
    section: int
    paragraph: int


_HEADING: Final = re.compile(r"(?P<marks>={1,6})[ \t]*(?P<text>[^\s=](?:.*?[^\s=])?)[ \t]*(?P=marks)[ \t]*$")
_ENTRY: Final = re.compile(r"[ \t]*[-*•–][ \t]+(?P<text>\S(?:.*\S)?)[ \t]*$")
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_CLOSING_MARKS: Final = "[\"'”’“‘»«›‹)\\]]|[\u00a0\u202f]»"
_NOTE_MARK: Final = r"\[[^\]\s]{1,8}\]"
_END: Final = re.compile(rf"(?P<mark>[.!?…]+)(?P<closing>(?:{_CLOSING_MARKS}|{_NOTE_MARK})*)(?=\s|\Z)")
_END_WITH_SPACES: Final = re.compile(rf"(?P<mark>[.!?…]+)(?P<closing>(?:{_CLOSING_MARKS}| »|{_NOTE_MARK})*)(?=\s|\Z)")
_NEXT: Final = re.compile(r"\s+(?P<opening>(?:[\"'“‘„‚«»‹›¿¡(\[][\u00a0\u202f]?)*)(?P<word>[^\W_]+)?")
_NEXT_WITH_SPACES: Final = re.compile(r"\s+(?P<opening>(?:«[ \u00a0\u202f]?|[\"'“‘„‚‹(\[])*)(?P<word>[^\W_]+)?")
_WORD_BEFORE: Final = re.compile(r"[^\s\"“‘„‚«»‹›(\[—–]*$")
_LETTER: Final = re.compile(r"[^\W\d_]$")
_SHORT_NUMBER: Final = re.compile(r"\d{1,2}$")
_INITIAL: Final = re.compile(r"[A-Z]$")
_DOTTED: Final = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}$")
_ORDINAL: Final = re.compile(r"\d{1,3}$|[ivx]{1,5}$")
_EDGE: Final = "\ufeff \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029"


def segment(text: str, language: Language = ENGLISH) -> tuple[Unit, ...]:
    """Return the units of a text in their order.

    The first heading of one mark (``= … =``) before any other unit is the title; every other one is a heading.

    :param text: the text
    :param language: what is known of its language
    """
    units: list[Unit] = []
    section = 0
    for kind, begin, end, paragraph in _pieces(text, language):
        is_title = kind is UnitKind.TITLE and not units
        actual = UnitKind.HEADING if kind is UnitKind.TITLE and not is_title else kind
        number = len(units) + 1
        if actual in {UnitKind.TITLE, UnitKind.HEADING}:
            section = number
        units.append(Unit(number, actual, begin, end, text[begin:end], section, paragraph))
    return tuple(units)


def split_sentences(
    text: str, begin: int = 0, end: int | None = None, language: Language = ENGLISH
) -> Iterator[tuple[int, int]]:
    """Yield the offsets (begin, end) of each sentence of a paragraph within a text.

    :param text: the whole text
    :param begin: where the paragraph begins
    :param end: where it ends (the end of the text if not given)
    :param language: what is known of its language
    """
    ending = _END_WITH_SPACES if language.spaces_quotations else _END
    stop = len(text) if end is None else end
    start = begin
    for found in ending.finditer(text, begin, stop):
        if found.end() > start and _ends_sentence(text, start, found, stop, language):
            yield from _trimmed(text, start, found.end())
            start = found.end()
    yield from _trimmed(text, start, stop)


def _pieces(text: str, language: Language) -> Iterator[tuple[UnitKind, int, int, int]]:
    """Yield kind, begin, end and paragraph number of each piece."""
    paragraph = 0
    open_paragraph: list[int] = []
    in_list = False

    def close() -> Iterator[tuple[UnitKind, int, int, int]]:
        nonlocal paragraph
        if open_paragraph:
            paragraph += 1
            for begin, end in split_sentences(text, open_paragraph[0], open_paragraph[-1], language):
                yield UnitKind.SENTENCE, begin, end, paragraph
            open_paragraph.clear()

    for line in _LINE.finditer(text):
        content = line.group().strip(_EDGE)
        offset = line.start() + len(line.group()) - len(line.group().lstrip(_EDGE))
        heading, entry = _HEADING.match(content), _ENTRY.match(content)
        if content and not heading and not entry:
            open_paragraph += [offset, offset + len(content)]
            in_list = False
            continue
        yield from close()
        if heading:
            kind = UnitKind.TITLE if heading["marks"] == "=" else UnitKind.HEADING
            yield kind, offset + heading.start("text"), offset + heading.end("text"), 0
        elif entry:
            paragraph += 0 if in_list else 1
            yield UnitKind.ENTRY, offset + entry.start("text"), offset + entry.end("text"), paragraph
        in_list = entry is not None
    yield from close()


def _trimmed(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the span without white space at its edges, if anything is left of it."""
    span = text[begin:end]
    stripped = span.strip()
    if stripped:
        first = begin + len(span) - len(span.lstrip())
        yield first, first + len(stripped)


def _ends_sentence(text: str, start: int, found: re.Match[str], stop: int, language: Language) -> bool:
    """Return whether a mark, with closing marks after it, ends the sentence that started at ``start``."""
    opening = _NEXT_WITH_SPACES if language.spaces_quotations else _NEXT
    following = opening.match(text, found.end(), stop)
    if following is None or following.end() == stop == following.start():
        return True
    word = following["word"] or ""
    if word and word[0].islower():
        return False
    after = text[following.end() : following.end() + 1] if following.end() < stop else ""
    if not word and not following["opening"] and after in {",", ";", ":", "-", "–", "—", ".", "…"}:
        return False
    mark = found["mark"]
    opens = word.lower() in language.openers and after != "."
    if mark in {"…", "..", "...", "...."} and not found["closing"]:
        return opens or not word
    if mark != "." or found["closing"]:
        return True
    before = _WORD_BEFORE.search(text, start, found.start())
    if before is None:
        return True
    first = not text[start : before.start()].strip()
    return _period_ends(before.group(), word, language, opens=opens, first=first)


def _period_ends(before: str, following: str, language: Language, *, opens: bool, first: bool) -> bool:
    """Return whether a period between two words ends a sentence.

    :param before: the word before the period
    :param following: the word after it ("" if there is none)
    :param language: what is known of the language
    :param opens: whether that word is a sentence opener
    :param first: whether the word before is the first of its sentence
    """
    bare = before.replace(".", "")
    if bare in language.titles or bare.lower() in language.particles:
        return False
    if bare.lower() in language.numbered and following[:1].isdigit():
        return False
    if first and _ORDINAL.match(before):
        return False
    if language.spaces_abbreviations and _LETTER.match(before) and len(following) == 1:
        return False
    if language.has_ordinals and _SHORT_NUMBER.match(before):
        return opens
    if bare in language.closing or bare.lower() in language.closing or _INITIAL.match(before) or _DOTTED.match(before):
        return opens
    return True
