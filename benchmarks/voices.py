"""Generated queries in a third engine: whether sparq, which shares no evaluator with Oxigraph, has the same solutions.

``python -m benchmarks.voices --sparq PYTHON`` makes queries with the generator of ``tests/query/test_comparison.py``,
evaluates them with EILD, and with the library in the interpreter ``PYTHON`` (``pip install sparq-rdf``). It counts the
differences by reason and lists those without one. No majority decides: each reason says what SPARQL 1.1 Query has.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import logging
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hypothesis import HealthCheck, Phase, given, seed, settings
from pyoxigraph import QueryResultsFormat, RdfFormat, parse_query_results, serialize

from eild import media
from eild.errors import QueryError
from eild.query.engine import QueryRequest
from eild.query.text.guard import check_query_text

if TYPE_CHECKING:
    from types import ModuleType

_GENERATOR: Final = Path(__file__).parents[1] / "tests" / "query" / "test_comparison.py"
_SPARQ: Final = """
import json, sparq, sys
graph = sparq.Graph.load(sys.argv[1])
found = {}
for text in json.load(open(sys.argv[2])):
    try:
        asks = "\\nASK" in text
        found[text] = json.dumps({"head": {}, "boolean": graph.ask(text)}) if asks else graph.query_json(text)
    except Exception:  # whatever it raises, it has no answer, which is counted
        found[text] = None
print(json.dumps(found))
"""
_REASONS: Final = {
    r"MIN\(": "literals of several kinds have no order in SPARQL, and sparq leaves unbound values out of aggregates",
    r"[=<>]| IN ": "comparing values of different kinds is an error, which section 17.3.1 lets an engine extend",
}
"""Why solutions differ, by what a query has."""


def _load_generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("query_comparison", _GENERATOR)
    if spec is None or spec.loader is None:
        message = f"cannot read {_GENERATOR}"
        raise OSError(message)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _evaluate(generator: Any, number: int, start: int) -> dict[str, bytes | None]:  # noqa: ANN401 - a module of tests
    """Return generated queries with the documents that EILD answers; None where it refuses one."""
    found: dict[str, bytes | None] = {}

    @seed(start)
    @settings(
        max_examples=number,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
        database=None,
    )
    @given(generator.QUERIES)
    def make(text: str) -> None:
        try:
            checked = check_query_text(text, generator.LIMIT).text
            found[text] = generator.ENGINE.evaluate(QueryRequest(checked, media.JSON)).body
        except QueryError:
            found[text] = None

    make()
    return found


def _read(generator: Any, document: bytes | str) -> object:  # noqa: ANN401 - a module of tests
    content = document.encode("utf-8") if isinstance(document, str) else document
    return generator.read_rows(parse_query_results(content, format=QueryResultsFormat.JSON))


def main() -> int:
    """Compare, write the counts, and return 1 if a difference has no reason."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sparq", metavar="PYTHON", required=True, help="an interpreter that has sparq-rdf")
    parser.add_argument("--queries", type=int, default=6000, help="how many queries to make")
    parser.add_argument("--seed", type=int, default=0, help="which queries to make")
    arguments = parser.parse_args()
    logging.disable()
    generator = _load_generator()
    ours = _evaluate(generator, arguments.queries, arguments.seed)
    with tempfile.TemporaryDirectory() as name:
        data, queries = Path(name, "data.nq"), Path(name, "queries.json")
        data.write_bytes(serialize(generator.STORE, format=RdfFormat.N_QUADS) or b"")
        queries.write_text(json.dumps(list(ours)), encoding="utf-8")
        command = [arguments.sparq, "-c", _SPARQ, str(data), str(queries)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own command
    theirs: dict[str, str | None] = json.loads(done.stdout)
    counts: Counter[str] = Counter()
    unexplained = 0
    for text, document in ours.items():
        other = theirs[text]
        if document is None or other is None:
            who = "EILD" if document is None else "sparq"
            counts[f"refused by {'both' if document is other else who}"] += 1
        elif _read(generator, document) == _read(generator, other):
            counts["equal"] += 1
        else:
            query = text.removeprefix(generator.PROLOGUE)
            reason = next((why for pattern, why in _REASONS.items() if re.search(pattern, query)), "")
            counts[f"different: {reason or 'no reason known'}"] += 1
            unexplained += not reason
            if not reason:
                sys.stdout.write(f"{query}\n")
    for reason, count in counts.most_common():
        sys.stdout.write(f"{count:6} {reason}\n")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
