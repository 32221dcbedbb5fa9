r"""The tokens of a query: terminals of SPARQL 1.2 Query (section 19.8), without white space and comments.

Which characters make one token depends on the place for ``<`` alone: between operands, as in ``?a <?b && ?c> ?d``, it
compares, and elsewhere the same characters are an IRI. A list of tokens therefore takes one for an IRI until the reader
of the grammar says otherwise.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from eild.errors import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

_LETTERS: Final = r"\w\u00b7\u0300-\u036f\u203f\u2040"
_ESCAPE: Final = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_LOCAL: Final = rf"[{_LETTERS}:-]++|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?#@%]|{_ESCAPE}"
_START: Final = rf"(?:[^\W\d_]|{_ESCAPE})"
_RUN: Final = rf"(?:[{_LETTERS}.-]++|{_ESCAPE})*+"


def _compile(prefix: str, run: str) -> re.Pattern[str]:
    """Return the expression of a token, in which what was read is not read again, however long it is.

    :param prefix: the expression of what a name may have before its colon
    :param run: the expression of further tokens
    """
    return re.compile(
        rf"""
        (?P<space>[ \t\r\n]++)
        |(?P<variable>[?$](?:[{_LETTERS}]++|{_ESCAPE})++)
        |(?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]++|{_ESCAPE})*+>)
        |(?P<name>{prefix}:(?:(?!-)(?:{_LOCAL})++(?:\.++(?:{_LOCAL})++)*+)?)
        {run}|(?P<blank>_:[{_LETTERS}][{_LETTERS}-]*+(?:\.++[{_LETTERS}-]++)*+)
        |(?P<word>(?:[^\W\d]|{_ESCAPE})(?:[{_LETTERS}]++|{_ESCAPE})*+)
        |(?P<number>(?:\d++(?:\.\d*+)?|\.\d++)[eE][+-]?\d++|\d*+\.\d++|\d++)
        |(?P<string>\"\"\"(?:[^"\\]++|\\.|"{{1,2}}(?!"))*+\"\"\"|\'\'\'(?:[^'\\]++|\\.|'{{1,2}}(?!'))*+\'\'\'
                  |"(?:[^"\\\n\r]++|\\.)*+"|'(?:[^'\\\n\r]++|\\.)*+')
        |(?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[a-z]++)?)
        |(?P<comment>\#[^\n\r]*+)
        |(?P<sign><<\(|<<|>>|\{{\||\|\}}|\^\^|&&|\|\||!=|<=|>=|[{{}}()\[\].;,*=<>/^|!+?~-])
        |(?P<other>\\.?|.)
        """,
        re.VERBOSE | re.DOTALL,
    )


_TOKEN: Final = _compile(rf"(?:{_START}{_RUN}(?<!\.))?", rf"|(?P<run>{_START}(?:[{_LETTERS}]++|{_ESCAPE})*+[.-]{_RUN})")
_PIECE: Final = _compile("", "")
"""A token within a run: what may be part of a prefix, up to where it cannot go on, without a colon there."""

_CODE_POINT: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_UNDONE: Final = re.compile(rf"(?:{_LOCAL}|[.?$])*+")
_SILENT: Final = frozenset({"space", "comment"})
_ESCAPED: Final = frozenset({"word", "name", "variable"})


def undo_escapes(text: str) -> str:
    r"""Return a text with its ``\u`` escapes undone (SPARQL 1.1 Query, section 19.2)."""
    return _CODE_POINT.sub(lambda match: chr(min(int(match[1] or match[2], 16), sys.maxunicode)), text)


def locate(text: str, offset: int) -> Location:
    """Return the line and column of an offset in a query."""
    before = text[:offset]
    line = before.count("\n") + 1
    return Location("query", line, offset - (before.rfind("\n") + 1) + 1)


def iterate_tokens(text: str, start: int = 0) -> Iterator[re.Match[str]]:
    """Yield tokens, white space and comments, each in a group that is named after its kind.

    :param text: any text; what is yielded is all of it
    :param start: where to begin
    """
    at = start
    while at < len(text):
        for match in _TOKEN.finditer(text, at):
            if match.lastgroup == "run":
                at, end = match.span()
                break
            yield match
        else:
            return
        while at < end:
            piece = _PIECE.match(text, at)
            if piece is None:  # pragma: no cover - any character is a token
                return
            yield piece
            at = piece.end()


@dataclass(slots=True)
class Tokens:
    """The tokens of a text in order, each as an index into lists; the last one is empty and of kind ``end``.

    :ivar text: the text as given
    :ivar kinds: ``variable``, ``iri``, ``name``, ``blank``, ``word``, ``number``, ``string``, ``language``, ``sign`` or
        ``other``
    :ivar texts: what stands there; in names and keywords, of which the engine does not undo escapes, without escapes
    :ivar offsets: where they begin in the text
    :ivar ends: the offsets after them
    :ivar split: the tokens that were taken for IRIs and are comparisons, in order
    :ivar is_literal: whether tokens are as they stand in the text
    """

    text: str
    kinds: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    split: list[int] = field(default_factory=list)
    is_literal: bool = True

    def __post_init__(self) -> None:
        """Read the whole text."""
        kinds, texts, offsets, ends = self.kinds, self.texts, self.offsets, self.ends
        for match in iterate_tokens(self.text):
            kind = match.lastgroup
            if kind in _SILENT or kind is None:
                continue
            found = match[0]
            kinds.append(kind)
            texts.append(self._undo(found) if "\\" in found and kind in _ESCAPED else found)
            offsets.append(match.start())
            ends.append(match.end())
        kinds.append("end")
        texts.append("")
        offsets.append(len(self.text))
        ends.append(len(self.text))

    def _undo(self, found: str) -> str:
        undone = undo_escapes(found)
        if undone == found or not _UNDONE.fullmatch(undone):
            return found
        self.is_literal = False
        return undone

    def replace(self, index: int, text: str) -> None:
        """Have another text stand for a token."""
        if self.texts[index] != text:
            self.texts[index] = text
            self.is_literal = False

    def split_comparison(self, index: int) -> int:
        """Take a token that was taken for an IRI for the sign "less than", and read anew as far as that changes tokens.

        :param index: of the token
        :returns: how many tokens were read anew
        """
        offset = self.offsets[index]
        sign = "<=" if self.text.startswith("<=", offset) else "<"
        start = offset + len(sign)
        kinds, texts, offsets, ends = ["sign"], [sign], [offset], [start]
        known = index + 1
        for match in iterate_tokens(self.text, start):
            while self.offsets[known] < match.start():
                known += 1
            if self.offsets[known] == match.start():
                break
            kind = match.lastgroup
            if kind in _SILENT or kind is None:
                continue
            kinds.append(kind)
            texts.append(self._undo(match[0]) if "\\" in match[0] and kind in _ESCAPED else match[0])
            offsets.append(match.start())
            ends.append(match.end())
        else:
            known = len(self.offsets) - 1
        self.kinds[index:known], self.texts[index:known] = kinds, texts
        self.offsets[index:known], self.ends[index:known] = offsets, ends
        self.split.append(index)
        return len(kinds)
