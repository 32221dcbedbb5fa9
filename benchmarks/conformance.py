"""How many tests of the W3C suites pass: the table of ``docs/rdf.md``.

    python -m benchmarks.conformance

writes it into the page, with a line for each test that does not pass. See :mod:`benchmarks.suites` for where the suites
are.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

from benchmarks import sparqlsuites
from benchmarks.suites import FOLDERS, SETTING, find_suites, load_tests

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "rdf.md"
"""The page with the table."""
_PLACE: Final = re.compile(r"(<!-- suites: .*? -->).*?(<!-- /suites -->)", re.DOTALL)
_SPARQL: Final = {
    "SPARQL 1.2 Query, syntax": ("PositiveSyntaxTest", "NegativeSyntaxTest"),
    "SPARQL 1.2 Query, evaluation": ("QueryEvaluationTest",),
}
"""Kinds of tests by the titles of their rows."""


def write_table(suites: Path) -> str:
    """Return the table of how many tests of each suite pass, and a line for each that does not."""
    rows = ["| suite | tests | pass |", "|---|---:|---:|"]
    failed = []
    for folder, title in FOLDERS.items():
        tests = load_tests(suites / folder)
        failures = [failure for test in tests if (failure := test.find_failure())]
        rows.append(f"| {title} | {len(tests)} | {len(tests) - len(failures)} |")
        failed += failures
    queries = sparqlsuites.load_tests(suites)
    for title, kinds in _SPARQL.items():
        chosen = [test for test in queries if test.kind in kinds]
        failures = [failure for test in chosen if (failure := test.find_failure())]
        rows.append(f"| {title} | {len(chosen)} | {len(chosen) - len(failures)} |")
        failed += failures
    lines = [f"- `{name}`: {what}" for name, _, what in (failure.partition(": ") for failure in failed)]
    return "\n".join([*rows, *(["", *lines] if lines else [])]) + "\n"


def main() -> None:
    """Write the table into the page.

    :raises SystemExit: if the suites are absent
    """
    suites = find_suites()
    if suites is None:
        raise SystemExit(f"the suites are absent: set {SETTING} to their folder")
    table = write_table(suites)
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(_PLACE.sub(lambda match: f"{match[1]}\n\n{table}\n{match[2]}", page), encoding="utf-8")
    sys.stdout.write(table)


if __name__ == "__main__":
    main()
