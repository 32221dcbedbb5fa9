"""GRAPH with patterns that do not say for themselves which graph they are in.

What is in ``GRAPH ?g { … }`` is evaluated in one graph after the other, and ``?g`` has a value only after that (SPARQL
1.1 Query, section 18.6). The engine binds ``?g`` where a triple pattern is matched: too early for a FILTER, and not at
all where no triple pattern is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from eild.query.text.scope import list_visible
from eild.query.text.walk import iterate_elements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eild.query.corrections.edits import Edits
    from eild.query.text.syntax import Element, Expression, Group, Path, Select, Triple

MOST_GRAPHS: Final = 128
"""Over how many graphs such a pattern is written out."""
_MOST_TOKENS: Final = 20_000
_BINDS_NOTHING: Final = frozenset({"filter", "bind", "optional"})


def _may_have_no_step(path: Path) -> bool:
    return path.kind in {"*", "?"} or (path.kind in {"/", "|", "^", "+"} and any(map(_may_have_no_step, path.parts)))


def _adds_given_term(triple: Triple) -> bool:
    """Return whether a path may connect a given term with itself that the graph does not have.

    Such a path is written with VALUES (:mod:`eild.query.corrections.paths`), whose rows are in no graph.
    """
    return (triple.subject.is_constant or triple.object.is_constant) and _may_have_no_step(triple.path)


def _binds_graph(group: Group) -> bool:
    """Return whether each solution of a group has matched a triple of its graph."""
    if group.select is not None:
        return False
    for element in group.elements:
        if element.block is not None and any(not _may_have_no_step(one.path) for one in element.block.triples):
            return True
        if element.kind in {"group", "union"} and all(map(_binds_graph, element.groups)):
            return True
    return False


def _names(expression: Expression | None) -> set[str]:
    if expression is None:
        return set()
    found = {expression.name} if expression.kind == "variable" else set()
    return found.union(*(_names(argument) for argument in expression.arguments))


def _is_plain(group: Group, name: str) -> bool:
    """Return whether the engine evaluates a group rightly in ``GRAPH ?name``."""
    if group.select is not None:
        return False
    for element in group.elements:
        if element.kind in {"minus", "service"} or name in _names(element.expression) or name in element.names:
            return False
        if element.block is not None and any(map(_adds_given_term, element.block.triples)):
            return False
        if not all(_is_plain(inner, name) and name not in list_visible(inner) for inner in element.groups):
            return False
        for argument in _list_groups(element.expression):
            if not _is_plain(argument, name) or name in list_visible(argument):
                return False
    return True


def _list_groups(expression: Expression | None) -> list[Group]:
    if expression is None:
        return []
    found = [expression.group] if expression.group is not None else []
    for argument in expression.arguments:
        found += _list_groups(argument)
    return found


def _is_right(group: Group, name: str) -> bool:
    """Return whether the engine evaluates ``GRAPH`` with this group rightly."""
    if not _is_plain(group, name):
        return False
    if _binds_graph(group):
        return True
    return all(element.kind in _BINDS_NOTHING and all(map(_binds_graph, element.groups)) for element in group.elements)


def find_wrong_graphs(select: Select) -> list[Element]:
    """Return the GRAPH patterns of a query that the engine may evaluate wrongly."""
    found = []
    for element in iterate_elements(select):
        if element.kind != "graph" or element.term is None:
            continue
        group = element.groups[0]
        if not (_binds_graph(group) if element.term.kind == "iri" else _is_right(group, element.term.name)):
            found.append(element)
    return found


def correct_graphs(elements: Sequence[Element], edits: Edits, graphs: Sequence[str], given: Mapping[int, str]) -> None:
    """Have GRAPH patterns written out, once for each graph of the dataset.

    :param elements: what :func:`find_wrong_graphs` returned
    :param edits: takes what is to be replaced
    :param graphs: the names of the graphs, as a query writes them
    :param given: the names of graphs that elements give, by their tokens
    :raises QueryError: if there are too many graphs
    """
    for element in elements:
        group, term = element.groups[0], element.term
        if term is None:
            continue
        if term.kind == "iri":
            if given.get(term.start) not in graphs:
                edits.replace(element.start, element.end, "{ FILTER(false) }")
            continue
        if len(graphs) > MOST_GRAPHS or len(graphs) * (group.end - group.start) > _MOST_TOKENS:
            what = f"would have to be evaluated in each of {len(graphs)} graphs separately, which are too many"
            hint = "name the graph, or move FILTER, BIND, VALUES, MINUS and subqueries out of the braces of GRAPH"
            raise edits.refuse(element.start, what, hint)
        if any(name.startswith("_:") for name in graphs):
            what = "would have to be evaluated in each graph separately, and some graphs have no IRI"
            raise edits.refuse(element.start, what, "name the graph")
        parts: list[str | tuple[int, int]] = []
        for name in graphs:
            parts += [" UNION " if parts else "", f"{{ GRAPH {name} ", (group.start, group.end)]
            parts.append(f" VALUES ?{term.name} {{ {name} }} }}")
        if not parts:
            parts = [f"{{ VALUES ?{term.name} {{ }} }}"]
        edits.replace(element.start, group.end, *parts)
        edits.name_blanks()
