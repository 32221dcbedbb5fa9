"""Regular expressions: those that the engine cannot read, those that other engines cannot, and those that hang.

SHACL's ``sh:pattern`` and SPARQL's ``REGEX`` use the expressions of XPath. Python's differ in details, and its search
takes exponential time for some expressions with repetitions inside of repetitions. These are found by their structure,
and before the engine runs them, each is tried on the values of the data in a process that is killed at a deadline.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from rdflib import BNode, Literal, URIRef
from rdflib.namespace import SH

from eild.errors import ShapesError
from eild.located.inside import locate_inside
from eild.validation.checks.backtracking import is_suspicious, may_backtrack
from eild.validation.checks.queries import regex_literals
from eild.validation.findings import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rdflib import Graph
    from rdflib.term import Node

    from eild.errors import Location
    from eild.located import LocatedGraph
    from eild.located.statements import Statements

DEADLINE: Final = 5.0
"""Seconds that one suspicious expression may take for all values that it could be held against."""

_ONLY_PYTHON: Final = re.compile(r"\(\?|\\[AbBZ]|[*+?}]\+")
_PROGRAM: Final = """
import json, re, signal, sys
for line in sys.stdin:
    pattern, flags, values = json.loads(line)
    signal.setitimer(signal.ITIMER_REAL, float(sys.argv[1]))
    print(1, flush=True)
    search = re.compile(pattern, flags).search
    for value in values:
        search(value)
    signal.setitimer(signal.ITIMER_REAL, 0)
"""
"""Searches each expression in its values; the alarm of an expression that takes too long ends the process."""


def check_patterns(located: LocatedGraph) -> Iterator[ShapesError]:
    """Yield a fault for each expression that Python cannot compile, with the place of the error in it."""
    for shape, pattern in located.graph.subject_objects(SH.pattern):
        if isinstance(pattern, Literal):
            place = located.locate(shape, SH.pattern, pattern)
            try:
                re.compile(str(pattern))
            except (re.error, OverflowError, RecursionError) as error:
                inside = locate_inside(located.texts, place, getattr(error, "pos", None) or 0)
                hint = "escape the characters that are meant literally"
                if re.search(r"\\[pPicIC]", str(pattern)):
                    hint = "write a class in brackets: \\p{…}, \\i and \\c of XPath are not available"
                yield ShapesError(f"ill-formed regular expression: {error}", location=inside, hint=hint)
            yield from _wrong_flags(located, shape)


def _wrong_flags(located: LocatedGraph, shape: Node) -> Iterator[ShapesError]:
    for flags in located.graph.objects(shape, SH.flags):
        unknown = set(str(flags)) - set("smixq")
        if unknown:
            message = f"unknown flag {min(unknown)!r} of a regular expression"
            place = located.locate(shape, SH.flags, flags)
            yield ShapesError(message, location=place, hint="XPath has the flags s, m, i, x and q")


def note_patterns(located: LocatedGraph) -> Iterator[Note]:
    """Yield a note for each expression that can take exponential time, or that only Python understands."""
    for pattern, _, place, _ in _expressions(located):
        if is_suspicious(pattern):
            what = "repeats a repetition or a choice, which can take exponential time"
            message = f"the regular expression {_short(pattern)} {what}"
            yield Note(message, place, "make it unambiguous what each repetition matches", strict=False)
        foreign = _ONLY_PYTHON.search(pattern.replace("\\\\", ""))
        if foreign is not None:
            message = f"{foreign[0]} in the regular expression {_short(pattern)} is not XPath's"
            yield Note(message, place, "other SHACL engines refuse it or read it differently", strict=False)


def _expressions(located: LocatedGraph) -> Iterator[tuple[str, str, Location | None, Node | None]]:
    """Yield each expression with its flags, its place, and the path whose values it is for."""
    for shape, pattern in located.graph.subject_objects(SH.pattern):
        flags = located.graph.value(shape, SH.flags)
        path = located.graph.value(shape, SH.path)
        yield str(pattern), str(flags or ""), located.locate(shape, SH.pattern, pattern), path
    yield from ((text, letters, place, None) for text, letters, place in regex_literals(located))


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
        if not may_backtrack(pattern):
            continue
        if isinstance(path, URIRef):
            values = _texts(data.objects(None, path))
        else:
            everything = everything if everything is not None else _texts(data.all_nodes())
            values = everything
        tried.append((pattern, flags, place))
        lines.append(json.dumps([pattern, _python_flags(flags), values]))
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


def _python_flags(flags: str) -> int:
    known = (("i", re.IGNORECASE), ("m", re.MULTILINE), ("s", re.DOTALL))
    return int(sum(flag for letter, flag in known if letter in flags))
