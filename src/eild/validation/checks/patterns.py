"""Regular expressions: those that are not XPath's, and those that hang.

``sh:pattern`` and REGEX have the expressions of XPath, which are translated for the engines. A search takes exponential
time for some expressions with repetitions within repetitions. These are found by their structure, and before an engine
runs them, each is tried on the values of the data in a process that is killed at a deadline.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from rdflib import BNode, URIRef
from rdflib.namespace import SH

from eild.errors import ShapesError
from eild.located.inside import locate_inside
from eild.validation.checks.backtracking import is_suspicious, may_backtrack
from eild.validation.grammar.expressions import find_expressions
from eild.validation.notes import Note
from eild.xpath.regex import FLAGS, PatternError, translate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rdflib import Graph
    from rdflib.term import Node

    from eild.errors import Location
    from eild.located import LocatedGraph
    from eild.located.statements import Statements
    from eild.validation.grammar.expressions import Expression

DEADLINE: Final = 5.0
"""Seconds that one suspicious expression may take for all values that it could be held against."""

_PROGRAM: Final = """
import json, re, signal, sys
for line in sys.stdin:
    pattern, values = json.loads(line)
    signal.setitimer(signal.ITIMER_REAL, float(sys.argv[1]))
    print(1, flush=True)
    search = re.compile(pattern).search
    for value in values:
        search(value)
    signal.setitimer(signal.ITIMER_REAL, 0)
"""
"""Searches each expression in its values; the alarm of an expression that takes too long ends the process."""


def check_patterns(located: LocatedGraph) -> Iterator[ShapesError]:
    """Yield an error for each expression that is not one of XPath, with the place of the error in it."""
    for pattern, flags, place, _ in _expressions(located):
        try:
            translate(pattern, flags)
        except PatternError as error:
            unknown = set(flags) - set(FLAGS)
            inside = place if unknown else locate_inside(located.texts, place, error.offset)
            message = f"ill-formed regular expression {_short(pattern)}: {error.reason}"
            hint = "SHACL and SPARQL have the expressions of XPath: see XPath Functions 3.1, section 5.6"
            yield ShapesError(message, location=inside, hint=hint)
    for text, place in _queries(located):
        for found in find_expressions(text):
            if found.replaces and found.pattern is not None and found.flags is not None and _matches_nothing(found):
                message = f"the regular expression {_short(found.pattern)} of a replacement matches an empty text"
                inside = locate_inside(located.texts, place, found.start)
                yield ShapesError(message, location=inside, hint="make it match at least one character")


def _matches_nothing(found: Expression) -> bool:
    """Return whether an expression matches an empty text, which XPath refuses (section 5.6.4)."""
    try:
        return translate(found.pattern or "", found.flags or "").compile().search("") is not None
    except PatternError:  # which is told by itself
        return False


def note_patterns(located: LocatedGraph) -> Iterator[Note]:
    """Yield a note for each expression that can take exponential time, or that a query computes."""
    for pattern, flags, place, _ in _expressions(located):
        if is_suspicious(_translated(pattern, flags)):
            what = "repeats a repetition or a choice, which can take exponential time"
            message = f"the regular expression {_short(pattern)} {what}"
            yield Note(message, place, "make it unambiguous what each repetition matches", strict=False)
    for text, place in _queries(located):
        if any(found.pattern is None or found.flags is None for found in find_expressions(text)):
            message = "a query computes a regular expression, so whether it can take exponential time is unknown"
            yield Note(message, place, "write the expression into the query", strict=False)


def _translated(pattern: str, flags: str) -> str:
    """Return an expression as Python has it; an empty one for what XPath does not have."""
    try:
        return translate(pattern, flags).python
    except PatternError:
        return ""


def _queries(located: LocatedGraph) -> Iterator[tuple[str, Location | None]]:
    for predicate in (SH.select, SH.ask):
        for node, text in located.graph.subject_objects(predicate):
            yield str(text), located.locate(node, predicate, text)


def _expressions(located: LocatedGraph) -> Iterator[tuple[str, str, Location | None, Node | None]]:
    """Yield each expression with its flags, its place, and the path whose values it is for."""
    for shape, pattern in located.graph.subject_objects(SH.pattern):
        flags = located.graph.value(shape, SH.flags)
        path = located.graph.value(shape, SH.path)
        place = located.locate(shape, SH.pattern, pattern)
        if set(str(flags or "")) - set(FLAGS) and flags is not None:
            place = located.locate(shape, SH.flags, flags)
        yield str(pattern), str(flags or ""), place, path
    for text, place in _queries(located):
        for found in find_expressions(text):
            if found.pattern is not None and found.flags is not None:
                yield found.pattern, found.flags, locate_inside(located.texts, place, found.start), None


def _short(pattern: str) -> str:
    longest = 60
    return repr(pattern if len(pattern) <= longest else f"{pattern[:longest]}…")


def try_patterns(located: LocatedGraph, data: Graph | Statements, *, deadline: float = DEADLINE) -> None:
    """Hold each expression that may backtrack against the values that it could meet, in a process of its own.

    The expressions of a property are held against the property's values, all others against each term of the data.

    :param located: the shapes
    :param data: the data that are going to be validated
    :param deadline: seconds for one expression
    :raises ShapesError: if an expression takes longer
    """
    tried: list[tuple[str, str, Location | None]] = []
    lines: list[str] = []
    everything: list[str] | None = None
    for pattern, flags, place, path in _expressions(located):
        translated = _translated(pattern, flags)
        if not may_backtrack(translated):
            continue
        if isinstance(path, URIRef):
            values = _texts(data.objects(None, path))
        else:
            everything = everything if everything is not None else _texts(data.all_nodes())
            values = everything
        tried.append((pattern, flags, place))
        lines.append(json.dumps([translated, values]))
    if not lines:
        return
    outcome = subprocess.run(  # noqa: S603 - the interpreter itself, with a program of our own
        [sys.executable, "-I", "-S", "-c", _PROGRAM, str(deadline)],
        input="\n".join(lines).encode(),
        check=False,
        capture_output=True,
    )
    if outcome.returncode:
        pattern, _, place = tried[max(len(outcome.stdout.split()) - 1, 0)]
        message = f"the regular expression {_short(pattern)} takes longer than {deadline:g} s on the values of the data"
        hint = "it repeats a repetition or a choice: make it unambiguous what each of them matches"
        raise ShapesError(message, location=place, hint=hint)


def _texts(nodes: Iterable[Node]) -> list[str]:
    return sorted({str(node) for node in nodes if not isinstance(node, BNode)})
