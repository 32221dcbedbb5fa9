"""Finding packaged folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from eild import resources
from eild.errors import DataError
from eild.resources import FOLDERS, display_path, resource_files, resource_folder


@pytest.mark.parametrize("name", FOLDERS)
def test_resource_folder_is_found_from_anywhere(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each folder is found whatever the working directory is, and is not empty."""
    monkeypatch.chdir(tmp_path)
    assert resource_folder(name).is_absolute()
    assert resource_files(name, "**/*")


def test_resource_folder_unknown_name_is_refused() -> None:
    """Only the folders that EILD ships can be asked for."""
    with pytest.raises(ValueError, match="unknown resource folder"):
        resource_folder("secrets")


def test_resource_folder_missing_tells_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An incomplete installation is told as such."""
    monkeypatch.setattr(resources, "_CANDIDATES", (tmp_path,))
    with pytest.raises(DataError, match="reinstall EILD"):
        resource_folder("data")


def test_display_path_is_relative_under_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are shown as a person here would write them."""
    monkeypatch.chdir(tmp_path)
    assert display_path(tmp_path / "a" / "b.ttl") == Path("a/b.ttl")
    assert display_path(Path("/elsewhere/x")) == Path("/elsewhere/x")
