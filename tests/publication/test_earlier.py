"""Versions before the present one: their dumps are kept, and no published file changes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from eild.errors import DataError, UsageError
from eild.publication.directory import write_build
from eild.publication.earlier import version_order
from eild.publication.manifest import CHECKSUMS, MANIFEST, load_publication

if TYPE_CHECKING:
    from pathlib import Path

    from eild.dataset import BuiltDataset


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def later(small: BuiltDataset) -> BuiltDataset:
    """Return the small dataset as a later version."""
    return replace(small, version="1.3.0", issued=date(2031, 7, 1))


@pytest.fixture
def kept(small: BuiltDataset, later: BuiltDataset, tmp_path: Path) -> Path:
    """Return a build directory with two versions."""
    write_build(small, tmp_path / "out")
    return write_build(later, tmp_path / "out")


def test_write_build_over_an_earlier_version_keeps_its_dumps(
    small: BuiltDataset, later: BuiltDataset, kept: Path, tmp_path: Path
) -> None:
    """The earlier dumps stay byte for byte, and the present ones are those of a build without a past."""
    first, alone, found = (
        contents(write_build(small, tmp_path / "first")),
        contents(write_build(later, tmp_path / "alone")),
        contents(kept),
    )
    dumps = {name for name in first if name.startswith("eild-")}
    assert {name: found[name] for name in dumps} == {name: first[name] for name in dumps}
    present = {name for name in alone if name.startswith("eild-")}
    assert {name: found[name] for name in present} == {name: alone[name] for name in present}


def test_write_build_over_an_earlier_version_lists_it(kept: Path) -> None:
    """Manifest and checksums name the former version and its files."""
    manifest = json.loads((kept / MANIFEST).read_text(encoding="utf-8"))
    assert [(entry["version"], entry["issued"]) for entry in manifest["former"]] == [("1.2.3", "2031-06-01")]
    sums = dict(line.split("  ")[::-1] for line in (kept / CHECKSUMS).read_text().splitlines())
    for row in manifest["former"][0]["files"]:
        assert sums[row["name"]] == row["sha256"] == hashlib.sha256((kept / row["name"]).read_bytes()).hexdigest()


def test_write_build_third_version_and_the_same_again_keep_all(later: BuiltDataset, kept: Path) -> None:
    """Former versions are listed the latest first; building once more changes nothing."""
    write_build(replace(later, version="2.0.0"), kept)
    before = contents(kept)
    write_build(replace(later, version="2.0.0"), kept)
    assert contents(kept) == before
    assert [version.version for version in load_publication(kept).earlier] == ["1.3.0", "1.2.3"]


def test_write_build_same_version_with_other_content_is_refused(
    small: BuiltDataset, later: BuiltDataset, tmp_path: Path
) -> None:
    """What has been published under a version stays; the hint names the way out, and --replace goes it."""
    out = write_build(small, tmp_path / "out")
    before = contents(out)
    other = replace(small, graphs={**small.graphs, "editor": later.graphs["claims"]})
    with pytest.raises(UsageError, match=r"1\.2\.3 was already built.*--replace"):
        write_build(other, out)
    assert contents(out) == before
    write_build(other, out, replace=True)
    assert contents(out) != before
    assert not load_publication(out).earlier


def test_write_build_pre_release_may_be_replaced(small: BuiltDataset, tmp_path: Path) -> None:
    """A version with a pre-release mark promises nothing."""
    draft = replace(small, version="1.3.0-rc.1")
    out = write_build(draft, tmp_path / "out")
    write_build(replace(draft, graphs={**small.graphs, "editor": small.graphs["claims"]}), out)
    assert load_publication(out).version == "1.3.0-rc.1"


def test_write_build_over_a_later_version_is_refused(small: BuiltDataset, kept: Path) -> None:
    """An earlier version does not take the place of a later one."""
    before = contents(kept)
    with pytest.raises(UsageError, match=r"contains version 1\.3\.0, which is later than 1\.2\.3"):
        write_build(small, kept)
    assert contents(kept) == before


@pytest.mark.parametrize("damage", ["change", "remove"])
def test_write_build_damaged_former_dump_is_not_handed_on(later: BuiltDataset, kept: Path, damage: str) -> None:
    """A kept file that is not what was published stops the build, and names the file."""
    path = kept / "eild-1.2.3.ttl"
    if damage == "change":
        path.write_bytes(b"other")
    else:
        path.unlink()
    with pytest.raises(DataError, match=r"eild-1\.2\.3\.ttl: a dump of an earlier version does not match"):
        write_build(replace(later, version="1.4.0"), kept)


@pytest.mark.parametrize(
    "change", [{"version": "x"}, {"files": 7}, {"former": [{}]}, {"files": [{"name": "../x", "sha256": ""}]}]
)
def test_write_build_damaged_manifest_is_told(later: BuiltDataset, kept: Path, change: dict[str, object]) -> None:
    """A manifest that cannot be read stops the build; nothing outside the directory is touched."""
    path = kept / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    with pytest.raises((DataError, UsageError)):
        write_build(replace(later, version="1.4.0"), kept)


def test_version_order_follows_semantic_versions() -> None:
    """Numbers count as numbers; a pre-release comes before its release."""
    ordered = [
        "0.9.0",
        "0.10.0",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
    ]
    assert sorted(["1.0.0", *ordered[:-1]], key=version_order) == ordered
