"""A version of a dataset on disk: its files, and the manifest that lists them.

The directory holds ``build.json`` and the dumps that it lists. The N-Triples file is the default graph, triple for
triple; the N-Quads file holds the named graphs. If the manifest lists the files of a store instead, the directory
``store`` holds both, as the engine wrote them.

:func:`render_manifest` is the only writer of ``build.json``, and :func:`parse_manifest` the only reader.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Final, TypeVar

from eild.catalog.inventory import EarlierVersion, File, NamedGraph
from eild.catalog.particulars import Particulars
from eild.errors import DataError, Location
from eild.facts.retired import Retired, parse_retired
from eild.rdf.syntaxes import EXTENSIONS
from eild.terms import BASE, PREFIXES, choose_foreign_prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from eild.rdf.kinds import Kinds

MANIFEST: Final = "build.json"
"""Name of the manifest in a build directory."""
CHECKSUMS: Final = "SHA256SUMS"
"""Name of the list of checksums in a build directory."""
CATALOG: Final = "catalog.ttl"
"""Name of the catalogue in a build directory."""

NANOPUBS_ENDING: Final = "-nanopubs.trig"
"""Last part of the name of the dump of nanopublications."""

STORE: Final = "store"
"""Name of the directory of a store, next to its manifest."""

OTHERS: Final = {CHECKSUMS: "text/plain; charset=utf-8", MANIFEST: "application/json"}
"""Content types of the files of a build that are not dumps, by name."""

_ARCHIVES: Final = {".gz": "application/gzip", ".zst": "application/zstd"}
_CHECKSUM: Final = "checksum"
_KINDS: Final = "literals"
_NAMED: Final = ("dataset", "catalogue", "service")
_MARK: Final = "eild-build"
_REMEDY: Final = "rebuild it with 'eild build --out DIR'"
_STORE_REMEDY: Final = "reload it with 'eild load FILES… --store DIR'"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The contents of a version of a dataset.

    :ivar version: name of the version
    :ivar issued: day or moment of its release, from the data and never from the clock
    :ivar base: start of the IRIs that the dataset owns
    :ivar title: title of the dataset
    :ivar graphs: its named graphs, by name
    :ivar files: its dumps, by name
    :ivar prefixes: prefixes that abbreviate its IRIs
    :ivar foreign: whether it was made from RDF files or an endpoint, and not by a build of claims
    :ivar owned: whether the dataset owns its base; otherwise, that is the address of a server
    :ivar union: whether its default graph is the merge of all graphs
    :ivar triples: number of triples in the default graph; None if they were not counted
    :ivar store_files: the files of its store; empty if it has dumps only
    :ivar documents: files about the dumps, by name: the catalogue
    :ivar earlier: the earlier versions whose dumps are kept, latest first
    :ivar retired: IRIs that were published once and are no longer in use, each with its reason or its successor
    :ivar about: what third-party data, or its operator, says of the dataset as a whole
    :ivar dataset: IRI of the dataset in the catalogue; empty for the usual one
    :ivar catalogue: IRI of the catalogue; empty for the usual one
    :ivar service: IRI of the SPARQL endpoint in the catalogue; empty for the usual one
    :ivar hidden: IRIs of the data at paths that the server itself needs
    :ivar kinds: which kinds of literals its store holds, by predicate, and of all under an empty one; None if not noted
    """

    version: str
    issued: datetime
    base: str
    title: str
    graphs: dict[str, NamedGraph] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)
    foreign: bool = False
    owned: bool = True
    union: bool = True
    triples: int | None = None
    store_files: tuple[File, ...] = ()
    documents: dict[str, File] = field(default_factory=dict)
    earlier: tuple[EarlierVersion, ...] = ()
    retired: dict[str, Retired] = field(default_factory=dict)
    about: Particulars = field(default_factory=Particulars)
    dataset: str = ""
    catalogue: str = ""
    service: str = ""
    hidden: tuple[str, ...] = ()
    kinds: dict[str, Kinds] | None = None

    @property
    def is_eild(self) -> bool:
        """Whether it is EILD's own dataset, and neither a project of somebody else nor third-party data."""
        return not self.foreign and self.base == BASE

    @property
    def dataset_iri(self) -> str:
        """The IRI of the dataset in the catalogue."""
        return self.dataset or f"{self.base}dataset"

    @property
    def edition(self) -> str:
        """The version as people name it: as the data does, else :attr:`version`."""
        return self.about.version or self.version

    @property
    def released(self) -> str:
        """The day of the release as the data writes it, else the day of :attr:`issued`."""
        return (self.about.modified or self.about.issued or self.issued.isoformat()).partition("T")[0]

    @property
    def kept_files(self) -> dict[str, File]:
        """The dumps of this version and of the earlier ones, by name."""
        versions: list[Manifest | EarlierVersion] = [self, *self.earlier]
        return {name: file for version in versions for name, file in version.files.items()}

    @property
    def listed_files(self) -> dict[str, File]:
        """All files next to the manifest that it lists, by name."""
        return self.kept_files | self.documents


