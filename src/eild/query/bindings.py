"""Values for variables of a query, joined with its patterns: a term is written as a term, whatever its text holds.

The values stand as a row of VALUES (SPARQL 1.1 Query, section 10.2) at the start of the pattern, and of each group
within it that names the variable itself: a group is evaluated by itself before it is joined, so that a FILTER in it
would not know the variable otherwise. One row never multiplies solutions, so it may stand wherever the variable does.
A subquery must select the variable, or it has another one of the same name (as SHACL, appendix A, demands).

Where solutions are grouped, HAVING and the columns know grouped variables and aggregates only (section 18.2.4.1). There
the term is written in the variable's place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Triple

from eild.errors import QueryError, UsageError
from eild.query.corrections.edits import Edits
from eild.query.text.query import read_query
from eild.query.text.scope import list_columns
from eild.query.text.tokens import locate
from eild.query.text.walk import iterate_elements, iterate_groups, iterate_selects
from eild.rdf.terms import write_term

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from eild.query.text.query import Query
    from eild.query.text.syntax import Expression, Group, Select, Structure
    from eild.rdf.terms import Term

_CLOSE_ENOUGH: Final = 60


def bind_values(text: str, values: Mapping[str, Term]) -> str:
    """Return a query in which some variables are given terms; its lines are those of the query as given.

    :param text: the query
    :param values: terms by the names of variables, without question mark
    :raises UsageError: if the query has no such variable, or a term cannot be written in a query
    :raises QueryError: if the query cannot be read, itself assigns the variable a value, or has a subquery with
        another variable of that name
    """
    query = read_query(text)
    structure = query.structure
    if not values or structure is None:  # what cannot be read, the engine explains
        return text
    for name, term in values.items():
        _check_term(name, term, structure)
        _check_scope(name, query, structure)
    edits = Edits(query)
    for select in iterate_selects(structure.select):
        _write_into_groups(edits, select, values)
    rows = {name: f"VALUES ?{name} {{ {write_term(term)} }}" for name, term in values.items()}
    where = structure.select.where
    while where is not None and where.select is not None and where.select.where is not None:
        where = where.select.where  # a subquery is all of the pattern, which can hold no rows beside it
    if where is not None:
        for group in iterate_groups(structure.select):
            if group.select is None:
                own = rows if group is where else _list_own_names(query, group)
                _insert(edits, group, [row for name, row in rows.items() if name in own])
    elif structure.form == "CONSTRUCT":
        _write_out_short_form(edits, structure, " ".join(rows.values()))
    else:
        after = structure.dataset[-1].token + 1 if structure.dataset else structure.body
        edits.replace(after, after + 1, f"\nWHERE {{ {' '.join(rows.values())} }} ", (after, after + 1))
    return edits.write()


def _check_term(name: str, term: Term, structure: Structure) -> None:
    """Check that the query has a variable, and that a term can be written in a query.

    :raises UsageError: if not
    """
    if name not in structure.variables:
        from rapidfuzz import process

        nearest = process.extractOne(name, list(structure.variables), score_cutoff=_CLOSE_ENOUGH)
        hint = f"did you mean {nearest[0]}?" if nearest else "name a variable of the query, without question mark"
        raise UsageError(f"the query has no variable ?{name}", hint=hint)
    if _holds_blank_node(term):
        message = f"?{name} cannot be a blank node, which in a query is a variable and names no resource"
        raise UsageError(message, hint="describe the node by its properties in the query")


def _holds_blank_node(term: Term) -> bool:
    return isinstance(term, BlankNode) or (
        isinstance(term, Triple) and (_holds_blank_node(term.subject) or _holds_blank_node(term.object))
    )


def _check_scope(name: str, query: Query, structure: Structure) -> None:
    """Check that a variable is one and the same in the whole query, and has no value from an expression.

    :raises QueryError: if not
    """
    for select in iterate_selects(structure.select):
        items = (*select.items, *select.group_by)
        if any(item.name == name and item.expression and item.expression.kind != "variable" for item in items):
            raise _refuse_assigned(name)
    if any(element.kind == "bind" and name in element.names for element in iterate_elements(structure.select)):
        raise _refuse_assigned(name)
    for group in iterate_groups(structure.select):
        inner = group.select
        if inner and name not in list_columns(inner) and name in _list_names(query, group.start, group.end):
            message = f"?{name} in a subquery that does not select it is another variable than ?{name} outside"
            place = locate(query.given, query.find_offset(group.start))
            raise QueryError(message, location=place, hint=f"add ?{name} to the SELECT of the subquery, or rename it")


def _refuse_assigned(name: str) -> QueryError:
    message = f"the query assigns ?{name} a value itself"
    return QueryError(message, hint="give a value to another variable, or compare in a FILTER")


def _list_names(query: Query, start: int, end: int) -> set[str]:
    """Return the names of the variables in a span of tokens."""
    span = zip(query.kinds[start:end], query.sources[start:end], strict=True)
    return {source[1:] for kind, source in span if kind == "variable"}


def _list_own_names(query: Query, group: Group) -> set[str]:
    """Return the names of the variables in a group that are not in the groups that it joins."""
    found: set[str] = set()
    start = group.start
    for inner in (inner for element in group.elements for inner in element.groups):
        found |= _list_names(query, start, inner.start)
        start = inner.end
    return found | _list_names(query, start, group.end)


def _insert(edits: Edits, group: Group, rows: Collection[str]) -> None:
    """Have a group begin with some rows."""
    if rows:
        edits.replace(group.start, group.start + 1, f"{{ {' '.join(rows)} ")


def _write_into_groups(edits: Edits, select: Select, values: Mapping[str, Term]) -> None:
    """Have the expressions over grouped solutions hold terms in the place of their variables."""
    expressions = [item.expression for item in (*select.items, *select.having, *select.order_by) if item.expression]
    if not (select.group_by or select.having or any(map(_has_aggregate, expressions))):
        return
    while expressions:
        expression = expressions.pop()
        if expression.kind == "variable" and expression.name in values:
            edits.replace(expression.start, expression.end, f"({write_term(values[expression.name])})")
        elif expression.name != "BOUND":  # which takes a variable
            expressions += expression.arguments


def _has_aggregate(expression: Expression) -> bool:
    return expression.kind == "aggregate" or any(map(_has_aggregate, expression.arguments))


def _write_out_short_form(edits: Edits, structure: Structure, rows: str) -> None:
    """Have CONSTRUCT WHERE, whose pattern cannot hold VALUES, become one with a template."""
    start, end = structure.template[0].start, edits.query.sources.index("}", structure.template[-1].end)
    edits.replace(structure.head, structure.head + 1, "CONSTRUCT { ", (start, end), " }")
    edits.replace(start - 1, start, f"{{ {rows} ")
