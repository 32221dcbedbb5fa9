"""RDF terms as values of Python, and values of Python as RDF terms.

A value becomes the term that it came from: IRIs, and literals for which Python has no type, stay strings that know what
they are.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from eild.errors import UsageError
from eild.terms import XSD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eild.rdf.terms import Term

_XSD: Final = str(XSD)
_STRING: Final = f"{_XSD}string"
_INTEGERS: Final = frozenset(
    f"{_XSD}{name}"
    for name in (
        "integer long int short byte nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger "
        "unsignedLong unsignedInt unsignedShort unsignedByte"
    ).split()
)
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,4000}")
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DOUBLE: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}
_SCHEME: Final = re.compile(r"(?:https?://|urn:)\S+", re.IGNORECASE)
_PREFIXED: Final = re.compile(r"([A-Za-z][\w.-]*):[^\s/]\S*")


class Iri(str):
    """An IRI: a string that stands for a resource where it is the value of a variable."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return how it is written in Python."""
        return f"Iri({str(self)!r})"


class Text(str):
    """The text of a literal with a language, or of a datatype that Python has no type for.

    :ivar term: the literal
    """

    __slots__ = ("term",)

    term: Literal

    def __new__(cls, term: Literal) -> Self:
        """Return the text of a literal."""
        text = super().__new__(cls, term.value)
        text.term = term
        return text

    @property
    def language(self) -> str:
        """Its language tag; an empty string if it has none."""
        return self.term.language or ""

    @property
    def datatype(self) -> Iri:
        """The IRI of its datatype."""
        return Iri(self.term.datatype.value)


Value: TypeAlias = "bool | int | float | Decimal | date | str | BlankNode | Triple"
"""What a term is in Python: dates and times are :class:`date` and :class:`datetime`, IRIs :class:`Iri`."""


def read_value(term: Term) -> Value:
    """Return the value of a term; a literal that is malformed or out of Python's range is a :class:`Text`."""
    if isinstance(term, NamedNode):
        return Iri(term.value)
    if not isinstance(term, Literal):
        return term
    text, datatype = term.value, term.datatype.value
    if datatype == _STRING:
        return text
    if datatype.startswith(_XSD):
        try:
            value = _read_literal(text, datatype)
        except ValueError:  # such as 30 February
            value = None
        if value is not None:
            return value
    return Text(term)


def _read_literal(text: str, datatype: str) -> Value | None:
    """Return the value of a literal; None if it has none in Python.

    :raises ValueError: likewise
    """
    if datatype in _INTEGERS:
        return int(text) if _INTEGER.fullmatch(text) else None
    match datatype.removeprefix(_XSD):
        case "boolean":
            return _BOOLEANS.get(text)
        case "decimal":
            return Decimal(text) if _DECIMAL.fullmatch(text) else None
        case "double" | "float":
            return float(text) if _DOUBLE.fullmatch(text) else None
        case "date":
            return date.fromisoformat(text) if _DATE.fullmatch(text) else None
        case "dateTime" | "dateTimeStamp":
            return datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
        case _:
            return None


def make_term(name: str, value: object, prefixes: Mapping[str, str]) -> Term:
    """Return the term of a value: a string is text, an IRI is given as an :class:`Iri` or as a term.

    :param name: the variable that gets the value, for messages
    :param value: a value as results have them, or a term of pyoxigraph or RDFLib
    :param prefixes: prefixes by which a string may look like an IRI
    :raises UsageError: if the value is of another type, or a string could also be meant as an IRI
    """
    if isinstance(value, NamedNode | Literal | BlankNode | Triple):
        return value
    if isinstance(value, Text):
        return value.term
    try:
        if isinstance(value, Iri) or _is_of_rdflib(value, "URIRef"):
            return NamedNode(str(value))
        if _is_of_rdflib(value, "Literal"):
            return _convert_literal(value)
    except ValueError as error:
        message = f"?{name} cannot be {str(value)!r:.200}: {error}"
        raise UsageError(message, hint="correct the IRI, the datatype or the language tag") from error
    if isinstance(value, str):
        _check_text(name, value, prefixes)
        return Literal(value)
    return _make_literal(name, value)


def _make_literal(name: str, value: Any) -> Literal:  # noqa: ANN401 - whatever a caller gives
    if type(value).__module__ == "numpy":  # a cell of a frame
        value = value.item()
    if isinstance(value, bool | int):
        return Literal(value)
    if isinstance(value, float):
        words = {math.inf: "INF", -math.inf: "-INF"}
        text = "NaN" if math.isnan(value) else words.get(value) or repr(value)
        return Literal(text, datatype=NamedNode(f"{_XSD}double"))
    if isinstance(value, Decimal) and value.is_finite():
        return Literal(f"{value:f}", datatype=NamedNode(f"{_XSD}decimal"))
    if isinstance(value, datetime):
        return Literal(value.isoformat(), datatype=NamedNode(f"{_XSD}dateTime"))
    if isinstance(value, date):
        return Literal(value.isoformat(), datatype=NamedNode(f"{_XSD}date"))
    message = f"?{name} cannot be a value of type {type(value).__name__}"
    hint = "pass a string, number, boolean, date, an IRI such as ds.iri('agent:joe-biden'), or a term of RDFLib"
    raise UsageError(message, hint=hint)


def _check_text(name: str, text: str, prefixes: Mapping[str, str]) -> None:
    """Check that a string is not one that could also be meant as an IRI.

    :raises UsageError: if it could
    """
    match = _PREFIXED.fullmatch(text)
    if _SCHEME.fullmatch(text) or (match and match[1] in prefixes):
        message = f"?{name} may be the resource {text!r:.200} or that text"
        hint = f"write ds.iri({text!r:.200}) for the resource, or pyoxigraph.Literal({text!r:.200}) for the text"
        raise UsageError(message, hint=hint)


def _is_of_rdflib(value: object, name: str) -> bool:
    """Return whether a value is of a class of RDFLib, which is not imported for the question."""
    return any(kind.__module__ == "rdflib.term" and kind.__name__ == name for kind in type(value).__mro__)


def _convert_literal(found: Any) -> Literal:  # noqa: ANN401 - one of RDFLib, which is not imported
    """Return a literal of RDFLib as one of the engine's.

    :raises ValueError: if its language tag or datatype is malformed
    """
    if found.language:
        return Literal(str(found), language=found.language)
    return Literal(str(found), datatype=NamedNode(str(found.datatype)) if found.datatype else None)
