"""Expressions that the engine evaluates wrongly: regular expressions, comparisons, arithmetic, casts and others."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, QueryBoolean, Store

from eild.query.corrections.functions import ARITHMETIC, COMPARISONS, CONVERTED, NAMESPACE
from eild.query.corrections.kinds import UNKNOWN
from eild.query.corrections.values import parse_number
from eild.query.text.tokens import undo_escapes
from eild.rdf.kinds import BOOLEAN, INTEGERS, LARGE, NUMBERS, TEXT, XSD
from eild.xpath.regex import PatternError, parse_replacement, translate

if TYPE_CHECKING:
    from eild.query.corrections.edits import Edits
    from eild.query.corrections.kinds import KindFinder
    from eild.query.text.query import Query
    from eild.query.text.syntax import Expression
    from eild.rdf.kinds import Kinds

_ESCAPES: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_CASTS: Final = frozenset({*INTEGERS, "decimal", "double", "float", "boolean", "dateTime", "date", "time"})
_DURATIONS: Final = frozenset({"duration", "dayTimeDuration", "yearMonthDuration"})
_SPACE: Final = r"^[ \\t\\n\\r]+|[ \\t\\n\\r]+$"
_NUMERIC: Final = frozenset({"ISNUMERIC", "ABS", "CEIL", "FLOOR", "ROUND"})
_FLOATS: Final = frozenset({"double", "float"})
_LENIENT: Final = "[A-DF-Za-df-z]"
"""What only strings have that the engine reads as numbers in other spellings than INF and NaN."""
_WRITTEN: Final = frozenset({"STR", "DATATYPE"})
"""Functions whose values the engine gives of a number as it stores it."""
_IGNORES_CASE: Final = "(?i)"
_LANGUAGE_KEPT: Final = frozenset(
    "COALESCE IF CONCAT SUBSTR UCASE LCASE STRBEFORE STRAFTER REPLACE STRLANG STRLANGDIR SAMPLE MIN MAX".split()
)
"""Functions whose value may have a language."""
_SIGNS: Final = {"-": "negate", "+": "same"}
_TYPED: Final = 3
"""Tokens of a literal with a datatype."""
_COMPUTED: Final = frozenset({*_CASTS, *_DURATIONS})
_TEXT_ARGUMENTS: Final = {"REGEX": 3, "REPLACE": 4}


def read_string(source: str) -> str:
    """Return the value of a string token."""
    quotes = 3 if source[:3] in {'"""', "'''"} else 1
    inner = undo_escapes(source[quotes:-quotes])
    return _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[1]), inner)


def write_string(value: str) -> str:
    """Return a string as a query writes it."""
    return str(Literal(value))


@lru_cache(maxsize=512)
def _check_not_empty(rust: str) -> None:
    """Refuse an expression that matches an empty text.

    :raises PatternError: if it does
    """
    found = Store().query(f'ASK {{ FILTER(REGEX("", {write_string(rust)})) }}')
    if isinstance(found, QueryBoolean) and bool(found):
        raise PatternError("the expression of a replacement must not match an empty text", 0)


