"""Reconciliation and data extension queries, read from JSON (Reconciliation Service API 0.2, sections 4.1 and 7.3).

Clients send what users typed into a table. Every mistake is reported with the place in the JSON and what is expected
there, because a query that is read in part would give results for another question.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from eild.errors import RequestError

MOST_CANDIDATES: Final = 100
"""The maximum number of candidates for one query; a larger ``limit`` counts as this."""
USUAL_CANDIDATES: Final = 10
"""The number of candidates for a query without ``limit``."""
MOST_CONDITIONS: Final = 20
"""The maximum number of properties, values of a property, or types in one query."""
MOST_TEXT: Final = 10_000
"""The maximum number of characters of a string."""

_MEMBERS: Final = ("query", "type", "limit", "properties", "type_strict")
_STRICTNESS: Final = ("any", "all", "should")
_SHOWN: Final = 60


@dataclass(frozen=True)
class EntityValue:
    """A value that is a resource, because the client has reconciled it before.

    :ivar id: its identifier, as the client writes it
    """

    id: str


Value = str | int | float | bool | EntityValue


@dataclass(frozen=True)
class Condition:
    """A property and the values that the wanted resource should have.

    :ivar pid: identifier of the property, as the client writes it
    :ivar values: the values
    """

    pid: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class ReconciliationQuery:
    """One reconciliation query.

    :ivar text: the name to look for; empty if the query has only properties
    :ivar types: identifiers of types, as the client writes them
    :ivar strict: ``any`` and ``all`` exclude resources without one or all of the types, ``should`` ranks them lower
    :ivar limit: the maximum number of candidates
    :ivar conditions: properties of the wanted resource
    """

    text: str = ""
    types: tuple[str, ...] = ()
    strict: str = "any"
    limit: int = USUAL_CANDIDATES
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class ExtensionProperty:
    """A property whose values a client wants.

    :ivar id: its identifier, as the client writes it
    :ivar settings: settings for its values, by name
    """

    id: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ExtensionQuery:
    """A data extension query.

    :ivar ids: identifiers of resources, as the client writes them
    :ivar properties: the properties whose values are wanted
    """

    ids: tuple[str, ...]
    properties: tuple[ExtensionProperty, ...]


def _clean(text: str) -> str:
    """Return a text in which question marks stand for lone surrogates, which JSON can escape and UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _show(value: object) -> str:
    text = _clean(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _refuse(place: str, expected: str, value: object) -> RequestError:
    return RequestError(f"{place} must be {expected}, not {_show(value)}", hint="see the Reconciliation API 0.2")


def _refuse_constant(name: str) -> None:
    message = f"{name} is not JSON"
    raise ValueError(message)


def _read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        message = f"the member {_show(twice)} occurs twice"
        raise ValueError(message)
    return found


def _parse(text: str, name: str) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return a JSON text as Python values.

    :param name: the parameter that holds it, for messages
    :raises RequestError: if it is malformed
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_read_object)
    except json.JSONDecodeError as error:
        message = f"{name} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        raise RequestError(message, hint="percent-encode the JSON text as a form field") from error
    except RecursionError as error:
        raise RequestError(f"{name} is nested too deeply", hint="see the Reconciliation API 0.2") from error
    except ValueError as error:
        raise RequestError(f"{name} is not JSON: {error}", hint="see the Reconciliation API 0.2") from error


def _read_string(value: object, place: str) -> str:
    if not isinstance(value, str):
        raise _refuse(place, "a string", value)
    if len(value) > MOST_TEXT:
        message = f"{place} must have at most {MOST_TEXT} characters, not {len(value)}"
        raise RequestError(message, hint="send less text")
    if _clean(value) != value:
        raise _refuse(place, "Unicode text without lone surrogates", value)
    return value


def _read_identifier(value: object, place: str) -> str:
    """Return an identifier: a string, or the member ``id`` of an object."""
    text = _read_string(value.get("id") if isinstance(value, Mapping) else value, place).strip()
    if not text:
        raise _refuse(place, "an identifier", value)
    return text


def _read_array(value: object, place: str, most: int = MOST_CONDITIONS) -> list[Any]:
    if not isinstance(value, list):
        raise _refuse(place, "an array", value)
    if len(value) > most:
        message = f"{place} must have at most {most} items, not {len(value)}"
        raise RequestError(message, hint="split the request")
    return value


