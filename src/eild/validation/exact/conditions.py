"""Truth, equality and order of values in queries (SPARQL 1.1 Query, sections 17.2.2, 17.3 and 17.4.1)."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
from rdflib import Literal
from rdflib.plugins.sparql.sparql import SPARQLError

from eild.validation.exact.lexical import RDF, XSD
from eild.validation.exact.terms import to_term
from eild.validation.exact.values import compare, read_value

if TYPE_CHECKING:
    from rdflib.term import Node

_STRING: Final = f"{XSD}string"
_LANGUAGE_STRINGS: Final = frozenset({f"{RDF}langString", f"{RDF}dirLangString"})
_NEVER_TRUE: Final = frozenset({"boolean", "decimal", "integer", "double", "float"})


def is_true(value: Node) -> bool:
    """Return the effective Boolean value of a term: false for ill-typed Booleans and numbers.

    :raises SPARQLError: if it has none
    """
    if isinstance(value, Literal):
        datatype = _datatype(value)
        if datatype == _STRING or datatype in _LANGUAGE_STRINGS:
            return len(value) > 0
        found = read_value(str(value), datatype)
        if found is not None and found[0] in {"number", "boolean"}:
            truth = found[1]
            return bool(truth) and not (isinstance(truth, float) and isnan(truth))
        if found is None and datatype.removeprefix(XSD) in _NEVER_TRUE:
            return False
    message = "this value is neither true nor false"
    raise SPARQLError(message)


def _datatype(value: Literal) -> str:
    if value.language:
        return f"{RDF}langString"
    return _STRING if value.datatype is None else str(value.datatype)


def are_equal(one: Node, other: Node) -> bool:
    """Return whether two terms are equal: as values where both have one, otherwise as terms.

    :raises SPARQLError: if they are different literals of which a value is not known
    """
    first, second = to_term(one), to_term(other)
    if not isinstance(first, ox.Literal) or not isinstance(second, ox.Literal):
        return first == second
    values = [read_value(term.value, term.datatype.value) for term in (first, second)]
    if first == second:
        return not any(value is not None and value[1] != value[1] for value in values)
    known = [value is not None or _is_text(term) for value, term in zip(values, (first, second), strict=True)]
    if (first.language is None) != (second.language is None):
        return False  # nothing else is a string with a language
    if all(known):
        return compare(first, second) == 0
    message = "whether these literals are equal is not known"
    raise SPARQLError(message)


def _is_text(term: ox.Literal) -> bool:
    return term.language is not None or term.datatype.value == _STRING


def order(one: Node, other: Node) -> int:
    """Return -1, 0 or 1 as a term is less than, equal to or greater than another.

    :raises SPARQLError: if they have no order
    """
    if isinstance(one, Literal) and isinstance(other, Literal):
        first, second = to_term(one), to_term(other)
        if isinstance(first, ox.Literal) and isinstance(second, ox.Literal):
            found = compare(first, second)
            if found is None and first.language is not None and first.language == second.language:
                found = (first.value > second.value) - (
                    first.value < second.value
                )  # as section 17.3.1 lets an engine do
            if found is not None:
                return found
    message = "these values have no order"
    raise SPARQLError(message)
