"""Lexical forms of RDF's datatypes (XML Schema 1.1 part 2, section 3; RDF 1.2 Concepts, section 5)."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from eild.validation.exact.temporal import parse_temporal

if TYPE_CHECKING:
    from collections.abc import Callable

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

_NAME_START: Final = (
    "_A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME_REST: Final = f"{_NAME_START}\\-.0-9\u00b7\u0300-\u036f\u203f-\u2040"
_NCNAME: Final = f"[{_NAME_START}][{_NAME_REST}]*"
_NMTOKEN: Final = f"[:{_NAME_REST}]+"
_SIGN: Final = "[A-Za-z0-9+/] ?"
_BASE64: Final = (
    f"(?:(?:{_SIGN}){{4}})*(?:(?:{_SIGN}){{3}}[A-Za-z0-9+/]|(?:{_SIGN}){{2}}[AEIMQUYcgkosw048] ?=|{_SIGN}[AQgw] ?= ?=)?"
)
_CLOCK: Final = r"(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?"

_EXPRESSIONS: Final = {
    "boolean": "true|false|1|0",
    "decimal": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)",
    "integer": "[+-]?[0-9]+",
    "float": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN",
    "hexBinary": "(?:[0-9a-fA-F]{2})*",
    "base64Binary": _BASE64,
    "language": "[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
    "normalizedString": "[^\t\n\r]*",
    "token": "(?:[^\t\n\r ]+(?: [^\t\n\r ]+)*)?",
    "Name": f"[:{_NAME_START}][:{_NAME_REST}]*",
    "NCName": _NCNAME,
    "QName": f"(?:{_NCNAME}:)?{_NCNAME}",
    "NMTOKEN": _NMTOKEN,
    "NMTOKENS": f"{_NMTOKEN}(?: {_NMTOKEN})*",
    "IDREFS": f"{_NCNAME}(?: {_NCNAME})*",
    "duration": f"-?P(?=[0-9T])(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?{_CLOCK}",
    "yearMonthDuration": "-?P(?=[0-9])(?:[0-9]+Y)?(?:[0-9]+M)?",
    "dayTimeDuration": f"-?P(?=[0-9T])(?:[0-9]+D)?{_CLOCK}",
}
_INTEGER: Final = re.compile(_EXPRESSIONS["integer"])
_LIKE: Final = {
    "double": "float",
    "ID": "NCName",
    "IDREF": "NCName",
    "ENTITY": "NCName",
    "ENTITIES": "IDREFS",
    "NOTATION": "QName",
}


@cache
def _compiled(name: str) -> re.Pattern[str] | None:
    """Return the expression of a datatype, compiled when it is first needed: those of names take long."""
    expression = _EXPRESSIONS.get(name)
    return None if expression is None else re.compile(expression)


BOUNDS: Final[dict[str, tuple[int | None, int | None]]] = {
    "integer": (None, None),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}
"""The integer types with their least and greatest values; None for no bound."""

_TEMPORAL: Final = frozenset("date dateTime dateTimeStamp time gYear gYearMonth gMonth gMonthDay gDay".split())


def read_integer(text: str) -> int:
    """Return the value of an integer of any length.

    Python bounds the digits of a conversion; long integers are read in parts.
    """
    digits = text.lstrip("+-")
    value = 0
    for start in range(0, len(digits), 4000):
        part = digits[start : start + 4000]
        value = value * 10 ** len(part) + int(part)
    return -value if text.startswith("-") else value


def is_well_formed(text: str, datatype: str) -> bool:
    """Return whether a lexical form belongs to a datatype; True if the datatype is not one of XML Schema or RDF.

    :param text: the lexical form, as written
    :param datatype: IRI of the datatype
    """
    if datatype.startswith(XSD):
        name = datatype.removeprefix(XSD)
        bounds = BOUNDS.get(name)
        if bounds is not None:
            return _is_integer(text, *bounds)
        if name in _TEMPORAL:
            return parse_temporal(text, name) is not None
        expression = _compiled(_LIKE.get(name, name))
        return expression is None or expression.fullmatch(text) is not None
    check = _OF_RDF.get(datatype)
    return check is None or check(text)


def _is_integer(text: str, least: int | None, greatest: int | None) -> bool:
    if _INTEGER.fullmatch(text) is None:
        return False
    value = read_integer(text)
    return (least is None or value >= least) and (greatest is None or value <= greatest)


def _is_json(text: str) -> bool:
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


def _is_xml(text: str) -> bool:
    """Return whether a text is the content of an XML element."""
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        parser.Parse(f"<r>{text}</r>", True)  # noqa: FBT003 - expat takes no names
    except expat.ExpatError:
        return False
    return "\x00" not in text


_OF_RDF: Final[dict[str, Callable[[str], bool]]] = {f"{RDF}JSON": _is_json, f"{RDF}XMLLiteral": _is_xml}