@dataclass(frozen=True, kw_only=True)
class Publication(Manifest):
    """A version of a dataset on disk: its manifest and where its files are.

    :ivar folder: the directory with the manifest and the files
    """

    folder: Path

    @property
    def store(self) -> str:
        """Name of the directory of its store; empty if it has dumps only."""
        return STORE if self.store_files else ""

    def find_dump(self, extension: str) -> File:
        """Return the uncompressed dump with an extension such as ``".nt"``, or with :data:`NANOPUBS_ENDING`.

        :raises DataError: if the build does not list one
        """
        others = () if extension == NANOPUBS_ENDING else (NANOPUBS_ENDING,)
        for info in self.files.values():
            if info.name.endswith(extension) and not info.name.endswith(others):
                return info
        message = f"the build does not list a {extension} file"
        raise DataError(message, location=Location(str(self.folder / MANIFEST)), hint=_REMEDY)

    def read_dump(self, extension: str) -> bytes:
        """Return the content of the dump with an extension, after checking it against the manifest.

        :raises DataError: if the file is missing, unreadable or corrupt
        """
        return self.read_file(self.find_dump(extension))

    def read_catalog(self) -> bytes:
        """Return the content of the catalogue, after checking it against the manifest; empty if there is no catalogue.

        :raises DataError: if the file is missing, unreadable or corrupt
        """
        return self.read_file(self.documents[CATALOG]) if CATALOG in self.documents else b""

    def list_nanopub_dumps(self) -> tuple[File, ...]:
        """Return the dumps of nanopublications, that of the current version first."""
        return tuple(info for name, info in self.kept_files.items() if name.endswith(NANOPUBS_ENDING))

    def read_file(self, info: File) -> bytes:
        """Return the content of a file, after checking it against the manifest.

        :raises DataError: if the file is missing, unreadable or corrupt
        """
        path = self.folder / info.name
        try:
            content = path.read_bytes()
        except OSError as error:
            message = f"cannot read the dump: {error.strerror}"
            raise DataError(message, location=Location(str(path)), hint=_REMEDY) from error
        if len(content) != info.size or hashlib.sha256(content).hexdigest() != info.sha256:
            message = f"the dump is corrupt: its size or SHA-256 does not match {MANIFEST}"
            raise DataError(message, location=Location(str(path)), hint=_REMEDY)
        return content

    def check_dumps(self) -> None:
        """Check all files against the manifest, or the files of the store.

        :raises DataError: if one is missing, unreadable or corrupt
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


def _check_file(path: Path, info: File, what: str, remedy: str) -> None:
    """Check a file against the manifest, without loading it into memory."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest() if size == info.size else ""
    except OSError as error:
        message = f"cannot read a file of the {what}: {error.strerror}"
        raise DataError(message, location=Location(str(path)), hint=remedy) from error
    if digest != info.sha256:
        message = f"the {what} is corrupt: the size or SHA-256 of a file does not match {MANIFEST}"
        raise DataError(message, location=Location(str(path)), hint=remedy)


def render_checksums(files: Iterable[File]) -> bytes:
    """Return the list of checksums of some files, as ``sha256sum -c`` reads it."""
    rows = sorted((file.name, file.sha256) for file in files)
    return "".join(f"{digest}  {name}\n" for name, digest in rows).encode()


