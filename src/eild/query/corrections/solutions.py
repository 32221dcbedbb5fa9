"""Solutions that the engine orders, groups or names wrongly: columns of SELECT *, aliases, ORDER BY, MIN and MAX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from eild.query.corrections.functions import NAMESPACE
from eild.query.corrections.kinds import are_in_order, may_exceed
from eild.query.text.expressions import AGGREGATES
from eild.query.text.scope import list_columns
from eild.query.text.walk import iterate_expressions, iterate_selects
from eild.rdf.kinds import TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eild.query.corrections.edits import Edits
    from eild.query.corrections.kinds import KindFinder
    from eild.query.text.syntax import Expression, Item, Select, Structure

_CORRECTED: Final = frozenset({"MIN", "MAX", "SUM", "AVG", "GROUP_CONCAT"})
_VOLATILE: Final = frozenset({"RAND", "UUID", "STRUUID", "BNODE"})


def _iterate(expression: Expression) -> Iterator[Expression]:
    """Yield an expression and all within it, but for those of EXISTS."""
    yield expression
    for argument in expression.arguments:
        yield from _iterate(argument)


def find_grouped(select: Select) -> list[Select]:
    """Return the query and its subqueries as far as they group rows and name more than one column."""
    grouped = []
    for found in iterate_selects(select):
        expressions = [item.expression for item in found.items if item.expression is not None]
        inner = [one for expression in expressions for one in _iterate(expression)]
        if len(expressions) > 1 and (found.group_by or any(one.kind == "aggregate" for one in inner)):
            grouped.append(found)
    return grouped


def correct_aliases(grouped: Sequence[Select], edits: Edits) -> None:
    """Have the expression that a column is named after stand for its name in later columns, where rows are grouped.

    :param grouped: what :func:`find_grouped` returned
    :raises QueryError: if the expression has another value each time
    """
    for found in grouped:
        named: dict[str, Expression] = {}
        for item in found.items:
            if item.expression is None:
                continue
            for one in _iterate(item.expression):
                if one.kind == "variable" and (meant := named.get(one.name)) is not None:
                    if any(part.name in _VOLATILE for part in _iterate(meant)):
                        what = f"uses ?{one.name} again, whose value is different each time it is computed"
                        raise edits.refuse(one.start, what, "compute it in a subquery")
                    edits.replace(one.start, one.end, "(", (meant.start, meant.end), ")")
            named[item.name] = item.expression


def find_aggregates(select: Select) -> list[Expression]:
    """Return the aggregates of a query that may have to be corrected."""
    inner = (one for expression in iterate_expressions(select) for one in _iterate(expression))
    return [one for one in inner if one.name in _CORRECTED and one.arguments]


def correct_aggregates(aggregates: Sequence[Expression], edits: Edits, kinds: KindFinder) -> None:
    """Have functions of ours find MIN and MAX among values of several kinds, and SUM and AVG where the engine's fail.

    GROUP_CONCAT takes the strings of all literals.

    :param aggregates: what :func:`find_aggregates` returned
    """
    for one in aggregates:
        argument = one.arguments[0]
        found = kinds.find(argument)
        if one.name in {"MIN", "MAX"} and not are_in_order(found):
            name = f"<{NAMESPACE}{one.name.lower()}>"
            edits.replace(one.start, one.end, f"{name}(", (argument.start, argument.end), ")")
        if one.name in {"SUM", "AVG"} and may_exceed(found):
            name = f"<{NAMESPACE}{one.name.lower()}{'-of-distinct' if one.distinct else ''}>"
            ours = (f", {name}(", (argument.start, argument.end), "))")
            edits.replace(one.start, one.end, "COALESCE(", (one.start, one.end), *ours)
        if one.name == "GROUP_CONCAT" and not (one.distinct and found <= {TEXT}):
            edits.replace(argument.start, argument.end, "STR(", (argument.start, argument.end), ")")


def correct_order(items: Sequence[Item], edits: Edits, kinds: KindFinder) -> None:
    """Have conditions of ORDER BY go by keys that order values of all kinds."""
    for item in items:
        if item.expression is None or are_in_order(kinds.find(item.expression)):
            continue
        span = (item.expression.start, item.expression.end)
        edits.replace(item.start, item.end, f"{item.word or 'ASC'}(<{NAMESPACE}key>(", span, "))")


def name_columns(structure: Structure, edits: Edits) -> None:
    """Have the columns of SELECT * named in the order in which the variables appear.

    :raises QueryError: if our own variables would be counted with those of a pattern
    """
    for found in iterate_selects(structure.select):
        is_whole = found is structure.select
        if found.star < 0 or not (edits.has_fresh or (is_whole and structure.form == "SELECT")):
            continue
        names = list(list_columns(found))
        if names and not found.group_by:
            edits.replace(found.star, found.star + 1, " ".join(f"?{name}" for name in names))
        elif edits.has_fresh:
            raise edits.refuse(found.star, "has no variables, which this engine does not support here", "use ASK")
    if edits.has_fresh:
        for expression in iterate_expressions(structure.select):
            for one in _iterate(expression):
                if one.name in AGGREGATES and one.distinct and not one.arguments:
                    what = "counts distinct solutions of patterns for which the engine needs more variables"
                    raise edits.refuse(one.start, what, "count in a subquery with SELECT DISTINCT and its variables")
