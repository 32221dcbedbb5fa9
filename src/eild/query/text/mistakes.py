"""What is wrong with a query that the engine rejects: the place, what is wrong there and what to do.

The engine names the furthest place that it reached and what it would have liked there, which is seldom what a person
needs. Common slips are looked for first; otherwise, the place is where our own reading ends.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from eild.errors import QueryError
from eild.query.text.expressions import AGGREGATES
from eild.query.text.query import Query, read_query
from eild.query.text.scope import find_hidden, find_rebound, find_ungrouped
from eild.query.text.tokens import Tokens, locate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eild.errors import Location

_PAIRS: Final = {")": "(", "]": "[", "}": "{"}
_BARE_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?://)?[^\s<>\"{}|^`\\]*")
_PREFIX: Final = re.compile(r"[^\W\d_](?:[\w.-]*[\w-])?|")
_QUOTES: Final = {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'"}
_FOREIGN: Final = {
    "AND": "&&",
    "OR": "||",
    "LIKE": 'REGEX(?text, "pattern") or CONTAINS(?text, "word")',
    "IS": "BOUND(?x) or !BOUND(?x)",
}
_REASONS: Final = (
    (
        "a variable that is unbound",
        "SELECT has a variable that is neither grouped nor aggregated",
        "with GROUP BY, select only grouped variables and aggregates such as (COUNT(?x) AS ?n)",
    ),
    ("not authorized with GROUP BY", "SELECT * is not allowed with GROUP BY", "list the variables"),
    (
        "Duplicated variable name",
        "SELECT uses the same name for two columns",
        "use a different name after AS for each column",
    ),
    ("IRI parsing failed", "an IRI is malformed", "write absolute IRIs between < and >, without spaces"),
    ("No scheme found", "an IRI is malformed", "write absolute IRIs between < and >, without spaces"),
)
_POSITION: Final = re.compile(r"error at (\d+):(\d+): ")


def list_undeclared_prefixes(text: str) -> dict[str, int]:
    """Return the prefixes that a query uses but does not declare, each with the offset where it first stands."""
    tokens = Tokens(text)
    declared: set[str] = set()
    used: dict[str, int] = {}
    for index, kind in enumerate(tokens.kinds):
        if kind == "name":
            prefix = tokens.texts[index].partition(":")[0]
            if index and tokens.texts[index - 1].upper() == "PREFIX":
                declared.add(prefix)
            elif _PREFIX.fullmatch(prefix):
                used.setdefault(prefix, tokens.offsets[index])
    return {prefix: offset for prefix, offset in used.items() if prefix not in declared}


def _find_bracket(tokens: Tokens) -> tuple[str, int] | None:
    """Return what is wrong with the brackets, and the offset of the first that is."""
    opened: list[tuple[str, int]] = []
    for kind, sign, offset in zip(tokens.kinds, tokens.texts, tokens.offsets, strict=True):
        if kind != "sign":
            continue
        if sign in _PAIRS.values():
            opened.append((sign, offset))
        elif sign in _PAIRS:
            if not opened:
                return f"unexpected {sign}", offset
            if opened[-1][0] != _PAIRS[sign]:
                return f"this {sign} does not match the {opened[-1][0]} before it", offset
            opened.pop()
    return (f"this {opened[-1][0]} is not closed", opened[-1][1]) if opened else None


def _find_call_end(text: str, offset: int) -> int:
    """Return the offset after the parentheses that follow a name; that of the text's end if they are not closed."""
    depth = 0
    for match in re.finditer(r"[()]", text[offset:]):
        depth += 1 if match[0] == "(" else -1
        if depth <= 0:
            return offset + match.end()
    return len(text)


def _explain_open_string(text: str, offset: int) -> QueryError:
    """Return the error for a string that is not closed, or that a sign of a word processor was meant to close."""
    line = text[offset:].partition("\n")[0]
    for sign, quote in _QUOTES.items():
        if sign in line:
            place = locate(text, offset + line.index(sign))
            return QueryError(f"{sign} is not a SPARQL quotation mark", location=place, hint=f"use {quote} instead")
    quote = text[offset]
    hint = f"end it with {quote} on the same line; within it, write \\{quote} for the character"
    return QueryError("this string is not closed", location=locate(text, offset), hint=hint)


def _find_foreign_operator(tokens: Tokens, index: int) -> tuple[str, str] | None:
    """Return an operator of other languages at a token or before it, and that of SPARQL; None if there is none."""
    stuck, before = tokens.texts[index].upper(), tokens.texts[index - 1] if index else ""
    if stuck in _FOREIGN:
        return stuck, _FOREIGN[stuck]
    if (before, stuck) == ("=", "="):
        return "==", "="
    return ("<>", "!=") if before == "<>" else None


def _find_slip(text: str, offset: int, index: int, tokens: Tokens) -> QueryError | None:
    """Return what is wrong where reading ends, if it is one of the common slips; None if it is not."""
    stuck = tokens.texts[index]
    before = tokens.texts[index - 1].upper() if index else ""
    if stuck in _QUOTES:
        message = f"{stuck} is not a SPARQL quotation mark"
        return QueryError(message, location=locate(text, offset), hint=f"use {_QUOTES[stuck]} instead")
    if stuck in {'"', "'"}:
        return _explain_open_string(text, offset)
    if hint := _find_foreign_operator(tokens, index):
        return QueryError(f"SPARQL has no operator {hint[0]}", location=locate(text, offset), hint=f"use {hint[1]}")
    if (
        stuck == ","
        and before.startswith(("?", "$"))
        and "SELECT" in map(str.upper, tokens.texts[max(0, index - 3) : index])
    ):
        message = "columns of SELECT are separated by spaces"
        return QueryError(message, location=locate(text, offset), hint="remove the commas between the variables")
    strange = next((sign for sign in stuck if not (sign.isascii() and sign.isprintable())), "")
    if tokens.kinds[index] == "other" and strange:
        message = f"the character U+{ord(strange):04X} is not allowed here"
        return QueryError(message, location=locate(text, offset), hint="remove it, or use a plain space or hyphen")
    if stuck.upper() in AGGREGATES and before not in {"FILTER", "("}:
        call = " ".join(text[offset : _find_call_end(text, offset)].split())
        message = f"the aggregate {stuck.upper()} must be in parentheses and have a name"
        return QueryError(message, location=locate(text, offset), hint=f"write ({call} AS ?{stuck.lower()})")
    return None


