#!/usr/bin/env python3
"""Write the page on corrected results of the query engine, from the queries in ``engine.toml``.

Run ``python docs/update_engine.py`` after a change to these queries. With ``--bare``, it first evaluates them with the
installed engine alone and writes the results into the file; the tests compare both.
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
HERE: Final = {"right": "the correct result", "refused": "400 with the reason", "bare": "the same as the engine"}

HEAD: Final = """# Corrected results of the query engine

EILD evaluates queries with Oxigraph. For the queries on this page, that engine alone returns wrong solutions, no
solutions, or an error. EILD analyses every query and rewrites it if the engine would return a wrong result. Queries
that cannot be corrected are rejected, or listed at the end. The tests run the queries in `docs/engine.toml`, with the
engine alone and through EILD. If a new version of the engine returns a different result, a test fails.

A server behind `--store URL` evaluates queries with its own engine, and EILD does not rewrite them.

OPTIONAL can leave a variable unbound. According to SPARQL 1.1 Query, section 18.5.1, such a solution makes SUM, MIN,
MAX, AVG and GROUP_CONCAT of its group fail, and the result is unbound. Other engines skip these solutions. EILD follows
the specification. To get a value, write `SUM(COALESCE(?x, 0))`, or filter with `BOUND(?x)`.

The tests compare generated queries with Oxigraph and RDFLib. In a checkout,
`python -m benchmarks.voices --sparq PYTHON` also compares them with the library sparq (`sparq-rdf` 0.1.6), which has an
evaluator of its own. Of 17,689 queries, both evaluate 17,534, and 17,487 have the same solutions. In 42 of the others,
MIN or MAX meets literals of several kinds, whose order SPARQL leaves open, or unbound values, which sparq leaves out.
In 5, values of different kinds are compared, as listed at the end.
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
    return "; ".join(f"`{row}`" for row in shown) if shown else "no solutions"


def render(table: dict[str, Any]) -> str:
    """Return the page."""
    parts = [HEAD, f"All queries start with:\n\n```text\n{table['prologue'].strip()}\n```\n"]
    for group in table["group"]:
        parts.append(f"## {group['title']}\n\n{group['text']} ({group['why']})\n")
        for case in group["cases"]:
            data = f"# data: {case['data']}\n" if "data" in case else ""
            lines = [
                f"```text\n{data}{case['query']}\n```\n",
                f"- correct: {_render_rows(case['right'])}",
                f"- engine alone: {'an error' if case['bare'] == ['error'] else _render_rows(case['bare'])}",
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
