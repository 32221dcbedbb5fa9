"""What a build directory says of itself in its manifest, without trust that there is one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from eild.publication.manifest import CHECKSUMS, MANIFEST

if TYPE_CHECKING:
    from pathlib import Path

BUILD_MARK: Final = "eild-build"
"""What tells the manifest of a build from any other file of that name."""

_LISTS: Final = ("files", "documents")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a build directory, empty if there is no readable one."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) and content.get("type") == BUILD_MARK else {}


def list_files(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of all files that a manifest lists, those of former versions too, beside it and the checksums."""
    former = manifest.get("former")
    entries = [manifest, *(former if isinstance(former, list) else [])]
    lists = [entry.get(name) for entry in entries if isinstance(entry, dict) for name in _LISTS]
    return [row for rows in lists if isinstance(rows, list) for row in rows if isinstance(row, dict)]


def list_names(folder: Path) -> set[str]:
    """Return the names of the files that belong to the build in a directory."""
    return {MANIFEST, CHECKSUMS, *(str(row.get("name")) for row in list_files(read_manifest(folder)))}


def is_complete(folder: Path) -> bool:
    """Tell whether a build directory has all its files in the sizes that its manifest says."""
    manifest = read_manifest(folder)
    if not isinstance(manifest.get("files"), list):
        return False
    sizes = {folder / str(row["name"]): row["bytes"] for row in list_files(manifest)}
    return all(path.is_file() and path.stat().st_size == size for path, size in sizes.items())
