"""What a query asks, as far as its cost depends on it; of no query that is not understood to the last sign.

An outline has the patterns of a query with all that joins, repeats, groups and limits them, and how often functions are
called. Of constants it holds the places alone, so that queries which differ in constants have one outline.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from eild.query.text.syntax import Path

if TYPE_CHECKING:
    from eild.query.text import syntax
    from eild.query.text.query import Query

MOST_JOINED: Final = 16
"""Patterns of a group that are joined in whatever order."""
MOST_PATTERNS: Final = 24
"""Patterns of a query."""
MOST_CALLS: Final = 24
"""Calls of functions in a query."""

_FUNCTIONS: Final = frozenset(
    "REGEX STR LANG LANGMATCHES BOUND CONTAINS STRSTARTS STRENDS LCASE UCASE DATATYPE ISIRI ISURI ISBLANK ISLITERAL "
    "ISNUMERIC SAMETERM STRLEN SUBSTR STRBEFORE STRAFTER CONCAT ABS CEIL FLOOR ROUND YEAR MONTH DAY HOURS MINUTES "
    "SECONDS TZ IF COALESCE IRI URI STRDT STRLANG ENCODE_FOR_URI MD5 SHA1 SHA256 SHA512".split()
)
_AGGREGATES: Final = frozenset({"COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT"})
_OPERATORS: Final = frozenset({"=", "!=", "<", ">", "<=", ">=", "&&", "||", "()", "+", "*", "/"})
_SIGNS: Final = frozenset("!-+")
_TYPE: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_QUICK: Final = frozenset(
    "BOUND ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC SAMETERM DATATYPE LANG IF COALESCE COUNT SAMPLE".split()
)
_GROWTH: Final = {"ENCODE_FOR_URI": 3, "SHA512": 2}


class _NotOutlinedError(Exception):
    """The query has something whose cost is not known."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a pattern.

    :ivar text: an IRI as N-Triples write it, or the name of a variable; empty for a constant of the query
    :ivar variable: whether it is one, or any term may stand there
    :ivar place: which of the constants of the query it is, from 0; negative if it is none of them
    """

    text: str
    variable: bool
    place: int = -1


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple pattern.

    :ivar named: whether it is matched in named graphs
    """

    subject: Term
    predicate: Term
    object: Term
    named: bool = False