def render_manifest(manifest: Manifest) -> bytes:
    """Return the content of ``build.json``; that of a store ends with a checksum of everything before it."""
    own = not manifest.foreign

    def write_moment(moment: datetime) -> str:
        return moment.date().isoformat() if own else moment.isoformat()  # EILD's dataset is released on a day

    content: dict[str, Any] = {
        **({"type": _MARK} if own else {"foreign": True, "owned": manifest.owned, "union": manifest.union}),
        "title": manifest.title,
        "version": manifest.version,
        "issued": write_moment(manifest.issued),
        "base": manifest.base,
        **({} if manifest.triples is None else {"triples": manifest.triples}),
        **({"prefixes": manifest.prefixes} if manifest.prefixes else {}),
        **({"about": row} if (row := manifest.about.make_row()) else {}),
        **{name: value for name in _NAMED if (value := getattr(manifest, name))},
        **({"hidden": list(manifest.hidden)} if manifest.hidden else {}),
        "graphs": {name: {"iri": graph.iri, "triples": graph.triples} for name, graph in manifest.graphs.items()},
        "retired": [row.make_row() for row in manifest.retired.values()],
        "files": _write_files(manifest.files.values()),
        "former": [
            {
                "version": version.version,
                "issued": write_moment(version.issued),
                "files": _write_files(version.files.values()),
            }
            for version in manifest.earlier
        ],
        "documents": _write_files(manifest.documents.values()),
    }
    if manifest.kinds is not None:
        content[_KINDS] = {predicate: sorted(kinds) for predicate, kinds in sorted(manifest.kinds.items())}
    if manifest.store_files:
        content[STORE] = _write_files(manifest.store_files)
        content[_CHECKSUM] = _digest_manifest(content)
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _write_files(files: Iterable[File]) -> list[dict[str, object]]:
    return [
        {
            "name": file.name,
            **({"media_type": file.media_type} if file.media_type else {}),
            "bytes": file.size,
            "sha256": file.sha256,
        }
        for file in files
    ]


def _digest_manifest(content: dict[str, Any]) -> str:
    plain = {name: value for name, value in content.items() if name != _CHECKSUM}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


_Kind = TypeVar("_Kind")
_NAMES: Final[dict[type, str]] = {
    str: "a string",
    int: "an integer",
    bool: "true or false",
    list: "an array",
    dict: "an object",
}


def _read(row: object, member: str, kind: type[_Kind], default: _Kind | None = None) -> _Kind:
    """Return a member of an object of the manifest.

    :raises ValueError: if it is missing and has no default, or is of another type
    """
    if not isinstance(row, dict):
        message = f"{row!r:.40} must be an object"
        raise ValueError(message)  # noqa: TRY004 - all that is wrong with a manifest is a wrong value in a file
    value = row.get(member, default)
    if value is None:
        message = f"{member!r} is missing"
        raise ValueError(message)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        message = f"{member!r} must be {_NAMES[kind]}, not {value!r:.40}"
        raise ValueError(message)
    return value


def _read_files(row: object, member: str, default: list[object] | None = None) -> dict[str, File]:
    """Return the files that an object of the manifest lists, by name.

    :raises ValueError: if a row is corrupt, or names a file in another directory
    """
    found = {}
    for entry in _read(row, member, list, default):
        name = _read(entry, "name", str)
        if PurePath(name).name != name:
            message = f"{name!r:.80} in {member!r} must be a file name without a directory"
            raise ValueError(message)
        media_type = _read(entry, "media_type", str, "")
        found[name] = File(name, media_type, _read(entry, "bytes", int), _read(entry, "sha256", str))
    return found


def _read_kinds(row: object) -> dict[str, Kinds] | None:
    found = _read(row, _KINDS, dict, {})
    return {predicate: frozenset(map(str, _read(found, predicate, list))) for predicate in found} or None


def _read_issued(row: object) -> datetime:
    moment = datetime.fromisoformat(_read(row, "issued", str))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read_earlier(row: object) -> EarlierVersion:
    return EarlierVersion(_read(row, "version", str), _read_issued(row), _read_files(row, "files"))


