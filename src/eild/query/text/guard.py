r"""What a query may be before any parser sees it: a linear scan of its signs, without recursion.

The scan needs no grammar: whatever it passes, the engine's parser and planner survive, for its limits are a fifth or
less of what was measured to end them. ``\u`` escapes hide nothing: the engine undoes them inside strings and IRIs, the
reader of signs in names and keywords, and elsewhere they are refused.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from eild.errors import BodyTooLargeError, Location, QueryError, UpdateRefusedError
from eild.query.text.tokens import BARE_LOCAL, SignReader, find_keyword

if TYPE_CHECKING:
    from eild.query.text.tokens import Sign

QUERY_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
"""The keywords that begin a query."""
UPDATE_FORMS: Final = (
    "INSERT",
    "DELETE",
    "LOAD",
    "CLEAR",
    "DROP",
    "CREATE",
    "ADD",
    "MOVE",
    "COPY",
    "WITH",
)
"""The keywords that begin an update."""

MAX_DEPTH: Final = 100
"""How deep brackets of all kinds may be nested."""
MAX_TERM_DEPTH: Final = 32
"""How deep collections, and likewise quoted triples, may be nested in each other: their cost grows fastest."""
MAX_UNARY: Final = 100
"""How many signs such as ``!``, ``-`` or ``^`` may stand before one operand."""
MAX_KEYWORDS: Final[dict[str, int]] = {"OPTIONAL": 128, "MINUS": 128, "UNION": 512, "BIND": 512, "AS": 512}
"""How often a keyword may occur."""
MAX_OPERATORS: Final = 1000
"""How many signs of arithmetic and steps of paths a query may have, as each makes its plan a level deeper."""

_VOLATILE: Final = {"NOW", "RAND", "UUID", "STRUUID", "BNODE"}
_PROLOGUE: Final = {"PREFIX", "BASE", "VERSION"}
_OPENING: Final = {"(", "[", "{"}
_CLOSING: Final = {")", "]", "}"}
_UNARY: Final = {"!", "+", "^"}
_ARITHMETIC: Final = {"+", "*", "/"}
_NAMING: Final = {"GRAPH", "NAMED", "FROM", "DESCRIBE"}

_QUICK_LENGTH: Final = 4096
_QUICK_START: Final = re.compile(
    r"""\s*(?:(?:PREFIX\s+[A-Z0-9]*:|BASE)\s*<[^<>"{}|^`\\\s]*>\s*)*(SELECT|ASK|CONSTRUCT|DESCRIBE)(?![\w:.%-])"""
)
_QUICK_VOLATILE: Final = re.compile(r"(?:NOW|RAND|UUID|BNODE)(?![A-Z_])")
_FUSED: Final = re.compile(r"(?:[\d.]|\de(?=\d)|true|false)*service", re.IGNORECASE)
_KEYWORD_SERVICE: Final = re.compile(r"(?:(?<![^\W\d])|(?<=\de)|(?<=true)|(?<=false))service", re.IGNORECASE)
_ESCAPE: Final = re.compile(r"\\[uU]")


@dataclass(frozen=True)
class QueryShape:
    """What the scan found.

    :ivar form: the query form, empty if none was recognised
    :ivar volatile: whether answers vary by themselves
    :ivar text: the query to evaluate: what was given, written so that every parser reads the same signs
    """

    form: str
    volatile: bool
    text: str = ""

    @property
    def makes_graph(self) -> bool:
        """Whether the answer is a graph."""
        return self.form in {"CONSTRUCT", "DESCRIBE"}


def locate(text: str, offset: int) -> Location:
    """Return the line and column of an offset in a query."""
    before = text[:offset]
    line = before.count("\n") + 1
    return Location("query", line, offset - (before.rfind("\n") + 1) + 1)


def _refuse_service(text: str, offset: int) -> QueryError:
    return QueryError(
        "federated queries are not answered here: SERVICE would fetch from elsewhere",
        location=locate(text, offset),
        hint="ask each endpoint by itself and join the results",
    )


def _check_counts(counts: Counter[str], operators: int) -> None:
    for keyword, limit in MAX_KEYWORDS.items():
        if counts[keyword] > limit:
            message = f"the query has {counts[keyword]} {keyword} parts, the limit is {limit}"
            raise QueryError(message, hint="ask it in several queries")
    if operators > MAX_OPERATORS:
        message = f"the query has {operators} operators and path steps, the limit is {MAX_OPERATORS}"
        raise QueryError(message, hint="ask it in several queries")


def _find_form(words: list[str]) -> str:
    """Return the keyword of the query or update form, given the words in order."""
    for word in words:
        upper = word.upper()
        if upper in _PROLOGUE or ":" in word:
            continue
        for form in (*QUERY_FORMS, *UPDATE_FORMS):
            if upper.startswith(form):
                return form
        return ""
    return ""


class _Scan:
    """The state of one scan."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.open: list[str] = []
        self.collections = 0
        self.quoted = 0
        self.quoted_at = -2
        self.unary = 0
        self.operators = 0
        self.words: list[str] = []
        self.counts: Counter[str] = Counter()
        self.makes_nodes = False
        self.before = ""
        self.suspect: int | None = None

    def _refuse_depth(self, what: str, limit: int, offset: int) -> QueryError:
        message = f"the query {what} more than {limit} levels deep"
        return QueryError(message, location=locate(self.text, offset), hint="flatten it, or ask it in several queries")

    def take_bracket(self, sign: Sign, kind: str) -> None:
        """Count nesting; ``{`` after a name that begins with SERVICE is a federated query written without space.

        :param kind: what the bracket opens
        """
        if sign.text in _OPENING:
            self.open.append(kind)
            self.collections += kind == "rows"
            self.makes_nodes |= sign.text == "["
            if len(self.open) > MAX_DEPTH:
                raise self._refuse_depth("is nested", MAX_DEPTH, sign.offset)
            if self.collections > MAX_TERM_DEPTH:
                raise self._refuse_depth("has collections or paths nested", MAX_TERM_DEPTH, sign.offset)
            if sign.text == "{" and self.suspect is not None:
                raise _refuse_service(self.text, self.suspect)
        elif self.open:
            self.collections -= self.open.pop() == "rows"

    def take_word(self, sign: Sign) -> None:
        """Count a keyword or name; refuse SERVICE, and escapes where no engine undoes them."""
        text = sign.text
        if _ESCAPE.search(text):
            message = "a \\u escape stands outside of strings and IRIs"
            raise QueryError(message, location=locate(self.text, sign.offset), hint="write the character itself")
        self.words.append(text)
        self.counts[find_keyword(text)] += 1
        self.makes_nodes |= text.startswith("_:")
        if "-" in text and not text[0].isalpha():  # where no name begins, a hyphen is a minus sign
            self.operators += text.partition(":")[0].count("-")
        if "service" in text.lower():
            self._take_service(text, sign.offset)

    def _take_service(self, text: str, offset: int) -> None:
        """Judge a word with SERVICE in it: a keyword is refused at once, the start of a name if ``{`` follows it."""
        *names, last = BARE_LOCAL.split(text)
        prefix, colon, _ = last.partition(":")
        if not colon and _KEYWORD_SERVICE.search(prefix):
            raise _refuse_service(self.text, offset)
        named = not names and self.before.upper() in _NAMING
        if colon and _FUSED.match(prefix) and not named:
            self.suspect = offset

    def take_other(self, sign: Sign, *, in_expression: bool) -> None:
        """Count the signs before one operand, and quoted triples."""
        following = self.text[sign.offset + 1 : sign.offset + 2]
        if sign.text == "<" == following and not in_expression and self.quoted_at != sign.offset - 1:
            self.quoted += 1
            self.quoted_at = sign.offset
            if self.quoted > MAX_TERM_DEPTH:
                raise self._refuse_depth("has quoted triples nested", MAX_TERM_DEPTH, sign.offset)
        elif sign.text == ">" == following and self.quoted and self.quoted_at != sign.offset - 1:
            self.quoted -= 1
            self.quoted_at = sign.offset
        self.operators += sign.text in _ARITHMETIC
        self.unary = self.unary + 1 if sign.text in _UNARY else 0
        if self.unary > MAX_UNARY:
            message = f"more than {MAX_UNARY} signs stand before one operand"
            raise QueryError(message, location=locate(self.text, sign.offset), hint="leave out what cancels out")


def _scan_signs(text: str) -> tuple[_Scan, str]:
    """Return what a scan of the whole text found, and the text in which nothing can be read otherwise."""
    scan, reader = _Scan(text), SignReader(text)
    for sign in reader:
        kind = sign.kind
        if kind == "other":
            scan.take_other(sign, in_expression=reader.in_expression)
            continue
        scan.unary = 0
        if kind == "bracket":
            scan.take_bracket(sign, reader.opens(sign))
        scan.suspect = None
        if kind == "word":
            scan.take_word(sign)
        scan.before = sign.text
    return scan, reader.text


def judge_quickly(text: str, max_bytes: int) -> QueryShape | None:
    """Return the kind of a query of which counting characters shows that no limit can be exceeded.

    However a parser reads the text, it finds no more levels than brackets, no more keywords than their letters, and no
    SERVICE where these letters do not stand; without backslashes and letters beyond ASCII nothing is written otherwise.
    Nothing where that does not suffice to tell.

    :param text: the query
    :param max_bytes: the greatest length in UTF-8
    """
    if len(text) > min(_QUICK_LENGTH, max_bytes) or "\\" in text or "<<" in text or not text.isascii():
        return None
    upper = text.upper()
    start = _QUICK_START.match(upper)
    if start is None or "SERVICE" in upper or _QUICK_VOLATILE.search(upper, start.end()):
        return None
    if sum(map(text.count, _OPENING)) > MAX_TERM_DEPTH or sum(map(text.count, _UNARY)) > MAX_UNARY:
        return None
    if len(text) > MAX_OPERATORS and sum(map(text.count, "+-*/")) > MAX_OPERATORS:
        return None
    if any(upper.count(keyword) > limit for keyword, limit in MAX_KEYWORDS.items()):
        return None
    form = start[1]
    if form == "CONSTRUCT" and ("_:" in text or "[" in text):
        return None
    return QueryShape(form, volatile=False, text=text)


def check_query_text(text: str, max_bytes: int) -> QueryShape:
    """Return what kind of query a text is, or refuse it.

    A text that is no query at all passes with an empty form: the parser tells better what is wrong with it.

    :param text: the query
    :param max_bytes: the greatest length in UTF-8
    :raises BodyTooLargeError: if it is longer
    :raises QueryError: if it is nested too deep, has too many parts or asks other endpoints
    :raises UpdateRefusedError: if it is an update
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > max_bytes:
        message = f"the query has {size} bytes, the limit is {max_bytes}"
        raise BodyTooLargeError(message, hint="shorten it: VALUES lists can be split over several queries")
    quick = judge_quickly(text, max_bytes)
    if quick is not None:
        return quick
    scan, pinned = _scan_signs(text)
    _check_counts(scan.counts, scan.operators)
    form = _find_form(scan.words)
    if form in UPDATE_FORMS:
        message = f"{form} is an update, and this endpoint only answers queries"
        hint = "use SELECT, ASK, CONSTRUCT or DESCRIBE; to work on a copy of the data, take a dump"
        raise UpdateRefusedError(message, hint=hint)
    volatile = any(scan.counts[name] for name in _VOLATILE) or (form == "CONSTRUCT" and scan.makes_nodes)
    return QueryShape(form, volatile, pinned)
