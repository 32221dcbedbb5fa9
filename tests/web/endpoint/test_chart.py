"""Tests of numbers as bars: which columns are drawn, and where each bar begins and ends."""

from __future__ import annotations

import pytest

from eild.web.endpoint.chart import MOST_BARS, build_charts
from eild.web.endpoint.columns import list_aggregates
from eild.web.endpoint.series import build_series
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
    ("year n", ("2024 1", "2023 2"), {"n": ["2023", "2024"]}),
    ("name n m", ("a 1 3", "b 2 4"), {"n": ["a", "b"], "m": ["a", "b"]}),
    ("age n", ("30 3", "40 4"), {"n": ["30", "40"]}),
    ("name other", ("a b", "c d"), {}),
    ("n", ("1", "2"), {}),
    ("name n", ("a 1",), {}),
    ("name n", ("a 1", "b INF"), {}),
    ("town lat long", ("a 52.1 4.3", "b 41.9 12.5"), {}),
    ("town birthPlaceLat n", ("a 52.1 3", "b 41.9 4"), {"n": ["a", "b"]}),
    ("lat long", ("52.1 4.3", "41.9 12.5"), {}),
    ("street latitude", ("a 152.1", "b 41.9"), {"latitude": ["a", "b"]}),
    ("person born", ("a 1632", "b 1677"), {}),
    ("person x", ("a 1632", "b 1677"), {}),
    ("person born letters", ("a 1632 12", "b 1677 1"), {"letters": ["a 1632", "b 1677"]}),
    ("town population", ("a 1632", "b 90000"), {"population": ["a", "b"]}),
    ("name houseNumber", ("a 1", "b 2"), {}),
    ("name postcode item_id", ("a 1 3", "b 2 5"), {}),
    ("postcode numberOfHouses", ("1011 7", "2611 8"), {"numberOfHouses": ["1011", "2611"]}),
]


@pytest.mark.parametrize(("columns", "rows", "expected"), COLUMNS)
def test_build_charts_measures_drawn_by_what_names_them(
    columns: str, rows: tuple[str, ...], expected: dict[str, list[str]]
) -> None:
    """Each column of measures is a picture, its rows named by the others; coordinates, years, identifiers are none."""
    charts = build_charts(make_table(columns, *rows))
    found = {chart.column: [" ".join(cell.term.text for cell in bar.names) for bar in chart.bars] for chart in charts}
    assert found == expected


def test_build_charts_what_a_query_counts_is_a_measure_by_any_name() -> None:
    """Counts, sums and averages are drawn even if their name or their size is that of a year or an identifier."""
    table = make_table("name born", "a 1632", "b 1677")
    assert [chart.column for chart in build_charts(table, {"born"})] == ["born"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT ?x (COUNT(?y) AS ?n) { ?x ?p ?y } GROUP BY ?x", {"n"}),
        ("SELECT (round(avg(?y)) as $mean) (MIN(?y) AS ?low) (YEAR(?d) AS ?born) {}", {"mean"}),
        ("SELECT (SUM(?a) / COUNT(*) AS ?rate) (?b AS ?c) {} HAVING (COUNT(?a) > 1)", {"rate"}),
        ("SELECT ?n { { SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x a ?y } } }", {"n"}),
        ("SELECT ?n { ?x ?count ?n } # (COUNT(?x) AS ?n)", set()),
        ("SELECT (COUNT(?x) AS", set()),
    ],
)
def test_list_aggregates_only_variables_that_are_computed_by_counting(query: str, expected: set[str]) -> None:
    """A variable is an aggregate if the expression before its AS holds COUNT, SUM or AVG, at any depth."""
    assert list_aggregates(query) == expected


def test_build_charts_days_in_order_of_time() -> None:
    """Numbers by day, month or year alone stand in the order of time, years before the common era first."""
    days = ["2024-05-02", "1671-03-02", "-0044-03-15", "2024-05-01"]
    cells = [
        [Cell(TermView(day), datatype="http://www.w3.org/2001/XMLSchema#date"), Cell(TermView("1"), number=True)]
        for day in days
    ]
    (chart,) = build_charts(TableView(["day", "n"], cells, len(cells), [False, True]))
    assert chart.series is not None
    assert (chart.series.first, chart.series.last) == ("-0044-03-15", "2024-05-02")
    assert [bar.names[0].term.text for bar in chart.bars] == ["-0044-03-15", "1671-03-02", "2024-05-01", "2024-05-02"]


def test_build_series_lines_as_far_apart_as_the_times() -> None:
    """Each row is a line from zero, placed by its time, whether that is a year, a month, a day or an hour."""
    series = build_series([("2020", "5"), ("2020-07-02T06:00:00Z", "-5"), ("2021-01", "0"), ("2022-01-01", "10")])
    assert series is not None
    assert [round(mark.x) for mark in series.marks] == [1, 26, 50, 99]
    assert [mark.y for mark in series.marks] == [33.333, 100, 66.667, 0]
    assert (series.zero, series.least, series.most) == (66.667, "-5", "10")


@pytest.mark.parametrize("times", [["2020", "2021"], ["2020", "2020", "2021"], ["2020", "2021", "spring"], []])
def test_build_series_too_few_or_unknown_times_none(times: list[str]) -> None:
    """Fewer than three times, or one that is none, make no picture over time; the bars remain."""
    assert build_series([(time, "1") for time in times]) is None


def test_build_charts_rows_that_more_than_a_time_names_are_no_series() -> None:
    """Where years name rows together with something else, the rows are compared one by one."""
    rows = ["2022 a 1", "2023 a 2", "2024 a 3"]
    assert build_charts(make_table("year name n", *rows))[0].series is None
    assert build_charts(make_table("year n", *(row.replace(" a", "") for row in rows)))[0].series is not None


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
