"""Stores on disk: find the current generation, check that it is complete, and keep it while it is read.

The directory of a store holds::

    lock            held by the process that loads (flock); says which one and since when
    current         a symbolic link to the generation that readers take
    generation-…/   build.json (counts, checksums), store/ (the engine's files), in-use (readers hold it, flock)

A load writes a new generation and then renames the link over the old one, so readers always find a complete store.
The kernel releases locks when their process ends, so there are no stale locks.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from pyoxigraph import Store

from eild.errors import DataError, EnvironmentFailure, Location, UsageError
from eild.publication.manifest import load_publication

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eild.publication.manifest import Publication

LOCK: Final = "lock"
"""Name of the file that the loading process locks."""
CURRENT: Final = "current"
"""Name of the link to the generation that readers take."""
GENERATION: Final = "generation-"
"""Start of the names of all generations."""
IN_USE: Final = "in-use"
"""Name of the file in a generation that its readers lock."""

_REMEDY: Final = "reload it with 'eild load FILES… --store DIR'"
_ATTEMPTS: Final = 5


def _try_lock(file: IO[str], kind: int) -> bool:
    """Try to take a lock without waiting, and return whether it was free."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read_holder(path: Path) -> str:
    """Describe the process that holds the lock of a store."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        holder = json.loads(path.read_text(encoding="utf-8"))
        return f"process {int(holder['pid'])} (since {str(holder['since'])[:40]})"
    return "another process"


def check_directory(directory: Path) -> None:
    """Check that a directory is a store's or may become one.

    :raises UsageError: if something else is there
    """
    hint = "choose another directory with --store, or remove it yourself"
    if not directory.exists():
        return
    if not directory.is_dir():
        raise UsageError("this is not a directory", location=Location(str(directory)), hint=hint)
    names = {path.name for path in directory.iterdir()}
    others = sorted(name for name in names - {LOCK, CURRENT} if not name.startswith(GENERATION))
    if others:
        message = f"this directory contains files that are not part of a store: {', '.join(others[:5])}"
        raise UsageError(message, location=Location(str(directory)), hint=hint)


@contextlib.contextmanager
def hold_lock(directory: Path) -> Iterator[None]:
    """Hold the lock of a store's directory, which is made if it does not exist, and removed if it stays empty.

    :raises UsageError: if the directory holds other things
    :raises EnvironmentFailure: if another process holds the lock
    """
    check_directory(directory)
    is_new = not directory.exists()
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / LOCK
    with path.open("a+", encoding="utf-8") as file:
        if not _try_lock(file, fcntl.LOCK_EX) or not _is_same(file, path):
            message = f"{directory}: {_read_holder(path)} is loading this store"
            raise EnvironmentFailure(message, hint="wait until it has finished, or terminate it")
        file.truncate(0)
        since = datetime.now(UTC).isoformat(timespec="seconds")
        file.write(json.dumps({"pid": os.getpid(), "since": since}))
        file.flush()
        try:
            yield
        finally:
            if is_new and [entry.name for entry in directory.iterdir()] == [LOCK]:
                path.unlink()
                directory.rmdir()


def _is_same(file: IO[str], path: Path) -> bool:
    """Return whether an open file still has its path: another load that failed may have removed it meanwhile."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def is_in_use(generation: Path) -> bool:
    """Return whether a reader holds a generation."""
    try:
        with (generation / IN_USE).open("a", encoding="utf-8") as file:
            return not _try_lock(file, fcntl.LOCK_EX)
    except OSError:
        return False


def _find_current(directory: Path) -> Path:
    """Return the generation that readers take.

    :raises DataError: if there is none
    """
    link = directory / CURRENT
    if not link.is_symlink() or not link.is_dir():
        message = "there is no store here"
        if link.is_symlink() or link.exists():
            message = "the store is corrupt: its current generation is missing"
        elif not directory.exists():
            message = "this directory does not exist"
        raise DataError(message, location=Location(str(directory)), hint=_REMEDY.replace("DIR", str(directory)))
    return link.resolve()


@contextlib.contextmanager
def pin_store(directory: Path) -> Iterator[Path]:
    """Hold the current generation of a store, so that no load removes it, and return its directory.

    :raises DataError: if there is no store, or it is corrupt
    """
    for _ in range(_ATTEMPTS):
        generation = _find_current(directory)
        try:
            file = (generation / IN_USE).open(encoding="utf-8")
        except FileNotFoundError:
            continue  # a load replaced it just now, or the file was removed
        with file:
            fcntl.flock(file, fcntl.LOCK_SH)
            if os.fstat(file.fileno()).st_nlink:  # otherwise a load removed it before the lock was taken
                yield generation
                return
    message = f"the store is corrupt: {IN_USE} is missing"
    raise DataError(message, location=Location(str(_find_current(directory) / IN_USE)), hint=_REMEDY)


def load_stored(generation: Path) -> Publication:
    """Read the manifest of a generation.

    :raises DataError: if it is missing, corrupt or not that of a store
    """
    publication = load_publication(generation)
    if not publication.store:
        message = "the manifest does not list a store"
        raise DataError(message, location=Location(str(generation)), hint=_REMEDY)
    return publication


def _list_descriptors() -> set[int]:
    """Return the descriptors that this process has open."""
    return {int(path.name) for path in Path("/dev/fd").iterdir()}


@dataclass(frozen=True, slots=True)
class OpenFiles:
    """What the engine has open of a store on disk.

    :ivar descriptors: of its files
    :ivar unopened: how many tables it opens when a query needs them
    """

    descriptors: tuple[int, ...] = ()
    unopened: int = 0


def open_store_and_list(publication: Publication) -> tuple[Store, OpenFiles]:
    """Open the store of a publication for reading, and return it with what the engine has open.

    Copies of this process may close all other files, and need to open no more than the other tables of the store.

    :raises DataError: if the engine cannot open it
    """
    before = _list_descriptors()
    store = open_store(publication)
    descriptors = sorted(_list_descriptors() - before)
    opened = {(found.st_dev, found.st_ino) for found in map(os.fstat, descriptors)}
    tables = {(found.st_dev, found.st_ino) for found in map(Path.stat, _list_tables(publication))}
    return store, OpenFiles(tuple(descriptors), len(tables - opened))


def _list_tables(publication: Publication) -> list[Path]:
    return list((publication.folder / publication.store).glob("*.sst"))


def open_store(publication: Publication) -> Store:
    """Open the store of a publication for reading.

    :raises DataError: if the engine cannot open it
    """
    path = publication.folder / publication.store
    try:
        return Store.read_only(str(path))
    except OSError as error:
        message = f"cannot open the store: {str(error)[:200]}"
        raise DataError(message, location=Location(str(path)), hint=_REMEDY) from error
