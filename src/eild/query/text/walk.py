"""All groups, subqueries, elements and expressions of a query, whatever part of it they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eild.query.text.syntax import Element, Expression, Group, Select


def iterate_groups(select: Select) -> Iterator[Group]:
    """Yield all groups of a query, those of subqueries, expressions and groups within groups too."""
    waiting = [select.where] if select.where else []
    waiting += [group for item in _iterate_items(select) for group in _iterate_expression_groups(item)]
    while waiting:
        group = waiting.pop()
        yield group
        for element in group.elements:
            waiting += element.groups
            waiting += _iterate_expression_groups(element.expression)
        if group.select is not None:
            if group.select.where is not None:
                waiting.append(group.select.where)
            for found in _iterate_items(group.select):
                waiting += _iterate_expression_groups(found)


def _iterate_items(select: Select) -> Iterator[Expression | None]:
    for item in (*select.items, *select.group_by, *select.having, *select.order_by):
        yield item.expression


def _iterate_expression_groups(expression: Expression | None) -> Iterator[Group]:
    if expression is None:
        return
    if expression.group is not None:
        yield expression.group
    for argument in expression.arguments:
        yield from _iterate_expression_groups(argument)


def iterate_selects(select: Select) -> Iterator[Select]:
    """Yield a query's SELECT, or what it has of one, and those of all its subqueries."""
    yield select
    for group in iterate_groups(select):
        if group.select is not None:
            yield group.select


def iterate_elements(select: Select) -> Iterator[Element]:
    """Yield all elements of all groups of a query, and the rows after their modifiers."""
    for group in iterate_groups(select):
        yield from group.elements
    for found in iterate_selects(select):
        if found.values is not None:
            yield found.values


def iterate_expressions(select: Select) -> Iterator[Expression]:
    """Yield all expressions of a query that are not part of another one."""
    for found in iterate_selects(select):
        for expression in _iterate_items(found):
            if expression is not None:
                yield expression
    for element in iterate_elements(select):
        if element.expression is not None:
            yield element.expression


def iterate_conditions(select: Select) -> Iterator[Expression]:
    """Yield the expressions of FILTER and HAVING."""
    for found in iterate_selects(select):
        for item in found.having:
            if item.expression is not None:
                yield item.expression
    for element in iterate_elements(select):
        if element.kind == "filter" and element.expression is not None:
            yield element.expression
