"""Results of SELECT and ASK as tables of plain text, for people at a terminal."""

from __future__ import annotations

from typing import Any, Final

from eild.rdf.terms import read_json_term, write_term

_CELL: Final = 80


def _cell(value: dict[str, Any] | None, prefixes: dict[str, str]) -> str:
    """Return the text of a table cell, with IRIs abbreviated, control characters removed and long strings truncated."""
    if value is None:
        return ""
    if value["type"] == "uri":
        return _abbreviate(str(value["value"]), prefixes)
    text = str(value["value"])
    if value["type"] == "bnode":
        return f"_:{text}"
    if value["type"] == "triple":
        text = write_term(read_json_term(value), lambda node: _abbreviate(node.value, prefixes))
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return text if len(text) <= _CELL else text[: _CELL - 1] + "…"


def _abbreviate(iri: str, prefixes: dict[str, str]) -> str:
    """Return an IRI abbreviated by the first prefix that fits."""
    for name, start in prefixes.items():
        if start and iri.startswith(start):
            return f"{name}:{iri[len(start) :]}"
    return f"<{iri}>"


def render_table(content: dict[str, Any], prefixes: dict[str, str]) -> str:
    """Return SPARQL 1.1 Query Results JSON as a plain-text table."""
    if "boolean" in content:
        return "yes\n" if content["boolean"] else "no\n"
    columns = list(content["head"].get("vars", []))
    bindings = content["results"]["bindings"]
    longest_first = dict(sorted(prefixes.items(), key=lambda pair: -len(pair[1])))
    rows = [[_cell(row.get(name), longest_first) for name in columns] for row in bindings]
    widths = [max(len(line[position]) for line in [columns, *rows]) for position in range(len(columns))]
    lines = [columns, ["-" * width for width in widths], *rows]
    text = "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )
    return f"{text}{len(rows)} {'row' if len(rows) == 1 else 'rows'}\n"