class ExpressionCorrector:
    """Has those expressions replaced that the engine evaluates wrongly.

    :param edits: takes what is to be replaced
    :param kinds: tells which values expressions may have
    """

    def __init__(self, edits: Edits, kinds: KindFinder) -> None:
        self._edits = edits
        self._query = edits.query
        self._kinds = kinds

    def correct(self, expression: Expression, *, in_chain: bool = False) -> None:
        """Correct an expression and all within it.

        :param in_chain: whether the expression is part of a chain of arithmetic, which is corrected as a whole
        :raises QueryError: if it is an error of XPath, or cannot be evaluated rightly
        """
        for argument in expression.arguments:
            self.correct(argument, in_chain=_is_arithmetic(expression) and _is_arithmetic(argument))
        for condition in _list_conditions(expression):
            self.correct_truth(condition)
        if expression.kind == "builtin" and expression.name in _TEXT_ARGUMENTS:
            self._correct_pattern(expression)
        elif expression.kind == "call":
            self._correct_cast(expression)
        elif expression.kind == "operator":
            self._correct_operator(expression, in_chain=in_chain)
        elif expression.kind == "builtin" and len(expression.arguments) == 1:
            self._correct_function(expression)
        elif expression.kind == "in":
            self._correct_constants(expression)
            self._correct_large(expression, "among" if expression.name == "IN" else "not-among")

    def correct_truth(self, condition: Expression) -> None:
        """Have a string with a language be true if it is not empty, as one without (SPARQL 1.1 Query, section 17.2.2).

        :param condition: what decides about a solution, a branch or the value of a logical operator
        """
        while condition.name == "()":
            condition = condition.arguments[0]
        if not _may_have_language(condition) or self._kinds.find(condition).isdisjoint({TEXT, *UNKNOWN}):
            return
        given = (condition.start, condition.end)
        parts = ("COALESCE(", given, " || false, IF(LANG(", given, ') = "", 1/0, STR(', given, ') != ""))')
        self._edits.replace(condition.start, condition.end, *parts)

    def _correct_function(self, call: Expression) -> None:
        """Correct a function of one number."""
        argument = call.arguments[0]
        if call.name in _WRITTEN:
            self._keep_form(call, argument)
        elif call.name in _NUMERIC:
            self._correct_ill_typed(argument)
            if call.name == "ISNUMERIC" and LARGE in self._kinds.find(argument):
                ours = f" || <{NAMESPACE}is-number>("
                self._edits.replace(
                    call.start, call.end, "(", (call.start, call.end), ours, (argument.start, argument.end), "))"
                )
            elif call.name != "ISNUMERIC":
                self._correct_large(call, call.name.lower())

    def _keep_form(self, call: Expression, constant: Expression) -> None:
        """Have STR or DATATYPE of a constant be what the query has, which the engine may store in another form."""
        source = self._query.sources[constant.start]
        if constant.kind != "constant":
            return
        if constant.end - constant.start == _TYPED and self._query.sources[constant.start + 1] == "^^":
            datatype = self._query.resolve(constant.end - 1)
            if datatype.removeprefix(XSD) in _COMPUTED:
                value = write_string(read_string(source))
                self._edits.replace(call.start, call.end, value if call.name == "STR" else f"<{datatype}>")
        elif call.name == "STR" and self._query.kinds[constant.end - 1] == "number":
            self._edits.replace(call.start, call.end, write_string(self._query.write(constant.start, constant.end)))

    def _correct_constants(self, expression: Expression) -> None:
        """Have ill-typed constants not be taken for numbers where constants are compared with each other.

        What the store has of an ill-typed number is a number, so comparison with data is left alone.
        """
        if all(argument.kind == "constant" for argument in expression.arguments):
            for argument in expression.arguments:
                self._correct_ill_typed(argument)

    def _correct_operator(self, expression: Expression, *, in_chain: bool) -> None:
        if expression.name in {"=", "!="}:
            self._correct_constants(expression)
        elif expression.name in {*COMPARISONS, *ARITHMETIC}:
            for argument in expression.arguments:
                self._correct_ill_typed(argument)
        if expression.name in COMPARISONS:
            self._correct_comparison(expression)
        elif _is_arithmetic(expression) and not in_chain:
            self._correct_arithmetic(expression)
        elif expression.name in _SIGNS and not in_chain:
            self._correct_large(expression, _SIGNS[expression.name])

    def _correct_large(self, found: Expression, name: str) -> None:
        """Have a function of ours called where one of the engine fails because numbers are too large for it."""
        if not name or all(LARGE not in self._kinds.find(argument) for argument in found.arguments):
            return
        spans: list[str | tuple[int, int]] = []
        for argument in found.arguments:
            spans += [", ", (argument.start, argument.end)]
        self._edits.replace(
            found.start, found.end, "COALESCE(", (found.start, found.end), f", <{NAMESPACE}{name}>(", *spans[1:], "))"
        )

    def _find_constant_string(self, expression: Expression) -> str | None:
        """Return the value of a string constant; None if an expression is another one."""
        while expression.name == "()":
            expression = expression.arguments[0]
        if expression.kind != "constant" or expression.end - expression.start != 1:
            return None
        if self._query.kinds[expression.start] != "string":
            return None
        return read_string(self._query.sources[expression.start])

    def _correct_pattern(self, call: Expression) -> None:
        """Translate the regular expression of REGEX or REPLACE, or have the call made by a function of ours."""
        arguments, most = call.arguments, _TEXT_ARGUMENTS[call.name]
        if not most - 1 <= len(arguments) <= most:
            return
        constants = [self._find_constant_string(argument) for argument in arguments[1:]]
        flags = constants[-1] if len(arguments) == most else ""
        pattern = constants[0]
        if pattern is None or flags is None or (call.name == "REPLACE" and constants[1] is None):
            self._call(call, "matches" if call.name == "REGEX" else "replace")
            return
        place = arguments[1].start
        try:
            found = translate(pattern, flags)
            if found.rust is None:
                self._call(call, "matches" if call.name == "REGEX" else "replace")
                return
            ignores = found.rust.startswith(_IGNORES_CASE)  # said by a flag, of which the engine makes more
            written = [found.rust.removeprefix(_IGNORES_CASE)]
            if call.name == "REPLACE":
                _check_not_empty(found.rust)
                place = arguments[2].start
                written.append(parse_replacement(constants[1] or "", found.groups, flags).rust)
        except PatternError as error:
            what = f"has no meaning in XPath: {error.reason}"
            raise self._edits.refuse(place, what, "change the expression or its replacement") from error
        written += ["i"] if ignores else []
        if written != constants:
            self._edits.replace(arguments[1].start, arguments[-1].end, ", ".join(map(write_string, written)))

    def _call(self, call: Expression, name: str) -> None:
        """Have a function of ours called with the same arguments."""
        self._edits.replace(call.start, call.start + 1, f"<{NAMESPACE}{name}>")

    def _correct_cast(self, call: Expression) -> None:
        """Have a cast try again where it fails: without white space, and with numbers of any size."""
        name = self._query.resolve(call.start).removeprefix(XSD)
        if name not in _CASTS | _DURATIONS or len(call.arguments) != 1:
            return
        argument = call.arguments[0]
        kinds = self._kinds.find(argument)
        given = (argument.start, argument.end)
        if name in CONVERTED:
            if not kinds.isdisjoint({TEXT, LARGE, *UNKNOWN}):
                own: tuple[str | tuple[int, int], ...] = ((call.start, call.end),)
                if name in _FLOATS and not kinds.isdisjoint({TEXT, *UNKNOWN}):
                    is_lenient = (" = <", XSD, "string> && REGEX(", given, f', "{_LENIENT}")')
                    own = ("IF(DATATYPE(", given, ")", *is_lenient, ", 1/0, ", *own, ")")
                ours = (f", <{NAMESPACE}to-{name}>(", given, "))")
                self._edits.replace(call.start, call.end, "COALESCE(", *own, *ours)
            return
        if kinds.isdisjoint({TEXT, *UNKNOWN}):
            return
        plain = f"<{XSD}{name}>"
        self._edits.replace(
            call.start, call.end, f"COALESCE({plain}(", given, f"), {plain}(REPLACE(", given, f', "{_SPACE}", "")))'
        )

    def _correct_comparison(self, found: Expression) -> None:
        left, right = found.arguments
        first, second = self._kinds.find(left), self._kinds.find(right)
        if found.name in {"=", "!="}:  # which the engine plans joins by: left alone but for numbers that are large
            if not (LARGE in first and second & NUMBERS) and not (LARGE in second and first & NUMBERS):
                return
        elif not (
            _may_be(first, BOOLEAN, second)
            or (_may_be(first, LARGE, second, *NUMBERS) or _may_be(second, LARGE, first, *NUMBERS))
        ):
            return
        self._fall_back(found, COMPARISONS[found.name])

    def _fall_back(self, found: Expression, name: str) -> None:
        """Have a function of ours called where an operator fails."""
        left, right = ((argument.start, argument.end) for argument in found.arguments)
        parts = ("COALESCE(", (found.start, found.end), f", <{NAMESPACE}{name}>(", left, ", ", right, "))")
        self._edits.replace(found.start, found.end, *parts)

    def _correct_arithmetic(self, found: Expression) -> None:
        """Have functions of ours called where a chain of arithmetic fails: values are too large, or are dates."""
        if not self._may_fail(found):
            return
        calls = self._write_calls(found)
        self._edits.replace(found.start, found.end, "COALESCE(", (found.start, found.end), ", ", *calls, ")")

    def _may_fail(self, found: Expression) -> bool:
        """Return whether an operator may fail that should not: every one but those of texts and IRIs alone."""
        nothing = frozenset({TEXT, BOOLEAN})
        return all(not self._kinds.find(argument) <= nothing for argument in found.arguments)

    def _write_calls(self, found: Expression) -> list[str | tuple[int, int]]:
        """Return a chain of arithmetic as calls of functions."""
        if found.name == "()" and _is_arithmetic(found.arguments[0]):
            return self._write_calls(found.arguments[0])
        if not _is_arithmetic(found):
            return [(found.start, found.end)]
        left, right = found.arguments
        name = f"<{NAMESPACE}{ARITHMETIC[found.name]}>("
        return [name, *self._write_calls(left), ", ", *self._write_calls(right), ")"]

    def _correct_ill_typed(self, argument: Expression) -> None:
        """Have a constant that is ill-typed as a number not be taken for one."""
        if argument.end - argument.start != _TYPED or self._query.sources[argument.start + 1] != "^^":
            return
        datatype = self._query.resolve(argument.end - 1)
        name = datatype.removeprefix(XSD)
        if name not in INTEGERS and name not in _FLOATS:
            return
        value = read_string(self._query.sources[argument.start])
        if parse_number(Literal(value, datatype=NamedNode(datatype))) is None:
            self._edits.replace(argument.start, argument.end, f"{write_string(value)}^^<{NAMESPACE}ill-typed-{name}>")


