"""The engines that hold data against shapes.

The reference is pySHACL. ``auto`` takes the fast engine where it is known to give the report that the reference
gives, and the reference elsewhere; the outcome says which one ran, and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from eild.errors import ShapesError, UsageError
from eild.located.statements import Statements
from eild.validation.engines.fast import FAST_ENGINE, run_fast
from eild.validation.engines.queries import parse_query
from eild.validation.engines.reference import run_reference
from eild.validation.engines.routing import find_obstacle

if TYPE_CHECKING:
    from rdflib import Graph

ENGINES: Final = ("auto", "pyshacl", "fast")
"""The names of the engines, the default first."""


REFERENCE_ENGINE: Final = "pyshacl"
"""The name of the reference, as reports show it."""


@dataclass(frozen=True)
class Outcome:
    """What an engine returns.

    :ivar graph: the report graph (SHACL, section 3.6)
    :ivar engine: the engine that made it
    :ivar reason: why that engine was taken
    """

    graph: Graph
    engine: str
    reason: str


def run_engine(data: Graph | Statements, shapes: Graph, *, engine: str = "auto") -> Outcome:
    """Validate a data graph against a shapes graph.

    :param data: the data; not changed
    :param shapes: the shapes; not changed
    :param engine: one of :data:`ENGINES`
    :raises ShapesError: if the engine cannot apply the shapes
    :raises UsageError: if there is no engine of that name
    """
    if engine not in ENGINES:
        message = f"there is no validation engine {engine!r}"
        raise UsageError(message, hint=f"use one of {', '.join(ENGINES)}")
    if engine == "fast":
        return Outcome(run_fast(data, shapes), FAST_ENGINE, "it was asked for")
    if engine == "pyshacl":
        return Outcome(run_reference(_graph(data), shapes), REFERENCE_ENGINE, "it was asked for")
    obstacle = find_obstacle(data, shapes)
    if obstacle is None:
        try:
            return Outcome(run_fast(data, shapes), FAST_ENGINE, "it is known to agree with pySHACL on such shapes")
        except ShapesError as error:
            obstacle = f"the fast engine declined: {error.message}"
    return Outcome(run_reference(_graph(data), shapes), REFERENCE_ENGINE, obstacle)


def _graph(data: Graph | Statements) -> Graph:
    return data.graph if isinstance(data, Statements) else data


__all__ = ["ENGINES", "Outcome", "parse_query", "run_engine"]
