"""Compare two recordings of behaviour and print the differences, each kind of difference once."""

from __future__ import annotations

import difflib
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    Record = dict[str, Any]
    Entry = dict[str, Any]

MOST_LINES: Final = 40
"""Lines of a difference between two texts that are printed; the rest is counted."""
MOST_NAMES: Final = 6
"""Names of entries that are printed for one difference; the rest is counted."""


def _diff_texts(old: str, new: str) -> list[str]:
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), "old", "new", lineterm="", n=1)
    shown = list(lines)[2:]
    if len(shown) > MOST_LINES:
        shown = [*shown[:MOST_LINES], f"… {len(shown) - MOST_LINES} more lines of difference"]
    return [line if len(line) <= 300 else f"{line[:300]}…" for line in shown]  # noqa: PLR2004 - about two screen lines


def _diff_bodies(old: str | None, new: str | None, texts_old: dict[str, str], texts_new: dict[str, str]) -> list[str]:
    """Describe how two bodies differ, which are given by their digests; None stands for an entry without a body."""
    if old == new:
        return []
    if old in texts_old and new in texts_new:
        return _diff_texts(texts_old[old], texts_new[new])
    return [f"- body {old}", f"+ body {new}"]


def _diff_values(name: str, old: Any, new: Any) -> list[str]:  # noqa: ANN401 - a member of a record may be any JSON
    if old == new:
        return []
    if isinstance(old, list) and isinstance(new, list):
        gone = [value for value in old if value not in new]
        come = [value for value in new if value not in old]
        if not gone and not come:
            return [f"~ {name}: other order or number"]
        return [*(f"- {name} {value}" for value in gone), *(f"+ {name} {value}" for value in come)]
    return [f"- {name} {old}", f"+ {name} {new}"]


def describe_difference(old: Entry, new: Entry, texts_old: dict[str, str], texts_new: dict[str, str]) -> list[str]:
    """Return the lines that say how two entries differ; an empty list if they are equal.

    :param texts_old: bodies of the old record by digest
    :param texts_new: bodies of the new record by digest
    """
    lines = []
    bodies = [name for name in ("body", "stdout", "stderr") if name in old or name in new]
    for name in sorted((old.keys() | new.keys()) - set(bodies)):
        lines += _diff_values(name, old.get(name), new.get(name))
    for name in bodies:
        found = _diff_bodies(old.get(name), new.get(name), texts_old, texts_new)
        lines += [f"  {name}:", *(f"    {line}" for line in found)] if found else []
    return lines


def find_differences(old: Record, new: Record) -> dict[str, list[str]]:
    """Return for each kind of difference, as text, the names of the entries that differ in this way."""
    kinds: dict[str, list[str]] = defaultdict(list)
    before, after = old["entries"], new["entries"]
    for name in before:
        if name not in after:
            kinds["only in the old record"].append(name)
        elif lines := describe_difference(before[name], after[name], old["texts"], new["texts"]):
            kinds["\n".join(lines)].append(name)
    if added := [name for name in after if name not in before]:
        kinds["only in the new record"] = added
    return dict(kinds)


def report_differences(differences: dict[str, list[str]]) -> Iterator[str]:
    """Yield the lines of a report: each kind of difference with the entries that show it, the most frequent first."""
    for text, names in sorted(differences.items(), key=lambda kind: (-len(kind[1]), kind[0])):
        yield f"{len(names)} × {names[0]}"
        yield from (f"    {name}" for name in names[1:MOST_NAMES])
        if len(names) > MOST_NAMES:
            yield f"    … and {len(names) - MOST_NAMES} more"
        yield from (f"  {line}" for line in text.splitlines())
        yield ""
