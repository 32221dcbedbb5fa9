"""What a query asks, as far as its cost depends on it, where it is of a small part of SPARQL; of no other query.

The part has triple patterns, paths of known length, OPTIONAL, and filters of operators and some functions: nothing
that repeats, groups, sorts, nests a query or makes new terms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from eild.query.text import syntax
    from eild.query.text.query import Query

MOST_PATTERNS: Final = 6
"""Triple patterns of a query."""
MOST_CALLS: Final = 6
"""Calls of functions in the filters of a query."""

_CALLS: Final = frozenset(
    {"REGEX", "STR", "LANG", "LANGMATCHES", "BOUND", "CONTAINS", "STRSTARTS", "STRENDS", "LCASE", "UCASE", "DATATYPE"}
)
_OPERATORS: Final = frozenset({"=", "!=", "<", ">", "<=", ">=", "&&", "||", "()"})
_TYPE: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_LITERAL_TOKENS: Final = frozenset({"string", "number", "language"})


class _NotCheapError(Exception):
    """The query is none of those that are judged."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a triple pattern.

    :ivar text: an IRI as N-Triples write it, or the name of a variable; empty for a constant of the query
    :ivar variable: whether it is one, or any term may stand there
    :ivar place: which of the constants of the query it is, from 0
    """

    text: str
    variable: bool
    place: int = -1


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple pattern.

    :ivar optional: whether solutions without a match remain
    """

    subject: Term
    predicate: Term
    object: Term
    optional: bool = False


@dataclass
class Outline:
    """What a query asks, as far as its cost depends on it.

    :ivar form: SELECT, ASK, CONSTRUCT or DESCRIBE
    :ivar patterns: its triple patterns
    :ivar described: what it has described
    :ivar calls: calls of functions in its filters
    :ivar limit: which of its constants is the greatest number of rows; None if it sets no limit
    """

    form: str = ""
    patterns: list[Pattern] = field(default_factory=list)
    described: list[Term] = field(default_factory=list)
    calls: int = 0
    limit: int | None = None


class _OutlineReader:
    """Draws the outline of a query that was read."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._places = {token: place for place, token in enumerate(query.places)}
        self._made = 0
        self.outline = Outline()

    def _refuse_if(self, unknown: object) -> None:
        if unknown:
            raise _NotCheapError

    def read(self, found: syntax.Structure) -> Outline:
        """Return the outline of the query."""
        outline, select = self.outline, found.select
        outline.form = found.form
        self._refuse_if(found.dataset or any(clause.kind != "PREFIX" for clause in found.prologue))
        self._refuse_if(select.word == "REDUCED" or select.group_by or select.having or select.order_by)
        self._refuse_if(select.has_offset or select.values or any(item.expression for item in select.items))
        if found.form == "DESCRIBE":
            self._refuse_if(select.where or not found.described)
            outline.described = [self._read_iri(term.start) for term in found.described if term.kind == "iri"]
            self._refuse_if(len(outline.described) != len(found.described))
        else:
            for block in found.template:
                self._read_block(block, optional=False)
            outline.patterns = []
            if select.where is None:
                raise _NotCheapError
            self._read_group(select.where, optional=False)
        if select.limit >= 0:
            self._refuse_if(select.limit not in self._places)
            outline.limit = self._places[select.limit]
        return outline

    def _read_group(self, group: syntax.Group, *, optional: bool) -> None:
        self._refuse_if(group.select)
        for element in group.elements:
            if element.block is not None:
                self._read_block(element.block, optional=optional)
            elif element.kind == "filter" and element.expression is not None:
                self._read_filter(element.expression)
            else:
                self._refuse_if(optional or element.kind != "optional")
                self._read_group(element.groups[0], optional=True)

    def _read_block(self, block: syntax.Block, *, optional: bool) -> None:
        self._refuse_if(not block.is_plain)
        for triple in block.triples:
            subject, target = self._read_term(triple.subject), self._read_term(triple.object)
            steps = triple.path.parts if triple.path.kind == "/" else (triple.path,)
            for number, step in enumerate(steps):
                following = target if number == len(steps) - 1 else self._make_term()
                predicate, backwards = self._read_step(step)
                ends = (following, subject) if backwards else (subject, following)
                self.outline.patterns.append(Pattern(ends[0], predicate, ends[1], optional))
                subject = following
        self._refuse_if(len(self.outline.patterns) > MOST_PATTERNS)

    def _read_step(self, step: syntax.Path) -> tuple[Term, bool]:
        """Return the predicate of a step of a path, and whether the step leads backwards."""
        if step.kind == "variable":
            return Term(f"?{step.name}", variable=True), False
        if step.kind == "!" and len(step.parts) == 1 and step.parts[0].kind == "iri":
            return self._make_term(), False
        if step.kind == "^":
            self._refuse_if(step.parts[0].kind != "iri")
            return self._read_predicate(step.parts[0].start), True
        self._refuse_if(step.kind != "iri")
        return self._read_predicate(step.end - 1 if step.end - step.start == 1 else step.start + 1), False

    def _read_predicate(self, token: int) -> Term:
        if self._query.kinds[token] == "word":
            return Term(_TYPE, variable=False)
        return self._read_iri(token)

    def _read_term(self, term: syntax.Term) -> Term:
        if term.kind == "variable":
            return Term(f"?{term.name}", variable=True)
        if term.kind == "iri":
            return self._read_iri(term.start)
        kinds = set(self._query.kinds[term.start : term.end])
        self._refuse_if(term.kind != "literal" or not kinds <= _LITERAL_TOKENS or term.start not in self._places)
        return Term("", variable=False, place=self._places[term.start])

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

    def _read_filter(self, found: syntax.Expression) -> None:
        """Pass over an expression of calls and operators whose work is a small multiple of the terms' lengths."""
        if found.kind == "builtin":
            self._refuse_if(found.name not in _CALLS)
            if found.name == "REGEX":  # whose pattern must not differ from row to row
                pattern = found.arguments[1] if len(found.arguments) > 1 else None
                self._refuse_if(pattern is None or self._query.kinds[pattern.start] != "string")
            self.outline.calls += 1
            self._refuse_if(self.outline.calls > MOST_CALLS)
        elif found.kind == "operator":
            self._refuse_if(found.name not in _OPERATORS and set(found.name) != {"!"})
        else:
            self._refuse_if(found.kind not in {"variable", "constant"})
        for argument in found.arguments:
            self._read_filter(argument)


def read_outline(query: Query) -> Outline | None:
    """Return what a query asks, or None if it is none of the part of SPARQL that is judged."""
    if query.structure is None or not any(query.key):
        return None
    try:
        return _OutlineReader(query).read(query.structure)
    except _NotCheapError:
        return None