@dataclass(frozen=True, slots=True)
class Closure:
    """A path of steps that repeat.

    :ivar predicates: of which each step has one
    :ivar may_be_empty: whether it connects a term with itself by no step
    :ivar repeats: whether it may have more steps than one
    :ivar forward: whether each step leads from the subject of a statement to its object
    """

    subject: Term
    predicates: tuple[Term, ...]
    object: Term
    may_be_empty: bool
    repeats: bool
    forward: bool
    named: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of values.

    :ivar names: variables that have a value in each row
    :ivar number: of rows, at most
    """

    names: tuple[str, ...]
    number: int


@dataclass(slots=True)
class Part:
    """A part of a group that has groups of its own.

    :ivar kind: ``optional``, ``minus`` or ``union``; of one group where it is a group within a group
    """

    kind: str
    groups: list[Group]


@dataclass(slots=True)
class Binding:
    """A variable that is given the value of an expression."""

    name: str


@dataclass(slots=True)
class Group:
    """A group of patterns.

    :ivar elements: in order
    :ivar tests: the groups of EXISTS in its expressions
    """

    elements: list[Pattern | Closure | Rows | Part | Binding | Selection] = field(default_factory=list)
    tests: list[Group] = field(default_factory=list)


@dataclass(slots=True)
class Selection:
    """What is made of the solutions of a group: the query, or a subquery.

    :ivar names: variables of its solutions that patterns of the group bind; None for all
    :ivar keys: the variables by which rows are grouped; None if they are not; empty if all are one group
    :ivar grouped_freely: whether rows are grouped by expressions too
    :ivar order: how many conditions order the rows
    :ivar limit: which constant is the greatest number of rows; None if it sets no limit
    :ivar rows: the rows of values at its end
    """

    group: Group
    names: frozenset[str] | None = None
    keys: tuple[str, ...] | None = None
    grouped_freely: bool = False
    order: int = 0
    limit: int | None = None
    rows: Rows | None = None


@dataclass(slots=True)
class Outline:
    """What a query asks, as far as its cost depends on it.

    :ivar form: SELECT, ASK, CONSTRUCT or DESCRIBE
    :ivar selection: its solutions; None for a DESCRIBE of given terms
    :ivar described: what it has described
    :ivar made: triples that CONSTRUCT makes of a solution
    :ivar calls: calls of functions and aggregates whose work grows with the lengths of terms
    :ivar parts: parts of expressions, each of which is computed for each solution
    :ivar growth: how many times as long as all that they are given texts can become
    :ivar expressions: places of regular expressions
    :ivar limits: places of the numbers after LIMIT
    :ivar predicates: those of all patterns; None if some pattern may have any
    """

    form: str = ""
    selection: Selection | None = None
    described: list[Term] = field(default_factory=list)
    made: int = 1
    calls: int = 0
    parts: int = 0
    growth: int = 1
    expressions: list[int] = field(default_factory=list)
    limits: list[int] = field(default_factory=list)
    predicates: set[str] | None = field(default_factory=set)


class _OutlineReader:
    """Draws the outline of a query that was read."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._places = {token: place for place, token in enumerate(query.places)}
        self._made = 0
        self._patterns = 0
        self._called = 0
        self._named = False
        self._depth = 0  # of subqueries
        self._tested = False  # whether what is read is evaluated anew for each solution
        self.outline = Outline()

    def _refuse_if(self, unknown: object) -> None:
        if unknown:
            raise _NotOutlinedError

    def read(self, found: syntax.Structure) -> Outline:
        """Return the outline of the query."""
        outline, select = self.outline, found.select
        outline.form = found.form
        self._refuse_if(found.dataset or found.service >= 0)
        self._refuse_if(any(clause.kind != "PREFIX" for clause in found.prologue))
        if found.form == "DESCRIBE":
            self._refuse_if(select.where or not found.described or select.values)
            outline.described = [self._read_iri(term.start) for term in found.described if term.kind == "iri"]
            self._refuse_if(len(outline.described) != len(found.described))
            return outline
        self._refuse_if(any(not block.is_plain for block in found.template))
        outline.made = max(1, sum(len(block.triples) for block in found.template))
        outline.selection = self._read_select(select)
        return outline

    # Solutions

    def _read_select(self, select: syntax.Select) -> Selection:
        if select.where is None:
            raise _NotOutlinedError
        selection = Selection(self._read_group(select.where))
        items = [*select.items, *select.having]
        self._refuse_if(select.limit >= 0 and select.limit not in self._places)
        calls = sum(self._read_expression(item.expression, selection.group) for item in items)
        if select.group_by or calls:
            selection.keys = tuple(f"?{name}" for name in map(_name_key, select.group_by) if name)
            selection.grouped_freely = len(selection.keys) < len(select.group_by)
        for item in (*select.group_by, *select.order_by):
            self._read_expression(item.expression, selection.group)
        if select.star < 0 and select.items:
            selection.names = frozenset(f"?{item.name}" for item in select.items if item.expression is None)
        selection.order = len(select.order_by)
        if select.limit >= 0:
            selection.limit = self._places[select.limit]
            self.outline.limits.append(selection.limit)
        selection.rows = self._read_rows(select.values) if select.values is not None else None
        return selection

    def _read_group(self, group: syntax.Group) -> Group:
        found = Group()
        if group.select is not None:
            self._refuse_if(self._tested)
            self._depth += 1
            found.elements.append(self._read_select(group.select))
            self._depth -= 1
            return found
        joined = 0
        for element in group.elements:
            joined = 0 if element.kind in {"optional", "minus", "bind"} else joined
            before = len(found.elements)
            self._read_element(element, found)
            joined += len(found.elements) - before
            self._refuse_if(joined > MOST_JOINED)
        return found

    def _read_element(self, element: syntax.Element, found: Group) -> None:
        if element.block is not None:
            self._read_block(element.block, found)
        elif element.kind == "filter":
            self._refuse_if(self._read_expression(element.expression, found))
        elif element.kind == "bind":
            self._refuse_if(self._read_expression(element.expression, found))
            found.elements.append(Binding(f"?{element.names[0]}"))
        elif element.kind == "values":
            found.elements.append(self._read_rows(element))
        elif element.kind == "graph":
            self._read_graph(element, found)
        else:
            self._refuse_if(element.kind not in {"optional", "minus", "union", "group"})
            kind = "union" if element.kind == "group" else element.kind
            found.elements.append(Part(kind, [self._read_group(group) for group in element.groups]))

    def _read_graph(self, element: syntax.Element, found: Group) -> None:
        self._refuse_if(element.term is None or element.term.kind not in {"iri", "variable"})
        before, self._named = self._named, True
        found.elements.append(Part("union", [self._read_group(group) for group in element.groups]))
        self._named = before

    def _read_rows(self, element: syntax.Element) -> Rows:
        span = range(element.start, element.end)
        has_gaps = any(self._query.kinds[at] == "word" and self._query.sources[at].upper() == "UNDEF" for at in span)
        names = () if has_gaps else tuple(f"?{name}" for name in element.names)
        return Rows(names, max(0, element.end - element.start))

    # Patterns

    def _read_block(self, block: syntax.Block, found: Group) -> None:
        self._refuse_if(not block.is_plain)
        for triple in block.triples:
            self._read_path(triple.path, self._read_term(triple.subject), self._read_term(triple.object), found)

    def _count_pattern(self) -> None:
        self._patterns += 1
        self._refuse_if(self._patterns > MOST_PATTERNS)

    def _read_path(self, path: syntax.Path, subject: Term, target: Term, found: Group) -> None:
        """Read a path as the patterns that it stands for."""
        if path.kind == "/":
            for number, step in enumerate(path.parts):
                end = target if number == len(path.parts) - 1 else self._make_term()
                self._read_path(step, subject, end, found)
                subject = end
        elif path.kind == "^":
            self._read_path(path.parts[0], target, subject, found)
        elif path.kind == "|":
            self._read_branches(path.parts, subject, target, found)
        elif path.kind in {"?", "*", "+"}:
            self._read_closure(path, subject, target, found)
        else:
            backwards = path.kind == "!" and any(part.kind == "^" for part in path.parts)
            if backwards and any(part.kind != "^" for part in path.parts):
                either = (Path("!", path.start, path.end), Path("^", path.start, path.end, parts=(_any_step(path),)))
                self._read_branches(either, subject, target, found)
                return
            ends = (target, subject) if backwards else (subject, target)
            self._count_pattern()
            found.elements.append(Pattern(ends[0], self._read_predicate(path), ends[1], self._named))

    def _read_branches(self, paths: tuple[syntax.Path, ...], subject: Term, target: Term, found: Group) -> None:
        branches = []
        for path in paths:
            branch = Group()
            self._read_path(path, subject, target, branch)
            self._refuse_if(len(branch.elements) > MOST_JOINED)
            branches.append(branch)
        found.elements.append(Part("union", branches))

    def _read_closure(self, path: syntax.Path, subject: Term, target: Term, found: Group) -> None:
        steps, forward = [path.parts[0]], True
        while any(step.kind in {"^", "|"} for step in steps):
            forward = forward and all(step.kind != "^" for step in steps)
            steps = [part for step in steps for part in (step.parts if step.kind in {"^", "|"} else (step,))]
        self._refuse_if(any(step.kind not in {"iri", "!"} for step in steps))
        self._count_pattern()
        predicates = tuple(map(self._read_predicate, steps))
        forward = forward and all(step.kind == "iri" for step in steps)
        ends = subject, predicates, target
        found.elements.append(Closure(*ends, path.kind != "+", path.kind != "?", forward, self._named))

    def _read_predicate(self, step: syntax.Path) -> Term:
        """Return the predicate of a single step; any for a negated one."""
        if step.kind == "iri":
            token = step.end - 1 if step.end - step.start == 1 else step.start + 1
            term = Term(_TYPE, variable=False) if self._query.kinds[token] == "word" else self._read_iri(token)
        else:
            self._refuse_if(step.kind not in {"variable", "!"})
            term = Term(f"?{step.name}", variable=True) if step.kind == "variable" else self._make_term()
        if term.variable or term.place >= 0:
            self.outline.predicates = None
        elif self.outline.predicates is not None:
            self.outline.predicates.add(term.text)
        return term

    def _read_term(self, term: syntax.Term) -> Term:
        if term.kind == "variable":
            return Term(f"?{term.name}", variable=True)
        if term.kind == "blank":
            return Term(f"_{term.name}", variable=True) if term.name else Term(f"_{term.start} ", variable=True)
        if term.kind == "iri":
            return self._read_iri(term.start)
        self._refuse_if(term.kind != "literal")
        return Term("", variable=False, place=self._places.get(term.start, -1))

    def _read_iri(self, token: int) -> Term:
        if token in self._places:
            return Term("", variable=False, place=self._places[token])
        iri = self._query.resolve(token) if self._query.kinds[token] == "name" else ""
        self._refuse_if(not iri)
        return Term(f"<{iri}>", variable=False)

    def _make_term(self) -> Term:
        """Return a variable that the query does not name."""
        self._made += 1
        return Term(f"!{self._made}", variable=True)

    # Expressions

    def _read_expression(self, found: syntax.Expression | None, group: Group) -> int:
        """Read an expression whose work is a small multiple of the lengths of its terms.

        :param group: whose solutions it is computed for
        :returns: how many aggregates are in it
        """
        if found is None:
            return 0
        outline, aggregates = self.outline, 0
        outline.parts += 1
        if found.kind == "exists" and found.group is not None:
            before, self._tested = self._tested, True
            group.tests.append(self._read_group(found.group))
            self._tested = before
        elif found.kind in {"builtin", "aggregate"}:
            self._refuse_if(found.name not in (_FUNCTIONS if found.kind == "builtin" else _AGGREGATES))
            aggregates = int(found.kind == "aggregate")
            self._refuse_if(found.name == "GROUP_CONCAT" and self._depth)  # what is joined with it gets long
            if found.name == "REGEX":  # whose pattern must not differ from row to row
                outline.expressions.append(self._find_pattern(found))
            outline.growth *= max(1, len(found.arguments)) if found.name == "CONCAT" else _GROWTH.get(found.name, 1)
            self._count_call(found.name)
        elif found.kind == "operator":
            self._refuse_if(found.name not in _OPERATORS and not set(found.name) <= _SIGNS)
        elif found.kind == "in":
            self._count_call("IN")
        else:
            self._refuse_if(found.kind not in {"variable", "constant"})
        return aggregates + sum(self._read_expression(argument, group) for argument in found.arguments)

    def _count_call(self, name: str) -> None:
        self._called += 1
        self._refuse_if(self._called > MOST_CALLS)
        self.outline.calls += name not in _QUICK

    def _find_pattern(self, call: syntax.Expression) -> int:
        pattern = call.arguments[1] if len(call.arguments) > 1 else None
        if pattern is None or pattern.kind != "constant" or self._query.kinds[pattern.start] != "string":
            raise _NotOutlinedError
        self._refuse_if(pattern.start not in self._places)
        self._refuse_if(any(flags.kind != "constant" for flags in call.arguments[2:]))
        return self._places[pattern.start]


def _any_step(path: syntax.Path) -> syntax.Path:
    return Path("!", path.start, path.end)


def _name_key(item: syntax.Item) -> str:
    """Return the variable that rows are grouped by; empty if it is an expression."""
    expression = item.expression
    while expression is not None and expression.name == "()":
        expression = expression.arguments[0]
    return expression.name if expression is not None and expression.kind == "variable" else ""


def read_outline(query: Query) -> Outline | None:
    """Return what a query asks, or None if it has something whose cost is not known."""
    if query.structure is None or not any(query.key):
        return None
    try:
        return _OutlineReader(query).read(query.structure)
    except _NotOutlinedError:
        return None
