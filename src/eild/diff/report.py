"""The difference between two dumps as text, as JSON and as Markdown for release notes."""

from __future__ import annotations

import json
import re
from itertools import groupby
from typing import TYPE_CHECKING, Final

from eild.terms import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eild.diff.comparison import Change, DumpComparison

FORMATS: Final = ("text", "json", "markdown")
"""Names of the forms of a report."""

_MARKS: Final = {"added": "+", "removed": "-", "changed": "~"}
_NAMESPACES: Final = {namespace: prefix for prefix, namespace in PREFIXES.items()}
_IRI: Final = re.compile(r"<([^<>\s]*[/#])([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?)>$")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_IN_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]<>#|])")
_LONGEST: Final = 200


def render_report(comparison: DumpComparison, form: str, *, summary: bool = False) -> str:
    """Return a comparison as one of :data:`FORMATS`, with a final line break.

    :param summary: whether the statements are left out, and in text and Markdown the resources that changed too
    """
    if form == "json":
        return _render_json(comparison, summary=summary)
    lines = _write_markdown(comparison, summary=summary) if form == "markdown" else _write_text(comparison, summary)
    return "\n".join(lines) + "\n"


def _headline(comparison: DumpComparison) -> str:
    counts = comparison.count_resources()
    statements = comparison.count_statements().values()
    added, removed = sum(pair[0] for pair in statements), sum(pair[1] for pair in statements)
    resources = ", ".join(f"{number} {status}" for status, number in counts.items())
    return f"{added} statements added, {removed} removed; resources: {resources}"


def _shorten(term: str) -> str:
    """Return a term with its namespace as a prefix, on one line, cut where it is very long."""
    match = _IRI.match(term)
    if match and match[1] in _NAMESPACES:
        return f"{_NAMESPACES[match[1]]}:{match[2]}"
    clean = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", term)
    return clean if len(clean) <= _LONGEST else f"{clean[: _LONGEST - 1]}…"


def _by_kind(comparison: DumpComparison) -> Iterator[tuple[str, list[Change]]]:
    for kind, changes in groupby(comparison.changes, key=lambda change: change.kind):
        yield kind, list(changes)


def _write_text(comparison: DumpComparison, summary: bool) -> Iterator[str]:  # noqa: FBT001 - one caller, by name
    yield f"{_shorten(comparison.old)} → {_shorten(comparison.new)}: {_headline(comparison)}"
    for module, (added, removed) in comparison.count_statements().items():
        yield f"  {_shorten(module) or 'default graph':<16} +{added} -{removed}"
    if summary:
        return
    for kind, changes in _by_kind(comparison):
        yield ""
        yield f"{_shorten(kind)}"
        for change in changes:
            label = f"  {_shorten(change.label)}" if change.label else ""
            yield f"{_MARKS[change.status]} {_shorten(change.subject)}{label}"
            for mark, statements in (("-", change.removed), ("+", change.added)):
                for module, predicate, obj in statements:
                    place = f"  [{_shorten(module)}]" if module else ""
                    yield f"    {mark} {_shorten(predicate)} {_shorten(obj)}{place}"


def _write_markdown(comparison: DumpComparison, *, summary: bool) -> Iterator[str]:
    yield f"## {_escape(comparison.old)} → {_escape(comparison.new)}"
    yield ""
    yield f"{_headline(comparison)}."
    counts = comparison.count_statements()
    if counts:
        yield from ("", "| module | added | removed |", "|---|---:|---:|")
        for module, (added, removed) in counts.items():
            yield f"| {_escape(module) or 'default graph'} | {added} | {removed} |"
    if summary:
        return
    for kind, changes in _by_kind(comparison):
        yield ""
        yield f"### {_escape(kind)}"
        for status in _MARKS:
            chosen = [change for change in changes if change.status == status]
            if chosen:
                yield from ("", f"{status.capitalize()}:", "")
            for change in chosen:
                label = f" {_escape(change.label)}" if change.label else ""
                yield f"- `{_shorten(change.subject).replace('`', '')}`{label}{_name_properties(change)}"


def _name_properties(change: Change) -> str:
    """Return which properties changed of a resource that is there in both dumps."""
    if change.status != "changed":
        return ""
    names = sorted({_shorten(predicate) for _, predicate, _ in (*change.added, *change.removed)})
    return f" ({', '.join(_escape(name) for name in names)})"


def _escape(text: str) -> str:
    return _IN_MARKDOWN.sub(r"\\\1", _shorten(text))


def _render_json(comparison: DumpComparison, *, summary: bool) -> str:
    statements = {
        module: {"added": added, "removed": removed}
        for module, (added, removed) in comparison.count_statements().items()
    }
    content: dict[str, object] = {
        "old": comparison.old,
        "new": comparison.new,
        "resources": comparison.count_resources(),
        "statements": statements,
    }
    if not summary:
        content["changes"] = [
            {
                "resource": change.subject,
                "kind": change.kind,
                "status": change.status,
                "label": change.label,
                "added": [_make_row(statement) for statement in change.added],
                "removed": [_make_row(statement) for statement in change.removed],
            }
            for change in comparison.changes
        ]
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _make_row(statement: tuple[str, str, str]) -> dict[str, str]:
    module, predicate, obj = statement
    return {"module": module, "predicate": predicate, "object": obj}
