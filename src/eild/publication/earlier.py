"""Earlier versions: the files that a build directory keeps of them, and the builds that may replace them.

Files that were published under a version never change: dumps are served as immutable, and others cite their checksums.
Therefore, a build into the directory of an earlier version keeps the earlier dumps next to the new ones, and a build
that would change a file of the same version is refused. A pre-release version such as ``1.2.0-rc.1`` may be replaced,
because it promises no stability (https://semver.org/, section 9).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from eild.catalog.inventory import EarlierVersion
from eild.errors import DataError, Location, UsageError
from eild.publication.manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from eild.catalog.inventory import File
    from eild.publication.manifest import Manifest

_RAISE = "increase owl:versionInfo and set dct:issued in data/dataset.ttl"


def version_order(version: str) -> tuple[Any, ...]:
    """Return a sort key for the precedence of semantic versions (https://semver.org/, section 11).

    :raises ValueError: if the version is not numeric
    """
    core, _, mark = version.partition("-")
    numbers = tuple(int(number) for number in core.split("."))
    marks = tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in mark.split("."))
    return (numbers, not mark, marks)


def find_earlier(folder: Path, build: Manifest | None, version: str) -> tuple[EarlierVersion, ...]:
    """Return the earlier versions that the next build of a directory keeps, latest first.

    :param folder: the build directory, which need not exist
    :param build: its current manifest; None if it is empty or does not exist
    :param version: the version of the next build
    :raises UsageError: if the directory contains a later version
    :raises DataError: if its manifest is corrupt
    """
    if build is None:
        return ()
    try:
        is_later = version_order(build.version) > version_order(version)
    except ValueError as error:
        message = f"the manifest is corrupt: the version must have the form 1.2.3, not {build.version!r}"
        hint = "build into another directory with --out"
        raise DataError(message, location=Location(str(folder / MANIFEST)), hint=hint) from error
    if is_later:
        message = f"the directory contains version {build.version}, which is later than {version}"
        raise UsageError(message, location=Location(str(folder)), hint=f"{_RAISE}, or choose another directory")
    if build.version == version:
        return build.earlier
    return (EarlierVersion(build.version, build.issued, build.files), *build.earlier)


def check_unchanged(folder: Path, build: Manifest | None, files: Mapping[str, bytes], version: str) -> None:
    """Check that a build does not change a file of the same version in the directory.

    :param build: the current manifest of the directory; None if it is empty or does not exist
    :param files: name and content of the next build's files
    :raises UsageError: if a file would change
    """
    if build is None or build.version != version or "-" in version:
        return
    changed = [
        file.name
        for file in build.files.values()
        if hashlib.sha256(files.get(file.name, b"")).hexdigest() != file.sha256
    ]
    if changed:
        message = (
            f"version {version} was already built, with different content in {len(changed)} files ({changed[0]} …)"
        )
        hint = f"{_RAISE}; if nobody has downloaded this version yet, use --replace"
        raise UsageError(message, location=Location(str(folder)), hint=hint)


def check_kept(folder: Path, files: Iterable[File]) -> None:
    """Check that the files to keep match the manifest.

    :raises DataError: if one is missing or corrupt
    """
    for file in files:
        path = folder / file.name
        try:
            with path.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
        except OSError as error:
            digest = error.strerror or str(error)
        if digest != file.sha256:
            message = f"a dump of an earlier version does not match {MANIFEST}"
            hint = "restore it from a copy, or build into another directory with --out"
            raise DataError(message, location=Location(str(path)), hint=hint)
