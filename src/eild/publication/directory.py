"""Build directories, written completely or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from eild.errors import EnvironmentFailure, Location, UsageError
from eild.publication.earlier import check_kept, check_unchanged, find_earlier
from eild.publication.manifest import CHECKSUMS, MANIFEST, find_build
from eild.publication.of_dataset import render_build

if TYPE_CHECKING:
    from eild.dataset import BuiltDataset
    from eild.publication.manifest import Manifest


def write_build(dataset: BuiltDataset, out: Path, *, replace: bool = False) -> Path:
    """Write a build directory, replacing a previous build; the dumps of earlier versions in it are kept.

    :param dataset: the dataset to write
    :param out: the directory to make
    :param replace: whether files of the same version may change
    :returns: its absolute path
    :raises UsageError: if the directory is not an EILD build, or contains a later version, or the same version with
        different content
    :raises DataError: if the dumps of an earlier version in it are corrupt
    :raises EnvironmentFailure: if the disk is full or the directory cannot be written; a previous build is unchanged
    """
    target = out.absolute()
    before = _check_target(target)
    earlier = find_earlier(target, before, dataset.version)
    files = render_build(dataset, earlier)
    if not replace:
        check_unchanged(target, before, files, dataset.version)
    kept = [file for version in earlier for file in version.files.values()]
    check_kept(target, kept)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        try:
            temporary.chmod(0o755)
            for name, content in files.items():
                _write_file(temporary / name, content)
            for file in kept:
                _keep_file(target / file.name, temporary / file.name)
            _synchronize(temporary)
            _replace(temporary, target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        message = f"cannot write the build: {error.strerror or error}"
        hint = "free disk space or choose another directory with --out; the previous build is unchanged"
        raise EnvironmentFailure(message, location=Location(str(out)), hint=hint) from error
    return target


def _check_target(target: Path) -> Manifest | None:
    """Check that only an EILD build would be replaced, and return its manifest; None if there is no build.

    :raises UsageError: if something else is there
    :raises DataError: if the manifest of the build is corrupt
    """
    if not target.exists() and not target.is_symlink():
        return None
    hint = "choose another directory with --out, or remove it yourself"
    if not target.is_dir() or target.is_symlink():
        message = "this is not the directory of an EILD build"
        raise UsageError(message, location=Location(str(target)), hint=hint)
    names = {path.name for path in target.iterdir()}
    build = find_build(target)
    if names and build is None:
        message = "this directory is not an EILD build and is not replaced"
        raise UsageError(message, location=Location(str(target)), hint=hint)
    if foreign := sorted(names - {MANIFEST, CHECKSUMS, *(build.listed_files if build else ())}):
        message = f"this build directory also contains {', '.join(foreign[:5])}, which would be deleted"
        raise UsageError(message, location=Location(str(target)), hint=hint)
    return build


def _write_file(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o644)


def _keep_file(source: Path, path: Path) -> None:
    """Have a file in another directory of the same disk too; where that has no links, a copy of it."""
    try:
        path.hardlink_to(source)
    except OSError:
        _write_file(path, source.read_bytes())


def _synchronize(folder: Path) -> None:
    """Make sure that a directory's entries are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _replace(temporary: Path, target: Path) -> None:
    """Move a directory to its destination; on failure, restore the previous one."""
    if not target.exists():
        temporary.rename(target)
    else:
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
        target.rename(aside / target.name)
        try:
            temporary.rename(target)
        except OSError:
            (aside / target.name).rename(target)
            raise
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    _synchronize(target.parent)
