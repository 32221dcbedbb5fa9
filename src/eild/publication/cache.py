"""Builds of the packaged data, kept in the user's cache directory."""

from __future__ import annotations

import fcntl
import hashlib
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import eild
from eild.apart import run_apart
from eild.errors import DataError, EnvironmentFailure, Location
from eild.publication.manifest import find_build
from eild.resources import packaged_publication, resource_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

_INPUTS: Final = ("seeds", "ontology", "data", "shapes", "queries")
_KEY_LENGTH: Final = 16


def ensure_build(cache_dir: Path | None = None, *, apart: bool = False) -> Path:
    """Return a build directory of the packaged data, made now or found as made before.

    Builds are kept by the digest of everything that goes into them, so that an edited file or another version of the
    program leads to a new one.

    :param cache_dir: directory of the builds; by default, the user's cache directory
    :param apart: whether a process of its own builds, because this one goes on and needs its memory back
    :raises ProblemsError: if there are problems in the curated data
    :raises EnvironmentFailure: if the directory cannot be written
    """
    cache = cache_dir or user_cache_folder()
    folder = cache / f"build-{_input_key()}"
    if not _is_complete(folder):
        with _only_one_builder(cache):
            if not _is_complete(folder):
                if apart:
                    run_apart(_build, folder)
                else:
                    _build(folder)
    return folder.absolute()


def find_publication() -> Path:
    """Return a directory with the published data, enough to query them: that of the wheel, or else a build.

    :raises ProblemsError: if there are problems in the curated data of a checkout
    :raises EnvironmentFailure: if the cache directory cannot be written
    """
    return packaged_publication() or ensure_build()


def _is_complete(folder: Path) -> bool:
    """Return whether a build directory has all its files, in the sizes that its manifest lists."""
    try:
        build = find_build(folder)
    except DataError:
        return False
    if build is None:
        return False
    sizes = {folder / file.name: file.size for file in build.listed_files.values()}
    return all(path.is_file() and path.stat().st_size == size for path, size in sizes.items())


def _build(folder: Path) -> None:
    """Build the packaged data. The imports are local, because they are not needed if a build exists."""
    from eild.dataset import build_dataset
    from eild.publication.directory import write_build

    write_build(build_dataset(), folder)


def user_cache_folder() -> Path:
    """Return the directory for caches of this program, as the operating system wants it."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "eild"
    configured = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(configured) if configured and Path(configured).is_absolute() else Path.home() / ".cache"
    return base / "eild"


@contextmanager
def _only_one_builder(cache: Path) -> Iterator[None]:
    """Let one process at a time build into a cache directory; the others wait and then use its build.

    :raises EnvironmentFailure: if the directory cannot be written
    """
    try:
        cache.mkdir(parents=True, exist_ok=True)
        lock = (cache / "lock").open("wb")
    except OSError as error:
        message = f"cannot write the cache directory: {error.strerror or error}"
        hint = "make it writable, or set XDG_CACHE_HOME to another directory"
        raise EnvironmentFailure(message, location=Location(str(cache)), hint=hint) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # released when the file is closed
        yield


def _input_key() -> str:
    """Return a digest of everything that a build of the packaged data depends on."""
    digest = hashlib.sha256(eild.__version__.encode())
    package = Path(eild.__file__).resolve().parent
    sources = [path for path in sorted(package.rglob("*.py")) if "_resources" not in path.parts]
    for root, paths in [(package, sources), *((resource_folder(name), None) for name in _INPUTS)]:
        for path in paths if paths is not None else sorted(root.rglob("*")):
            if path.is_file():
                content = path.read_bytes()
                digest.update(f"\0{root.name}/{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
                digest.update(content)
    return digest.hexdigest()[:_KEY_LENGTH]
