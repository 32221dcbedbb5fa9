"""The parts of a published dataset: files, named graphs, and the versions before the current one.

The manifest of a publication lists them, and the catalogue describes them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class File:
    """A file of a publication.

    :ivar name: its name, without a directory
    :ivar media_type: its media type; empty for the files of a store, which are not served
    :ivar size: its size in bytes
    :ivar sha256: its SHA-256 in lowercase hexadecimal
    """

    name: str
    media_type: str
    size: int
    sha256: str

    @classmethod
    def from_content(cls, name: str, media_type: str, content: bytes) -> File:
        """Return the file with a given content."""
        return cls(name, media_type, len(content), hashlib.sha256(content).hexdigest())

    @property
    def has_nanopublications(self) -> bool:
        """Whether it holds the nanopublications, which are made from the dataset, and not the dataset."""
        return "-nanopubs." in self.name


@dataclass(frozen=True)
class NamedGraph:
    """A named graph: its short name, its IRI, its number of triples, and a comment for the catalogue."""

    name: str
    iri: str
    triples: int
    comment: str = ""


@dataclass(frozen=True)
class EarlierVersion:
    """A version before the current one, whose dumps are kept: its name, day of release, and files by name."""

    version: str
    issued: datetime
    files: dict[str, File] = field(default_factory=dict)