def _find_bare_iri(text: str, tokens: Tokens) -> QueryError | None:
    """Return the error for the first IRI that has no angle brackets; None if there is none."""
    for index, kind in enumerate(tokens.kinds):
        is_declared = index > 1 and tokens.texts[index - 2].upper() == "PREFIX" and tokens.kinds[index - 1] == "name"
        is_bare = kind == "name" and (is_declared or "://" in text[tokens.offsets[index] : tokens.ends[index] + 2])
        match = _BARE_IRI.match(text, tokens.offsets[index]) if is_bare else None
        if match:
            iri = match[0].rstrip(".,;")
            message = f"the IRI {iri} must be in angle brackets"
            return QueryError(message, location=locate(text, tokens.offsets[index]), hint=f"write <{iri}>")
    return None


def explain_ungrouped(query: Query) -> QueryError | None:
    """Return the error for a variable in SELECT that is neither grouped nor aggregated; None if there is none."""
    found = find_ungrouped(query.structure.select) if query.structure else None
    if found is None:
        return None
    name, token = found
    message = f"SELECT has the variable ?{name}, which is neither grouped nor aggregated"
    hint = f"add ?{name} to GROUP BY, or aggregate it, as in (COUNT(?{name}) AS ?n)"
    return QueryError(message, location=locate(query.given, query.find_offset(token)), hint=hint)


def _explain_reason(query: Query, reason: str) -> QueryError:
    """Return what the engine's reason to reject a query means that is one by its grammar."""
    place: Location | None
    where = query.structure.select.where if query.structure else None
    if where and (found := find_rebound(where)):
        element, name = found
        message = f"BIND cannot assign ?{name}, because the patterns before it bind ?{name}"
        bound = locate(query.given, query.find_offset(element.start))
        return QueryError(message, location=bound, hint="choose another variable after AS, or compare in a FILTER")
    if query.structure and (item := find_hidden(query.structure.select)):
        message = f"SELECT cannot name a column ?{item.name}, because the pattern binds ?{item.name}"
        place = locate(query.given, query.find_offset(item.start))
        return QueryError(message, location=place, hint="use a different name after AS")
    if ungrouped := explain_ungrouped(query):
        return ungrouped
    match = _POSITION.search(reason)
    place = None
    if match and query.is_literal:
        lines = query.given.split("\n")
        start = sum(len(line) + 1 for line in lines[: int(match[1]) - 1])
        place = locate(query.given, min(start + int(match[2]) - 1, len(query.given)))
    for words, message, hint in _REASONS:
        if words in reason:
            return QueryError(message, location=place, hint=hint)
    message = "the engine rejects this query, although it matches the grammar of SPARQL"
    return QueryError(message, location=place, hint="check the names of blank nodes and variables, paths and numbers")


def _explain_undeclared(text: str, undeclared: Mapping[str, int], prefixes: Mapping[str, str]) -> QueryError:
    """Return the error for prefixes that are not declared, at the first, with the declarations of all."""
    names = [f"{prefix}:" for prefix in undeclared]
    listed = f"es {', '.join(names[:-1])} and {names[-1]} are" if len(names) > 1 else f" {names[0]} is"
    declarations = (f"PREFIX {prefix}: <{prefixes.get(prefix, '…')}>" for prefix in undeclared)
    return QueryError(
        f"the prefix{listed} not declared",
        location=locate(text, next(iter(undeclared.values()))),
        hint=f"start the query with: {' '.join(declarations)}",
    )


def explain_syntax_error(text: str, error: SyntaxError, prefixes: Mapping[str, str]) -> QueryError:
    """Return what the engine's syntax error means: line, column, what is wrong and what to do.

    :param text: the query
    :param error: what the engine raised
    :param prefixes: prefixes to propose where one is missing
    """
    query, tokens = read_query(text), Tokens(text)
    offset, expected = query.failure
    index = next((n for n, start in enumerate(tokens.offsets) if start >= offset), len(tokens.offsets) - 1)
    if query.structure is None and (slip := _find_slip(text, offset, index, tokens)):
        return slip
    if bare := _find_bare_iri(text, tokens):
        return bare
    if undeclared := list_undeclared_prefixes(text):
        return _explain_undeclared(text, undeclared, prefixes)
    if bracket := _find_bracket(tokens):
        message, offset = bracket
        return QueryError(message, location=locate(text, offset), hint="add or remove a bracket")
    if query.structure is not None:
        return _explain_reason(query, str(error))
    if "SELECT" in expected:
        message = "the query must start with a prologue or a query form" if text.strip() else "the query is empty"
        return QueryError(message, location=locate(text, offset), hint=f"start with {expected}")
    message = "syntax error in the query"
    return QueryError(
        message, location=locate(text, offset), hint=f"expected at or just after this position: {expected}"
    )
