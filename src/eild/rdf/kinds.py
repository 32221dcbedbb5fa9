"""Kinds of literals, as far as they decide whether the engine orders and computes rightly with their values.

What data hold is asked of a store once, by predicate: in memory when it is first needed, on disk when it is loaded, and
there, if lines are loaded, only of the predicates that have datatypes in them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, QuerySolutions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import QuerySolution, Store

Kinds = frozenset[str]

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
"""The start of the IRIs of datatypes."""
INTEGERS: Final[dict[str, tuple[int | None, int | None]]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    **{name: (-(1 << bits - 1), (1 << bits - 1) - 1) for name, bits in (("long", 64), ("int", 32), ("short", 16))},
    "byte": (-128, 127),
    **{f"unsigned{name}": (0, (1 << bits) - 1) for name, bits in (("Long", 64), ("Int", 32), ("Short", 16))},
    "unsignedByte": (0, 255),
}
"""The local names of integer datatypes, each with its least and greatest value (XML Schema 1.1 part 2, section 3.4)."""

TEXT: Final = "text"
"""Strings, and all that the engine orders by characters."""
NUMBER: Final = "number"
"""Numbers that the engine computes with, and of which it can add as many as it can count."""
WIDE: Final = "wide"
"""Integers and decimals within its bounds of which a sum may not be: those from 2^31 on."""
LARGE: Final = "large"
"""Numbers that it does not compute with: those beyond 64 bits, and literals that are ill-typed as numbers."""
BOOLEAN: Final = "boolean"
"""Truth values."""
NUMBERS: Final[Kinds] = frozenset({NUMBER, WIDE, LARGE})
"""All kinds of numbers."""

MOST_PREDICATES: Final = 10_000
"""Predicates up to which a store on disk notes kinds; more of them are names of things rather than properties."""

LEAST_WIDE: Final = 1 << 31
"""The least value of which the engine cannot add any number of times."""
_ZONE: Final = "(Z|[+-][0-9]{2}:[0-9]{2})$"
_ASK_KINDS: Final = f"""
SELECT DISTINCT ?p ?kind ?odd ?zone ?wide {{
  ?s %s ?o FILTER(ISLITERAL(?o)) %s
  BIND(DATATYPE(?o) AS ?kind)
  BIND(ISNUMERIC(?o) AS ?number)
  BIND(IF(?number, ABS(?o) >= {LEAST_WIDE}, false) AS ?wide)
  BIND(COALESCE(IF(?kind IN (<{XSD}dateTime>, <{XSD}date>), YEAR(?o) = 1e9, IF(?kind = <{XSD}time>, HOURS(?o) = 99,
       !?number)), true) AS ?odd)
  BIND(!?number && ?kind != <{XSD}string> && STRSTARTS(STR(?kind), "{XSD}") AS ?may)
  BIND(IF(?may, REGEX(STR(?o), "{_ZONE}"), false) AS ?zone)
}}"""
_FROM_DATATYPE: Final = re.compile(rb"\^\^[^\n]*").finditer
"""Finds datatypes, each with the rest of its line, in half of the time that ``bytes.find`` takes for two characters."""
_LITERAL_LINE: Final = re.compile(
    rb"""(?:<[^<>\\\s]*>|_:[^\s<>"]+)[ \t]+<([^<>\\\s]*)>[ \t]+"[^"\\\r\n]*+(?:\\.[^"\\\r\n]*+)*+\""""
    rb"""(?:@[a-zA-Z0-9-]+|(\^\^<[^<>\\\s]*>))?(?:[ \t]+(?:<[^<>\\\s]*>|_:[^\s<>"]+))?[ \t]*\.[ \t]*\r?"""
).fullmatch
_EXACT: Final = frozenset({*INTEGERS, "decimal"})
_NUMERIC: Final = frozenset({*_EXACT, "double", "float"})
_ORDERED: Final = frozenset({"dateTime", "date", "time", "dayTimeDuration", "yearMonthDuration"})
_CLOCKS: Final = frozenset({"dateTime", "date", "time"})


def classify(datatype: str, *, is_odd: bool = False, has_zone: bool = False, is_wide: bool = False) -> str:
    """Return the kind of literals of a datatype.

    :param is_odd: whether the engine does not take one for a number, a date or a time
    :param has_zone: whether a time zone stands at its end
    :param is_wide: whether it is a number from 2^31 on
    """
    name = datatype.removeprefix(XSD) if datatype.startswith(XSD) else ""
    if name in _NUMERIC:
        return LARGE if is_odd else WIDE if is_wide and name in _EXACT else NUMBER
    if name == "boolean":
        return BOOLEAN
    if name in _CLOCKS and is_odd:
        return TEXT
    if name in _ORDERED or name.startswith("g"):
        return f"{name}{'Z' if has_zone else ''}"
    return name if name == "duration" else TEXT


class TypedLines:
    """Notes which predicates have literals with a datatype in lines of N-Triples or N-Quads.

    Only lines in which a datatype is written are looked at, and only in the form in which nearly all are written: then
    no predicate is missed. One that is found need not have any.
    """

    def __init__(self) -> None:
        self._predicates: set[bytes] = set()
        self._is_understood = True
        self._is_cut = False

    @property
    def predicates(self) -> frozenset[str] | None:
        """The IRIs of the predicates; None if some line was not understood."""
        return frozenset(iri.decode() for iri in self._predicates) if self._is_understood else None

    def take(self, block: bytes) -> None:
        """Look at the next lines; an empty block is the end of a file, with which its last line may end."""
        if self._is_cut and block:
            self._is_understood = False
        self._is_cut = block[-1:] not in {b"\n", b"\r", b""}
        if not self._is_understood:
            return
        for found in _FROM_DATATYPE(block):
            self._take_line(block[block.rfind(b"\n", 0, found.start()) + 1 : found.end()])

    def _take_line(self, line: bytes) -> None:
        match = _LITERAL_LINE(line)
        if match is None:
            self._is_understood = False
        elif match[2]:  # else it was in a text
            self._predicates.add(match[1])


def learn_kinds(
    store: Store, *, is_merged: bool = False, typed: Iterable[str] | None = None, others: Iterable[str] = ()
) -> dict[str, Kinds]:
    """Return the kinds of literals in a store, by predicate; those of all predicates under an empty one.

    The engine looks each literal up to tell its kind, so that literals of large data are better known by their lines.

    :param is_merged: whether the default graph holds the statements of all others, so that it alone is read
    :param typed: the predicates that may have literals with datatypes; None if any may
    :param others: predicates that may have literals without a datatype, and are taken to have some
    """
    found: dict[str, set[str]] = {"": set()}
    for predicate in others:
        found.setdefault(predicate, set()).add(TEXT)
        found[""].add(TEXT)
    for pattern in ("?p",) if typed is None else [f"<{iri}>" for iri in typed]:
        bound = "" if typed is None else f"BIND({pattern} AS ?p)"
        rows = store.query(_ASK_KINDS % (pattern, bound), use_default_graph_as_union=not is_merged)
        if isinstance(rows, QuerySolutions):
            for row in rows:
                _note_kind(row, found)
    return {predicate: frozenset(kinds) for predicate, kinds in found.items()}


def _note_kind(row: QuerySolution, found: dict[str, set[str]]) -> None:
    predicate, datatype = row["p"], row["kind"]
    if isinstance(predicate, NamedNode) and isinstance(datatype, NamedNode):
        odd, zone, wide = (
            isinstance(flag, Literal) and flag.value == "true" for flag in (row["odd"], row["zone"], row["wide"])
        )
        kind = classify(datatype.value, is_odd=odd, has_zone=zone, is_wide=wide)
        found.setdefault(predicate.value, set()).add(kind)
        found[""].add(kind)
