"""Rows as data frames of pandas and Polars, each column of the type that all its values have."""

from __future__ import annotations

import importlib
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from eild.errors import EnvironmentFailure
from eild.rdf.terms import write_term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    import polars as pl

    from eild.access.values import Value

_LEAST: Final = -(2**63)
_MOST: Final = 2**63 - 1
_EXACT: Final = 2**53
_MOST_DIGITS: Final = 38


def _find_kind(values: Iterable[object]) -> str:
    """Return what all values of a column are: one of the names in the tables of types, ``mixed``, or empty."""
    kinds = {_classify(value) for value in values if value is not None}
    if len(kinds) == 1:
        return kinds.pop()
    if kinds == {"integer", "decimal"}:
        return "decimal"
    return "mixed" if kinds else ""


def _classify(value: object) -> str:
    for kind, name in ((bool, "boolean"), (int, "integer"), (float, "double"), (Decimal, "decimal")):
        if isinstance(value, kind):
            return name
    if isinstance(value, datetime):
        return "instant" if value.tzinfo else "moment"
    if isinstance(value, date):
        return "date"
    return "text"


def _make_column(values: Sequence[Value | None]) -> tuple[str, list[Any]]:
    """Return the kind of a column and its values, of which those that no frame knows are written as text."""
    plain: list[Any] = [
        value
        if value is None or isinstance(value, bool | int | float | Decimal | date)
        else str(value)
        if isinstance(value, str)
        else write_term(value)
        for value in values
    ]
    kind = _find_kind(plain)
    if kind == "integer" and not all(value is None or _LEAST <= value <= _MOST for value in plain):
        kind = "mixed"
    numbers = {_classify(value) for value in plain if value is not None}
    if kind == "mixed" and numbers == {"integer", "double"} and all(_is_exact(value) for value in plain):
        kind, plain = "double", [None if value is None else float(value) for value in plain]
    if kind == "decimal":
        plain = [None if value is None else Decimal(value) for value in plain]
    if kind == "instant":
        plain = [None if value is None else value.astimezone(UTC) for value in plain]
    return kind, plain


def _is_exact(value: object) -> bool:
    return not isinstance(value, int) or abs(value) <= _EXACT


def _import(name: str) -> Any:  # noqa: ANN401 - a module
    try:
        return importlib.import_module(name)
    except ImportError as error:
        message = f"{name} is not installed"
        raise EnvironmentFailure(message, hint=f"install it with: pip install 'eild[{name}]'") from error


def make_pandas_frame(columns: Sequence[str], rows: Sequence[Mapping[str, Value | None]]) -> pd.DataFrame:
    """Return rows as a data frame of pandas.

    Integers are ``Int64``, booleans ``boolean``, doubles ``Float64``, dates ``datetime64[s]`` (which reaches further
    than nanoseconds), dates with times ``datetime64[us]``, those with a zone in UTC; texts ``string``. Decimals remain
    :class:`~decimal.Decimal`, and columns of mixed values objects.

    :raises EnvironmentFailure: if pandas is not installed
    """
    pandas = _import("pandas")
    types = {
        "boolean": "boolean",
        "integer": "Int64",
        "double": "Float64",
        "date": "datetime64[s]",
        "moment": "datetime64[us]",
        "instant": "datetime64[us, UTC]",
        "text": "string",
    }
    series = {}
    for name in columns:
        kind, values = _make_column([row[name] for row in rows])
        series[name] = pandas.Series(values, dtype=types.get(kind, "object"), name=name)
    frame: pd.DataFrame = pandas.DataFrame(series, columns=list(columns), index=range(len(rows)))
    return frame


def make_polars_frame(columns: Sequence[str], rows: Sequence[Mapping[str, Value | None]]) -> pl.DataFrame:
    """Return rows as a data frame of Polars.

    Integers are ``Int64``, booleans ``Boolean``, doubles ``Float64``, dates ``Date``, dates with times ``Datetime``,
    those with a zone in UTC; decimals ``Decimal``, texts ``String``. Columns of mixed values are texts.

    :raises EnvironmentFailure: if Polars is not installed
    """
    polars = _import("polars")
    types = {
        "boolean": polars.Boolean,
        "integer": polars.Int64,
        "double": polars.Float64,
        "date": polars.Date,
        "moment": polars.Datetime("us"),
        "instant": polars.Datetime("us", "UTC"),
        "text": polars.String,
        "": polars.Null,
    }
    series = []
    for name in columns:
        kind, values = _make_column([row[name] for row in rows])
        if kind == "decimal" and (scale := _find_scale(values)) is not None:
            series.append(polars.Series(name, values, dtype=polars.Decimal(_MOST_DIGITS, scale)))
        elif kind in types:
            series.append(polars.Series(name, values, dtype=types[kind]))
        else:
            texts = [None if value is None else _write(value) for value in values]
            series.append(polars.Series(name, texts, dtype=polars.String))
    frame: pl.DataFrame = polars.DataFrame(series)
    return frame


def _find_scale(values: Iterable[Decimal | None]) -> int | None:
    """Return how many decimal places a column needs; None if its numbers have too many digits for one."""
    tuples = [value.as_tuple() for value in values if value is not None]
    exponents = [found.exponent for found in tuples if isinstance(found.exponent, int)]
    scale = max((-exponent for exponent in exponents), default=0)
    scale = max(scale, 0)
    whole = max((len(found.digits) + int(found.exponent) for found in tuples), default=0)
    return scale if scale + max(whole, 0) <= _MOST_DIGITS else None


def _write(value: object) -> str:
    """Return a value of a mixed column as its literal writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
