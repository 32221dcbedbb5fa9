"""The engines that validate data against shapes.

``auto`` is EILD's own evaluator (:mod:`eild.validation.exact`), beside which a fast engine applies the shapes of which
it is known to give the same results. No engine is asked after another has refused. pySHACL runs if it is asked for.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from rdflib.namespace import SH

from eild.errors import ShapesError, UsageError
from eild.located.statements import Statements
from eild.validation.engines.excerpt import take_excerpt
from eild.validation.engines.fast import FAST_ENGINE, run_fast
from eild.validation.engines.large import NESTING, is_available, run_compiled
from eild.validation.engines.queried import find_queries
from eild.validation.engines.report import find_tagged, read_report, restore_tags
from eild.validation.engines.routing import make_plan
from eild.validation.exact.compiler import find_reached
from eild.validation.exact.index import Index
from eild.validation.exact.run import Run

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

    from eild.validation.engines.routing import Plan
    from eild.validation.results import Result
    from eild.validation.shapes import Shapes

ENGINES: Final = ("auto", "pyshacl", "fast", "exact")
"""The names of the engines, the default first."""

REFERENCE_ENGINE: Final = "pyshacl"
"""The name of pySHACL, as reports show it."""

EXACT_ENGINE: Final = "eild"
"""The name of EILD's own evaluator, as reports show it."""

MOST_EXPLAINED: Final = 200_000
"""Statements of data beyond which results are not explained further than the fast engine does."""

LARGE = 50_000
"""Statements of data from which on the engine for large data is taken."""

_TELLS: Final = re.compile(r"[?$]message\b")
_FAILS: Final = re.compile(r"[?$]failure\b")
_ASKED: Final = "it was asked for"


@dataclass(frozen=True)
class Outcome:
    """What a validation by engines returns.

    :ivar results: the results
    :ivar engine: the engines that made them
    :ivar reason: why they were taken
    """

    results: tuple[Result, ...]
    engine: str
    reason: str


def run_engine(data: Graph | Statements, shapes: Shapes, *, engine: str = "auto") -> Outcome:
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
    tags = () if isinstance(data, Statements) else data.objects()
    written = find_tagged((*tags, *shapes.graph.objects()))
    statements = _as_statements(data)
    if engine == "pyshacl":
        from eild.validation.engines.reference import run_reference

        graph = data.graph if isinstance(data, Statements) else data
        if statements.rdf_1_2:
            message = "pySHACL cannot validate data with terms of RDF 1.2"
            raise ShapesError(message, hint="leave --engine out: EILD's own evaluator can")
        _refuse_failures(statements, shapes)
        report = run_reference(graph, take_excerpt(shapes, shapes.targeted, translated=False))
        declared = frozenset(shapes.graph.subjects(SH.parameter))
        found = _complete(read_report(report, shapes.graph), statements, shapes, declared)
        return Outcome(restore_tags(found, written), REFERENCE_ENGINE, _ASKED)
    if engine == "fast":
        _refuse_failures(statements, shapes)
        results = read_report(run_fast(statements, shapes, shapes.targeted), shapes.graph)
        return Outcome(restore_tags(_complete(results, statements, shapes), written), FAST_ENGINE, _ASKED)
    plan = make_plan(statements, shapes)
    if engine == "exact":
        plan.exact = dict.fromkeys([*plan.fast, *plan.exact], _ASKED)
        plan.fast, plan.split = [], set()
    outcome = _run_plan(statements, shapes, plan)
    return Outcome(restore_tags(outcome.results, written), outcome.engine, outcome.reason)


def _as_statements(data: Graph | Statements) -> Statements:
    return data if isinstance(data, Statements) else Statements.from_triples(data)


def _refuse_failures(data: Statements, shapes: Shapes) -> None:
    """Raise the failure that a query of the shapes reports, for engines that do not know ``?failure``.

    :raises ShapesError: if a solution binds ``?failure`` to true
    """
    graph = shapes.graph
    roots = [
        root
        for root in shapes.targeted
        if any(_FAILS.search(query) for shape in find_reached(graph, root) for query in find_queries(graph, shape))
    ]
    if roots:
        for _ in Run(Index.read(data), shapes).results(roots):
            pass


def _complete(
    results: list[Result], data: Statements, shapes: Shapes, components: frozenset[Node] = frozenset()
) -> tuple[Result, ...]:
    """Return results with the details, values and messages that the engines leave out.

    Large data are not read again for that.

    :param components: the constraint components of which no result is complete
    """
    lacking = {result for result in results if result.component in components or _is_incomplete(result, shapes)}
    if not lacking or sum(part.count for part in data.parts) > MOST_EXPLAINED:
        return tuple(results)
    run = Run(Index.read(data), shapes)
    completed = []
    counted: Counter[Result] = Counter()
    for result in results:
        same = replace(result, messages=(), details=())
        counted[same] += 1
        try:
            completed.append(run.complete(result, counted[same] - 1) if result in lacking else result)
        except ShapesError:  # a query within that cannot be run here: the result stands as it is
            completed.append(result)
    return tuple(completed)


def _is_incomplete(result: Result, shapes: Shapes) -> bool:
    if result.constraint is not None:
        return _TELLS.search(str(shapes.graph.value(result.constraint, SH.select) or "")) is not None
    if result.component == SH.UniqueLangConstraintComponent:
        return not result.messages
    return not result.details and result.component in NESTING


def _run_plan(data: Statements, shapes: Shapes, plan: Plan) -> Outcome:
    results: list[Result] = []
    engines: list[str] = []
    reasons: list[str] = []
    fast = plan.fast
    if fast and is_available() and sum(part.count for part in data.parts) >= LARGE:
        compiled = run_compiled(data, shapes, fast)
        results, fast, engines = compiled.results, compiled.left, compiled.engines
        reasons.append("the data are large")
    if fast:
        results += read_report(run_fast(data, shapes, fast), shapes.graph)
        engines.append(FAST_ENGINE)
        reasons.append("it is known to agree with EILD's own evaluator on such shapes")
    if plan.split:
        results += read_report(run_fast(data, shapes, sorted(plan.split, key=str), queries_only=True), shapes.graph)
    if plan.exact or not plan.fast:
        run = Run(Index.read(data), shapes, without_queries=frozenset(plan.split))
        results += run.results(plan.exact)
        engines.append(EXACT_ENGINE)
        reasons += sorted(set(plan.exact.values()))
    complete = _complete(results, data, shapes)
    return Outcome(complete, " + ".join(dict.fromkeys(engines)), "; ".join(dict.fromkeys(reasons)))


__all__ = ["ENGINES", "Outcome", "run_engine"]
