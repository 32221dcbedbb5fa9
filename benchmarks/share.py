"""Which share of queries is provably cheap, so that the HTTP process answers them itself.

``python -m benchmarks.share`` builds EILD's own data, judges the published queries, those of the guide, those of the
comparison with other servers and those of the W3C test suites (where these are beside the checkout) over it, and writes
``benchmarks/results/share.md``. Queries that are refused or not well-formed are not counted.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.queries import list_kinds
from benchmarks.suites import find_suites
from eild.errors import EildError
from eild.publication.cache import ensure_build
from eild.publication.manifest import load_publication
from eild.query.engine import QueryRequest
from eild.query.inside import InsideEngine
from eild.query.text.guard import check_query_text
from eild.query.text.query import read_query
from eild.terms import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable

RESULT: Final = Path(__file__).parent / "results" / "share.md"
"""Where the table is written."""
_ROOT: Final = Path(__file__).parent.parent
_BLOCK: Final = re.compile(r"```sparql( prefixes)?\n(.*?)```", re.DOTALL)


def read_guide() -> list[str]:
    """Return the queries of the guide, each with the prefixes that the guide declares for all."""
    blocks = _BLOCK.findall((_ROOT / "docs" / "guide.md").read_text(encoding="utf-8"))
    prefixes = "".join(text for kind, text in blocks if kind)
    return [prefixes + text for kind, text in blocks if not kind]


def read_queries(folders: Iterable[Path]) -> list[str]:
    """Return the queries in files of some folders and of those in them."""
    files = sorted(file for folder in folders for file in folder.rglob("*.rq"))
    return [file.read_bytes().decode("utf-8", "replace") for file in files]


def count_cheap(engine: InsideEngine, texts: Iterable[str]) -> tuple[int, int]:
    """Return how many queries are provably cheap, and how many there are."""
    cheap = number = 0
    for text in texts:
        try:
            shape = check_query_text(text, 1 << 20)
        except EildError:
            continue
        if shape.form:
            number += 1
            cheap += engine.takes(QueryRequest(read_query(text).text))
    return cheap, number


def main() -> int:
    """Judge, print and write the table; return the exit code."""
    folder = ensure_build()
    engine = InsideEngine.load(load_publication(folder), prefixes=PREFIXES, result_bytes=1 << 26)
    if engine is None:
        sys.stderr.write("the data is too large to be held in the HTTP process\n")
        return 1
    suites = find_suites()
    sources = {
        "published queries (`queries/`)": read_queries([_ROOT / "queries"]),
        "queries of the guide (`docs/guide.md`)": read_guide(),
        "kinds of the comparison (`benchmarks/queries.py`)": [kind.fill(0, 1) for kind in list_kinds(folder)],
        "W3C SPARQL test suites": read_queries([suites / "sparql"]) if suites is not None else [],
    }
    lines = ["| queries | provably cheap | of |", "|---|---:|---:|"]
    for name, texts in sources.items():
        cheap, number = count_cheap(engine, texts)
        lines.append(f"| {name} | {cheap} | {number} |")
    engine.close()
    head = "# Which share of queries is provably cheap\n\nMade by `python -m benchmarks.share`, over EILD's own data.\n"
    text = "\n".join([head, *lines, ""])
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
