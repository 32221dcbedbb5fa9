"""The regular expressions of queries: REGEX and REPLACE with a literal pattern, in the dialect of an engine.

SPARQL has the expressions of XPath, as ``sh:pattern`` has (:mod:`eild.xpath.regex`). Engines run other dialects, so a
pattern that is written in the query is translated before. A query whose patterns are computed, or whose replacements
refer to groups, cannot be translated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from eild.validation.grammar.queries import code_of
from eild.xpath.regex import translate

if TYPE_CHECKING:
    from collections.abc import Iterator

_CALL: Final = re.compile(r"\b(REGEX|REPLACE)\s*\(", re.IGNORECASE)
_STRING: Final = re.compile(
    r"""\s*(\"\"\"(?P<a>(?:[^"\\]|\\.|"(?!""))*)\"\"\"|'''(?P<b>(?:[^'\\]|\\.|'(?!''))*)'''|"(?P<c>(?:[^"\\\n]|\\.)*)"|'(?P<d>(?:[^'\\\n]|\\.)*)')\s*""",
    re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_WRITTEN: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True)
class Expression:
    """A regular expression that a query applies.

    :ivar pattern: the pattern; None if it is computed
    :ivar flags: its flags; None if they are computed
    :ivar replacement: what replaces a match; empty for REGEX; None if it is computed
    :ivar replaces: whether matches are replaced
    :ivar start: offset of the argument in the query
    :ivar spans: the extents of the pattern and, if there is one, of the argument for flags
    """

    pattern: str | None
    flags: str | None
    replacement: str | None
    start: int
    spans: tuple[tuple[int, int], ...]
    replaces: bool = False

    @property
    def is_translatable(self) -> bool:
        """Whether each engine gives it the same meaning once its pattern is translated."""
        if self.pattern is None or self.flags is None or self.replacement is None:
            return False
        return not {"$", "\\"} & set(self.replacement)


def find_expressions(query: str) -> Iterator[Expression]:
    """Yield the regular expressions that a query applies, in the order of the text."""
    code = code_of(query)
    for call in _CALL.finditer(code):
        arguments = find_arguments(code, call.end())
        flags_at = 2 if call[1].upper() == "REGEX" else 3
        if len(arguments) < 2:  # noqa: PLR2004 - text and pattern
            continue
        pattern = _read_string(query[slice(*arguments[1])])
        flags: str | None = ""
        spans = [arguments[1]]
        if len(arguments) > flags_at:
            flags = _read_string(query[slice(*arguments[flags_at])])
            spans.append(arguments[flags_at])
        replacement: str | None = ""
        if flags_at > 2:  # noqa: PLR2004 - REPLACE
            replacement = _read_string(query[slice(*arguments[2])]) if len(arguments) > 2 else None  # noqa: PLR2004
        inner = query[slice(*arguments[1])]
        start = arguments[1][0] + len(inner) - len(inner.lstrip())
        yield Expression(pattern, flags, replacement, start, tuple(spans), replaces=flags_at > 2)  # noqa: PLR2004


def find_arguments(code: str, start: int) -> list[tuple[int, int]]:
    """Return the extents of the arguments of a call.

    :param code: a query with blanks for its strings, IRIs and comments
    :param start: the offset after the bracket that opens the call
    """
    found: list[tuple[int, int]] = []
    depth, begun = 0, start
    for at in range(start, len(code)):
        sign = code[at]
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            if not depth:
                return [*found, (begun, at)]
            depth -= 1
        elif sign == "," and not depth:
            found.append((begun, at))
            begun = at + 1
    return []


def _read_string(text: str) -> str | None:
    """Return the value of an argument that is a string; None for any other."""
    match = _STRING.fullmatch(text)
    if match is None:
        return None
    content = next(value for value in match.groupdict().values() if value is not None)
    return _ESCAPE.sub(_unescape, content)


def _unescape(match: re.Match[str]) -> str:
    if match[3] is not None:
        return _ESCAPED.get(match[3], match[3])
    return chr(int(match[1] or match[2], 16))


def translate_query(query: str) -> str:
    """Return a query whose literal patterns are in the dialect of Python, which all engines have.

    :param query: the query
    :raises PatternError: if XPath has no such expression
    """
    edits: list[tuple[int, int, str]] = []
    for found in find_expressions(query):
        if found.pattern is None or found.flags is None:
            continue
        text = translate(found.pattern, found.flags).python
        edits.append((*found.spans[0], f' "{text.translate(_WRITTEN)}"'))
        edits += [(*span, ' ""') for span in found.spans[1:]]
    for start, end, text in sorted(edits, reverse=True):
        query = query[:start] + text + query[end:]
    return query
