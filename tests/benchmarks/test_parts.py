"""Queries, settings and costs of the benchmarks, without any server."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.cases import list_dump_cases, list_query_cases
from benchmarks.load import Server
from benchmarks.peers import OXIGRAPH, write_nginx_settings, write_settings
from benchmarks.plot import draw_panels
from benchmarks.queries import DISTINCT, DRAWS, Kind, draw_mix
from benchmarks.replicas import write_balancer
from benchmarks.scale import is_whole, show_cost, summarize
from benchmarks.soak import Usage, judge
from benchmarks.validate import write_hundred

from eild.located.statements import Statements
from eild.validation import load_shapes
from eild.validation.engines.routing import make_plan

KINDS = (Kind("point", ("ASK { <a:NUMBER> ?p ?o }", "ASK { <b:NUMBER> ?p ?o }"), makes_graph=False),)


def test_draw_mix_same_draws_each_time_few_often() -> None:
    """The draws are always the same, and the most frequent query comes far more often than the average one."""
    draws = list(draw_mix(KINDS))
    assert draws == list(draw_mix(KINDS))
    assert len(draws) == DRAWS
    assert not any("NUMBER" in text for text in draws)
    assert max(map(draws.count, draws[:50])) > 10 * DRAWS / DISTINCT


def test_list_query_cases_cold_vary_repeated_do_not() -> None:
    """The load generator puts its number into cold queries only, for each server at its own path."""
    cases = {case.group: case for case in list_query_cases(KINDS, ["eild", OXIGRAPH])}
    assert all("NUMBER" in path for path in cases["cold"].paths["eild"])
    assert not any("NUMBER" in path for path in cases["repeated"].paths["eild"])
    assert cases["cold"].paths[OXIGRAPH][0].startswith("/query?query=")


def test_list_dump_cases_nanopublications_are_left_out() -> None:
    """Each syntax has one file."""
    assert [case.name for case in list_dump_cases(["x-nanopubs.nq", "x.nq", "x.ttl", "x.rdf"])] == ["x.ttl", "x.nq"]


def test_settings_of_peers_name_ports_and_directories() -> None:
    """Virtuoso and nginx are told where to listen and write."""
    assert "127.0.0.1:12" in write_settings(11, 12, Path("/dumps"))
    balancer = write_balancer(80, [Server("a", 1, 81, 0), Server("b", 1, 82, 0)])
    assert "server 127.0.0.1:81; server 127.0.0.1:82;" in balancer
    assert balancer in write_nginx_settings(Path("/folder"), balancer)


def test_show_cost_unanswered_queries_are_said() -> None:
    """A kind that nobody answered in time is shown as such."""
    assert show_cost(summarize([None, None])) == "none in 5 s (0 of 2)"
    assert show_cost(summarize([2.0, None, 4.0])) == "3.0 (2 of 3)"


def test_is_whole_cut_answers_are_not() -> None:
    """An answer that ends in an error is no answer."""
    assert is_whole(b'{"boolean": true}', is_graph=False)
    assert not is_whole(b'{"results": {"bindings": [cancelled', is_graph=False)
    assert not is_whole(b"<a:s> <a:p> cancelled", is_graph=True)


def test_draw_panels_sizes_up_to_ten_million_have_marks() -> None:
    """Both scales are logarithmic; a panel in which nothing was answered is drawn all the same."""
    text = draw_panels("t", {"a": {"x": [(1e4, 1.0), (1e7, 100.0)]}, "b": {"x": []}})
    assert all(f'font-size="7">{power}</tspan>' in text for power in (4, 5, 6, 7))


def test_write_hundred_one_shape_is_for_the_own_evaluator(tmp_path: Path) -> None:
    """A hundred shapes are for a fast engine, or all but one."""
    data = Statements.from_triples([])
    for mixed in (False, True):
        plan = make_plan(data, load_shapes([write_hundred(tmp_path / "shapes.ttl", mixed=mixed)]))
        assert (len(plan.fast), len(plan.exact)) == (100 - mixed, mixed)


@pytest.mark.parametrize(("memory", "kept", "faults"), [(300, 100, 0), (300, 20, 1), (232, 0, 0), (280, 0, 1)])
def test_soak_memory_that_did_not_come_back_is_a_fault_unless_answers_are_kept(
    memory: int, kept: int, faults: int
) -> None:
    """What the response caches keep is neither growth nor a reason for more of it."""
    idle = Usage(200 * 1024, 100, 8, kept=30 * 1024 if kept else 0)
    assert len(judge(idle, Usage(memory * 1024, 100, 8, kept=kept * 1024), [])) == faults
