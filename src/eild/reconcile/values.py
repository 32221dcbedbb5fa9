"""Values of properties: how well they fit what a client gives, and how data extension returns them."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode

from eild.languages import WANTED, choose_language
from eild.reconcile.names import list_names, measure
from eild.reconcile.queries import EntityValue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eild.documents.index import Documents
    from eild.reconcile.queries import Value
    from eild.reconcile.terms import Schema

_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_INTEGERS: Final = frozenset(
    f"{_XSD}{name}"
    for name in (
        *("integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger"),
        *("negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)
_FLOATS: Final = frozenset(f"{_XSD}{name}" for name in ("decimal", "double", "float"))
_LARGEST: Final = 2**53
"""Numbers beyond are not exact for clients that read JSON as JavaScript does."""
_LONGEST: Final = 40
_NUMBER: Final = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_MOMENT: Final = re.compile(
    r"-?\d{4,}-(1[0-2]|0[1-9])-(3[01]|0[1-9]|[12]\d)T(2[0-3]|[01]\d):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-](2[0-3]|[01]\d):[0-5]\d)"
)
_MIDNIGHT: Final = re.compile(r"T00:00(:00(\.0+)?)?Z?$")


def read_number(text: str) -> float | None:
    """Return a number, or None if a text is none."""
    plain = text.strip()
    return float(plain) if len(plain) <= _LONGEST and _NUMBER.fullmatch(plain) else None


def _compare_texts(given: str, own: str) -> float:
    first, second = read_number(given), read_number(own)
    if first is not None and second is not None:
        return 1.0 if first == second else 0.0
    if given == own or _MIDNIGHT.sub("", given) == own:  # clients write days as the moment at which they begin
        return 1.0
    return measure(given, own)


def compare_value(schema: Schema, given: Value, own: object) -> float:
    """Return how well a value of the data fits one that a client gives, from 0 to 1.

    :param given: what the client gives
    :param own: a term of the data
    """
    if isinstance(given, EntityValue):
        wanted = schema.expand(given.id)
        return 1.0 if isinstance(own, NamedNode | Literal) and own.value in {wanted, given.id} else 0.0
    if isinstance(given, bool):
        return 1.0 if isinstance(own, Literal) and own.value in ({"true", "1"} if given else {"false", "0"}) else 0.0
    text = str(given)
    if isinstance(own, Literal):
        return _compare_texts(text, own.value)
    if isinstance(own, NamedNode):
        if schema.expand(text) == own.value:
            return 1.0
        return max((measure(text, name.text) for name in list_names(schema.documents, own)), default=0.0)
    return 0.0


def compare_values(schema: Schema, given: Sequence[Value], own: Sequence[object]) -> float:
    """Return how well the values of a property fit those that a client gives: the mean of the best for each."""
    best = (max((compare_value(schema, value, term) for term in own), default=0.0) for value in given)
    return round(sum(best) / len(given), 4)


def _write_literal(value: Literal) -> dict[str, Any]:
    datatype, text = value.datatype.value, value.value
    number = read_number(text) if datatype in _INTEGERS | _FLOATS else None
    if number is not None and math.isfinite(number):
        if datatype in _INTEGERS and abs(number) < _LARGEST:
            return {"int": int(text)}
        if datatype in _FLOATS:
            return {"float": number}
    if datatype == f"{_XSD}dateTime" and _MOMENT.fullmatch(text):
        return {"date": text}
    return {"str": text}


def _choose_texts(values: Sequence[object], language: str) -> list[object]:
    """Return values of which texts in languages are in one only.

    :param language: a language tag; empty for the one that is wanted here, ``*`` for all
    """
    tags = {value.language for value in values if isinstance(value, Literal) and value.language}
    if not tags or language == "*":
        return list(values)
    chosen = choose_language(tags, (language, *WANTED.get()) if language else WANTED.get())
    return [value for value in values if not isinstance(value, Literal) or value.language in {None, chosen}]


def write_values(schema: Schema, values: Sequence[object], settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return values as cells of data extension: resources of the data as entities, other IRIs as strings.

    Days and other dates without a time are strings, because cells have moments only. Anonymous resources are left out.

    :param settings: ``limit``, ``lang`` and ``content``, as the manifest describes them
    """
    rows: list[dict[str, Any]] = []
    for value in _choose_texts(values, settings.get("lang", "")):
        if isinstance(value, Literal):
            rows.append(_write_literal(value))
        elif isinstance(value, NamedNode):
            name = _find_name(schema.documents, value)
            rows.append(
                {"id": value.value, "name": name} if name and settings.get("content") != "iri" else {"str": value.value}
            )
    return rows[: settings.get("limit") or None]


def _find_name(documents: Documents, node: NamedNode) -> str:
    """Return what an entity is called; an empty string if the data says nothing about it."""
    if not documents.is_described(node):
        return ""
    return " ".join(documents.find_name(node).split()) or node.value
