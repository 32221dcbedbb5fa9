"""Tests of the plan from unit costs."""

from __future__ import annotations

from benchmarks.plan import list_needs, render

SERVE = {
    "loads": {
        "cold": {"point": {"eild": {"cpu": 100.0}}, "rows": {"eild": {"cpu": 300.0}}},
        "repeated": {"point": {"eild": {"cpu": 50.0}}},
    },
    "hosts": {"eild": {"memory": 123.4}},
}
LOADING = {"seconds": 3.6, "disk": 1.024}
SCALE = [
    {"triples": 10, "loadings": {}, "costs": {}},
    {
        "triples": 1_000_000,
        "loadings": {"eild": LOADING, "oxigraph": LOADING},
        "costs": {"group": {"eild": {"median": 20.0}, "oxigraph": {"median": None}}},
    },
]


def test_list_needs_mean_of_kinds_times_requests() -> None:
    """Cores are microseconds for each request times requests a second; groups that were not measured are left out."""
    assert [(need.name, need.cpu, need.cores) for need in list_needs(SERVE)] == [
        ("cold", 200.0, 2.0),
        ("repeated", 50.0, 0.5),
    ]


def test_render_largest_size_in_proportion() -> None:
    """Loading, disk and scans grow with the number of triples from the largest size; what has no figure has none."""
    text = render(SERVE, SCALE)
    assert "| cold | 200 | 2.0 |" in text
    assert "takes 123 MiB" in text
    assert "| eild | 1.0 | 1 |" in text
    assert "| group | 20 s | – |" in text
    assert "| order | – | – |" in text
