"""Data frames: each column has the type of its values, in pandas and in Polars."""

from __future__ import annotations

import sys
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd
import polars as pl
import pytest

import eild
from eild.errors import EnvironmentFailure

if TYPE_CHECKING:
    from pathlib import Path

QUERY = """SELECT * { VALUES (?integer ?decimal ?double ?boolean ?day ?moment ?instant ?text ?iri ?mixed ?big ?sum) {
(1 1.5 1e0 true "2024-11-05"^^xsd:date "2024-11-05T12:00:00"^^xsd:dateTime "2024-11-05T12:00:00+01:00"^^xsd:dateTime
 "a"@en ex:a 1 9223372036854775808 1.25)
(UNDEF UNDEF UNDEF UNDEF UNDEF UNDEF UNDEF UNDEF UNDEF "x" 1 2)
(2 2.25 2e0 false "0001-01-01"^^xsd:date "2024-11-05T12:00:00.5"^^xsd:dateTime "2024-11-05T12:00:00Z"^^xsd:dateTime
 "b" ex:b true 2 3) } OPTIONAL { ex:nothing ex:is ?none } }"""


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> eild.Answer:
    """Return rows with a column of each type, in which the second has no value."""
    path: Path = tmp_path_factory.mktemp("frames") / "empty.ttl"
    path.write_text("@prefix ex: <http://example.org/> .", encoding="utf-8")
    return eild.open(path, prefixes={"xsd": "http://www.w3.org/2001/XMLSchema#"}).query(QUERY)


def test_pandas_columns_have_the_types_of_their_values(answer: eild.Answer) -> None:
    """Integers stay integers beside missing values, and dates reach beyond nanoseconds."""
    frame = answer.to_pandas()
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        "integer": "Int64",
        "decimal": "object",
        "double": "Float64",
        "boolean": "boolean",
        "day": "datetime64[s]",
        "moment": "datetime64[us]",
        "instant": "datetime64[us, UTC]",
        "text": "string",
        "iri": "string",
        "mixed": "object",
        "big": "object",
        "sum": "object",
        "none": "object",
    }
    assert frame["integer"].sum() == 3
    assert frame["decimal"][0] + frame["decimal"][2] == Decimal("3.75")
    assert frame["day"][2].year == 1
    assert frame["instant"][0] == pd.Timestamp("2024-11-05T11:00:00Z")
    assert frame["big"][0] == 2**63
    assert list(frame["mixed"]) == [1, "x", True]
    assert frame.isna().iloc[1].sum() == 10
    assert list(answer.to_pandas(short_iris=True)["iri"].dropna()) == ["ex:a", "ex:b"]


def test_polars_columns_have_the_types_of_their_values(answer: eild.Answer) -> None:
    """Decimals are exact, dates are dates, and a column of mixed values is text."""
    frame = answer.to_polars()
    assert dict(frame.schema) == {
        "integer": pl.Int64(),
        "decimal": pl.Decimal(38, 2),
        "double": pl.Float64(),
        "boolean": pl.Boolean(),
        "day": pl.Date(),
        "moment": pl.Datetime("us"),
        "instant": pl.Datetime("us", "UTC"),
        "text": pl.String(),
        "iri": pl.String(),
        "mixed": pl.String(),
        "big": pl.String(),
        "sum": pl.Decimal(38, 2),
        "none": pl.Null(),
    }
    assert frame["decimal"].sum() == Decimal("3.75")
    assert frame["day"].to_list() == [date(2024, 11, 5), None, date(1, 1, 1)]
    assert frame["moment"][2] == datetime(2024, 11, 5, 12, microsecond=500000)  # noqa: DTZ001 - without zone
    assert frame["mixed"].to_list() == ["1", "x", "true"]


def test_no_rows_are_a_frame_with_columns(ds: eild.Dataset) -> None:
    """An empty answer has its columns."""
    answer = ds.query("SELECT ?a ?b { ?a eild:claimant ?b , agent:nobody }")
    assert (list(answer.to_pandas().columns), len(answer.to_pandas())) == (["a", "b"], 0)
    assert answer.to_polars().shape == (0, 2)
    assert ds.query("SELECT * {}").to_pandas().shape == (1, 0)


def test_a_frame_without_its_library_says_what_to_install(answer: eild.Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both libraries are optional."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(EnvironmentFailure, match=r"pip install 'eild\[pandas\]'"):
        answer.to_pandas()
    with pytest.raises(EnvironmentFailure, match=r"pip install 'eild\[polars\]'"):
        answer.to_polars()
