"""Numbers of a result as bar charts: one for each column of numbers, drawn from the rows alone.

A bar is a rectangle whose place and width are per cents of its line, so that it needs no script and fits any screen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

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

    :ivar names: the cells of the row that are no numbers
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
    """

    column: str
    bars: Sequence[Bar]
    zero: float
    total: int


def build_charts(table: TableView) -> tuple[Chart, ...]:
    """Return a chart for each column of numbers; an empty tuple if no other column names the rows.

    Numbers before the first name, such as years, name the rows too where numbers follow; where all are numbers, the
    first column names the rows.
    """
    numbers = range(len(table.numeric))
    lead = next((number for number in numbers if not table.numeric[number]), 1)
    columns = [number for number in numbers if table.numeric[number] and number >= lead]
    columns = columns or [number for number in numbers if table.numeric[number]]
    names = [number for number in numbers if number not in columns]
    if not names or len(table.rows) < _FEWEST_ROWS:
        return ()
    charts = (_build_chart(table, column, names) for column in columns)
    return tuple(chart for chart in charts if chart is not None)[:MOST_CHARTS]


def _build_chart(table: TableView, column: int, names: Sequence[int]) -> Chart | None:
    """Return the chart of one column; None if a value cannot be drawn, such as ``INF``."""
    rows = table.rows[:MOST_BARS]
    values = [float(row[column].term.text) for row in rows]
    if not all(math.isfinite(value) for value in values):
        return None
    least, most = min(0.0, *values), max(0.0, *values)
    span = (most - least) or 1.0

    def place(value: float) -> float:
        return round(100 * (value / span - least / span), _PLACES)

    zero = place(0.0)
    bars = [
        Bar(
            [row[number] for number in names],
            row[column].term.text,
            min(zero, place(value)),
            round(abs(place(value) - zero), _PLACES),
        )
        for row, value in zip(rows, values, strict=True)
    ]
    return Chart(table.columns[column], bars, zero, table.total)
