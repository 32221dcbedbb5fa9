r"""What a query may be before any parser sees it: a linear scan of its text, without recursion.

The scan follows the terminals of SPARQL 1.1 Query (section 19.8): strings, IRIs and comments hide what they hold.
The engine undoes ``\u`` escapes only inside strings and IRIs, so the scan need not undo them elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from eild.errors import BodyTooLargeError, Location, QueryError, UpdateRefusedError

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
MAX_KEYWORDS: Final[dict[str, int]] = {"OPTIONAL": 128, "MINUS": 128, "UNION": 512, "BIND": 512}
"""How often a keyword may occur."""

_VOLATILE: Final = {"NOW", "RAND", "UUID", "STRUUID", "BNODE"}
_PROLOGUE: Final = {"PREFIX", "BASE", "VERSION"}
_OPENING: Final = {"(", "[", "{"}
_CLOSING: Final = {")", "]", "}"}

SIGN: Final = re.compile(
    r"""
    (?P<string>\"\"\"(?:[^"\\]|\\.|"{1,2}(?!"))*\"\"\"|'''(?:[^'\\]|\\.|'{1,2}(?!'))*'''
              |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    |(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    |(?P<comment>\#[^\n\r]*)
    |(?P<space>\s+)
    |(?P<bracket>[()\[\]{}])
    |(?P<variable>[?$]\w+)
    |(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<word>(?:[\w:.%-]|\\[^\s])+)
    |(?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_SERVICE: Final = re.compile(r"(?<![A-Za-z_])service(?:silent)?(?![A-Za-z_])", re.IGNORECASE)
_FUSED_SERVICE: Final = re.compile(r"[\d.]*service", re.IGNORECASE)


@dataclass(frozen=True)
class QueryShape:
    """What the scan found: the query form, empty if none was recognised, and whether answers vary by themselves."""

    form: str
    volatile: bool

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


def _check_counts(counts: Counter[str]) -> None:
    for keyword, limit in MAX_KEYWORDS.items():
        if counts[keyword] > limit:
            message = f"the query has {counts[keyword]} {keyword} parts, the limit is {limit}"
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
        self.depth = 0
        self.words: list[str] = []
        self.counts: Counter[str] = Counter()
        self.makes_nodes = False
        self.before = ""
        self.suspect: int | None = None

    def take_bracket(self, sign: str, offset: int) -> None:
        """Count nesting; ``{`` after a name that begins with SERVICE is a federated query written without space."""
        if sign in _OPENING:
            self.depth += 1
            self.makes_nodes |= sign == "["
            if self.depth > MAX_DEPTH:
                message = f"the query is nested more than {MAX_DEPTH} levels deep"
                hint = "flatten it, or ask it in several queries"
                raise QueryError(message, location=locate(self.text, offset), hint=hint)
            if sign == "{" and self.suspect is not None:
                raise _refuse_service(self.text, self.suspect)
        elif sign in _CLOSING:
            self.depth -= 1

    def take_word(self, sign: str, offset: int) -> None:
        """Count a keyword or name, and refuse SERVICE."""
        prefix, colon, _ = sign.partition(":")
        if not colon and _SERVICE.search(sign):
            raise _refuse_service(self.text, offset)
        if colon and _FUSED_SERVICE.match(prefix) and self.before.upper() != "GRAPH":
            self.suspect = offset
        self.makes_nodes |= sign.startswith("_:")
        self.words.append(sign)
        self.counts[sign.upper()] += 1


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
    scan = _Scan(text)
    for match in SIGN.finditer(text):
        group, sign = match.lastgroup, match[0]
        if group in {"space", "comment"}:
            continue
        if group == "bracket":
            scan.take_bracket(sign, match.start())
        scan.suspect = None
        if group == "word":
            scan.take_word(sign, match.start())
        scan.before = sign
    _check_counts(scan.counts)
    form = _find_form(scan.words)
    if form in UPDATE_FORMS:
        message = f"{form} is an update, and this endpoint only answers queries"
        hint = "use SELECT, ASK, CONSTRUCT or DESCRIBE; to work on a copy of the data, take a dump"
        raise UpdateRefusedError(message, hint=hint)
    volatile = any(scan.counts[name] for name in _VOLATILE) or (form == "CONSTRUCT" and scan.makes_nodes)
    return QueryShape(form, volatile)
