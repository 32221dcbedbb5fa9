"""The tables, bounds and files of a comparison of servers, from figures made up here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from benchmarks.bombs import Healthy, summarize
from benchmarks.figures import Figures, Host, list_aims, load_figures, write_figures
from benchmarks.load import Load
from benchmarks.peers import NGINX, OXIGRAPH, VIRTUOSO
from benchmarks.report import draw, render
from benchmarks.serve import plan_rounds
from benchmarks.start import Start

if TYPE_CHECKING:
    from pathlib import Path


def make_load(rate: float, cpu: float = 100) -> Load:
    """Return what a round measured."""
    return Load(rate, 1, 2, cpu, 3, 0)


def make_figures(rate: float) -> Figures:
    """Return what a run measured in which our server has a rate, and Oxigraph 100 answers a second."""
    loads = {
        "cold": {
            "point": {"eild": make_load(rate), OXIGRAPH: make_load(100), VIRTUOSO: make_load(0)},
            "order": {"eild": make_load(rate / 4), OXIGRAPH: make_load(100, 5000), VIRTUOSO: make_load(10)},
        },
        "dumps": {"a.ttl": {"eild": make_load(rate), NGINX: make_load(200)}},
    }
    hosts = {"eild": Host(1, 120), OXIGRAPH: Host(0.1, 20)}
    healthy = {"among bombs": Healthy(3, 10, 0, 1, 300, 400, 5)}
    return Figures("measure", "a machine", 8, loads, hosts, Start(90, 310, 1.2, 100), healthy)


def test_list_aims_figures_are_held_to_their_bounds() -> None:
    """Lower and upper bounds are told apart, and dear queries are those that take Oxigraph a millisecond."""
    aims = {aim.name: aim for aim in list_aims(make_figures(100))}
    assert aims[f"cold queries beside {OXIGRAPH}, geometric mean"].value == pytest.approx(0.5)
    assert not aims[f"cold queries beside {OXIGRAPH}, the least (order)"].is_met
    assert not aims["small queries of one client among bombs, 99 of 100"].is_met
    assert aims["`eild --help`"].is_met
    assert not aims["`eild query`"].is_met
    assert make_figures(100).list_dear() == {"order": 0.25}


def test_render_server_without_answers_has_no_ratio() -> None:
    """What answered nothing is not divided by."""
    assert "| cold | point | 100 | 100 | 1.00 | 0.0 | – |" in render(make_figures(100))


def test_render_earlier_run_has_its_ratios_beside() -> None:
    """Before and after stand in one row."""
    text = render(make_figures(200), make_figures(100))
    assert "| cold | point | 200 | 100 | 2.00 | 1.00 |" in text
    assert "ratio before" in text


def test_draw_earlier_run_is_marked() -> None:
    """The plot has a bar for each ratio and a mark for each earlier one."""
    text = draw(make_figures(200), make_figures(100))
    assert text.count("<rect") == 3
    assert text.count('stroke-width="2"') == 3


def test_write_figures_load_figures_gives_the_same(tmp_path: Path) -> None:
    """What is kept as JSON is read again as it was."""
    path = tmp_path / "serve.json"
    write_figures(path, make_figures(100))
    assert load_figures(path) == make_figures(100)


def test_load_figures_other_json_is_refused(tmp_path: Path) -> None:
    """A file of something else is named in the error."""
    path = tmp_path / "other.json"
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(ValueError, match=r"other\.json holds no figures"):
        load_figures(path)


def test_plan_rounds_other_servers_are_in_the_middle_one_only() -> None:
    """The order alternates, and slow servers take part once."""
    plan = plan_rounds(["eild", OXIGRAPH, VIRTUOSO], 3)
    assert plan == [[OXIGRAPH, "eild"], ["eild", OXIGRAPH, VIRTUOSO], [OXIGRAPH, "eild"]]


def test_summarize_failed_queries_are_counted_apart() -> None:
    """Times are those of answered queries."""
    assert summarize([1.0, None, 3.0], 3, 7) == Healthy(3, 2, 1, 1, 3, 3, 7)
