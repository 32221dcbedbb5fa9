"""Tests of retired IRIs: the table, what is wrong with it, and its way into a build."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from eild.dataset import build_dataset
from eild.errors import DataError, ProblemsError
from eild.facts.retired import COLUMNS, load_retired
from eild.publication.directory import write_build
from eild.publication.manifest import load_publication
from eild.resources import resource_folder

if TYPE_CHECKING:
    from pathlib import Path

    from eild.dataset import BuiltDataset

BASE = "https://w3id.org/eild/id/"
HEADER = ",".join(COLUMNS)
GONE = f'{BASE}claim/900-002-9,2031-06-01,"The words were read wrongly, so nobody claims this.",'
RENAMED = f"{BASE}agent/harbor-board,2031-06-01,Spelt as in the text.,{BASE}agent/board"


def write_table(small_copy: Path, *rows: str) -> Path:
    """Write the table of a copy of the small dataset and return the folder of its data."""
    (small_copy / "data" / "retired.csv").write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    return small_copy / "data"


def build(small_copy: Path) -> BuiltDataset:
    """Build the copy of the small dataset."""
    return build_dataset(seeds=small_copy / "seeds", data=small_copy / "data", shapes=small_copy / "shapes")


def test_load_retired_table_rows_with_places(small_copy: Path) -> None:
    """Each row has its IRI, day, reason and new name, and knows its line."""
    gone, renamed = load_retired(write_table(small_copy, GONE, RENAMED))
    assert (gone.iri, gone.day, gone.renamed_to) == (f"{BASE}claim/900-002-9", date(2031, 6, 1), "")
    assert gone.reason == "The words were read wrongly, so nobody claims this."
    assert renamed.renamed_to == f"{BASE}agent/board"
    assert gone.location is not None
    assert renamed.location is not None
    assert (gone.location.line, renamed.location.line) == (2, 3)


def test_load_retired_no_table_empty(tmp_path: Path) -> None:
    """A folder without the table has retired nothing."""
    assert load_retired(tmp_path) == ()


def test_load_retired_own_data_has_table() -> None:
    """The packaged data keep the table, also while it is empty."""
    assert (resource_folder("data") / "retired.csv").read_text(encoding="utf-8").startswith(HEADER)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (f"{BASE}agent/x,tomorrow,Why.,", "must have the form 2031-06-01, not 'tomorrow'"),
        (f"{BASE}agent/x,2031-06-01,,", "the reason for retiring"),
        (f"{BASE}agent/x,2031-06-01,Why", "must have 4 values, not 3"),
    ],
)
def test_load_retired_wrong_row_named_with_line(small_copy: Path, row: str, message: str) -> None:
    """A row that is incomplete or has no date is named with its line."""
    with pytest.raises(ProblemsError) as caught:
        load_retired(write_table(small_copy, GONE, row))
    assert message in str(caught.value)
    assert "retired.csv:3: " in str(caught.value)


def test_load_retired_other_columns_refused(small_copy: Path) -> None:
    """A table with other columns is refused with those that it should have."""
    (small_copy / "data" / "retired.csv").write_text("iri,why\n", encoding="utf-8")
    with pytest.raises(DataError, match="wrong columns"):
        load_retired(small_copy / "data")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (f"{BASE}agent/board,2031-06-01,Why.,", "retired but still in use"),
        (f"{BASE}agent/x,2031-06-01,Why.,{BASE}agent/nobody", "which is not defined"),
        (f"{BASE}agent/x,2031-06-01,Why.,{BASE}claim/900-002-9", "which is not defined"),
        (f"{BASE}agent/x,2031-06-01,Why.,{BASE}agent/x", "which is not defined"),
        (GONE, "is retired twice"),
        ("http://elsewhere.example/x,2031-06-01,Why.,", "not an IRI of this dataset"),
    ],
    ids=["in-use", "unknown-name", "chain", "cycle", "twice", "elsewhere"],
)
def test_build_dataset_table_breaks_promise_refused(small_copy: Path, row: str, message: str) -> None:
    """The build refuses IRIs that are used again, new names that nothing has, chains and cycles; it names the line."""
    write_table(small_copy, GONE, row)
    with pytest.raises(ProblemsError) as caught:
        build(small_copy)
    problems = [problem for problem in caught.value.problems if message in str(problem)]
    assert len(problems) == 1
    assert "retired.csv:3: " in str(problems[0])


def test_write_build_retired_travel_with_it(small_copy: Path, tmp_path: Path) -> None:
    """A build carries the table, and whoever loads the build finds it."""
    write_table(small_copy, GONE, RENAMED)
    publication = load_publication(write_build(build(small_copy), tmp_path / "dist"))
    assert publication.retired[f"{BASE}agent/harbor-board"].renamed_to == f"{BASE}agent/board"
    assert publication.retired[f"{BASE}claim/900-002-9"].day == date(2031, 6, 1)
    assert len(publication.retired) == 2