def _read_value(value: object, place: str) -> Value:
    if isinstance(value, Mapping):
        return EntityValue(_read_identifier(value, f"{place}.id"))
    if isinstance(value, bool | int | float):
        return value
    return _read_string(value, place)


def _read_condition(value: object, place: str) -> Condition:
    if not isinstance(value, Mapping) or not {"pid", "v"} <= value.keys():
        raise _refuse(place, "an object with 'pid' and 'v'", value)
    given = value["v"] if isinstance(value["v"], list) else [value["v"]]
    values = _read_array(given, f"{place}.v")
    if not values:
        raise _refuse(f"{place}.v", "a value or an array of values", value["v"])
    read = tuple(_read_value(item, f"{place}.v") for item in values)
    return Condition(_read_identifier(value["pid"], f"{place}.pid"), read)


def _read_limit(value: object, place: str, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1 or value < 1:
        raise _refuse(place, "a positive integer", value)
    return int(min(value, most))


def read_query(value: object, place: str) -> ReconciliationQuery:
    """Return one reconciliation query.

    :param value: its JSON
    :param place: where it is, for messages
    :raises RequestError: if it is malformed
    """
    if not isinstance(value, Mapping):
        raise _refuse(place, "an object", value)
    if unknown := sorted(value.keys() - set(_MEMBERS)):
        message = f"{place} has the unknown member {_show(unknown[0])}"
        raise RequestError(message, hint=f"use {', '.join(_MEMBERS)}")
    conditions = tuple(
        _read_condition(item, f"{place}.properties[{number}]")
        for number, item in enumerate(_read_array(value.get("properties", []), f"{place}.properties"))
    )
    if "query" not in value and not conditions:
        raise _refuse(place, "an object with 'query' or 'properties'", value)
    given = value.get("type", [])
    types = _read_array(given if isinstance(given, list) else [given], f"{place}.type")
    strict = value.get("type_strict", "any")
    if strict not in _STRICTNESS:
        raise _refuse(f"{place}.type_strict", "any, all or should", strict)
    return ReconciliationQuery(
        text=_read_string(value.get("query", ""), f"{place}.query"),
        types=tuple(dict.fromkeys(_read_identifier(item, f"{place}.type") for item in types)),
        strict=strict,
        limit=_read_limit(value.get("limit", USUAL_CANDIDATES), f"{place}.limit", MOST_CANDIDATES),
        conditions=conditions,
    )


def read_batch(text: str) -> dict[str, ReconciliationQuery]:
    """Return the queries of a batch by their keys.

    :param text: the JSON of the batch
    :raises RequestError: if it is malformed
    """
    value = _parse(text, "queries")
    if not isinstance(value, Mapping):
        raise _refuse("queries", "an object", value)
    return {key: read_query(item, f"queries.{_clean(key[:_SHOWN])}") for key, item in value.items()}


def read_extension(text: str, most: int) -> ExtensionQuery:
    """Return a data extension query.

    :param text: its JSON
    :param most: the maximum number of resources
    :raises RequestError: if it is malformed
    """
    value = _parse(text, "extend")
    if not isinstance(value, Mapping) or not {"ids", "properties"} <= value.keys():
        raise _refuse("extend", "an object with 'ids' and 'properties'", value)
    ids = [_read_identifier(item, "extend.ids") for item in _read_array(value["ids"], "extend.ids", most)]
    properties = []
    for number, item in enumerate(_read_array(value["properties"], "extend.properties", most)):
        place = f"extend.properties[{number}]"
        if not isinstance(item, Mapping) or "id" not in item:
            raise _refuse(place, "an object with 'id'", item)
        settings = item.get("settings", {})
        if not isinstance(settings, Mapping):
            raise _refuse(f"{place}.settings", "an object", settings)
        properties.append(ExtensionProperty(_read_identifier(item, place), settings))
    names = [item.id for item in properties]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        message = f"extend.properties names {_show(twice)} twice"
        raise RequestError(message, hint="ask for each property once, because rows have one cell for each")
    return ExtensionQuery(tuple(dict.fromkeys(ids)), tuple(properties))
