"""Reads a whole query: patterns, solution modifiers, prologue and form, from its tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from eild.query.text.expressions import ExpressionReader
from eild.query.text.syntax import Clause, Element, Expression, Group, Item, Select, Structure, Term

if TYPE_CHECKING:
    from collections.abc import Callable

    from eild.query.text.tokens import Tokens

QUERY_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
"""The keywords that begin a query."""

_MODIFIERS: Final = frozenset({"GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"})


class PatternReader(ExpressionReader):
    """Reads group graph patterns.

    :ivar services: tokens that ask other endpoints
    """

    def __init__(self, tokens: Tokens) -> None:
        super().__init__(tokens)
        self.services: list[int] = []

    def read_group(self) -> Group:
        """Read a group graph pattern, or the subquery that is all of it.

        :raises UnreadError: if none comes next
        """
        group = Group(self.at, self.at)
        self.expect_sign("{")
        if self.peek_word() == "SELECT":
            group.select = self.read_select(is_whole=False)
            self.expect_sign("}")
        else:
            while not self.take_sign("}"):
                group.elements.append(self._read_element())
                if group.elements[-1].kind != "triples":
                    self.take_sign(".")
        group.end = self.at
        return group

    def _read_element(self) -> Element:
        start, word = self.at, self.peek_word()
        element = Element(word.lower() or "group", start, start)
        if self.kinds[start] == "sign" and self.texts[start] == "{":
            element.groups.append(self.read_group())
            while self.take_word("UNION"):
                element.kind = "union"
                element.groups.append(self.read_group())
        elif word in {"OPTIONAL", "MINUS"}:
            self.at += 1
            element.groups.append(self.read_group())
        elif word == "FILTER":
            self.at += 1
            element.expression = self.read_constraint()
        elif word == "BIND":
            self.at += 1
            self._read_bind(element)
        elif word == "VALUES":
            self.at += 1
            self._read_rows(element)
        elif word in {"GRAPH", "SERVICE"}:
            self.at += 1
            if word == "SERVICE":
                self.services.append(start)
                self.take_word("SILENT")
            element.term = self._read_graph_term()
            element.groups.append(self.read_group())
        else:
            element.kind = "triples"
            element.block = self.read_block()
            if not self.take_sign(".") and self._begins_triples():
                self.fail(". or ;")
        element.end = self.at
        return element

    def _begins_triples(self) -> bool:
        """Return whether another subject comes next, which needs a full stop before it."""
        return self.kinds[self.at] not in {"word", "end"} and self.texts[self.at] not in {"{", "}"}

    def _read_graph_term(self) -> Term:
        if self.kinds[self.at] == "variable":
            return Term("variable", self.at, self.at + 1, self.read_variable())
        return self.read_iri()

    def _read_bind(self, element: Element) -> None:
        self.expect_sign("(")
        element.expression = self.read_expression()
        if not self.take_word("AS"):
            self.fail("AS")
        element.names.append(self.read_variable())
        self.expect_sign(")")

    def _read_rows(self, element: Element) -> None:
        """Read variables and rows of VALUES."""
        if self.kinds[self.at] == "variable":
            element.names.append(self.read_variable())
            self.expect_sign("{")
            while not self.take_sign("}"):
                self._read_value(element, element.names[0])
            return
        self.expect_sign("(")
        while not self.take_sign(")"):
            element.names.append(self.read_variable())
        self.expect_sign("{")
        while not self.take_sign("}"):
            self.expect_sign("(")
            for name in element.names:
                self._read_value(element, name)
            self.expect_sign(")")

    def _read_value(self, element: Element, name: str) -> None:
        """Read a value of VALUES, of which there may be very many: only literals are noted."""
        kind = self.kinds[self.at]
        if kind in {"iri", "name"} or self.peek_word() == "UNDEF":
            self.at += 1
        elif (literal := self.read_literal()) is not None:
            element.literals.append((name, literal))
        elif kind in {"variable", "blank"} or (kind == "sign" and self.texts[self.at] == ")"):
            self.fail("a value")
        else:
            self.read_term()

    def read_select(self, *, is_whole: bool) -> Select:
        """Read SELECT, its pattern and its modifiers.

        :param is_whole: whether it is the query, in which dataset clauses may stand
        :raises UnreadError: if it is not there
        """
        self.at += 1
        select = Select()
        if self.peek_word() in {"DISTINCT", "REDUCED"}:
            select.word = self.peek_word()
            self.at += 1
        if self.take_sign("*"):
            select.star = self.at - 1
        else:
            while not select.items or self.kinds[self.at] == "variable" or self.texts[self.at] == "(":
                select.items.append(self._read_column())
        if is_whole:
            self.read_dataset()
        self.take_word("WHERE")
        select.where = self.read_group()
        self.read_modifiers(select)
        return select

    def _read_column(self) -> Item:
        start = self.at
        if self.kinds[start] == "variable":
            return Item(start, start + 1, None, self.read_variable())
        self.expect_sign("(")
        expression = self.read_expression()
        if not self.take_word("AS"):
            self.fail("AS")
        name = self.read_variable()
        self.expect_sign(")")
        return Item(start, self.at, expression, name)

    def read_dataset(self) -> None:
        """Read dataset clauses, if the query may have any here."""

    def read_modifiers(self, select: Select) -> None:
        """Read what follows a pattern: grouping, order, limits and rows.

        :raises UnreadError: if it is malformed
        """
        if self.take_word("GROUP"):
            self._expect_by()
            select.group_by = self._read_items(self._read_grouping)
        if self.take_word("HAVING"):
            select.having = self._read_items(self._read_condition)
        if self.take_word("ORDER"):
            self._expect_by()
            select.order_by = self._read_items(self._read_order)
        for _ in range(2):
            if self.take_word("LIMIT"):
                select.limit = self.take_kind("number")
            elif self.take_word("OFFSET"):
                self.take_kind("number")
        if self.peek_word() == "VALUES":
            start = self.at
            self.at += 1
            select.values = Element("values", start, start)
            self._read_rows(select.values)
            select.values.end = self.at

    def _expect_by(self) -> None:
        if not self.take_word("BY"):
            self.fail("BY")

    def _read_items(self, read: Callable[[], Item]) -> list[Item]:
        """Read conditions up to the next clause: at least one."""
        items = [read()]
        while not (
            self.kinds[self.at] == "end"
            or (self.kinds[self.at] == "sign" and self.texts[self.at] == "}")
            or self.peek_word() in _MODIFIERS
        ):
            items.append(read())
        return items

    def _read_grouping(self) -> Item:
        start = self.at
        if self.kinds[start] == "variable":
            return self._read_variable_item(start)
        if not self.take_sign("("):
            return self._read_condition()
        expression = self.read_expression()
        name = self.read_variable() if self.take_word("AS") else ""
        self.expect_sign(")")
        return Item(start, self.at, expression, name)

    def _read_variable_item(self, start: int) -> Item:
        name = self.read_variable()
        return Item(start, start + 1, Expression("variable", start, start + 1, name), name)

    def _read_condition(self) -> Item:
        start = self.at
        expression = self.read_constraint()
        return Item(start, self.at, expression)

    def _read_order(self) -> Item:
        start, word = self.at, self.peek_word()
        if self.kinds[start] == "variable":
            return self._read_variable_item(start)
        if word not in {"ASC", "DESC"}:
            return self._read_condition()
        self.at += 1
        expression = self.read_bracketed()
        return Item(start, self.at, expression, word=word)


class QueryReader(PatternReader):
    """Reads a whole query."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__(tokens)
        self._dataset: list[Clause] = []

    def read_query(self) -> Structure:
        """Return the structure of the query.

        :raises UnreadError: if the tokens are not those of a query
        :raises DepthError: if terms are nested too deep in each other
        """
        prologue = self._read_prologue()
        head, form = self.at, self.peek_word()
        if form not in QUERY_FORMS:
            self.fail("SELECT, ASK, CONSTRUCT or DESCRIBE")
        found = Structure(form, prologue, head, self._dataset, Select(), head)
        if form == "SELECT":
            found.select = self.read_select(is_whole=True)
        else:
            self.at += 1
            if form == "CONSTRUCT":
                self._read_construct(found)
            else:
                self._read_rest(found)
        if self.kinds[self.at] != "end":
            self.fail("the end of the query")
        found.variables, found.functions = self.variables, frozenset(self.functions)
        found.service = min([*self.services, *self._list_suspects()], default=-1)
        return found

    def _list_suspects(self) -> list[int]:
        """Return the names before a brace that could be taken for SERVICE and a name, written without space."""
        return [
            index
            for index, text in enumerate(self.texts[:-1])
            if self.kinds[index] == "name"
            and "SERVICE" in text.partition(":")[0].upper()
            and self.texts[index + 1] == "{"
            and self.texts[index - 1].upper() not in {"GRAPH", "NAMED", "FROM", "DESCRIBE"}
        ]

    def _read_prologue(self) -> list[Clause]:
        clauses = []
        while (word := self.peek_word()) in {"PREFIX", "BASE", "VERSION"}:
            self.at += 1
            name = ""
            if word == "PREFIX":
                name = self.texts[self.take_kind("name")]
                if not name.endswith(":"):
                    self.at -= 1
                    self.fail("a prefix that ends with a colon")
            clauses.append(Clause(word, self.take_kind("string" if word == "VERSION" else "iri"), name))
        return clauses

    def read_dataset(self) -> None:
        """Read dataset clauses."""
        while self.take_word("FROM"):
            kind = "FROM NAMED" if self.take_word("NAMED") else "FROM"
            self._dataset.append(Clause(kind, self.take_kind("iri", "name")))

    def _read_rest(self, found: Structure) -> None:
        """Read the rest of ASK and DESCRIBE."""
        if found.form == "DESCRIBE":
            if self.take_sign("*"):
                found.select.star = self.at - 1
            else:
                while not found.described or self.kinds[self.at] in {"variable", "iri", "name"}:
                    found.described.append(self._read_graph_term())
        found.body = self.at
        self.read_dataset()
        is_required = self.take_word("WHERE") or found.form == "ASK"
        if is_required or (self.kinds[self.at] == "sign" and self.texts[self.at] == "{"):
            found.select.where = self.read_group()
        self.read_modifiers(found.select)

    def _read_construct(self, found: Structure) -> None:
        """Read the rest of CONSTRUCT, whose template is the pattern too in the short form."""
        found.body = self.at
        if self.take_sign("{"):
            self._read_template(found)
            found.makes_nodes = self.makes_nodes
            found.body = self.at
            self.read_dataset()
            self.take_word("WHERE")
            found.select.where = self.read_group()
        else:
            self.read_dataset()
            if not self.take_word("WHERE"):
                self.fail("WHERE")
            self.expect_sign("{")
            self._read_template(found)
            found.makes_nodes = self.makes_nodes
        self.read_modifiers(found.select)

    def _read_template(self, found: Structure) -> None:
        """Read a template after its opening brace."""
        while not self.take_sign("}"):
            found.template.append(self.read_block())
            if not self.take_sign(".") and self._begins_triples():
                self.fail(". or ;")
