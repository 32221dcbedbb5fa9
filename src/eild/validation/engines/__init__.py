"""The engines that hold data against shapes.

The reference is pySHACL. ``auto`` takes the fast engine where it is known to give the report that the reference
gives, and the reference elsewhere; the outcome says which one ran, and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from eild.errors import UsageError
from eild.validation.engines.queries import parse_query
from eild.validation.engines.reference import run_reference

if TYPE_CHECKING:
    from rdflib import Graph

ENGINES: Final = ("auto", "pyshacl", "fast")
"""The names of the engines, the default first."""


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


def run_engine(data: Graph, shapes: Graph, *, engine: str = "auto") -> Outcome:
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
    return Outcome(run_reference(data, shapes), "pyshacl", "it is the reference")


__all__ = ["ENGINES", "Outcome", "parse_query", "run_engine"]
