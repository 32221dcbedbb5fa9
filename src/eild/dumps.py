"""Dumps: the published dataset as files, the same bytes on every machine and every day.

A build directory holds ``eild-<version>.{ttl,nt,jsonld,rdf}`` (the merged dataset) and ``.{trig,nq}`` (the module
graphs), each also as ``.gz`` and ``.zst``, ``SHA256SUMS``, and the manifest ``build.json``. Nothing in it comes from
the clock, the hash seed, the time zone or the working directory. It is written beside its place and moved there when
it is whole, so that an old build is either still there or wholly replaced.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import struct
import sys
import tempfile
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import zstandard

from eild import __version__
from eild.dataset import build_dataset
from eild.errors import EnvironmentFailure, Location, UsageError
from eild.media import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE
from eild.resources import resource_folder
from eild.serialization import serialize_graph, serialize_graphs
from eild.terms import BASE, graph_iri

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eild.dataset import PublishedDataset

MANIFEST: Final = "build.json"
CHECKSUMS: Final = "SHA256SUMS"
TITLE: Final = "Election Interference Linked Data"
GRAPH_DUMPS: Final = (TURTLE, N_TRIPLES, JSON_LD, RDF_XML)
"""Syntaxes of the merged dataset."""
QUAD_DUMPS: Final = (TRIG, N_QUADS)
"""Syntaxes of the module graphs."""

_MARK: Final = "eild-build"
_CODINGS: Final = {".gz": "application/gzip", ".zst": "application/zstd"}
_INPUTS: Final = ("seeds", "ontology", "data", "shapes")
_KEY_LENGTH: Final = 16


def write_build(dataset: PublishedDataset, out: Path) -> Path:
    """Write a build directory, replacing an older build.

    :param dataset: what to write
    :param out: the directory to make
    :returns: its absolute path
    :raises UsageError: if there is something at that place that is not an EILD build
    :raises EnvironmentFailure: if the disk is full or the place cannot be written; what was there is untouched
    """
    target = out.absolute()
    _check_target(target)
    files = _render(dataset)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        try:
            temporary.chmod(0o755)
            for name, content in files.items():
                _write_file(temporary / name, content)
            _synchronize(temporary)
            _replace(temporary, target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        message = f"cannot write the build: {error.strerror or error}"
        hint = "make room or choose another directory with --out; an older build is untouched"
        raise EnvironmentFailure(message, location=Location(str(out)), hint=hint) from error
    return target


def ensure_build(cache_dir: Path | None = None) -> Path:
    """Return a build directory of the packaged data, made now or found as made before.

    Builds are kept by the digest of everything that goes into them, so that an edited file or another version of the
    program leads to a new one.

    :param cache_dir: where builds are kept; the user's cache directory if not given
    :raises ProblemsError: if the curated data are wrong
    :raises EnvironmentFailure: if the directory cannot be written
    """
    cache = cache_dir or user_cache_folder()
    folder = cache / f"build-{_input_key()}"
    if not _is_complete(folder):
        with _only_one_builder(cache):
            if not _is_complete(folder):
                write_build(build_dataset(), folder)
    return folder.absolute()


def user_cache_folder() -> Path:
    """Return the directory for caches of this program, as the operating system wants it."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "eild"
    configured = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(configured) if configured and Path(configured).is_absolute() else Path.home() / ".cache"
    return base / "eild"


