"""One query, rewritten so that the engine's answer to it is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eild.query.corrections.edits import Edits
from eild.query.corrections.expressions import ExpressionCorrector
from eild.query.corrections.functions import AGGREGATES, FUNCTIONS, NAMESPACE
from eild.query.corrections.graphs import correct_graphs, find_wrong_graphs
from eild.query.corrections.kinds import KindFinder
from eild.query.corrections.paths import PathCorrector
from eild.query.corrections.solutions import correct_aggregates, correct_aliases, correct_order, name_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from eild.query.corrections.kinds import Kinds
    from eild.query.text.query import Query


@dataclass(frozen=True)
class Circumstances:
    """What a rewriting depends on besides the query.

    :ivar kinds: returns what :func:`eild.query.corrections.kinds.learn_kinds` found of the data; None if not known
    :ivar graphs: returns the names of the graphs of the dataset, as a query writes them
    :ivar resolve: returns the IRIs that tokens of the query stand for, as a query writes them
    """

    kinds: Callable[[], Mapping[str, Kinds] | None]
    graphs: Callable[[], Sequence[str]]
    resolve: Callable[[Query, Sequence[int]], Sequence[str]]


def correct_query(query: Query, circumstances: Circumstances) -> str:
    """Return the text to evaluate for a query; its own if the engine is right about it, or if it was not read.

    :raises QueryError: if no text is known to which the engine's answer is right
    """
    found = query.structure
    if found is None:
        return query.text
    edits = Edits(query)
    finder = KindFinder(query, circumstances.kinds)
    ExpressionCorrector(edits, finder).correct_all(found.select)
    correct_aliases(found.select, edits)
    correct_aggregates(found.select, edits, finder)
    correct_order(found.select, edits, finder)
    PathCorrector(edits).correct_all(found)
    if wrong := find_wrong_graphs(found.select):
        given = [element.term.start for element in wrong if element.term is not None and element.term.kind == "iri"]
        names = dict(zip(given, circumstances.resolve(query, given), strict=True)) if given else {}
        correct_graphs(wrong, edits, circumstances.graphs(), names)
    name_columns(found, edits)
    return edits.write(0, len(query.sources)) if edits else query.text


def needs_functions(text: str) -> bool:
    """Return whether a rewritten text calls functions of ours."""
    return NAMESPACE in text


__all__ = ["AGGREGATES", "FUNCTIONS", "Circumstances", "correct_query", "needs_functions"]
