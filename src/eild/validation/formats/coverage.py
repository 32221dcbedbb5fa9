"""What a validation looked at, as text: how much a report that conforms is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from eild.validation.names import name_for_people
from eild.validation.rules import component_name, count, shape_name

if TYPE_CHECKING:
    from eild.validation.exercise import Exercise
    from eild.validation.findings import Report

_MOST: Final = 20


def format_coverage(exercise: Exercise, report: Report) -> str:
    """Return which constraints no data met and which data no shape looked at, as lines of text; the totals last."""
    names = name_for_people(report)
    idle = [found for found in exercise.constraints if not found.is_exercised]
    lines = [
        f"{f'{found.location}: ' if found.location else ''}not exercised: "
        f"{shape_name(found.constraint.shape, report, names)} ({component_name(found.constraint.component)}): "
        + ("no node is checked" if not found.focus_nodes else f"no value at {count(found.focus_nodes, 'node')}")
        for found in idle[:_MOST]
    ]
    if len(idle) > _MOST:
        lines.append(f"not exercised: {len(idle) - _MOST} more constraints")
    lines += [
        f"not looked at: {count(number, 'triple')} with {names.short(predicate)}"
        for predicate, number in exercise.untouched[:_MOST]
    ]
    if len(exercise.untouched) > _MOST:
        lines.append(f"not looked at: {len(exercise.untouched) - _MOST} more properties")
    lines.append(
        f"coverage: {exercise.exercised} of {count(len(exercise.constraints), 'constraint')} exercised, "
        f"{exercise.focus_subjects} of {count(exercise.subjects, 'resource')} and "
        f"{exercise.touched_triples} of {count(exercise.triples, 'triple')} looked at"
    )
    return "\n".join(lines) + "\n"
