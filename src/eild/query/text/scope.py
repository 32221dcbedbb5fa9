"""Which variables a pattern may bind (SPARQL 1.1 Query, section 18.2.1), in the order in which they appear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eild.query.text.walk import iterate_selects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eild.query.text.syntax import Block, Element, Expression, Group, Item, Path, Select, Term


def _iterate_term(term: Term) -> Iterator[str]:
    if term.kind == "variable":
        yield term.name
    for inner in term.inner:
        yield from _iterate_term(inner)


def _iterate_path(path: Path) -> Iterator[str]:
    if path.kind == "variable":
        yield path.name


def _iterate_block(block: Block) -> Iterator[tuple[int, str]]:
    """Yield the variables of triple patterns, each with the token at which it stands."""
    for triple in block.triples:
        for node, names in (
            (triple.subject, _iterate_term(triple.subject)),
            (triple.path, _iterate_path(triple.path)),
            (triple.object, _iterate_term(triple.object)),
        ):
            yield from ((node.start, name) for name in names)
    yield from block.reifiers


def _iterate_element(element: Element) -> Iterator[str]:
    if element.kind in {"filter", "minus"}:
        return
    if element.block is not None:
        yield from (name for _, name in sorted(_iterate_block(element.block), key=lambda pair: pair[0]))
    if element.term is not None:
        yield from _iterate_term(element.term)
    yield from element.names
    for group in element.groups:
        yield from list_visible(group)


def list_visible(group: Group) -> dict[str, None]:
    """Return the names of the variables that a group graph pattern may bind."""
    if group.select is not None:
        return list_columns(group.select)
    return dict.fromkeys(name for element in group.elements for name in _iterate_element(element))


def list_columns(select: Select) -> dict[str, None]:
    """Return the names of the variables that a SELECT gives."""
    if select.star < 0:
        return dict.fromkeys(item.name for item in select.items)
    found = list_visible(select.where) if select.where else {}
    return found | dict.fromkeys(select.values.names if select.values else ())


def find_rebound(group: Group) -> tuple[Element, str] | None:
    """Return the first BIND of a variable that is bound before it in its group, and the variable."""
    bound: set[str] = set()
    for element in group.elements:
        if element.kind == "bind" and element.names[0] in bound:
            return element, element.names[0]
        for inner in element.groups:
            if found := find_rebound(inner):
                return found
        bound.update(_iterate_element(element))
    if group.select is not None and group.select.where is not None:
        return find_rebound(group.select.where)
    return None


def find_hidden(select: Select) -> Item | None:
    """Return the first column with an expression that has the name of a variable of its pattern."""
    for found in iterate_selects(select):
        visible = list_visible(found.where) if found.where else {}
        for item in found.items:
            if item.expression is not None and item.name in visible:
                return item
    return None


def find_ungrouped(select: Select) -> tuple[str, int] | None:
    """Return the first variable in SELECT which a grouped query does not group by, with its token.

    Variables of aggregates, and names of earlier columns, are allowed (SPARQL 1.1 Query, section 11.4).
    """
    for found in iterate_selects(select):
        if not (found.group_by or any(_has_aggregate(item.expression) for item in found.items)):
            continue
        known = {item.name or _name_variable(item.expression) for item in found.group_by}
        for item in found.items:
            if item.expression is None and item.name not in known:
                return item.name, item.start
            for name, start in _iterate_free(item.expression):
                if name not in known:
                    return name, start
            known.add(item.name)
    return None


def _name_variable(expression: Expression | None) -> str:
    while expression is not None and expression.name == "()":
        expression = expression.arguments[0]
    return expression.name if expression is not None and expression.kind == "variable" else ""


def _iterate_free(expression: Expression | None) -> Iterator[tuple[str, int]]:
    """Yield the variables of an expression that stand outside aggregates and patterns, each with its token."""
    if expression is None or expression.kind == "aggregate":
        return
    if expression.kind == "variable":
        yield expression.name, expression.start
    for argument in expression.arguments:
        yield from _iterate_free(argument)


def _has_aggregate(expression: Expression | None) -> bool:
    return expression is not None and (expression.kind == "aggregate" or any(map(_has_aggregate, expression.arguments)))
