"""What the page on the engine lists: what the engine answers by itself, and what EILD answers to the same queries."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from eild import media
from eild.errors import QueryError
from eild.query.embedded import EmbeddedEngine
from eild.query.engine import QueryRequest

if TYPE_CHECKING:
    from types import ModuleType

DOCS: Final = Path(__file__).parents[2] / "docs"
TABLE: Final[dict[str, Any]] = tomllib.loads((DOCS / "engine.toml").read_text(encoding="utf-8"))
CASES: Final[list[dict[str, Any]]] = [case for group in TABLE["group"] for case in group["cases"]]
FLOOR: Final = 50
"""Fewer queries than this are a mistake."""

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case["query"])


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """Return the script that writes the page."""
    spec = importlib.util.spec_from_file_location("update_engine", DOCS / "update_engine.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def compare(case: dict[str, Any], rows: list[str]) -> list[str]:
    """Return rows as they are compared: in their order where the query gives them one."""
    return rows if "ORDER BY" in case["query"] else sorted(rows)


@each_case
def test_bare_engine_answers_as_listed(case: dict[str, Any], script: ModuleType) -> None:
    """The engine by itself answers what the page says; where it does not any more, the page is out of date."""
    assert compare(case, script.ask_bare(case, TABLE["prologue"])) == compare(case, case["bare"])
    assert compare(case, case["bare"]) != compare(case, case["right"])


@each_case
def test_query_answered_or_refused_as_listed(case: dict[str, Any], script: ModuleType) -> None:
    """EILD answers what is right, refuses the query with the place of the fault, or says that it does neither."""
    store = script.make_store(case.get("data", ""), TABLE["prologue"])
    engine = EmbeddedEngine(store, base="http://example.org/", prefixes={})
    request = QueryRequest(TABLE["prologue"] + case["query"], media.TSV)
    if case["here"] == "refused":
        with pytest.raises(QueryError) as caught:
            engine.evaluate(request)
        assert caught.value.location is not None
        return
    rows = engine.evaluate(request).body.decode("utf-8").split("\n")[1:-1]
    assert compare(case, rows) == compare(case, case["right" if case["here"] == "right" else "bare"])


def test_page_is_written_from_the_table(script: ModuleType) -> None:
    """The page is what the script writes, and lists all kinds of faults."""
    assert (DOCS / "engine.md").read_text(encoding="utf-8") == script.render(TABLE), "run docs/update_engine.py"
    assert len(CASES) >= FLOOR
