"""Expressions of a query, read from its tokens."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final

from eild.query.text.limits import check_tokens
from eild.query.text.syntax import Expression
from eild.query.text.terms import TermReader

if TYPE_CHECKING:
    from eild.query.text.syntax import Group
    from eild.query.text.tokens import Tokens

AGGREGATES: Final = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})
"""Names of aggregates."""
BUILTINS: Final = frozenset(
    """ABS BNODE BOUND CEIL COALESCE CONCAT CONTAINS DATATYPE DAY ENCODE_FOR_URI FLOOR HASLANG HASLANGDIR HOURS IF IRI
    ISBLANK ISIRI ISLITERAL ISNUMERIC ISTRIPLE ISURI LANG LANGDIR LANGMATCHES LCASE MD5 MINUTES MONTH NOW OBJECT
    PREDICATE RAND REGEX REPLACE ROUND SAMETERM SECONDS SHA1 SHA256 SHA384 SHA512 STR STRAFTER STRBEFORE STRDT STRENDS
    STRLANG STRLANGDIR STRLEN STRSTARTS STRUUID SUBJECT SUBSTR TIMEZONE TRIPLE TZ UCASE URI UUID YEAR ADJUST""".split()
)
"""Names of functions that need no IRI; ADJUST is an extension of the engine."""

_LEVELS: Final = {
    "||": 1,
    "&&": 2,
    **dict.fromkeys(("=", "!=", "<", ">", "<=", ">="), 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/"), 5),
}
_COMPARISON: Final = 3
_FEW: Final = 16
_MOST_READ_ANEW: Final = 100_000
_MOST_MOVED: Final = 20_000_000


class ExpressionReader(TermReader, ABC):
    """Reads expressions.

    :ivar functions: names of functions and aggregates, in capitals
    """

    def __init__(self, tokens: Tokens) -> None:
        super().__init__(tokens)
        self.functions: set[str] = set()
        self._read_anew = self._moved = 0

    @abstractmethod
    def read_group(self) -> Group:
        """Read a group graph pattern.

        :raises UnreadError: if none comes next
        """

    def _peek_operator(self) -> str:
        """Return the operator that comes next: between operands, what could be an IRI is a comparison."""
        kind = self.kinds[self.at]
        if kind == "iri":
            self._moved += len(self.kinds) - self.at
            changed = self.tokens.split_comparison(self.at)
            if changed > _FEW:  # strings have become code, or code strings
                check_tokens(self.tokens)
                changed = len(self.kinds)
            self._read_anew += changed
            if self._read_anew > _MOST_READ_ANEW or self._moved > _MOST_MOVED:
                self.fail("a space after <")
            kind = "sign"
        if kind == "sign":
            return self.texts[self.at]
        return self.peek_word()

    def read_expression(self, level: int = 1) -> Expression:
        """Read an expression.

        :param level: operators that bind less are left
        :raises UnreadError: if none comes next
        :raises QueryError: if what could be taken for an IRI hides that a limit is exceeded
        """
        left = self._read_operand()
        while True:
            operator = self._peek_operator()
            if operator in {"IN", "NOT"}:
                if level > _COMPARISON:
                    return left
                left = self._read_in(left)
                continue
            binds = _LEVELS.get(operator, 0)
            if binds < level or not binds:
                return left
            self.at += 1
            right = self.read_expression(binds + 1)
            left = Expression("operator", left.start, self.at, operator, [left, right])

    def _read_in(self, left: Expression) -> Expression:
        negated = self.take_word("NOT")
        if not self.take_word("IN"):
            self.fail("IN")
        self.expect_sign("(")
        found = Expression("in", left.start, self.at, "NOT IN" if negated else "IN", [left])
        found.arguments += self._read_arguments()
        found.end = self.at
        return found

    def _read_arguments(self) -> list[Expression]:
        """Read arguments between commas and the parenthesis that closes them."""
        arguments: list[Expression] = []
        if self.take_sign(")"):
            return arguments
        while True:
            arguments.append(self.read_expression())
            if not self.take_sign(","):
                break
        self.expect_sign(")")
        return arguments

    def _read_operand(self) -> Expression:
        start, kind, text = self.at, self.kinds[self.at], self.texts[self.at]
        if kind == "variable":
            return Expression("variable", start, start + 1, self.read_variable())
        if kind == "word" and text.upper() not in {"TRUE", "FALSE"}:
            return self.read_builtin()
        if kind in {"iri", "name"}:
            return self.read_call()
        if kind == "sign" and text == "(":
            return self.read_bracketed()
        if kind == "sign" and text in {"!", "+", "-"}:
            while self.kinds[self.at] == "sign" and self.texts[self.at] in {"!", "+", "-"}:
                self.at += 1
            operand = self._read_operand()
            signs = "".join(self.texts[start : operand.start])
            return Expression("operator", start, self.at, signs, [operand])
        if kind == "sign" and text == "<<(":
            term = self.read_term()
            return Expression("triple", start, term.end)
        literal = self.read_literal()
        if literal is None:
            self.fail("an expression")
        return Expression("constant", start, literal.end)

    def read_bracketed(self) -> Expression:
        """Read an expression in parentheses.

        :raises UnreadError: if none comes next
        """
        start = self.at
        self.expect_sign("(")
        inner = self.read_expression()
        self.expect_sign(")")
        return Expression("operator", start, self.at, "()", [inner])

    def read_call(self) -> Expression:
        """Read an IRI, and the arguments if it is that of a function.

        :raises UnreadError: if none comes next
        """
        start = self.take_kind("iri", "name")
        if not (self.kinds[self.at] == "sign" and self.texts[self.at] == "("):
            return Expression("constant", start, self.at)
        self.at += 1
        distinct = self.take_word("DISTINCT")
        found = Expression("call", start, start, "", self._read_arguments(), distinct=distinct)
        found.end = self.at
        return found

    def read_builtin(self) -> Expression:
        """Read a call of a function that is named by a keyword, an aggregate, or EXISTS.

        :raises UnreadError: if none comes next
        """
        start, name = self.at, self.peek_word()
        if name in {"EXISTS", "NOT"}:
            self.at += 1
            if name == "NOT" and not self.take_word("EXISTS"):
                self.fail("EXISTS")
            group = self.read_group()
            return Expression("exists", start, self.at, name, group=group)
        if name in AGGREGATES:
            return self._read_aggregate(start, name)
        if name not in BUILTINS:
            self.fail("an expression")
        self.at += 1
        self.functions.add(name)
        self.expect_sign("(")
        found = Expression("builtin", start, start, name, self._read_arguments())
        found.end = self.at
        return found

    def _read_aggregate(self, start: int, name: str) -> Expression:
        self.at += 1
        self.functions.add(name)
        self.expect_sign("(")
        found = Expression("aggregate", start, start, name, distinct=self.take_word("DISTINCT"))
        if not (name == "COUNT" and self.take_sign("*")):
            found.arguments.append(self.read_expression())
        if name == "GROUP_CONCAT" and self.take_sign(";"):
            if not self.take_word("SEPARATOR"):
                self.fail("SEPARATOR")
            self.expect_sign("=")
            self.take_kind("string")
        self.expect_sign(")")
        found.end = self.at
        return found

    def read_constraint(self) -> Expression:
        """Read what FILTER and HAVING take: parentheses or a call.

        :raises UnreadError: if none comes next
        """
        kind = self.kinds[self.at]
        if kind == "word":
            return self.read_builtin()
        if kind in {"iri", "name"}:
            found = self.read_call()
            if found.kind != "call":
                self.fail("(")
            return found
        return self.read_bracketed()