@contextmanager
def _only_one_builder(cache: Path) -> Iterator[None]:
    """Let one process at a time build into a cache directory; the others wait and then find what it made.

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


def _render(dataset: PublishedDataset) -> dict[str, bytes]:
    """Return name and content of every file of a build."""
    stem = f"eild-{dataset.version}"
    graphs = {graph_iri(module): graph for module, graph in dataset.graphs.items()}
    contents: dict[str, bytes] = {}
    media_types: dict[str, str] = {}
    for form in (*GRAPH_DUMPS, *QUAD_DUMPS):
        name = f"{stem}{form.extension}"
        is_quads = form in QUAD_DUMPS
        content = serialize_graphs(graphs, form) if is_quads else serialize_graph(dataset.merged(), form)
        for coded, coded_content in _coded(name, content).items():
            contents[coded] = coded_content
            media_types[coded] = _CODINGS.get(Path(coded).suffix, form.media_type)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    manifest = {
        "type": _MARK,
        "title": TITLE,
        "version": dataset.version,
        "issued": dataset.issued.isoformat(),
        "base": BASE,
        "triples": len(dataset.merged()),
        "graphs": {
            module: {"iri": str(graph_iri(module)), "triples": len(graph)} for module, graph in dataset.graphs.items()
        },
        "files": [
            {"name": name, "media_type": media_types[name], "bytes": len(contents[name]), "sha256": digests[name]}
            for name in sorted(contents)
        ],
    }
    contents[CHECKSUMS] = "".join(f"{digests[name]}  {name}\n" for name in sorted(digests)).encode()
    contents[MANIFEST] = (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()
    return contents


def _coded(name: str, content: bytes) -> dict[str, bytes]:
    """Return a file plain and compressed, without times in the headers."""
    return {
        name: content,
        f"{name}.gz": _gzip(content),
        f"{name}.zst": zstandard.ZstdCompressor(level=12, threads=0).compress(content),
    }


def _gzip(content: bytes) -> bytes:
    """Compress as RFC 1952 says, with a header that names neither time nor operating system."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    header = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    return header + deflate.compress(content) + deflate.flush() + struct.pack("<LL", zlib.crc32(content), len(content))


def _check_target(target: Path) -> None:
    """Check that nothing but an EILD build would be replaced.

    :raises UsageError: if something else is there
    """
    if not target.exists() and not target.is_symlink():
        return
    hint = "choose another directory with --out, or remove it yourself"
    if not target.is_dir() or target.is_symlink():
        message = "this is not a directory of an EILD build"
        raise UsageError(message, location=Location(str(target)), hint=hint)
    names = {path.name for path in target.iterdir()}
    if names and not _is_build(target):
        message = "this directory is not an EILD build and will not be replaced"
        raise UsageError(message, location=Location(str(target)), hint=hint)
    foreign = sorted(names - _listed(target)) if names else []
    if foreign:
        message = f"this build directory also holds {', '.join(foreign[:5])}, which replacing it would delete"
        raise UsageError(message, location=Location(str(target)), hint=hint)


def _manifest(folder: Path) -> dict[str, object]:
    """Return the manifest of a build directory, empty if there is no readable one."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) and content.get("type") == _MARK else {}


def _is_build(folder: Path) -> bool:
    return bool(_manifest(folder))


def _listed(folder: Path) -> set[str]:
    """Return the names of the files that belong to a build."""
    files = _manifest(folder).get("files")
    rows = files if isinstance(files, list) else []
    return {MANIFEST, CHECKSUMS, *(str(row.get("name")) for row in rows if isinstance(row, dict))}


def _is_complete(folder: Path) -> bool:
    """Tell whether a build directory has all its files in the sizes that its manifest says."""
    files = _manifest(folder).get("files")
    if not isinstance(files, list):
        return False
    sizes = {str(row["name"]): row["bytes"] for row in files}
    return all((folder / name).is_file() and (folder / name).stat().st_size == size for name, size in sizes.items())


def _write_file(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o644)


def _synchronize(folder: Path) -> None:
    """Make sure that a directory's entries are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _replace(temporary: Path, target: Path) -> None:
    """Move a directory to its place; on failure put back what was there."""
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


def _input_key() -> str:
    """Return a digest of everything that a build of the packaged data depends on."""
    digest = hashlib.sha256(__version__.encode())
    package = Path(__file__).resolve().parent
    sources = [path for path in sorted(package.rglob("*.py")) if "_resources" not in path.parts]
    for root, paths in [(package, sources), *((resource_folder(name), None) for name in _INPUTS)]:
        for path in paths if paths is not None else sorted(root.rglob("*")):
            if path.is_file():
                content = path.read_bytes()
                digest.update(f"\0{root.name}/{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
                digest.update(content)
    return digest.hexdigest()[:_KEY_LENGTH]
