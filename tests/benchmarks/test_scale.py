"""Tests of the comparison of loads and queries over the size of data."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest
from benchmarks.scale import OWN, PEER, RESULTS, Cost, Loading, Size, render, run_load, write_results

if TYPE_CHECKING:
    from pathlib import Path

COSTS = {"point": {OWN: Cost(1, 1, 1.0), PEER: Cost(1, 1, 2.0)}}


def make_size(triples: int, optimizing: Loading | None) -> Size:
    """Return a size of which our load took ten seconds, and the peer's eight."""
    loadings = {OWN: Loading(10.0, 10.0, 100.0, 10.0), PEER: Loading(8.0, 8.0, 100.0, 10.0)}
    return Size(triples, "a machine", "a command", loadings, optimizing, {OWN: 1.0, PEER: 1.0}, COSTS)


def test_render_ratios_are_beside_load_and_beside_load_and_optimize() -> None:
    """The second ratio counts what the peer takes until its store is sorted as ours is."""
    lines = render([make_size(1000, Loading(4.0, 6.0, 50.0, 11.0))]).splitlines()
    row = next(line for line in lines if line.startswith("| 1000 |"))
    assert row.endswith("| 4.0 | 6.0 | 50 | 11 | 0.80 | 1.20 |")
    assert len({line.count("|") for line in lines if line.startswith(("| 1000", "| triples", "|---:|"))}) == 1
    assert not any("not optimized" in line for line in lines)


def test_write_results_sizes_from_before_optimizing_was_measured_are_kept(tmp_path: Path) -> None:
    """A row without the peer's optimizing is read, shown without its figures, and kept beside new rows."""
    old = asdict(make_size(1000, None))
    del old["optimizing"]
    (tmp_path / "scale.json").write_text(json.dumps([old]), encoding="utf-8")
    write_results(tmp_path, [make_size(100_000, Loading(4.0, 6.0, 50.0, 11.0))])
    text = (tmp_path / "scale.md").read_text(encoding="utf-8")
    assert "| – | – | – | – | 0.80 | – |" in text
    assert "stores of 1000 triples were asked as loaded" in text
    kept = [Size.from_row(row) for row in json.loads((tmp_path / "scale.json").read_text(encoding="utf-8"))]
    assert [(size.triples, size.optimized_ratio) for size in kept] == [(1000, None), (100_000, 1.2)]


def test_render_published_table_is_that_of_the_published_figures() -> None:
    """The table in the repository was written from the figures beside it."""
    sizes = [Size.from_row(row) for row in json.loads((RESULTS / "scale.json").read_text(encoding="utf-8"))]
    assert (RESULTS / "scale.md").read_text(encoding="utf-8").endswith(render(sizes))


def test_run_load_store_stays_for_the_command_that_optimizes_it(tmp_path: Path) -> None:
    """A store is measured after a command, which finds what was there before it; a failure is an error."""
    (tmp_path / "file").write_bytes(bytes(1024 * 1024))
    assert run_load([sys.executable, "-c", ""], tmp_path).disk == 1.0
    with pytest.raises(RuntimeError, match="ended with 3"):
        run_load([sys.executable, "-c", "raise SystemExit(3)"], tmp_path)
