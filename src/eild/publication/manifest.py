"""What a build wrote: the files of one version of a dataset, checked against their manifest.

The directory holds ``build.json`` and the dumps that it lists. The N-Triples file is the default graph, triple for
triple; the N-Quads file holds the named graphs. Where the manifest lists the files of a store instead, the directory
``store`` holds both, as the engine wrote them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Final

from eild.errors import DataError, Location
from eild.facts.retired import Retired, parse_retired
from eild.rdf.syntaxes import EXTENSIONS
from eild.terms import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Mapping

MANIFEST: Final = "build.json"
"""Name of the manifest in a build directory."""
CHECKSUMS: Final = "SHA256SUMS"
"""Name of the list of checksums in a build directory."""
CATALOG: Final = "catalog.ttl"
"""Name of the catalogue in a build directory."""

NANOPUBS_ENDING: Final = "-nanopubs.trig"
"""What the name of the dump of nanopublications ends in."""

STORE: Final = "store"
"""Name of the directory of a store, beside its manifest."""

OTHERS: Final = {CHECKSUMS: "text/plain; charset=utf-8", MANIFEST: "application/json"}
"""Files of a build that are no dumps."""

_ARCHIVES: Final = {".gz": "application/gzip", ".zst": "application/zstd"}
_CHECKSUM: Final = "checksum"
_REMEDY: Final = "build it again with 'eild build --out DIR'"
_STORE_REMEDY: Final = "load it again with 'eild load FILES… --store DIR'"


@dataclass(frozen=True)
class GraphInfo:
    """A named graph: its short name, its IRI and its number of triples."""

    name: str
    iri: str
    triples: int


@dataclass(frozen=True)
class FileInfo:
    """A file of a build: its name, size in bytes and SHA-256 in lower-case hexadecimal."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class FormerVersion:
    """A version before the present one, whose dumps are kept: its name, day of release, and files by name."""

    version: str
    issued: datetime
    files: dict[str, FileInfo]


@dataclass(frozen=True)
class Publication:
    """One version of a dataset on disk.

    :ivar folder: where its files are
    :ivar version: what the operator calls this version
    :ivar issued: when it was released, from the data and never from the clock
    :ivar base: the start of the IRIs that it owns
    :ivar title: what it is called
    :ivar graphs: its named graphs, by name
    :ivar files: its files, by name
    :ivar prefixes: what its IRIs may be abbreviated by
    :ivar foreign: whether it was made of files that are not EILD's own dataset
    :ivar union: whether its default graph is the merge of all graphs
    :ivar triples: triples of the default graph; -1 where the manifest does not say
    :ivar store: name of the directory of its store; empty where dumps are all there is
    :ivar store_files: the files of the store
    :ivar documents: files about the dumps, by name: the catalogue
    :ivar former: the versions before this one, the latest first
    :ivar retired: what was published once and is not in use any more, by IRI
    """

    folder: Path
    version: str
    issued: datetime
    base: str
    title: str
    graphs: dict[str, GraphInfo]
    files: dict[str, FileInfo]
    prefixes: dict[str, str]
    foreign: bool = False
    union: bool = True
    triples: int = -1
    store: str = ""
    store_files: tuple[FileInfo, ...] = ()
    retired: dict[str, Retired] = field(default_factory=dict)
    documents: dict[str, FileInfo] = field(default_factory=dict)
    former: tuple[FormerVersion, ...] = ()

    @property
    def kept_files(self) -> dict[str, FileInfo]:
        """The dumps of this version and of those before it, by name."""
        versions: list[Publication | FormerVersion] = [self, *self.former]
        return {name: info for version in versions for name, info in version.files.items()}

    def find_dump(self, extension: str) -> FileInfo:
        """Return the plain dump with an extension such as ``".nt"``, or :data:`NANOPUBS_ENDING`.

        :raises DataError: if the build has none
        """
        others = () if extension == NANOPUBS_ENDING else (NANOPUBS_ENDING,)
        for info in self.files.values():
            if info.name.endswith(extension) and not info.name.endswith(others):
                return info
        message = f"the build lists no {extension} file"
        raise DataError(message, location=Location(str(self.folder / MANIFEST)), hint=_REMEDY)

    def read_dump(self, extension: str) -> bytes:
        """Return the bytes of the dump with an extension, having compared them with the manifest.

        :raises DataError: if the file is missing, unreadable or not the one that the build wrote
        """
        return self.read_file(self.find_dump(extension))

    def read_catalog(self) -> bytes:
        """Return the bytes of the catalogue, having compared them with the manifest; nothing where there is none.

        :raises DataError: if the file is missing, unreadable or not the one that the build wrote
        """
        return self.read_file(self.documents[CATALOG]) if CATALOG in self.documents else b""

    def list_nanopub_dumps(self) -> tuple[FileInfo, ...]:
        """Return the dumps of nanopublications, that of the present version first."""
        return tuple(info for name, info in self.kept_files.items() if name.endswith(NANOPUBS_ENDING))

    def read_file(self, info: FileInfo) -> bytes:
        """Return the bytes of a file, having compared them with the manifest.

        :raises DataError: if the file is missing, unreadable or not the one that the build wrote
        """
        path = self.folder / info.name
        try:
            content = path.read_bytes()
        except OSError as error:
            message = f"cannot read the dump: {error.strerror}"
            raise DataError(message, location=Location(str(path)), hint=_REMEDY) from error
        if len(content) != info.size or hashlib.sha256(content).hexdigest() != info.sha256:
            message = "the dump is damaged: size or SHA-256 is not the one in build.json"
            raise DataError(message, location=Location(str(path)), hint=_REMEDY)
        return content

    def check_dumps(self) -> None:
        """Compare all files with the manifest, those that are only handed out too; or the files of the store.

        :raises DataError: if one is missing, unreadable or damaged
        """
        for info in self.documents.values():
            _check_file(self.folder / info.name, info, "document", _REMEDY)
        if self.store:
            for info in self.store_files:
                _check_file(self.folder / self.store / info.name, info, "store", _STORE_REMEDY)
            return
        for extension in (".nt", ".nq"):
            self.find_dump(extension)
        for info in self.kept_files.values():
            _check_file(self.folder / info.name, info, "dump", _REMEDY)


