"""Build directories: reproducible, whole or not there, never in the way of anything else."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import zstandard

import eild
from eild import dataset
from eild.errors import EnvironmentFailure, UsageError
from eild.publication import cache, directory
from eild.publication.cache import ensure_build, user_cache_folder
from eild.publication.directory import write_build
from eild.publication.manifest import CATALOG, CHECKSUMS, MANIFEST

if TYPE_CHECKING:
    from eild.dataset import BuiltDataset

SMALL = Path(__file__).parents[1] / "fixtures" / "small"
SCRIPT = """
import sys
from pathlib import Path
from eild.dataset import build_dataset
from eild.publication.directory import write_build
small, out = map(Path, sys.argv[1:])
write_build(build_dataset(seeds=small / "seeds", data=small / "data", shapes=small / "shapes"), out)
"""


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_write_build_is_the_same_over_hash_seeds_time_zones_and_directories(tmp_path: Path) -> None:
    """Builds of different processes are equal byte for byte."""
    builds = []
    for seed, zone in (("0", "UTC"), ("1", "Asia/Tokyo"), ("4711", "America/Caracas")):
        here, out = tmp_path / f"cwd-{seed}", tmp_path / f"out-{seed}"
        here.mkdir()
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"}
        subprocess.run([sys.executable, "-c", SCRIPT, SMALL, out], cwd=here, env=environment, check=True)
        builds.append(contents(out))
    assert builds[0] == builds[1] == builds[2]


def test_build_command_own_dataset_is_the_same_over_hash_seeds_and_time_zones(tmp_path: Path) -> None:
    """Two runs of ``eild build`` on EILD's own data are equal byte for byte."""
    for seed, zone in (("1", "UTC"), ("77", "Pacific/Auckland")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        command = [sys.executable, "-c", "from eild.cli import main; main()", "build", "--out", str(tmp_path / seed)]
        subprocess.run(command, env=environment, check=True, capture_output=True)
    assert contents(tmp_path / "1") == contents(tmp_path / "77")


def test_write_build_has_all_syntaxes_plain_and_compressed(small: BuiltDataset, tmp_path: Path) -> None:
    """Six syntaxes and the nanopublications, each plain, gzip and zstd with the same content; checksums fit."""
    files = contents(write_build(small, tmp_path / "out"))
    names = {f"eild-1.2.3{end}" for end in (".ttl", ".nt", ".jsonld", ".rdf", ".trig", ".nq", "-nanopubs.trig")}
    assert set(files) == {MANIFEST, CHECKSUMS, CATALOG} | {
        f"{name}{coding}" for name in names for coding in ("", ".gz", ".zst")
    }
    for name in names:
        assert gzip.decompress(files[f"{name}.gz"]) == files[name]
        assert zstandard.ZstdDecompressor().decompress(files[f"{name}.zst"]) == files[name]
    rows = [line.partition("  ") for line in files[CHECKSUMS].decode().splitlines()]
    sums = {name: digest for digest, _, name in rows}
    assert sums == {
        name: hashlib.sha256(files[name]).hexdigest() for name in files if name not in {MANIFEST, CHECKSUMS}
    }


def test_write_build_manifest_tells_version_graphs_and_files(small: BuiltDataset, tmp_path: Path) -> None:
    """Whoever serves the build learns everything from the manifest."""
    folder = write_build(small, tmp_path / "out")
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    assert (manifest["version"], manifest["issued"]) == ("1.2.3", "2031-06-01")
    assert manifest["base"] == "https://w3id.org/eild/"
    assert manifest["triples"] == len(small.merged())
    assert {name: graph["triples"] for name, graph in manifest["graphs"].items()} == {
        name: len(graph) for name, graph in small.graphs.items()
    }
    assert manifest["graphs"]["claims"]["iri"] == "https://w3id.org/eild/graph/claims"
    types = {row["name"]: row["media_type"] for row in manifest["files"]}
    assert types["eild-1.2.3.ttl"] == "text/turtle"
    assert types["eild-1.2.3.nq.gz"] == "application/gzip"
    assert all((folder / row["name"]).stat().st_size == row["bytes"] for row in manifest["files"])


def test_write_build_replaces_an_older_build_and_leaves_nothing_behind(small: BuiltDataset, tmp_path: Path) -> None:
    """A second build takes the place of the first; no temporary directory stays."""
    out = tmp_path / "out"
    write_build(small, out)
    (out / "eild-1.2.3.ttl").write_bytes(b"damaged")
    write_build(small, out)
    assert (out / "eild-1.2.3.ttl").stat().st_size > 1000
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("content", [{"notes.txt": b"mine"}, {MANIFEST: b"{}"}, {MANIFEST: b"no json", "x": b""}])
def test_write_build_foreign_directory_is_refused(
    small: BuiltDataset, tmp_path: Path, content: dict[str, bytes]
) -> None:
    """A directory with anything but an EILD build in it is not touched."""
    out = tmp_path / "out"
    out.mkdir()
    for name, data in content.items():
        (out / name).write_bytes(data)
    with pytest.raises(UsageError, match="not an EILD build"):
        write_build(small, out)
    assert contents(out) == content


def test_write_build_further_files_in_a_build_are_not_deleted(small: BuiltDataset, tmp_path: Path) -> None:
    """A build directory in which somebody keeps a file of their own is not replaced."""
    out = write_build(small, tmp_path / "out")
    (out / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"also contains notes\.txt"):
        write_build(small, out)
    assert (out / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("kind", ["file", "link"])
def test_write_build_target_that_is_no_directory_is_refused(small: BuiltDataset, tmp_path: Path, kind: str) -> None:
    """A file or a symbolic link at the place is not replaced."""
    out = tmp_path / "out"
    if kind == "file":
        out.write_text("mine")
    else:
        out.symlink_to(tmp_path)
    with pytest.raises(UsageError, match="not the directory"):
        write_build(small, out)
    assert out.is_symlink() == (kind == "link")


def test_write_build_empty_directory_is_filled(small: BuiltDataset, tmp_path: Path) -> None:
    """An empty directory that somebody made is taken."""
    assert (write_build(small, tmp_path) / MANIFEST).is_file()


@pytest.mark.parametrize("step", ["_write_file", "_synchronize", "_replace"])
def test_write_build_failing_disk_leaves_the_old_build(
    small: BuiltDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Whichever step fails, the old build is whole, and the error has exit code 6 and a hint."""
    out = write_build(small, tmp_path / "out")
    before = contents(out)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(directory, step, fail)
    with pytest.raises(EnvironmentFailure, match="No space left on device") as raised:
        write_build(small, out)
    assert raised.value.exit_code == 6
    assert contents(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_write_build_failing_last_move_puts_the_old_build_back(
    small: BuiltDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the new build cannot be moved to its place, the old one returns there."""
    out = write_build(small, tmp_path / "out")
    before = contents(out)
    rename = Path.rename

    def fail_for_new(path: Path, target: Path) -> Path:
        if path.name.startswith(".out-") and target == out:
            raise OSError(5, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail_for_new)
    with pytest.raises(EnvironmentFailure):
        write_build(small, out)
    assert contents(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_write_build_unwritable_parent_fails_with_exit_code_6(small: BuiltDataset, tmp_path: Path) -> None:
    """A place below a file cannot be written."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(EnvironmentFailure, match="cannot write the build"):
        write_build(small, tmp_path / "file" / "out")


def test_ensure_build_is_made_once_and_again_when_inputs_change(
    small: BuiltDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cached build is reused; an edited input or a damaged build leads to a new one."""
    made: list[BuiltDataset] = []

    def build() -> BuiltDataset:
        made.append(small)
        return small

    monkeypatch.setattr(dataset, "build_dataset", build)
    monkeypatch.setattr(cache, "resource_folder", lambda name: SMALL if name == "data" else tmp_path / "none")
    first = ensure_build(tmp_path / "cache")
    assert ensure_build(tmp_path / "cache") == first
    assert len(made) == 1
    (first / "eild-1.2.3.nt").unlink()
    assert ensure_build(tmp_path / "cache") == first
    assert len(made) == 2
    monkeypatch.setattr(eild, "__version__", "9.9.9")
    assert ensure_build(tmp_path / "cache") != first
    assert len(made) == 3


def test_ensure_build_unwritable_cache_tells_what_to_do(tmp_path: Path) -> None:
    """A cache directory that cannot be made is a failure of the environment with a hint."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(EnvironmentFailure, match="XDG_CACHE_HOME"):
        ensure_build(tmp_path / "file" / "cache")


def test_ensure_build_processes_at_once_make_one_build(tmp_path: Path) -> None:
    """Several processes that start together wait for one build and all find it whole."""
    script = (
        "import sys\nfrom pathlib import Path\n"
        "from eild import dataset\nfrom eild.publication.cache import ensure_build\n"
        "make = dataset.build_dataset\n"
        "def build():\n    print('built', flush=True)\n    small = Path(sys.argv[1])\n"
        "    return make(seeds=small / 'seeds', data=small / 'data', shapes=small / 'shapes')\n"
        "dataset.build_dataset = build\nprint(ensure_build(Path(sys.argv[2])))\n"
    )
    command = [sys.executable, "-c", script, str(SMALL), str(tmp_path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    shown = [process.communicate()[0].split() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert sum(lines.count("built") for lines in shown) == 1
    assert len({lines[-1] for lines in shown}) == 1


def test_user_cache_folder_follows_the_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """XDG_CACHE_HOME counts if absolute; macOS has its own place."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert user_cache_folder() == tmp_path / "xdg" / "eild"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert user_cache_folder() == tmp_path / ".cache" / "eild"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert user_cache_folder() == tmp_path / "Library" / "Caches" / "eild"
