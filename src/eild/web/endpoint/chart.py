"""Numbers of a result as bar charts: one for each column of numbers, drawn from the rows alone.

A bar is a rectangle whose place and width are per cents of its line, so that it needs no script and fits any screen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from eild.web.endpoint.columns import is_measure, is_time, list_names, name_row
from eild.web.endpoint.series import build_series, read_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eild.web.endpoint.series import Series
    from eild.web.endpoint.tables import Cell, TableView

MOST_BARS: Final = 60
"""How many rows a picture shows; the table holds more."""
MOST_CHARTS: Final = 3
"""How many columns of numbers are drawn."""
_FEWEST_ROWS: Final = 2
_PLACES: Final = 3


@dataclass(frozen=True)
class Bar:
    """A row of a picture.

    :ivar names: the cells of the row that name it
    :ivar value: the number as the answer writes it
    :ivar start: where the bar begins, in percent
    :ivar width: how wide it is, in percent
    """

    names: Sequence[Cell]
    value: str
    start: float
    width: float


@dataclass(frozen=True)
class Chart:
    """A column of numbers as a picture.

    :ivar column: name of the column
    :ivar bars: its rows, in the order of the answer
    :ivar zero: where zero is, in percent
    :ivar total: how many rows there are
    :ivar series: the numbers over time, if the rows are named by points in time; None otherwise
    """

    column: str
    bars: Sequence[Bar]
    zero: float
    total: int
    series: Series | None = None


def build_charts(table: TableView, aggregates: Iterable[str] = ()) -> tuple[Chart, ...]:
    """Return a chart for each column of measures; an empty tuple if no other column names the rows.

    Bars of coordinates, years and identifiers mean nothing. Years and identifiers name the rows; coordinates are left
    out. Numbers before the first name name the rows too if measures follow. If all columns are measures, the first one
    names the rows. Rows that only a point in time names are in the order of time.

    :param aggregates: the variables that the query computes by counting, adding up or averaging
    """
    if len(table.rows) < _FEWEST_ROWS:
        return ()
    named = list_names(table)
    measures = [number for number in named if table.numeric[number] and is_measure(table, number, aggregates)]
    lead = next((number for number in named if number not in measures), None)
    columns = named[1:] if lead is None else [number for number in measures if number > lead] or measures
    names = [number for number in named if number not in columns]
    if not names:
        return ()
    rows, time = table.rows, None
    if len(names) == 1 and is_time(table, names[0]):
        time = names[0]
        rows = sorted(rows, key=lambda row: read_instant(row[names[0]].term.text) or 0.0)
    charts = (_build_chart(table, rows, column, names, time) for column in columns)
    return tuple(chart for chart in charts if chart is not None)[:MOST_CHARTS]


def _build_chart(
    table: TableView, rows: Sequence[Sequence[Cell]], column: int, names: Sequence[int], time: int | None
) -> Chart | None:
    """Return the chart of one column; None if a value cannot be drawn, such as ``INF``."""
    if not all(math.isfinite(float(row[column].term.text)) for row in rows):
        return None
    points = [(row[time].term.text, row[column].term.text) for row in rows] if time is not None else []
    rows = rows[:MOST_BARS]
    values = [float(row[column].term.text) for row in rows]
    least, most = min(0.0, *values), max(0.0, *values)
    span = (most - least) or 1.0

    def place(value: float) -> float:
        return round(100 * (value / span - least / span), _PLACES)

    zero = place(0.0)
    bars = [
        Bar(
            name_row(row, names),
            row[column].term.text,
            min(zero, place(value)),
            round(abs(place(value) - zero), _PLACES),
        )
        for row, value in zip(rows, values, strict=True)
    ]
    return Chart(table.columns[column], bars, zero, table.total, build_series(points))
