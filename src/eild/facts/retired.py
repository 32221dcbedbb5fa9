"""Retired IRIs: those that were published once and are no longer in use.

A published IRI is never used for another resource. ``data/retired.csv`` lists withdrawn resources with the day and the
reason, and renamed resources with their new IRI. The table is part of every build, so that a server responds with 410
to a withdrawn IRI and with 301 to a renamed one, instead of 404.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from eild.errors import DataError, FactError, Location, ProblemsError
from eild.names import OWN, Names
from eild.resources import display_path, resource_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

TABLE: Final = "retired.csv"
"""Name of the table in the folder of the curated data."""
COLUMNS: Final = ("iri", "date", "reason", "renamed_to")
"""The columns of the table."""


@dataclass(frozen=True)
class Retired:
    """An IRI that is no longer in use.

    :ivar iri: the IRI
    :ivar day: when it was retired
    :ivar reason: why, as a sentence
    :ivar renamed_to: new IRI of the resource; empty if it was withdrawn
    :ivar location: row of the table; None if it was read from a build
    """

    iri: str
    day: date
    reason: str
    renamed_to: str = ""
    location: Location | None = None

    def make_row(self) -> dict[str, str]:
        """Return the row as a manifest holds it."""
        return {"iri": self.iri, "date": self.day.isoformat(), "reason": self.reason, "renamed_to": self.renamed_to}


def parse_retired(rows: Iterable[Mapping[str, str]]) -> dict[str, Retired]:
    """Return the rows of a manifest by their IRIs.

    :raises ValueError: if a date is none
    :raises KeyError: if a value is missing
    """
    found = (Retired(row["iri"], date.fromisoformat(row["date"]), row["reason"], row["renamed_to"]) for row in rows)
    return {row.iri: row for row in found}


def load_retired(folder: Path | None = None) -> tuple[Retired, ...]:
    """Read the table of a folder of curated data (the packaged one if none is given); a folder may have none.

    :raises DataError: if it cannot be read or has other columns
    :raises ProblemsError: for all rows that are incomplete or whose date is none
    """
    path = (folder or resource_folder("data")) / TABLE
    shown = str(display_path(path))
    if not path.exists():
        return ()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read the table: {error}", location=Location(shown), hint="save it as UTF-8") from error
    reader = csv.reader(lines)
    if tuple(next(reader, ())) != COLUMNS:
        hint = f"the first line must be {','.join(COLUMNS)}"
        raise DataError("the table has the wrong columns", location=Location(shown, 1), hint=hint)
    rows: list[Retired] = []
    problems: list[DataError] = []
    for values in reader:
        try:
            rows.append(_parse_row(values, Location(shown, reader.line_num)))
        except DataError as error:
            problems.append(error)
    if problems:
        raise ProblemsError(problems)
    return tuple(rows)


def _parse_row(values: list[str], location: Location) -> Retired:
    """Return one row.

    :raises FactError: if a value is missing or no date
    """
    if len(values) != len(COLUMNS):
        message = f"the row must have {len(COLUMNS)} values, not {len(values)}"
        raise FactError(message, location=location, hint="put values that contain commas in double quotes")
    iri, day, reason, renamed_to = (value.strip() for value in values)
    try:
        parsed = date.fromisoformat(day)
    except ValueError as error:
        raise FactError(
            f"the date must have the form 2031-06-01, not {day!r}", location=location, hint="correct the date"
        ) from error
    if not reason:
        raise FactError(
            f"the reason for retiring <{iri}> is missing", location=location, hint="state the reason in a sentence"
        )
    return Retired(iri, parsed, reason, renamed_to, location)


def check_retired(rows: Iterable[Retired], used: Collection[str], names: Names = OWN) -> list[FactError]:
    """Return a finding for each row that would break a promise about IRIs.

    What is retired is below the base, in the table once and not in use; what it was renamed to is in use, and so in
    no row of the table itself: there are neither chains nor cycles.

    :param rows: the table
    :param used: every IRI of the dataset that is described
    :param names: the names of the project
    """
    findings: list[FactError] = []
    seen: set[str] = set()
    for row in rows:

        def find(message: str, hint: str, place: Location | None = row.location) -> None:
            findings.append(FactError(message, location=place, hint=hint))

        if not row.iri.startswith(f"{names.base}id/"):
            find(f"<{row.iri}> is not an IRI of this dataset", f"use the full IRI, which starts with {names.base}id/")
        if row.iri in seen:
            find(f"<{row.iri}> is retired twice", "keep only the row with its current name")
        seen.add(row.iri)
        if row.iri in used:
            find(
                f"<{row.iri}> is retired but still in use",
                "give the resource a new IRI, or remove the row",
            )
        if row.renamed_to and row.renamed_to not in used:
            find(
                f"<{row.iri}> was renamed to <{row.renamed_to}>, which is not defined",
                "use the current IRI, also in the rows of earlier names; leave it empty if the resource was withdrawn",
            )
    return findings
