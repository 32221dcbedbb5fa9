"""Finding the packaged folders (seeds, ontology, data, shapes, queries) in a wheel and in a checkout alike.

A wheel carries the top-level folders as ``eild/_resources/<name>``; a checkout (and an editable installation)
has them beside ``src/``. Nothing here depends on the working directory.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from eild.errors import DataError, Location

FOLDERS: Final = ("seeds", "ontology", "data", "shapes", "queries")
"""The folders that EILD ships, by name."""
GUIDE: Final = "docs/guide.md"
"""Path of the guide in a checkout, and below the resources of a wheel."""

PUBLICATION: Final = "publication"
"""Name of the folder of a wheel that holds its data as published; no folder of a checkout."""

_PACKAGE: Final = Path(__file__).resolve().parent
_CANDIDATES: Final = (_PACKAGE / "_resources", _PACKAGE.parents[1])


def resource_folder(name: str) -> Path:
    """Return the absolute path of a packaged folder.

    :param name: one of :data:`FOLDERS`
    :raises ValueError: if the name is not one of them
    :raises DataError: if the installation has no such folder
    """
    if name not in FOLDERS:
        message = f"unknown resource folder {name!r}: use one of {', '.join(FOLDERS)}"
        raise ValueError(message)
    for root in _CANDIDATES:
        folder = root / name
        if folder.is_dir():
            return folder
    message = f"the folder {name!r} is missing from the installation"
    raise DataError(
        message,
        location=Location(str(_PACKAGE)),
        hint="reinstall EILD, or run it from a complete checkout",
    )


def packaged_publication() -> Path | None:
    """Return the directory of the published data that the wheel was built with; None in a checkout."""
    folder = _PACKAGE / "_resources" / PUBLICATION
    return folder if folder.is_dir() else None


def find_guide() -> Path:
    """Return the path of the guide to the data model.

    :raises DataError: if the installation has none
    """
    for root in _CANDIDATES:
        if (path := root / GUIDE).is_file():
            return path
    message = f"{GUIDE} is missing from the installation"
    raise DataError(
        message, location=Location(str(_PACKAGE)), hint="reinstall EILD, or run it from a complete checkout"
    )


def resource_files(name: str, pattern: str) -> list[Path]:
    """Return the files of a packaged folder that match a glob pattern, sorted by path.

    :param name: one of :data:`FOLDERS`
    :param pattern: as for :meth:`pathlib.Path.glob`, e.g. ``"**/*.ttl"``
    :raises DataError: if the installation has no such folder
    """
    return sorted(path for path in resource_folder(name).glob(pattern) if path.is_file())


def display_path(path: Path) -> Path:
    """Return a path as a person would write it here: relative if it lies under the working directory."""
    absolute = path.absolute()
    here = Path.cwd()
    return absolute.relative_to(here) if absolute.is_relative_to(here) else absolute
