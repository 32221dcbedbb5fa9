r"""The signs of a query, each read once and for all: strings, IRIs, comments, brackets, names, and everything else.

The grammar is that of the terminals of SPARQL 1.1 Query (section 19.8) and SPARQL 1.2. One thing it leaves to the
parser: whether ``<`` begins an IRI or means "less than", as in ``?a <?b && ?c> ?d`` and ``(?a <?b)``. A scan that
guessed otherwise than the engine would take code for a string or a string for code. So wherever both are possible,
which is only after an operand between parentheses, the scan decides by the kind of parentheses and writes the
query so that no parser can read it otherwise: a space after "less than", escapes inside an IRI.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_LETTER: Final = r"[\w\u00b7\u0300-\u036f\u203f\u2040]"

SIGN: Final = re.compile(
    rf"""
    (?P<space>\s+)
    |(?P<word>(?:{_LETTER}|[:.%-]|\\[^\s])+)
    |(?P<variable>[?$]{_LETTER}+)
    |(?P<bracket>[()\[\]{{}}])
    |(?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*>)
    |(?P<string>\"\"\"(?:[^"\\]|\\.|"{{1,2}}(?!"))*\"\"\"|'''(?:[^'\\]|\\.|'{{1,2}}(?!'))*'''
              |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    |(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<comment>\#[^\n\r]*)
    |(?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
"""One sign; every text is a sequence of them."""

_CODE_POINT: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_NAME: Final = re.compile(rf"(?:{_LETTER}|[:.%-]|\\[^\suU])*")
_PINNED: Final = re.compile(r"\\U[0-9A-F]{8}")
_UNSAFE: Final = re.compile(r"[^\w:/.%~-]|(?<![\w])-")
_OPERANDS: Final = {"string", "iri", "variable", "language", "word"}
SCALARS: Final = re.compile(r"\A(?:[\d.]+(?:e\d+)?|true|false|-)+", re.IGNORECASE)
"""Numbers, truth values and full stops that a word begins with."""
BARE_LOCAL: Final = re.compile(r":[.-]+")
"""The end of a prefixed name without a local name, and a full stop."""
_HEADS: Final = {"SELECT", "DISTINCT", "REDUCED", "BY", "GROUPBY", "ORDERBY", "HAVING", "ASC", "DESC"}
_CLAUSES: Final = {*_HEADS, "WHERE", "FROM", "FILTER", "BIND", "VALUES", "OPTIONAL", "MINUS", "UNION", "GRAPH"}
_LONGEST_PLAIN_IRI: Final = 1000
_SILENT: Final = {"space", "comment"}
_PARENTHESES: Final = {"rows", "expression"}


class Sign(NamedTuple):
    """A sign that means something, and where it begins in the text as given."""

    kind: str
    text: str
    offset: int


def undo_name_escapes(word: str) -> str:
    r"""Return a word with its ``\u`` escapes undone (SPARQL 1.1, section 19.2), unless they stand for other signs.

    Inside strings and IRIs the engine undoes them; elsewhere it does not, so the scan does.
    """
    undone = _CODE_POINT.sub(lambda match: chr(min(int(match[1] or match[2], 16), sys.maxunicode)), word)
    return undone if _NAME.fullmatch(undone) else word


def find_keyword(word: str) -> str:
    """Return the keyword or function name that a word ends with, in capitals, or an empty string if it is none.

    Keywords need no space after a number, ``true``, ``false`` or a full stop, as in ``?s ?p 1.FILTER(…)``; names are
    read as far as they go, but a local name begins with neither full stop nor hyphen.
    """
    if word.isalpha() and word[0] not in "tTfF":
        return "" if word == "a" else word.upper()
    rest = BARE_LOCAL.split(word)[-1]
    return "" if ":" in rest else SCALARS.sub("", rest).upper()


def _is_keyword(sign: Sign | None) -> bool:
    return sign is not None and sign.kind == "word" and bool(find_keyword(sign.text))


def pin_iri(iri: str) -> str:
    """Return the same IRI, with escapes in place of the characters that "less than" could stand before."""
    inner = iri[1:-1]
    if len(inner) > _LONGEST_PLAIN_IRI and not _UNSAFE.search(inner):
        return f"<\\U{ord(inner[0]):08X}{inner[1:]}>"
    parts = re.split(r"(\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})", inner)
    parts[::2] = [_UNSAFE.sub(lambda match: f"\\U{ord(match[0]):08X}", part) for part in parts[::2]]
    return f"<{''.join(parts)}>"


class SignReader:
    """Reads the signs of a text one after the other, in one pass.

    :param text: the query as given
    :ivar text: the query as any parser will read it the same way; complete when all signs have been read
    """

    def __init__(self, text: str) -> None:
        self._given = text
        self._pieces: list[str] = []
        self._copied = 0
        self._kinds: list[str] = [""]
        self._kind = ""
        self._clause: list[bool] = [False]
        self._last: Sign | None = None
        self._before: Sign | None = None

    @property
    def text(self) -> str:
        """The query, the same if nothing had to be pinned down."""
        if not self._pieces:
            return self._given
        return "".join(self._pieces) + self._given[self._copied :]

    def __iter__(self) -> Iterator[Sign]:
        """Yield all signs but spaces and comments."""
        given, position, size, match_sign = self._given, 0, len(self._given), SIGN.match
        while position < size:
            match = match_sign(given, position)
            if match is None:  # pragma: no cover - the last alternative takes any character
                break
            kind, start, position = match.lastgroup or "other", position, match.end()
            if kind in _SILENT:
                continue
            text = match[0]
            if kind == "iri" and self._kind in _PARENTHESES and self._follows_operand():
                kind, text = self._decide(text, start)
                position = start + len(text)
            elif kind == "word" and "\\" in text and (undone := undo_name_escapes(text)) != text:
                self._replace(start, position, undone)
                text = undone
            sign = Sign(kind, text, start)
            yield sign
            if kind == "bracket":
                self._take_bracket(sign)
            elif kind == "word" and (keyword := find_keyword(text)) in _CLAUSES:
                self._clause[-1] = keyword in _HEADS
            self._before, self._last = self._last, sign

    @property
    def in_expression(self) -> bool:
        """Whether the sign that was just read stands between the parentheses of an expression."""
        return self._kind == "expression"

    def opens(self, sign: Sign) -> str:
        """Return what the bracket that was just read opens: ``rows``, ``expression``, or what the bracket is."""
        if sign.text != "(":
            return sign.text
        return "rows" if self._begins_triple_term(sign) else self._classify()

    def _begins_triple_term(self, sign: Sign) -> bool:
        """Return whether a parenthesis is that of ``<<(`` (SPARQL 1.2, TripleTerm): what follows is no expression."""
        before, last = self._before, self._last
        return (
            before is not None
            and last is not None
            and before.text == last.text == "<"
            and sign.offset == last.offset + 1 == before.offset + 2
        )

    def _follows_operand(self) -> bool:
        last = self._last
        if last is None:
            return False
        if last.kind == "bracket":
            return last.text in {")", "]", "}"}
        return last.kind in _OPERANDS and last.text.upper() != "DISTINCT"

    def _decide(self, text: str, offset: int) -> tuple[str, str]:
        """Return the sign that begins here, and pin it down."""
        if self._kind == "expression":
            self._replace(offset, offset + 1, "< ")
            return "other", "<"
        if (pinned := pin_iri(text)) != text:
            self._replace(offset, offset + len(text), pinned)
        return "iri", text

    def _replace(self, start: int, end: int, text: str) -> None:
        self._pieces.append(self._given[self._copied : start])
        self._pieces.append(text)
        self._copied = end

    def _classify(self) -> str:
        """Return what an opening parenthesis begins: an expression, or rows of values and collections."""
        if self._kind in _PARENTHESES:
            return self._kind
        last = self._last
        if last is None:
            return "expression"
        if last.kind == "bracket":
            return "expression" if last.text == ")" and self._clause[-1] else "rows"
        if _is_keyword(last):
            return "expression"
        if last.kind in {"iri", "word"}:
            return "expression" if _is_keyword(self._before) else "rows"
        return "expression" if self._clause[-1] else "rows"

    def _take_bracket(self, sign: Sign) -> None:
        if sign.text in {"(", "[", "{"}:
            self._clause[-1] &= sign.text != "{"
            self._kind = self.opens(sign)
            self._kinds.append(self._kind)
            self._clause.append(False)
        elif len(self._kinds) > 1:
            self._clause.pop()
            self._kinds.pop()
            self._kind = self._kinds[-1]


def unpin_column(line: str, column: int) -> int:
    """Return where a column of a line of the pinned text is in the text as given, both from 0."""
    pins = (match for match in _PINNED.finditer(line) if match.start() < column)
    return column - sum(min(match.end(), column) - match.start() - 1 for match in pins)
