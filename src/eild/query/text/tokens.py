r"""The tokens of a query: terminals of SPARQL 1.2 Query (section 19.8), without white space and comments.

Which characters make one token depends on the place for ``<`` alone: between operands, as in ``?a <?b && ?c> ?d``, it
compares, and elsewhere the same characters are an IRI. A list of tokens therefore takes one for an IRI until the reader
of the grammar says otherwise.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from typing import Final

from eild.errors import Location

_LETTER: Final = r"[\w\u00b7\u0300-\u036f\u203f\u2040]"
_ESCAPE: Final = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_LOCAL: Final = rf"{_LETTER}|:|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?#@%]|{_ESCAPE}"

TOKEN: Final = re.compile(
    rf"""
    (?P<space>[ \t\r\n]+)
    |(?P<variable>[?$](?:{_LETTER}|{_ESCAPE})+)
    |(?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|{_ESCAPE})*>)
    |(?P<name>(?:(?:[^\W\d_]|{_ESCAPE})(?:(?:{_LETTER}|[.-]|{_ESCAPE})*(?:{_LETTER}|-))?)?:
              (?:(?:{_LOCAL})(?:{_LOCAL}|[.-])*(?:(?<!\.)|(?<=\\\.)))?)
    |(?P<blank>_:{_LETTER}(?:(?:{_LETTER}|[.-])*(?<!\.))?)
    |(?P<word>(?:[^\W\d]|{_ESCAPE})(?:{_LETTER}|{_ESCAPE})*)
    |(?P<number>(?:\d+\.?\d*|\.\d+)[eE][+-]?\d+|\d*\.\d+|\d+)
    |(?P<string>\"\"\"(?:[^"\\]|\\.|"{{1,2}}(?!"))*\"\"\"|'''(?:[^'\\]|\\.|'{{1,2}}(?!'))*'''
              |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    |(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[a-z]+)?)
    |(?P<comment>\#[^\n\r]*)
    |(?P<sign><<\(|<<|>>|\{{\||\|\}}|\^\^|&&|\|\||!=|<=|>=|[{{}}()\[\].;,*=<>/^|!+?~-])
    |(?P<other>\\.?|.)
    """,
    re.VERBOSE | re.DOTALL,
)
"""One token, or white space, or a comment; every text is a sequence of them."""

_CODE_POINT: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_UNDONE: Final = re.compile(rf"(?:{_LOCAL}|[.?$-])*")
_SILENT: Final = frozenset({"space", "comment"})


def undo_escapes(text: str) -> str:
    r"""Return a text with its ``\u`` escapes undone (SPARQL 1.1 Query, section 19.2)."""
    return _CODE_POINT.sub(lambda match: chr(min(int(match[1] or match[2], 16), sys.maxunicode)), text)


def locate(text: str, offset: int) -> Location:
    """Return the line and column of an offset in a query."""
    before = text[:offset]
    line = before.count("\n") + 1
    return Location("query", line, offset - (before.rfind("\n") + 1) + 1)


@dataclass(slots=True)
class Tokens:
    """The tokens of a text in order, each as an index into three lists; the last one is empty and of kind ``end``.

    :ivar text: the text as given
    :ivar kinds: names of groups of :data:`TOKEN`
    :ivar texts: what stands there; in names and keywords, of which the engine does not undo escapes, without escapes
    :ivar offsets: where they begin in the text
    """

    text: str
    kinds: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Read the whole text."""
        for match in TOKEN.finditer(self.text):
            self._append(match, self.kinds, self.texts, self.offsets)
        self.kinds.append("end")
        self.texts.append("")
        self.offsets.append(len(self.text))

    @staticmethod
    def _append(match: re.Match[str], kinds: list[str], texts: list[str], offsets: list[int]) -> None:
        kind = match.lastgroup or "other"
        if kind in _SILENT:
            return
        text = match[0]
        if "\\" in text and kind in {"word", "name", "variable"}:
            undone = undo_escapes(text)
            text = undone if _UNDONE.fullmatch(undone) else text
        kinds.append(kind)
        texts.append(text)
        offsets.append(match.start())

    def split_comparison(self, index: int) -> int:
        """Take a token that was taken for an IRI for the sign "less than", and read anew as far as that changes tokens.

        :param index: of the token
        :returns: how many tokens were read anew
        """
        offset = self.offsets[index]
        sign = "<=" if self.text.startswith("<=", offset) else "<"
        kinds, texts, offsets = ["sign"], [sign], [offset]
        known = index + 1
        for match in TOKEN.finditer(self.text, offset + len(sign)):
            while self.offsets[known] < match.start():
                known += 1
            if self.offsets[known] == match.start():
                break
            self._append(match, kinds, texts, offsets)
        else:
            known = len(self.offsets) - 1
        self.kinds[index:known], self.texts[index:known], self.offsets[index:known] = kinds, texts, offsets
        return len(kinds)

    def could_be_iri(self, index: int) -> bool:
        """Return whether a token begins where another reading of the text would have an IRI begin."""
        match = TOKEN.match(self.text, self.offsets[index])
        return match is not None and match.lastgroup == "iri" and self.kinds[index] == "sign"

    def find_end(self, index: int) -> int:
        """Return the offset after a token as it is written in the text."""
        match = TOKEN.match(self.text, self.offsets[index])
        if match is None or self.kinds[index] == "sign":
            return self.offsets[index] + len(self.texts[index])
        return match.end()
