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
_CATEGORIES: Final[dict[str, Callable[[str], bool]]] = {
    "CATEGORY_DIGIT": str.isdecimal,
    "CATEGORY_SPACE": str.isspace,
    "CATEGORY_WORD": lambda letter: letter.isalnum() or letter == "_",
}
_LETTERS: Final = tuple(chr(number) for number in range(0x250))
"""The characters by which it is judged whether two parts can match the same text: the Latin ones."""


def is_suspicious(pattern: str) -> bool:
    """Tell whether an expression repeats what holds a repetition or a choice, with no mark between the rounds.

    ``(a+)*``, ``(a|ab)*`` and ``(x[a-z]+)*`` are such, ``([a-z]+-)*`` and ``(-[a-z]+)*`` are not. An expression that
    does not compile is not.
    """
    parser = getattr(re, "_parser")  # noqa: B009 - it has no public name
    try:
        waiting: list[_Part] = list(parser.parse(pattern))
    except (re.error, OverflowError, RecursionError):
        return False
    while waiting:
        operation, argument = waiting.pop()
        name = str(operation)
        if name in _REPEATS and str(argument[1]) == "MAXREPEAT" and _is_ambiguous(list(argument[2])):
            return True
        for body in _bodies(name, argument):
            waiting.extend(body)
    return False


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
    """Tell whether the rounds of a repetition with this body can be told apart in several ways."""
    while len(body) == 1 and str(body[0][0]) == "SUBPATTERN":
        body = list(body[0][1][3])
    loose = _loose_parts(body)
    if not loose:
        return False
    if any(characters is None for characters in loose):
        return True
    within = set().union(*(characters or set() for characters in loose))
    ends = [_characters(part) for part in (body[0], body[-1])]
    return not any(characters is not None and not characters & within for characters in ends)


def _loose_parts(body: list[_Part]) -> list[set[str] | None]:
    """Return the characters of each part that can match texts of several lengths; nothing for one unknown."""
    found: list[set[str] | None] = []
    waiting = list(body)
    while waiting:
        operation, argument = waiting.pop()
        name = str(operation)
        if name in _REPEATS and argument[0] != argument[1]:
            inner = list(argument[2])
            found.append(_characters(inner[0]) if len(inner) == 1 else None)
        elif name == "BRANCH":
            starts = [_characters(branch[0]) if len(branch) else None for branch in argument[1]]
            if not _are_apart(starts):
                found.append(None)
            waiting.extend(part for branch in argument[1] for part in branch)
        else:
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