def parse_manifest(content: bytes) -> Manifest:
    """Read the content of ``build.json``.

    :raises ValueError: if it is not JSON, a member is missing or of another type, or its checksum is wrong
    """
    row = json.loads(content)
    stored = _read_files(row, STORE, [])
    if (stored or _CHECKSUM in row) and row.get(_CHECKSUM) != _digest_manifest(row):
        message = "its checksum does not match its content"
        raise ValueError(message)
    prefixes = _read(row, "prefixes", dict, {})
    retired = _read(row, "retired", list, [])
    try:
        return Manifest(
            version=_read(row, "version", str),
            issued=_read_issued(row),
            base=_read(row, "base", str),
            title=_read(row, "title", str),
            graphs={
                name: NamedGraph(name, _read(graph, "iri", str), _read(graph, "triples", int))
                for name, graph in _read(row, "graphs", dict).items()
            },
            files=_read_files(row, "files"),
            prefixes={name: _read(prefixes, name, str) for name in prefixes},
            foreign=_read(row, "foreign", bool, default=False),
            owned=_read(row, "owned", bool, default=True),
            union=_read(row, "union", bool, default=True),
            triples=_read(row, "triples", int) if "triples" in row else None,
            store_files=tuple(stored.values()),
            documents=_read_files(row, "documents", []),
            earlier=tuple(_read_earlier(entry) for entry in _read(row, "former", list, [])),
            retired=parse_retired(retired),
            about=Particulars.from_row(_read(row, "about", dict, {})),
            hidden=tuple(map(str, _read(row, "hidden", list, []))),
            kinds=_read_kinds(row),
            **{name: _read(row, name, str, "") for name in _NAMED},
        )
    except (KeyError, TypeError) as error:
        message = f"a row of 'retired' is corrupt: {error}"
        raise ValueError(message) from error


def _report_corrupt(path: Path, error: Exception, remedy: str) -> DataError:
    return DataError(f"the manifest is corrupt: {error}", location=Location(str(path)), hint=remedy)


def load_publication(folder: Path) -> Publication:
    """Read the manifest of a directory, and check that the files that it lists are there.

    :raises DataError: if there is no manifest, it cannot be read or is corrupt, or a file is missing
    """
    path = folder / MANIFEST
    remedy = _STORE_REMEDY if (folder / STORE).is_dir() else _REMEDY
    try:
        manifest = parse_manifest(path.read_bytes())
    except OSError as error:
        message = f"there is no build here: {error.strerror}"
        raise DataError(message, location=Location(str(path)), hint=remedy) from error
    except ValueError as error:
        raise _report_corrupt(path, error, remedy) from error
    values = {item.name: getattr(manifest, item.name) for item in fields(Manifest)}
    publication = Publication(folder=folder.resolve(), **values)
    for name in publication.listed_files:
        if not (folder / name).is_file():
            message = f"a file that {MANIFEST} lists is missing"
            raise DataError(message, location=Location(str(folder / name)), hint=_REMEDY)
    return publication


def find_build(folder: Path) -> Manifest | None:
    """Return the manifest of a build of EILD's own dataset; None if the directory does not hold one.

    :raises DataError: if the manifest is that of a build and is corrupt
    """
    path = folder / MANIFEST
    try:
        content = path.read_bytes()
        row = json.loads(content)
    except (OSError, ValueError):
        return None
    if not isinstance(row, dict) or row.get("type") != _MARK:
        return None
    try:
        return parse_manifest(content)
    except ValueError as error:
        raise _report_corrupt(path, error, "build into another directory with --out") from error


def choose_prefixes(manifest: Manifest) -> Mapping[str, str]:
    """Return the prefixes that abbreviate the IRIs of a publication.

    Those of EILD's own dataset are fixed. Third-party data has the prefixes that its files declare, and for other
    namespaces the usual ones.
    """
    return choose_foreign_prefixes(manifest.prefixes) if manifest.foreign else manifest.prefixes or PREFIXES


def content_type(name: str) -> str:
    """Return the content type of a file by its name; that of a compressed file is the type of the archive."""
    suffix = PurePath(name).suffix
    if suffix in _ARCHIVES:
        return _ARCHIVES[suffix]
    if name in OTHERS:
        return OTHERS[name]
    return EXTENSIONS[suffix].content_type if suffix in EXTENSIONS else "application/octet-stream"
