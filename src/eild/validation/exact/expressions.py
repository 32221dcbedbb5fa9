"""Expressions in queries as SPARQL defines them (SPARQL 1.1 Query, section 17), where RDFLib has it otherwise.

RDFLib orders what has no order, takes an ill-typed literal for a number, computes with machine numbers, does not know
dates before the year 1, and ends a query with an exception where an expression has an error. Here, values are those of
:mod:`eild.validation.exact.values`: integers and decimals are exact, and what has no value is an error.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache
from types import MethodType
from typing import TYPE_CHECKING, Any, Final

from rdflib import Literal, Variable
from rdflib.namespace import RDF, XSD
from rdflib.plugins.sparql.parserutils import CompValue, Expr
from rdflib.plugins.sparql.sparql import NotBoundError, SPARQLError

from eild.validation.exact import functions
from eild.validation.exact.conditions import are_equal, is_true, order
from eild.validation.exact.terms import as_given
from eild.validation.grammar.algebra import CONDITION, iterate_parts, parse_translated

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdflib.plugins.sparql.sparql import Query
    from rdflib.term import Node

    Evaluate = Callable[[Any, Any], Any]

_ALLOWED: Final = {"<": {-1}, "<=": {-1, 0}, ">": {1}, ">=": {0, 1}}
_CACHED_QUERIES: Final = 2048
_EXISTS: Final = frozenset({"Builtin_EXISTS", "Builtin_NOTEXISTS"})
_OF_PYTHON: Final = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
_TRUE: Final = Literal("true", datatype=XSD.boolean)
_FALSE: Final = Literal("false", datatype=XSD.boolean)


@lru_cache(maxsize=_CACHED_QUERIES)
def parse_exact(prefixes: tuple[tuple[str, str], ...], body: str) -> Query:
    """Parse a query whose expressions are those of SPARQL; see :func:`parse_translated`.

    :raises ShapesError: if it is malformed, or would fetch
    """
    query: Query = parse_translated.__wrapped__(prefixes, body)
    for part in iterate_parts(query.algebra):
        if isinstance(part, Expr):
            expression: Any = part
            own = _EVALUATED.get(part.name)
            evaluate = expression._evalfn if own is None else MethodType(own, part)  # noqa: SLF001 - RDFLib has no other way
            expression._evalfn = evaluate if part.name in _EXISTS else _with_errors(evaluate)  # noqa: SLF001 - as above
        elif part.name == "BGP":
            part["triples"] = [tuple(as_given(node) for node in triple) for triple in part.triples]
        elif part.name == "Join" and any(inner.name == "Project" for inner in iterate_parts(part.p2)):
            part["lazy"] = False  # a subquery is evaluated by itself (section 18.2.1), not for each solution outside
    return query


def _raw(expression: Any, name: str) -> Any:  # noqa: ANN401 - as RDFLib has it
    """Return an argument as it stands in the query; None if there is none."""
    return OrderedDict.get(expression, name)


def _value(part: Any, context: Any) -> Any:  # noqa: ANN401 - as above
    """Return the value of an argument.

    :raises SPARQLError: if it has none
    """
    if isinstance(part, Expr):
        found = part.eval(context)
        if isinstance(found, SPARQLError):
            raise found
        return found
    if isinstance(part, Variable):
        found = context.get(part)
        if found is None:
            message = f"the variable {part} is not bound"
            raise NotBoundError(message)
        if isinstance(found, SPARQLError):
            raise found
        return found
    return part


def _list(part: Any) -> list[Any]:  # noqa: ANN401 - as above
    if part is None or part == RDF.nil:
        return []
    return list(part) if not isinstance(part, CompValue | Literal | str) else [part]


def _boolean(value: bool) -> Literal:  # noqa: FBT001 - what is written
    return _TRUE if value else _FALSE


def _with_errors(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return an evaluation in which each exception is an error of the expression."""

    def evaluate(context: Any) -> Any:  # noqa: ANN401 - as above
        try:
            return original(context)
        except SPARQLError:
            raise
        except _OF_PYTHON as error:  # RDFLib raises what Python does for values that it cannot compute with
            raise SPARQLError(str(error)) from error

    return evaluate


def _evaluate_relation(expression: Any, context: Any) -> Any:  # noqa: ANN401 - as above
    """Evaluate comparisons, IN and NOT IN (sections 17.3 and 17.4.1)."""
    other = _raw(expression, "other")
    left = _value(_raw(expression, "expr"), context)
    if other is None:
        return left
    operator = str(_raw(expression, "op"))
    if operator in {"IN", "NOT IN"}:
        return _boolean(_is_among(left, _list(other), context) == (operator == "IN"))
    right = _value(other, context)
    if operator in {"=", "!="}:
        return _boolean(are_equal(left, right) == (operator == "="))
    return _boolean(order(left, right) in _ALLOWED[operator])


