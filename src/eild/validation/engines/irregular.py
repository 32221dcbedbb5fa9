"""Literals on which engines differ: those that no machine word holds, and those with unusual or wrong lexical forms.

The engines agree on regular literals; the tests compare them. A literal is regular if its datatype is not one of XML
Schema, or if its form is plain: up to 18 digits, years of four digits, no ``24:00:00``. Everything else is irregular,
well-formed or not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rdflib import Literal

from eild.validation.exact.lexical import BOUNDS, XSD, is_well_formed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rdflib.term import Node

    from eild.located.statements import Statements

_TYPED: Final = re.compile(rb'"((?:[^"\\\n]++|\\.)*+)"(?:\^\^<http://www\.w3\.org/2001/XMLSchema#(\w+)>)?')
"""Matches every literal whole, also those of other types, so that no match begins within a string."""
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,12}(?:\.[0-9]{1,6})?")
_DOUBLE: Final = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?|-?INF|NaN")
_DATE: Final = re.compile(r"(?!0000)[0-9]{4}.*", re.DOTALL)
_NUMBERS: Final = frozenset({*BOUNDS, "decimal", "double", "float"})
_EXACT_NUMBERS: Final = frozenset({*BOUNDS, "decimal"})
_DATED: Final = frozenset({"date", "dateTime", "dateTimeStamp", "gYear", "gYearMonth"})
_PLAIN: Final = frozenset({"string", "anyURI", "boolean", "time", "gMonth", "gDay", "gMonthDay", "duration"})
_DURATIONS: Final = frozenset({"yearMonthDuration", "dayTimeDuration", "duration"})


@dataclass(frozen=True)
class Irregular:
    """What kinds of irregular literals there are.

    :ivar numbers: numbers
    :ivar others: any others
    :ivar digits: digits of the longest regular integer or decimal
    """

    numbers: bool = False
    others: bool = False
    digits: int = 0

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return self.numbers or self.others


def is_regular(text: str, name: str) -> bool:
    """Return whether a literal is regular.

    :param text: its lexical form
    :param name: the local name of its datatype in XML Schema
    """
    if name in BOUNDS:
        plain = _INTEGER.fullmatch(text)
    elif name == "decimal":
        plain = _DECIMAL.fullmatch(text)
    elif name in {"double", "float"}:
        plain = _DOUBLE.fullmatch(text)
    elif name in _DATED:
        plain = None if "T24" in text else _DATE.fullmatch(text)
    else:
        return name in {"string", "anyURI"} or (name in _PLAIN - _DURATIONS and _is_right(text, name))
    return plain is not None and _is_right(text, name)


def _is_right(text: str, name: str) -> bool:
    return not (name == "time" and text.startswith("24")) and is_well_formed(text, XSD + name)


def find_irregular(data: Statements) -> Irregular:
    """Return what kinds of irregular literals there are in data."""
    found = {match.groups() for part in data.parts for match in _TYPED.finditer(part.lines) if match[2]}
    return _judge((text.decode("utf-8", "replace"), name.decode()) for text, name in found)


def find_irregular_nodes(nodes: Iterable[Node]) -> Irregular:
    """Return what kinds of irregular literals there are among nodes."""
    literals = {node for node in nodes if isinstance(node, Literal) and str(node.datatype or "").startswith(XSD)}
    return _judge((str(node), str(node.datatype).removeprefix(XSD)) for node in literals)


def _judge(literals: Iterable[tuple[str, str]]) -> Irregular:
    numbers = others = False
    digits = 0
    for text, name in literals:
        if not is_regular(text, name):
            numbers |= name in _NUMBERS
            others |= name not in _NUMBERS
        elif name in _EXACT_NUMBERS:
            digits = max(digits, len(text))
    return Irregular(numbers, others, digits)
