"""What is wrong with a query that the parser rejects: the place, what is wrong there and what to do.

The parser names the furthest place that it reached and what it would have liked there, which is seldom what a
person needs. Common mistakes are looked for first: undeclared prefixes and brackets that do not match.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from eild.errors import Location, QueryError
from eild.query.text.guard import locate
from eild.query.text.tokens import SIGN, unpin_column

if TYPE_CHECKING:
    from collections.abc import Mapping

_POSITION: Final = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_PREFIX_NAME: Final = re.compile(r"[^\W\d_](?:[\w.-]*[\w-])?|")
_KEYWORD: Final = re.compile(r"[A-Za-z0-9_]{2,}")
_PAIRS: Final = {")": "(", "]": "[", "}": "{"}


def _place(text: str, offset: int) -> Location:
    """Return the line and column of an offset in the query as it was given."""
    place = locate(text, offset)
    line = text.split("\n")[place.line - 1]
    return Location(place.path, place.line, unpin_column(line, place.column - 1) + 1)


def list_undeclared_prefixes(text: str) -> dict[str, int]:
    """Return the prefixes that a query uses but does not declare, each with the offset where it first stands."""
    declared: set[str] = set()
    used: dict[str, int] = {}
    before = ""
    for match in SIGN.finditer(text):
        if match.lastgroup in {"space", "comment"}:
            continue
        sign = match[0]
        prefix, colon, _ = sign.partition(":")
        if match.lastgroup == "word" and colon and prefix != "_":
            if before.upper() == "PREFIX":
                declared.add(prefix)
            elif _PREFIX_NAME.fullmatch(prefix):
                used.setdefault(prefix, match.start())
        before = sign
    return {prefix: offset for prefix, offset in used.items() if prefix not in declared}


def _find_bracket(text: str) -> tuple[str, int] | None:
    """Return what is wrong with the brackets, and the offset of the first that is."""
    opened: list[tuple[str, int]] = []
    for match in SIGN.finditer(text):
        if match.lastgroup != "bracket":
            continue
        sign = match[0]
        if sign not in _PAIRS:
            opened.append((sign, match.start()))
        elif not opened:
            return f"this {sign} closes nothing", match.start()
        elif opened[-1][0] != _PAIRS[sign]:
            return f"this {sign} cannot close the {opened[-1][0]} before it", match.start()
        else:
            opened.pop()
    return (f"this {opened[-1][0]} is never closed", opened[-1][1]) if opened else None


def _find_offset(text: str, line: int, column: int, reason: str) -> int:
    """Return where the parser got stuck.

    It counts the letters of a keyword that it hoped for as read, so the shortest such keyword is taken off again;
    ``[_]`` says that the text ended before a keyword could, so that it got stuck at the last word at the latest.
    """
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    reached = min(starts[min(line, len(starts)) - 1] + column - 1, len(text))
    wanted = reason.partition("expected")[2].removeprefix(" one of").split(", ")
    words = [word.strip() for word in wanted if word.strip() != "[_]"]
    if not words:
        return max((match.start() for match in re.finditer(r"\S+", text)), default=0)
    offset = max(0, reached - min(len(word) if _KEYWORD.fullmatch(word) else 0 for word in words))
    return offset + len(text[offset:reached]) - len(text[offset:reached].lstrip())


def _explain_reason(place: Location, reason: str) -> QueryError:
    """Return what the parser's own words mean."""
    message, hint = "the query cannot be read from here on", "look at this place and after it"
    if (place.line, place.column) == (1, 1):
        message = "the query is empty or does not begin as one"
        hint = "begin with SELECT, ASK, CONSTRUCT or DESCRIBE"
    elif "a variable that is unbound" in reason:
        message = "SELECT has a variable that is neither grouped nor aggregated"
        hint = "with GROUP BY, select only grouped variables and aggregates such as (COUNT(?x) AS ?n)"
    elif "Duplicated variable name" in reason:
        message = "SELECT gives one name to two columns"
        hint = "name each column after AS differently"
    elif "IRI parsing failed" in reason or "No scheme found" in reason:
        message = "an IRI is malformed"
        hint = "write absolute IRIs between < and >, without spaces"
    return QueryError(message, location=place, hint=hint)


def explain_syntax_error(text: str, error: SyntaxError, prefixes: Mapping[str, str]) -> QueryError:
    """Return what the engine's syntax error means: line, column, what is wrong and what to do.

    :param text: the query
    :param error: what the parser raised
    :param prefixes: prefixes to propose where one is missing
    """
    if undeclared := list_undeclared_prefixes(text):
        prefix, offset = next(iter(undeclared.items()))
        message = f"the prefix {prefix}: is not declared"
        hint = f"begin the query with: PREFIX {prefix}: <{prefixes.get(prefix, '…')}>"
        return QueryError(message, location=_place(text, offset), hint=hint)
    if bracket := _find_bracket(text):
        message, offset = bracket
        return QueryError(message, location=_place(text, offset), hint="add or remove a bracket")
    match = _POSITION.search(str(error))
    if match is None:
        return QueryError(f"the query is malformed: {str(error)[:300]}", hint="check it against SPARQL 1.1")
    offset = _find_offset(text, int(match[1]), int(match[2]), match[0])
    return _explain_reason(_place(text, offset), match[3])
