#!/usr/bin/env python3
"""Write the page on what the engine answers wrongly, from the queries in ``engine.toml``.

Run ``python docs/update_engine.py`` after a change of them. With ``--bare`` it first asks the installed engine what it
answers by itself and writes that into the file; the tests compare both.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store

FOLDER: Final = Path(__file__).parent
TABLE: Final = FOLDER / "engine.toml"
PAGE: Final = FOLDER / "engine.md"
HERE: Final = {"right": "the right result", "refused": "400 with the reason", "bare": "as by the engine itself"}

HEAD: Final = """# What the engine answers wrongly

EILD evaluates queries with Oxigraph. For the queries below, that engine by itself returns wrong rows, or none, or an
error. EILD reads each query and rewrites it where the engine would be wrong about it. What cannot be put right is
refused or listed at the end. `docs/engine.toml` holds these queries, and the tests run them: by the engine itself and
through EILD. A new version of the engine that answers any of them differently makes a test fail.

A server behind `--store URL` evaluates queries by its own engine. EILD does not rewrite them for it.

OPTIONAL can leave a variable unbound. By the letter of SPARQL 1.1 Query, section 18.5.1, such a row makes SUM, MIN,
MAX, AVG and GROUP_CONCAT of its group fail, and the column is empty. Other engines skip these rows. EILD follows the
letter. Write `SUM(COALESCE(?x, 0))`, or filter with `BOUND(?x)`, to get a value.
"""


def read_table() -> dict[str, Any]:
    """Return the content of the file with the queries."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def make_store(data: str, prologue: str) -> Store:
    """Return a store with the data of a case."""
    store = Store()
    store.load(f"{prologue}{data}".encode(), RdfFormat.TRIG)
    return store


def ask_bare(case: dict[str, Any], prologue: str) -> list[str]:
    """Return the rows of the engine by itself, as lines of TSV; ``error`` if it rejects the query."""
    try:
        found = make_store(case.get("data", ""), prologue).query(prologue + case["query"])
    except (SyntaxError, RuntimeError, ValueError):
        return ["error"]
    if not isinstance(found, QuerySolutions):
        return ["error"]
    text = found.serialize(format=QueryResultsFormat.TSV) or b""
    return text.decode("utf-8").split("\n")[1:-1]


def _render_rows(rows: list[str]) -> str:
    shown = [" · ".join(cell or "unbound" for cell in row.split("\t")) for row in rows]
    return "; ".join(f"`{row}`" for row in shown) if shown else "no row"


def render(table: dict[str, Any]) -> str:
    """Return the page."""
    parts = [HEAD, f"All queries begin with:\n\n```text\n{table['prologue'].strip()}\n```\n"]
    for group in table["group"]:
        parts.append(f"## {group['title']}\n\n{group['text']} ({group['why']})\n")
        for case in group["cases"]:
            data = f"# data: {case['data']}\n" if "data" in case else ""
            lines = [
                f"```text\n{data}{case['query']}\n```\n",
                f"- right: {_render_rows(case['right'])}",
                f"- the engine itself: {'an error' if case['bare'] == ['error'] else _render_rows(case['bare'])}",
                f"- EILD: {HERE[case['here']]}\n",
            ]
            parts.append("\n".join(lines))
    return "\n".join(parts)


def _write_bare(table: dict[str, Any]) -> None:
    """Write what the engine answers by itself into the file."""
    text = TABLE.read_text(encoding="utf-8")
    for group in table["group"]:
        for case in group["cases"]:
            escaped = (
                row.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
                for row in ask_bare(case, table["prologue"])
            )
            written = ", ".join(f'"{row}"' for row in escaped)
            line = next(one for one in text.split("\n") if f"'{case['query']}'" in one)
            plain = re.sub(r", bare = \[.*\](?=, here = )", "", line)
            text = text.replace(line, plain.replace(", here = ", f", bare = [{written}], here = "))
    TABLE.write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Write the page; return the exit code."""
    if "--bare" in arguments:
        _write_bare(read_table())
    PAGE.write_text(render(read_table()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
