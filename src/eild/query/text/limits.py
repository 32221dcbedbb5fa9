"""What a text may be before any parser but ours sees it: bounds that the engine's parser and planner survive.

They are a fifth or less of what was measured to end them. Of a query that was read, they bound what was found in it; of
any other text, whatever a parser could find: no more levels than it has brackets, no more keywords than it has their
letters, and no SERVICE where these letters do not stand.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from eild.errors import QueryError
from eild.query.text.terms import MAX_TERM_DEPTH
from eild.query.text.tokens import locate, undo_escapes

if TYPE_CHECKING:
    from eild.query.text.tokens import Tokens

MAX_DEPTH: Final = 100
"""How deep brackets of all kinds may be nested."""
MAX_UNARY: Final = 100
"""How many signs such as ``!``, ``-`` or ``^`` may stand before one operand."""
MAX_KEYWORDS: Final[dict[str, int]] = {
    "OPTIONAL": 128,
    "MINUS": 128,
    "UNION": 512,
    "BIND": 512,
    "AS": 512,
    "FILTER": 1000,
    "||": 2000,
    "&&": 2000,
    "|": 2000,
}
"""How often a keyword or sign may occur."""
MAX_OPERATORS: Final = 1000
"""How many signs of arithmetic and steps of paths a query may have, as each makes its plan a level deeper."""

_OPENING: Final = frozenset({"(", "[", "{", "<<(", "<<", "{|"})
_CLOSING: Final = frozenset({")", "]", "}", ">>", "|}"})
_UNARY: Final = "!+^"
_SEVERAL: Final = "split it into several queries"


def refuse_depth(text: str, what: str, limit: int, offset: int) -> QueryError:
    """Return the error for something that is nested too deep."""
    message = f"the query {what} more than {limit} levels deep"
    return QueryError(message, location=locate(text, offset), hint=f"flatten it, or {_SEVERAL}")


def refuse_service(text: str, offset: int) -> QueryError:
    """Return the error for a federated query."""
    return QueryError(
        "federated queries with SERVICE are not supported",
        location=locate(text, offset),
        hint="query each endpoint separately and join the results",
    )


def check_tokens(tokens: Tokens) -> None:
    """Refuse a text with too many tokens of a kind, or brackets that are nested too deep.

    :raises QueryError: if it has
    """
    depth = unary = 0
    counts: Counter[str] = Counter()
    for index, kind in enumerate(tokens.kinds):
        text = tokens.texts[index]
        if kind == "word":
            counts[text.upper()] += 1
            unary = 0
            continue
        if kind != "sign":
            unary = 0
            continue
        counts[text] += 1
        unary = unary + 1 if text in _UNARY or text == "-" else 0
        if unary > MAX_UNARY:
            message = f"an operand must have at most {MAX_UNARY} unary operators"
            place = locate(tokens.text, tokens.offsets[index])
            raise QueryError(message, location=place, hint="remove operators that cancel each other out")
        if text in _OPENING:
            depth += 1
            if depth > MAX_DEPTH:
                raise refuse_depth(tokens.text, "is nested", MAX_DEPTH, tokens.offsets[index])
        elif text in _CLOSING:
            depth -= 1
    _check_counts(counts, sum(counts[sign] for sign in "+-*/"))


def _check_counts(counts: Counter[str], operators: int) -> None:
    for keyword, limit in MAX_KEYWORDS.items():
        if counts[keyword] > limit:
            message = f"the query must contain {keyword} at most {limit} times, not {counts[keyword]}"
            raise QueryError(message, hint=_SEVERAL)
    if operators > MAX_OPERATORS:
        message = f"the query must have at most {MAX_OPERATORS} operators and path steps, not {operators}"
        raise QueryError(message, hint=_SEVERAL)


def find_danger(text: str) -> tuple[str, int] | None:
    """Return what a text that is not read as a query may hold, however the engine reads it, and where; None if nothing.

    :param text: any text
    """
    upper = undo_escapes(text).upper()
    if "SERVICE" in upper:
        return "the word SERVICE", max(text.upper().find("SERVICE"), 0)
    opened = sum(map(text.count, "([{")) + text.count("<<")
    if opened > MAX_TERM_DEPTH:
        return f"more than {MAX_TERM_DEPTH} brackets", 0
    if sum(map(text.count, _UNARY)) + text.count("--") > MAX_UNARY:
        return f"more than {MAX_UNARY} of the operators {' '.join(_UNARY)}", 0
    if sum(map(text.count, "+-*/")) > MAX_OPERATORS:
        return f"more than {MAX_OPERATORS} of the operators + - * /", 0
    for keyword, limit in MAX_KEYWORDS.items():
        if upper.count(keyword) > limit:
            return f"{keyword} more than {limit} times", upper.find(keyword)
    return None
