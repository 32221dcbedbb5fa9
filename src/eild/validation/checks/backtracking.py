"""Regular expressions whose search may take exponential time, found by their structure.

A search backtracks for long where a text can be parted in many ways: where a repetition without bound holds another
one, and no character tells where one round ends and the next begins.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

_Part: TypeAlias = Any  # the parse tree of re: pairs of an operation and its arguments

_REPEATS: Final = ("MAX_REPEAT", "MIN_REPEAT")
_REPEAT, _CHOICE, _OVERLAP = "repeat", "choice", "overlap"
_CATEGORIES: Final[dict[str, Callable[[str], bool]]] = {
    "CATEGORY_DIGIT": str.isdecimal,
    "CATEGORY_SPACE": str.isspace,
    "CATEGORY_WORD": lambda letter: letter.isalnum() or letter == "_",
}
_LETTERS: Final = tuple(chr(number) for number in range(0x250))
"""The characters by which it is judged whether two parts can match the same text: the Latin ones."""


def may_backtrack(pattern: str) -> bool:
    """Tell whether an expression repeats without bound what is of variable length or a choice.

    Only these can take exponential time; most of them do not. An expression that does not compile is none.
    """
    return any(_loose_parts(body) for body in _repeated_bodies(pattern))


def is_suspicious(pattern: str) -> bool:
    """Tell whether an expression also lacks a mark between the rounds of such a repetition.

    ``(a+)*``, ``(a|ab)*`` and ``(x[a-z]+)*`` are such, ``([a-z]+-)*`` and ``(-[a-z]+)*`` are not.
    """
    return any(_is_ambiguous(body) for body in _repeated_bodies(pattern))


def _repeated_bodies(pattern: str) -> list[list[_Part]]:
    """Return what an expression repeats without bound; nothing if it does not compile."""
    parser = getattr(re, "_parser")  # noqa: B009 - it has no public name
    try:
        waiting: list[_Part] = list(parser.parse(pattern))
    except (re.error, OverflowError, RecursionError):
        return []
    found = []
    while waiting:
        operation, argument = waiting.pop()
        name = str(operation)
        if name in _REPEATS and str(argument[1]) == "MAXREPEAT":
            found.append(list(argument[2]))
        for body in _bodies(name, argument):
            waiting.extend(body)
    return found


def _bodies(name: str, argument: _Part) -> list[list[_Part]]:
    """Return the sequences within an operation."""
    if name in {*_REPEATS, "POSSESSIVE_REPEAT"}:
        return [list(argument[2])]
    if name == "SUBPATTERN":
        return [list(argument[3])]
    if name in {"ASSERT", "ASSERT_NOT"}:
        return [list(argument[1])]
    if name == "ATOMIC_GROUP":
        return [list(argument)]
    if name == "BRANCH":
        return [list(branch) for branch in argument[1]]
    if name == "GROUPREF_EXISTS":
        return [list(body) for body in argument[1:] if body]
    return []


def _is_ambiguous(body: list[_Part]) -> bool:
    """Tell whether a text can be parted into rounds of a repetition with this body in several ways."""
    while len(body) == 1 and str(body[0][0]) == "SUBPATTERN":
        body = list(body[0][1][3])
    loose = _loose_parts(body)
    if not loose or (len(body) == 1 and str(body[0][0]) == "BRANCH" and _OVERLAP not in loose and len(loose) == 1):
        return False
    if _OVERLAP in loose:
        return True
    first, last = _characters(body[0]), _characters(body[-1])
    return not (_is_mark(first, body[1:]) or _is_mark(last, body[:-1]))


def _is_mark(characters: set[str] | None, others: list[_Part]) -> bool:
    """Tell whether none of the other parts can match one of these characters."""
    within = _all_characters(others)
    return characters is not None and within is not None and not characters & within


def _all_characters(parts: list[_Part]) -> set[str] | None:
    """Return all Latin characters that occur in what parts match; nothing if that is not known."""
    found: set[str] = set()
    for operation, argument in parts:
        name = str(operation)
        if name in {"AT", "ASSERT", "ASSERT_NOT"}:
            continue
        bodies = _bodies(name, argument)
        inner = [_all_characters(body) for body in bodies] if bodies else [_characters((operation, argument))]
        for characters in inner:
            if characters is None:
                return None
            found |= characters
    return found


def _loose_parts(body: list[_Part]) -> list[str]:
    """Return, for each part of variable length and each choice, which it is; a choice may overlap with itself."""
    found: list[str] = []
    waiting = list(body)
    while waiting:
        operation, argument = waiting.pop()
        name = str(operation)
        if name in _REPEATS and argument[0] != argument[1]:
            found.append(_REPEAT)
        elif name == "BRANCH":
            starts = [_characters(branch[0]) if len(branch) else None for branch in argument[1]]
            found.append(_CHOICE if _are_apart(starts) else _OVERLAP)
        for inner in _bodies(name, argument):
            waiting.extend(inner)
    return found


def _are_apart(starts: list[set[str] | None]) -> bool:
    seen: set[str] = set()
    for characters in starts:
        if characters is None or characters & seen:
            return False
        seen |= characters
    return True


def _characters(part: _Part) -> set[str] | None:
    """Return the Latin characters that a part of one character matches; nothing for any other part."""
    operation, argument = part
    name = str(operation)
    if name == "SUBPATTERN" and len(argument[3]) == 1:
        return _characters(argument[3][0])
    if name == "LITERAL":
        return {chr(argument)}
    if name == "NOT_LITERAL":
        return set(_LETTERS) - {chr(argument)}
    if name == "ANY":
        return set(_LETTERS)
    if name != "IN":
        return None
    found: set[str] = set()
    for kind, value in argument:
        found |= _of_class(str(kind), value)
    negated = str(argument[0][0]) == "NEGATE"
    return set(_LETTERS) - found if negated else found


def _of_class(kind: str, value: Any) -> set[str]:  # noqa: ANN401 - as re has it
    if kind == "LITERAL":
        return {chr(value)}
    if kind == "RANGE":
        return {letter for letter in _LETTERS if value[0] <= ord(letter) <= value[1]}
    if kind != "CATEGORY":
        return set()
    name = str(value).replace("_NOT_", "_").replace("UNI_", "")
    matches = {letter for letter in _LETTERS if _CATEGORIES[name](letter)}
    return set(_LETTERS) - matches if "_NOT_" in str(value) else matches
