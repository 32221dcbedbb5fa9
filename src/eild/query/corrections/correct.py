"""One query, rewritten so that the engine's answer to it is right."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from eild.query.corrections.edits import Edits
from eild.query.corrections.expressions import ExpressionCorrector, may_be_untrue, may_be_wrong
from eild.query.corrections.functions import AGGREGATES, FUNCTIONS, NAMESPACE
from eild.query.corrections.graphs import correct_graphs, find_wrong_graphs
from eild.query.corrections.kinds import KindFinder, find_constant
from eild.query.corrections.paths import PathCorrector, find_wrong_blocks
from eild.query.corrections.solutions import (
    correct_aggregates,
    correct_aliases,
    correct_order,
    find_aggregates,
    find_grouped,
    name_columns,
)
from eild.query.text.mistakes import explain_ungrouped
from eild.query.text.walk import iterate_conditions, iterate_expressions, iterate_selects

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from eild.query.corrections.paths import WrongBlock
    from eild.query.text.query import Query
    from eild.query.text.syntax import Element, Expression, Item, Select, Structure
    from eild.rdf.kinds import Kinds

_REMEMBERED: Final = 512


@dataclass(frozen=True)
class Circumstances:
    """What a rewriting depends on besides the query.

    :ivar kinds: returns what :func:`eild.rdf.kinds.learn_kinds` found of the data; None if not known
    :ivar graphs: returns the names of the graphs of the dataset, as a query writes them
    :ivar resolve: returns the IRIs that tokens of the query stand for, as a query writes them
    """

    kinds: Callable[[], Mapping[str, Kinds] | None]
    graphs: Callable[[], Sequence[str]]
    resolve: Callable[[Query, Sequence[int]], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Suspects:
    """The parts of a structure that may have to be corrected, whatever constants and data they meet."""

    expressions: list[Expression]
    conditions: list[Expression]
    aggregates: list[Expression]
    order: list[Item]
    grouped: list[Select]
    blocks: list[WrongBlock]
    graphs: list[Element]
    has_star: bool

    @classmethod
    def find(cls, query: Query, found: Structure) -> Suspects | None:
        """Return those of a query; None if it has none."""
        select = found.select
        suspects = cls(
            [one for one in iterate_expressions(select) if may_be_wrong(one, query)],
            [one for one in iterate_conditions(select) if may_be_untrue(one)],
            find_aggregates(select),
            [item for one in iterate_selects(select) for item in one.order_by],
            find_grouped(select),
            find_wrong_blocks(select),
            find_wrong_graphs(select),
            select.star >= 0 and found.form == "SELECT",
        )
        return suspects if any(getattr(suspects, name) for name in cls.__slots__) else None


_suspects: dict[tuple[str, str], Suspects | None] = {}


def find_suspects(query: Query, found: Structure) -> Suspects | None:
    """Return the parts of a query that may have to be corrected, whatever its constants are; None if it has none."""
    if not any(query.key):
        return Suspects.find(query, found)
    if query.key not in _suspects:
        if len(_suspects) >= _REMEMBERED:
            _suspects.clear()
        _suspects[query.key] = Suspects.find(query, found)
    return _suspects[query.key]


def find_pieces(
    query: Query,
    found: Structure,
    suspects: Suspects,
    circumstances: Circumstances,
    classify: Callable[[int, int], Kinds],
) -> list[str | int] | None:
    """Return what is to be evaluated for a query, in pieces; None if that is the query itself.

    :param classify: does what :func:`eild.query.corrections.kinds.find_constant` does
    :raises QueryError: if no text is known to which the engine's answer is right
    """
    edits = Edits(query)
    finder = KindFinder(query, circumstances.kinds, classify)
    corrector = ExpressionCorrector(edits, finder)
    for expression in suspects.expressions:
        corrector.correct(expression)
    for condition in suspects.conditions:
        corrector.correct_truth(condition)
    correct_aliases(suspects.grouped, edits)
    correct_aggregates(suspects.aggregates, edits, finder)
    correct_order(suspects.order, edits, finder)
    PathCorrector(edits).correct_all(suspects.blocks)
    if suspects.graphs:
        terms = [element.term.start for element in suspects.graphs if element.term and element.term.kind == "iri"]
        names = dict(zip(terms, circumstances.resolve(query, terms), strict=True)) if terms else {}
        correct_graphs(suspects.graphs, edits, circumstances.graphs(), names)
    if edits and (ungrouped := explain_ungrouped(query)):
        raise ungrouped  # as the engine would, unless a function of ours hides the variable from it
    if suspects.has_star or edits.has_fresh:
        name_columns(found, edits)
    return edits.list_pieces() if edits else None


def correct_query(query: Query, circumstances: Circumstances) -> str:
    """Return the text to evaluate for a query; its own if the engine is right about it, or if it was not read.

    :raises QueryError: if no text is known to which the engine's answer is right
    """
    found = query.structure
    suspects = find_suspects(query, found) if found is not None else None
    if found is None or suspects is None:
        return query.text
    pieces = find_pieces(query, found, suspects, circumstances, partial(find_constant, query))
    return query.text if pieces is None else query.join(pieces)


def needs_functions(text: str) -> bool:
    """Return whether a rewritten text calls functions of ours."""
    return NAMESPACE in text


__all__ = ["AGGREGATES", "FUNCTIONS", "Circumstances", "correct_query", "needs_functions"]
