"""Versions before the present one: what a build directory keeps of them, and what may take their place.

What has been published under a version stays what it is: dumps are served as never changing, and others cite their
checksums. A build over an older version's build therefore keeps the older dumps beside the new ones, and a build that
would change a file of the same version is refused. A version with a pre-release mark such as ``1.2.0-rc.1`` promises
nothing (https://semver.org/, section 9) and may be replaced.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eild.errors import DataError, Location, UsageError
from eild.publication.dumpmanifest import read_manifest
from eild.publication.manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_RAISE = "raise owl:versionInfo and set dct:issued in data/dataset.ttl"


def version_order(version: str) -> tuple[Any, ...]:
    """Return a sort key by the precedence of semantic versions (https://semver.org/, section 11).

    :raises ValueError: if the version has no numbers
    """
    core, _, mark = version.partition("-")
    numbers = tuple(int(number) for number in core.split("."))
    marks = tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in mark.split("."))
    return (numbers, not mark, marks)


def find_former(folder: Path, version: str) -> list[dict[str, Any]]:
    """Return what a directory's next build keeps of the versions before it, the latest first.

    :param folder: the build directory, which need not exist
    :param version: the version of the next build
    :returns: version, day of issue and rows of the files of each
    :raises UsageError: if the directory holds a later version
    :raises DataError: if its manifest is damaged
    """
    manifest = read_manifest(folder)
    if not manifest:
        return []
    try:
        present = {name: manifest[name] for name in ("version", "issued", "files")}
        former = [*manifest.get("former", [])]
        names = {str(row["name"]) for entry in (present, *former) for row in entry["files"]}
        is_later = version_order(str(present["version"])) > version_order(version)
    except (KeyError, TypeError, ValueError) as error:
        message = f"the manifest is damaged: {type(error).__name__} {error}"
        hint = "build into another directory with --out"
        raise DataError(message, location=Location(str(folder / MANIFEST)), hint=hint) from error
    if any(Path(name).name != name for name in names):
        message = "the manifest is damaged: it names files elsewhere"
        raise DataError(message, location=Location(str(folder / MANIFEST)), hint="build into another directory")
    if is_later:
        message = f"the directory holds version {present['version']}, which is later than {version}"
        raise UsageError(message, location=Location(str(folder)), hint=f"{_RAISE}, or choose another directory")
    return former if present["version"] == version else [present, *former]


def check_unchanged(folder: Path, files: Mapping[str, bytes], version: str) -> None:
    """Check that a build changes no file that the directory holds under the same version.

    :param files: name and content of the next build's files
    :raises UsageError: if it does
    """
    manifest = read_manifest(folder)
    if manifest.get("version") != version or "-" in version:
        return
    changed = [
        str(row["name"])
        for row in manifest["files"]
        if hashlib.sha256(files.get(str(row["name"]), b"")).hexdigest() != row["sha256"]
    ]
    if changed:
        message = f"version {version} is built already, with other content in {len(changed)} files ({changed[0]} …)"
        hint = f"{_RAISE}; if nobody has this version yet, replace it with --replace"
        raise UsageError(message, location=Location(str(folder)), hint=hint)


def check_kept(folder: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Check that the files to keep are those that the manifest lists, before they are handed on.

    :raises DataError: if one is missing or damaged
    """
    for row in rows:
        path = folder / str(row["name"])
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            digest = error.strerror or str(error)
        if digest != row["sha256"]:
            message = f"a dump of a former version is not the one in {MANIFEST}"
            hint = "restore it from a copy, or build into another directory with --out"
            raise DataError(message, location=Location(str(path)), hint=hint)