def _is_among(value: Node, others: list[Any], context: Any) -> bool:  # noqa: ANN401 - as above
    error: SPARQLError | None = None
    for other in others:
        try:
            if are_equal(value, _value(other, context)):
                return True
        except SPARQLError as found:
            error = found
    if error is not None:
        raise error
    return False


def _evaluate_logic(*, decisive: bool) -> Evaluate:
    """Return the evaluation of ``||``, which true decides, or of ``&&``, which false decides (section 17.2)."""

    def evaluate(expression: Any, context: Any) -> Any:  # noqa: ANN401 - as above
        other = _raw(expression, "other")
        if other is None:
            return _value(_raw(expression, "expr"), context)
        error: SPARQLError | None = None
        for part in (_raw(expression, "expr"), *_list(other)):
            try:
                if is_true(_value(part, context)) == decisive:
                    return _boolean(decisive)
            except SPARQLError as found:
                error = found
        if error is not None:
            raise error
        return _boolean(not decisive)

    return evaluate


def _evaluate_condition(expression: Any, context: Any) -> Literal:  # noqa: ANN401 - as above
    return _boolean(is_true(_value(_raw(expression, "expr"), context)))


def _evaluate_not(expression: Any, context: Any) -> Literal:  # noqa: ANN401 - as above
    return _boolean(not is_true(_value(_raw(expression, "expr"), context)))


def _evaluate_if(expression: Any, context: Any) -> Any:  # noqa: ANN401 - as above
    chosen = "arg2" if is_true(_value(_raw(expression, "arg1"), context)) else "arg3"
    return _value(_raw(expression, chosen), context)


def _evaluate_arithmetic(expression: Any, context: Any) -> Any:  # noqa: ANN401 - as above
    """Evaluate sums and products (section 17.4.4)."""
    other = _raw(expression, "other")
    value = _value(_raw(expression, "expr"), context)
    if other is None:
        return value
    for operator, part in zip(_list(_raw(expression, "op")), _list(other), strict=True):
        value = functions.compute(value, str(operator), _value(part, context))
    return value


def _of_value(function: Callable[[Node], Node], name: str = "arg") -> Evaluate:
    """Return the evaluation of a function of one argument."""

    def evaluate(expression: Any, context: Any) -> Any:  # noqa: ANN401 - as above
        return function(_value(_raw(expression, name), context))

    return evaluate


def _of_two(function: Callable[[Node, Node], Node]) -> Evaluate:
    """Return the evaluation of a function of two arguments."""

    def evaluate(expression: Any, context: Any) -> Any:  # noqa: ANN401 - as above
        return function(_value(_raw(expression, "arg1"), context), _value(_raw(expression, "arg2"), context))

    return evaluate


def _evaluate_substring(expression: Any, context: Any) -> Any:  # noqa: ANN401 - as above
    length = _raw(expression, "length")
    return functions.substring(
        _value(_raw(expression, "arg"), context),
        _value(_raw(expression, "start"), context),
        None if length is None else _value(length, context),
    )


def _evaluate_function(expression: Any, context: Any) -> Any:  # noqa: ANN401 - as above
    """Evaluate a cast (section 17.5); no other function is known."""
    arguments = _list(_raw(expression, "expr"))
    if len(arguments) != 1:
        message = "a cast has one argument"
        raise SPARQLError(message)
    return functions.cast(_value(arguments[0], context), str(_raw(expression, "iri")))


_EVALUATED: Final[dict[str, Evaluate]] = {
    CONDITION: _evaluate_condition,
    "RelationalExpression": _evaluate_relation,
    "ConditionalAndExpression": _evaluate_logic(decisive=False),
    "ConditionalOrExpression": _evaluate_logic(decisive=True),
    "UnaryNot": _evaluate_not,
    "UnaryMinus": _of_value(functions.negate, "expr"),
    "UnaryPlus": _of_value(functions.as_number, "expr"),
    "AdditiveExpression": _evaluate_arithmetic,
    "MultiplicativeExpression": _evaluate_arithmetic,
    "Function": _evaluate_function,
    "Builtin_IF": _evaluate_if,
    "Builtin_ABS": _of_value(functions.absolute),
    "Builtin_CEIL": _of_value(functions.ceiling),
    "Builtin_FLOOR": _of_value(functions.floor),
    "Builtin_ROUND": _of_value(functions.rounded),
    "Builtin_isNUMERIC": _of_value(functions.is_numeric),
    "Builtin_STR": _of_value(functions.text),
    "Builtin_SUBSTR": _evaluate_substring,
    "Builtin_CONTAINS": _of_two(functions.contains),
    "Builtin_STRSTARTS": _of_two(functions.starts),
    "Builtin_STRENDS": _of_two(functions.ends),
    "Builtin_STRBEFORE": _of_two(functions.before),
    "Builtin_STRAFTER": _of_two(functions.after),
    **{f"Builtin_{name}": _of_value(functions.field(name)) for name in functions.FIELDS},
}
"""What evaluates an expression, by RDFLib's name of it."""
