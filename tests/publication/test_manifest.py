"""Tests of reading a build directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eild.errors import DataError
from eild.publication.manifest import MANIFEST, Publication, load_publication

if TYPE_CHECKING:
    from pathlib import Path


def test_load_publication_no_build_data_error(tmp_path: Path) -> None:
    """A directory without a manifest is no build, and the remedy is named."""
    with pytest.raises(DataError, match="no build here") as caught:
        load_publication(tmp_path)
    assert "eild build" in caught.value.hint


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"version": "1", "issued": "never", "files": []}'])
def test_load_publication_damaged_manifest_data_error(text: str, tmp_path: Path) -> None:
    """A manifest that cannot be read is told as damaged."""
    (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="manifest is damaged"):
        load_publication(tmp_path)


def test_load_publication_missing_file_data_error(publication: Publication) -> None:
    """A file that the manifest lists must be there."""
    (publication.folder / publication.find_dump(".ttl").name).unlink()
    with pytest.raises(DataError, match="missing"):
        load_publication(publication.folder)


@pytest.mark.parametrize("damage", ["flip", "truncate"])
def test_read_dump_damaged_data_error(damage: str, publication: Publication) -> None:
    """A dump with one bit changed, or shorter, is refused with its path."""
    path = publication.folder / publication.find_dump(".nt").name
    content = bytearray(path.read_bytes())
    if damage == "flip":
        content[10] ^= 1
    else:
        del content[-1]
    path.write_bytes(content)
    with pytest.raises(DataError, match="damaged") as caught:
        publication.check_dumps()
    assert caught.value.location is not None
    assert caught.value.location.path == str(path)


def test_find_dump_unknown_extension_data_error(publication: Publication) -> None:
    """A dump that the build does not have is told."""
    with pytest.raises(DataError, match=r"no \.hdt file"):
        publication.find_dump(".hdt")