def _list_conditions(expression: Expression) -> list[Expression]:
    """Return the arguments whose effective boolean values decide."""
    if expression.kind == "operator" and expression.name in {"!", "&&", "||"}:
        return expression.arguments
    return expression.arguments[:1] if (expression.kind, expression.name) == ("builtin", "IF") else []


def _may_have_language(expression: Expression) -> bool:
    return expression.kind in {"variable", "constant", "aggregate", "call"} or (
        expression.kind == "builtin" and expression.name in _LANGUAGE_KEPT
    )


def may_be_untrue(condition: Expression) -> bool:
    """Return whether the effective boolean value of a condition may have to be corrected."""
    while condition.name == "()":
        condition = condition.arguments[0]
    return _may_have_language(condition)


def may_be_wrong(expression: Expression, query: Query) -> bool:
    """Return whether an expression, or one within it, may have to be corrected, whatever constants are in it."""
    name, kind = expression.name, expression.kind
    if kind == "call" or (kind == "builtin" and (name in _TEXT_ARGUMENTS or name in _NUMERIC)):
        return True
    if any(map(may_be_untrue, _list_conditions(expression))):
        return True
    if name in _WRITTEN and kind == "builtin" and expression.arguments and expression.arguments[0].kind == "constant":
        return True
    if kind == "operator" and name in {"=", "!="}:
        return not any(map(partial(_is_no_number, query), expression.arguments)) or any(
            may_be_wrong(argument, query) for argument in expression.arguments
        )
    if kind == "in" or (kind == "operator" and (name in {*COMPARISONS, *_SIGNS} or _is_arithmetic(expression))):
        return True
    return any(may_be_wrong(argument, query) for argument in expression.arguments)


def _is_no_number(query: Query, expression: Expression) -> bool:
    return (expression.kind == "constant" and query.kinds[expression.end - 1] in {"string", "language", "word"}) or (
        expression.end - expression.start == 1 and query.kinds[expression.start] in {"iri", "name"}
    )


def _is_arithmetic(expression: Expression) -> bool:
    if expression.kind != "operator":
        return False
    if expression.name == "()":
        return _is_arithmetic(expression.arguments[0])
    return expression.name in ARITHMETIC and len(expression.arguments) > 1


def _may_be(first: Kinds, kind: str, second: Kinds, *others: str) -> bool:
    """Return whether values may be of a kind on one side and of one of some kinds on the other."""
    return not first.isdisjoint({kind, *UNKNOWN}) and not second.isdisjoint({*(others or (kind,)), *UNKNOWN})