def _check_file(path: Path, info: FileInfo, what: str, remedy: str) -> None:
    """Compare a file of a store or a dump with what the manifest says, without holding it in memory."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest() if size == info.size else ""
    except OSError as error:
        message = f"a file of the {what} cannot be read: {error.strerror}"
        raise DataError(message, location=Location(str(path)), hint=remedy) from error
    if digest != info.sha256:
        message = f"the {what} is damaged: size or SHA-256 is not the one in {MANIFEST}"
        raise DataError(message, location=Location(str(path)), hint=remedy)


def _digest_manifest(content: dict[str, Any]) -> str:
    plain = {name: value for name, value in content.items() if name != _CHECKSUM}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def seal_manifest(content: dict[str, Any]) -> dict[str, Any]:
    """Return a manifest with the checksum of all else in it."""
    return {**content, _CHECKSUM: _digest_manifest(content)}


def _parse_files(rows: list[dict[str, Any]]) -> tuple[FileInfo, ...]:
    return tuple(FileInfo(str(item["name"]), int(item["bytes"]), str(item["sha256"])) for item in rows)


def _parse_issued(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _parse_manifest(text: str, folder: Path) -> Publication:
    content: dict[str, Any] = json.loads(text)
    stored = _parse_files(content.get(STORE, []))
    if (stored or _CHECKSUM in content) and content.get(_CHECKSUM) != _digest_manifest(content):
        raise ValueError("its checksum is not that of its content")
    return Publication(
        folder=folder,
        version=str(content["version"]),
        issued=_parse_issued(content["issued"]),
        base=str(content["base"]),
        title=str(content.get("title", "Election Interference Linked Data")),
        graphs={
            name: GraphInfo(name, str(graph["iri"]), int(graph["triples"])) for name, graph in content["graphs"].items()
        },
        files={info.name: info for info in _parse_files(content["files"])},
        prefixes=dict(content.get("prefixes", {})),
        foreign=bool(content.get("foreign", False)),
        union=bool(content.get("union", True)),
        triples=int(content.get("triples", -1)),
        store=STORE if stored else "",
        store_files=stored,
        retired=parse_retired(content.get("retired", [])),
        documents={info.name: info for info in _parse_files(content.get("documents", []))},
        former=tuple(
            FormerVersion(
                str(entry["version"]),
                _parse_issued(entry["issued"]),
                {info.name: info for info in _parse_files(entry["files"])},
            )
            for entry in content.get("former", [])
        ),
    )


def load_publication(folder: Path) -> Publication:
    """Read the manifest of a build directory.

    :raises DataError: if the directory has no manifest, it cannot be read or a file that it lists is missing
    """
    path = folder / MANIFEST
    remedy = _STORE_REMEDY if (folder / STORE).is_dir() else _REMEDY
    try:
        publication = _parse_manifest(path.read_text(encoding="utf-8"), folder.resolve())
    except OSError as error:
        message = f"no build here: {error.strerror}"
        raise DataError(message, location=Location(str(path)), hint=remedy) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"the manifest is damaged: {type(error).__name__} {error}"
        raise DataError(message, location=Location(str(path)), hint=remedy) from error
    for info in (*publication.kept_files.values(), *publication.documents.values()):
        if not (folder / info.name).is_file() or Path(info.name).name != info.name:
            message = "a file that build.json lists is missing"
            raise DataError(message, location=Location(str(folder / info.name)), hint=_REMEDY)
    return publication


def choose_prefixes(publication: Publication) -> Mapping[str, str]:
    """Return what the IRIs of a publication are abbreviated by: its own prefixes, else EILD's."""
    return publication.prefixes or PREFIXES


def content_type(name: str) -> str:
    """Return the content type of a file by its name: what its bytes are, not what they unpack to."""
    suffix = PurePath(name).suffix
    if suffix in _ARCHIVES:
        return _ARCHIVES[suffix]
    if suffix in EXTENSIONS:
        return EXTENSIONS[suffix].content_type
    return OTHERS.get(name, "application/octet-stream")
