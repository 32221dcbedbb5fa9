"""SPARQL constraints: well-formed, with declared prefixes, and within what pre-bound variables allow.

Follows SHACL, section 5 (SPARQL-based constraints) and appendix A (pre-binding of variables). Oxigraph's parser names
the place of a syntax error within the query; here it becomes the place in the file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

import pyoxigraph
from rdflib import Literal
from rdflib.namespace import SH

from eild.errors import ShapesError
from eild.located.inside import locate_inside
from eild.validation.grammar.queries import code_of, prefixes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib.term import Node

    _Result: TypeAlias = pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean | pyoxigraph.QueryTriples

    from eild.errors import Location
    from eild.located import LocatedGraph

_ERROR: Final = re.compile(r"error at (\d+):(\d+): (?:expected )?(.*)", re.DOTALL)
_DECLARED: Final = re.compile(r"\bPREFIX\s+([\w.-]*):", re.IGNORECASE)
_USED: Final = re.compile(r"(?<![\w:?$@.%\\-])(?!_:)([^\W\d_](?:[\w.-]*[\w-])?)?:(?=[\w:%\\]|[\s;,.)}\]/*+?|!]|$)")
_KEYWORD: Final = re.compile(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)
_REFUSED: Final = (("MINUS", r"\bMINUS\s*\{"), ("VALUES", r"\bVALUES\s*[?$({]"))
_FETCHING: Final = re.compile(r"(?<![\w:?$@.-])(?:SERVICE|FROM)(?![\w:-])", re.IGNORECASE)
_BOUND_AGAIN: Final = re.compile(r"\bAS\s*[?$](this|shapesGraph|currentShape)\b", re.IGNORECASE)
_VALUE_AGAIN: Final = re.compile(r"\bAS\s*[?$](value)\b", re.IGNORECASE)
_LONGEST_EXPECTATION: Final = 60
_WORD: Final = re.compile(r"(?<![\w:?$@.%\\-])[A-Za-z]\w*+(?![\w.-]*:)")
_OF_SPARQL_1_2: Final = re.compile(r"<<|>>|~|\{\||@[A-Za-z0-9-]*--|\^\^\s*\^")
_WORDS_OF_SPARQL_1_1: Final = frozenset(
    "A ABS AS ASC ASK AVG BASE BIND BNODE BOUND BY CEIL COALESCE CONCAT CONTAINS COUNT DATATYPE DAY DESC DISTINCT "
    "ENCODE_FOR_URI EXISTS FALSE FILTER FLOOR GROUP GROUP_CONCAT HAVING HOURS IF IN IRI ISBLANK ISIRI ISLITERAL "
    "ISNUMERIC ISURI LANG LANGMATCHES LCASE LIMIT MAX MD5 MIN MINUTES MONTH NOT NOW OFFSET OPTIONAL ORDER PREFIX RAND "
    "REDUCED REGEX REPLACE ROUND SAMETERM SAMPLE SECONDS SELECT SEPARATOR SHA1 SHA256 SHA384 SHA512 STR STRAFTER "
    "STRBEFORE STRDT STRENDS STRLANG STRLEN STRSTARTS STRUUID SUBSTR SUM TIMEZONE TRUE TZ UCASE UNION URI UUID WHERE "
    "YEAR".split()
)
"""Words of queries whose parsers are compared (SPARQL 1.1, section 19.8); GRAPH, MINUS and VALUES are left out."""


def check_queries(located: LocatedGraph) -> Iterator[ShapesError]:
    """Yield the faults of the SPARQL constraints of shapes, and of the validators of constraint components."""
    for predicate in (SH.select, SH.ask):
        for node, text in located.graph.subject_objects(predicate):
            place = located.locate(node, predicate, text)
            if not isinstance(text, Literal):
                yield ShapesError("a SPARQL query is not a literal", location=place, hint="write it as a string")
                continue
            fault = _Query(located, node, str(text), place).fault("SELECT" if predicate == SH.select else "ASK")
            if fault:
                yield fault
    yield from _without_query(located)


def _without_query(located: LocatedGraph) -> Iterator[ShapesError]:
    for shape, node in located.graph.subject_objects(SH.sparql):
        count = len(list(located.graph.objects(node, SH.select)))
        if count != 1:
            place = located.locate(shape, SH.sparql, node)
            message = f"a SPARQL constraint has {count or 'no'} sh:select"
            yield ShapesError(message, location=place, hint="give it one query, as in sh:sparql [ sh:select … ]")


def is_plain(code: str) -> bool:
    """Tell whether a query has only words and signs of SPARQL 1.1, which RDFLib and Oxigraph read alike.

    :param code: the query as :func:`code_of` returns it
    """
    words = {match[0].upper() for match in _WORD.finditer(code)}
    return words <= _WORDS_OF_SPARQL_1_1 and not _OF_SPARQL_1_2.search(code)


class _Query:
    """One query text, with its place in the file."""

    def __init__(self, located: LocatedGraph, node: Node, text: str, place: Location | None) -> None:
        self._located = located
        self._text = text
        self._place = place
        self._is_ask = (node, SH.ask, None) in located.graph
        self._prefixes = prefixes_of(located.graph, node)
        self._is_constraint = (None, SH.sparql, node) in located.graph
        self._is_target = (None, SH.target, node) in located.graph
        self._code = code_of(text)
        self._result: _Result | None = None

    def fault(self, expected: str) -> ShapesError | None:
        """Return the first fault of the query, if it has one."""
        return (
            self._undeclared_prefix()
            or self._fetching()
            or self._syntax()
            or self._refused()
            or self._form(expected)
            or self._prebinding()
        )

    def _error(self, message: str, offset: int, hint: str) -> ShapesError:
        place = locate_inside(self._located.texts, self._place, offset)
        return ShapesError(f"ill-formed SPARQL constraint: {message}", location=place, hint=hint)

    def _undeclared_prefix(self) -> ShapesError | None:
        declared = {prefix for prefix, _ in self._prefixes} | {match[1] for match in _DECLARED.finditer(self._text)}
        for match in _USED.finditer(self._code):
            prefix = match[1] or ""
            if prefix not in declared:
                hint = f"name what declares it by sh:prefixes, or write PREFIX {prefix}: <…> into the query"
                return self._error(f"the prefix {prefix}: is not declared", match.start(), hint)
        return None

    def _syntax(self) -> ShapesError | None:
        header = "".join(f"PREFIX {prefix}: <{namespace}> " for prefix, namespace in self._prefixes)
        try:
            self._result = pyoxigraph.Store().query(f"{header}\n{self._text}")
        except SyntaxError as error:
            found = _ERROR.match(str(error.msg))
            line, column, wanted = (int(found[1]), int(found[2]), found[3]) if found else (2, 1, str(error.msg))
            lines = self._text.splitlines(keepends=True)[: max(line - 2, 0)]
            message = "this does not parse"
            if len(wanted) <= _LONGEST_EXPECTATION and "[" not in wanted:
                message += f": expected {wanted}"
            return self._error(message, sum(map(len, lines)) + column - 1, "check the query's syntax before this place")
        except ValueError as error:
            return self._error(str(error), 0, "check the query's syntax")
        except RuntimeError as error:  # Oxigraph looks functions up before it evaluates
            hint = "write the condition without functions of your own: SHACL's functions are not supported"
            return self._error(str(error), 0, hint)
        return None

    def _fetching(self) -> ShapesError | None:
        found = _FETCHING.search(self._code)
        if found is None:
            return None
        place = locate_inside(self._located.texts, self._place, found.start())
        message = "a SPARQL constraint uses SERVICE or FROM, which would fetch from elsewhere"
        return ShapesError(message, location=place, hint="write the constraint over the data graph alone")

    def _refused(self) -> ShapesError | None:
        """Return what the reference would refuse of a query that has more than both parsers are known to read alike."""
        if is_plain(self._code):
            return None
        from eild.validation.grammar.algebra import parse_query

        try:
            parse_query(self._prefixes, self._text)
        except ShapesError as error:
            return ShapesError(error.message, location=self._place, hint=error.hint)
        return None

    def _form(self, expected: str) -> ShapesError | None:
        keyword = _KEYWORD.search(self._code)
        if keyword and keyword[1].upper() != expected:
            hint = f"write a {expected} query"
            return self._error(f"a {keyword[1].upper()} query where {expected} belongs", keyword.start(), hint)
        if expected == "SELECT" and (self._is_constraint or self._is_target):
            solutions = self._result
            found = solutions.variables if isinstance(solutions, pyoxigraph.QuerySolutions) else ()
            if "this" not in {variable.value for variable in found}:
                hint = "write SELECT $this …, so that a result has its focus node"
                return self._error("the query does not return $this", keyword.start() if keyword else 0, hint)
        return None

    def _prebinding(self) -> ShapesError | None:
        for name, pattern in _REFUSED:
            found = re.search(pattern, self._code, re.IGNORECASE)
            if found:
                hint = "write FILTER NOT EXISTS { … }" if name == "MINUS" else "write FILTER ( … IN ( … ) )"
                return self._error(f"{name} does not go with pre-bound variables", found.start(), hint)
        again = _BOUND_AGAIN.search(self._code)
        if again is None and self._is_ask:
            again = _VALUE_AGAIN.search(self._code)
        if again:
            return self._error(f"${again[1]} is bound already", again.start(), "use another variable")
        if self._is_constraint:
            for found in re.finditer(r"\{\s*(SELECT\b[^{]*)\{", self._code, re.IGNORECASE):
                projected = found[1]
                if not re.search(r"[?$]this\b", projected) and "*" not in projected.replace("(*)", ""):
                    hint = "add $this to what the inner SELECT returns"
                    return self._error("a subquery does not return $this", found.start(1), hint)
        return None
