"""The content types of the files of a build, by their names."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from eild.publication.manifest import CHECKSUMS, MANIFEST
from eild.rdf.syntaxes import EXTENSIONS

OTHERS: Final = {CHECKSUMS: "text/plain; charset=utf-8", MANIFEST: "application/json"}
"""Files of a build that are no dumps."""

_ARCHIVES: Final = {".gz": "application/gzip", ".zst": "application/zstd"}


def content_type(name: str) -> str:
    """Return the content type of a file by its name: what its bytes are, not what they unpack to."""
    suffix = PurePath(name).suffix
    if suffix in _ARCHIVES:
        return _ARCHIVES[suffix]
    if suffix in EXTENSIONS:
        return EXTENSIONS[suffix].content_type
    return OTHERS.get(name, "application/octet-stream")
