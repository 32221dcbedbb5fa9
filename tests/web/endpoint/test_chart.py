"""Tests of numbers as bars: which columns are drawn, and where each bar begins and ends."""

from __future__ import annotations

import pytest

from eild.web.endpoint.chart import MOST_BARS, build_charts
from eild.web.endpoint.tables import Cell, TableView
from eild.web.frame.views import TermView


def make_table(columns: str, *rows: str) -> TableView:
    """Return a table of words and numbers, as many rows as texts."""
    cells = [
        [
            Cell(TermView(text), number=text.lstrip("-").replace(".", "").isdigit() or text == "INF")
            for text in row.split()
        ]
        for row in rows
    ]
    numeric = [all(row[number].number for row in cells) for number in range(len(cells[0]))]
    return TableView(columns.split(), cells, len(rows), numeric)


COLUMNS = [
    ("name n", ("a 1", "b 2"), {"n": ["a", "b"]}),
    ("n name", ("1 a", "2 b"), {"n": ["a", "b"]}),
    ("year name n", ("2023 a 1", "2024 a 2"), {"n": ["2023 a", "2024 a"]}),
    ("year n", ("2023 1", "2024 2"), {"n": ["2023", "2024"]}),
    ("name n m", ("a 1 3", "b 2 4"), {"n": ["a", "b"], "m": ["a", "b"]}),
    ("name other", ("a b", "c d"), {}),
    ("n", ("1", "2"), {}),
    ("name n", ("a 1",), {}),
    ("name n", ("a 1", "b INF"), {}),
]


@pytest.mark.parametrize(("columns", "rows", "expected"), COLUMNS)
def test_build_charts_numbers_drawn_by_what_names_them(
    columns: str, rows: tuple[str, ...], expected: dict[str, list[str]]
) -> None:
    """Each column of numbers is a picture, its rows named by the others; without names or numbers there is none."""
    charts = build_charts(make_table(columns, *rows))
    found = {chart.column: [" ".join(cell.term.text for cell in bar.names) for bar in chart.bars] for chart in charts}
    assert found == expected


def test_build_charts_bars_begin_at_zero() -> None:
    """Bars reach from zero to their value, those of negative numbers to the left, and share one scale."""
    (chart,) = build_charts(make_table("name n", "a 30", "b -10", "c 0"))
    assert chart.zero == 25
    assert [(bar.value, bar.start, bar.width) for bar in chart.bars] == [("30", 25, 75), ("-10", 0, 25), ("0", 25, 0)]


def test_build_charts_many_rows_says_how_many() -> None:
    """A picture shows the first rows and knows how many there are."""
    (chart,) = build_charts(make_table("name n", *(f"x{number} {number}" for number in range(MOST_BARS + 5))))
    assert len(chart.bars) == MOST_BARS
    assert chart.total == MOST_BARS + 5
