"""Loading RDF files into a store on disk: streamed, counted, checksummed, and then put in the old one's place at once.

The default graph holds the merge of all graphs, or exactly the files' default graph; which of the two is decided
here and written into the manifest. The merge is made by writing each statement twice: an engine's own switch for
that counts a triple once per graph. Files of which each line is one statement of the store as it stands, without blank
nodes that need names of their own and without a merge, are left to the engine to read.
"""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import os
import re
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, cast

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store

from eild import media
from eild.catalog.inventory import File, NamedGraph
from eild.catalog.particulars import Particulars, StoreSource, read_particulars
from eild.catalog.statistics import count_store
from eild.errors import EnvironmentFailure, UsageError
from eild.publication.addresses import settle_base
from eild.publication.catalogue import write_foreign_catalog
from eild.publication.collisions import find_used_in_store
from eild.publication.manifest import MANIFEST, STORE, Manifest, render_manifest
from eild.publication.of_files import relabel, rename_quad
from eild.publication.stores import CURRENT, GENERATION, IN_USE, hold_lock, is_in_use, load_stored, open_store
from eild.rdf.emptygraphs import find_empty_graphs
from eild.rdf.files import open_file, open_rdf, read_content
from eild.rdf.kinds import MOST_PREDICATES, TypedLines, learn_kinds
from eild.rdf.reading import explaining
from eild.rdf.streams import LineFile, RdfXmlFile, WatchedFile
from eild.rdf.syntaxes import require_file_format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pyoxigraph import QuerySolutions

    from eild.catalog.statistics import Statistics
    from eild.publication.addresses import Address
    from eild.publication.manifest import Publication
    from eild.rdf.kinds import Kinds
    from eild.rdf.reading import RdfInput
    from eild.rdf.streams import LeftOut, Readable

_CHUNK: Final = 1024 * 1024
_VERSION_LENGTH: Final = 12
_UNSTABLE: Final = ("LOG", "LOCK")
_BLANK_NODE: Final = re.compile(rb"_:").search
"""Finds a blank node, or what looks like one, in a third of the time that ``find`` takes for two characters."""
_LIST_PREDICATES: Final = "SELECT DISTINCT ?p WHERE { ?s ?p ?o }"
_COUNT_NAMED: Final = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"


class _MeteredFile:
    """A binary file that reports how much was read from it and digests what it read."""

    def __init__(self, file: IO[bytes], report: Callable[[int], None]) -> None:
        self._file = file
        self._report = report
        self.digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes."""
        content = self._file.read(size)
        self.digest.update(content)
        self._report(len(content))
        return content

    def seek(self, offset: int, /) -> int:
        """Go back to the start.

        :param offset: 0
        """
        self._report(-self._file.tell())
        self.digest = hashlib.sha256()
        return self._file.seek(offset)


@dataclass
class _Reading:
    """How files are read, and the information that reading them yields.

    :ivar base: base of relative IRIs
    :ivar union: whether the default graph is the merge of all graphs
    :ivar report: called with the number of bytes read since the last call
    :ivar left_out: takes the statements that are left out because they are invalid; None if they are errors
    :ivar digests: by number of the file
    :ivar typed: which predicates have literals with datatypes, in the lines that the engine has read
    :ivar is_all_watched: whether the engine has read everything as lines
    """

    base: str
    union: bool
    report: Callable[[int], None]
    left_out: LeftOut | None = None
    digests: dict[int, str] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)
    empty_graphs: set[str] = field(default_factory=set)
    typed: TypedLines = field(default_factory=TypedLines)
    is_all_watched: bool = True


@contextlib.contextmanager
def _open(path: Path, number: int, reading: _Reading) -> Iterator[RdfInput]:
    """Open a file; its digest and prefixes are known when the block ends without failure."""
    metered: list[_MeteredFile] = []

    def meter(file: IO[bytes]) -> _MeteredFile:
        metered.append(_MeteredFile(file, reading.report))
        return metered[0]

    label = f"f{number}b"
    with open_rdf(path, base=reading.base, label=label, left_out=reading.left_out, wrap=meter) as source:
        yield source
        while metered[0].read(_CHUNK):
            pass  # what the parser left unread belongs to the digest
    reading.digests[number] = f"{source.syntax.file_extension} {metered[0].digest.hexdigest()}"
    reading.prefixes.update(source.prefixes)


def _read_file(path: Path, number: int, reading: _Reading) -> Iterator[Quad]:
    """Yield the statements of a file, its blank nodes labelled by file and order of appearance."""
    rename = relabel(number)
    with _open(path, number, reading) as source:
        for quad in source.quads():
            yield rename_quad(quad, rename) if "_:" in str(quad) else quad
    if source.syntax == RdfFormat.TRIG:  # empty graphs are found in the text
        text = read_content(path).decode("utf-8", errors="replace")
        reading.empty_graphs.update(find_empty_graphs(text, source.prefixes, reading.base))


def _read_files(files: Iterable[tuple[int, Path]], reading: _Reading) -> Iterator[Quad]:
    """Yield what goes into the store from numbered files."""
    for number, path in files:
        for quad in _read_file(path, number, reading):
            yield quad
            if reading.union and not isinstance(quad.graph_name, DefaultGraph):
                yield Quad(quad.subject, quad.predicate, quad.object)


def _is_plain(path: Path, *, union: bool) -> bool:
    """Return whether the statements of a file are those of the store: no blank nodes to rename, nothing to merge."""
    form, packed = require_file_format(path)
    if form is media.RDF_XML:
        return True  # its blank nodes are named as it is read
    if packed or not (form is media.N_TRIPLES or (form is media.N_QUADS and not union)):
        return False
    if not path.is_file() or not path.stat().st_size:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return _BLANK_NODE(content) is None


def _load_plain(store: Store, path: Path, number: int, reading: _Reading) -> None:
    """Have the engine itself read a file of plain statements."""
    with _open(path, number, reading) as source, explaining(source.name):
        stream: Readable = source.stream
        if isinstance(stream, LineFile | RdfXmlFile):
            stream = WatchedFile(stream, reading.typed.take)
        else:
            reading.is_all_watched = False
        store.bulk_load(cast("IO[bytes]", stream), source.engine_format)


def _load_files(store: Store, paths: Sequence[Path], reading: _Reading) -> None:
    """Write the statements of all files into a store."""
    others = []
    for number, path in enumerate(paths):
        if _is_plain(path, union=reading.union):
            _load_plain(store, path, number, reading)
        else:
            others.append((number, path))
    if others:
        reading.is_all_watched = False
        store.bulk_extend(_read_files(others, reading))


def _fill(store: Store, paths: Sequence[Path], reading: _Reading) -> None:
    """Write everything and have it on the disk.

    :raises DataError: if a file fails
    :raises EnvironmentFailure: if the disk does
    """
    try:
        _load_files(store, paths, reading)
        for name in sorted(reading.empty_graphs):
            store.add_graph(NamedNode(name.strip("<>")))
        store.flush()
    except OSError as error:
        raise _explain_failed_write(error) from error


def _optimize(store: Store) -> None:
    """Have the engine sort its files, after which queries take half the time or less.

    :raises EnvironmentFailure: if the disk fails
    """
    try:
        store.optimize()
    except OSError as error:
        raise _explain_failed_write(error) from error


def _explain_failed_write(error: OSError) -> EnvironmentFailure:
    message = f"cannot write the store: {str(error)[:200]}"
    return EnvironmentFailure(message, hint="free disk space; an existing store is unchanged")


def _count_graphs(store: Store) -> dict[str, NamedGraph]:
    """Return the named graphs, also empty ones, each with its number of triples."""
    counts = {str(name): 0 for name in store.named_graphs()}
    if not counts:
        return {}  # to count their triples takes a scan of all
    for row in cast("QuerySolutions", store.query(_COUNT_NAMED)):
        counts[str(row["g"])] = int(row["n"].value)
    return {name: NamedGraph(name, name.strip("<>"), count) for name, count in sorted(counts.items())}


def _learn_kinds(
    store: Store, reading: _Reading, statistics: Statistics, graphs: Mapping[str, NamedGraph]
) -> dict[str, Kinds] | None:
    """Return which kinds of literals each predicate has; None of too many predicates.

    Literals without datatypes are not looked for one by one where the engine has read lines alone.
    """
    typed = reading.typed.predicates if reading.is_all_watched else None
    others = [count.iri for count in statistics.properties]
    if graphs and not reading.union:
        rows = cast("QuerySolutions", store.query(_LIST_PREDICATES, use_default_graph_as_union=True))
        others = [row["p"].value for row in rows]
    elif statistics.triples and not others:
        return None
    kinds = learn_kinds(store, is_merged=reading.union, typed=typed, others=[] if typed is None else others)
    return kinds if len(kinds) <= MOST_PREDICATES else None


def _digest_file(path: Path) -> File:
    """Return name, size and SHA-256 of a file, after having it on the disk."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return File(path.name, "", path.stat().st_size, digest)


def _digest_files(folder: Path) -> tuple[File, ...]:
    """Return name, size and SHA-256 of the engine's files, after having them on the disk."""
    paths = [path for path in sorted(folder.iterdir()) if not path.name.startswith(_UNSTABLE)]
    with ThreadPoolExecutor(max_workers=2) as digesters:
        return tuple(digesters.map(_digest_file, paths))


def _write_synchronized(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _synchronize(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_generation(
    generation: Path, paths: Sequence[Path], reading: _Reading, *, owned: bool, given: Particulars | None
) -> None:
    """Load the files into a new generation and write its manifest last.

    :param owned: whether the operator named the base
    :param given: what the operator says of the dataset, where the data itself doesn't
    """
    store = Store(str(generation / STORE))
    _fill(store, paths, reading)
    with ThreadPoolExecutor(max_workers=2) as others:
        optimizing = others.submit(_optimize, store)  # meanwhile it can be read
        counting = others.submit(count_store, store)
        graphs = _count_graphs(store)
        about = read_particulars(StoreSource(store), reading.base if owned else "").complete(given or Particulars())
        used = find_used_in_store(store, reading.base)
        statistics = counting.result()
        kinds = _learn_kinds(store, reading, statistics, graphs)
        optimizing.result()
    del store  # closes the engine's files
    strictness = [] if reading.left_out is None else ["valid statements only"]
    base = reading.base if owned else ""
    key = "\n".join([str(reading.union), base, *strictness, *(reading.digests[number] for number in range(len(paths)))])
    issued = max(int(path.stat().st_mtime) for path in paths)
    manifest = Manifest(
        version=hashlib.sha256(key.encode()).hexdigest()[:_VERSION_LENGTH],
        issued=datetime.fromtimestamp(issued, UTC),
        base=reading.base,
        title=about.choose_title()[0] or ", ".join(path.name for path in paths),
        foreign=True,
        owned=owned,
        union=reading.union,
        triples=statistics.triples,
        prefixes=dict(sorted(reading.prefixes.items())),
        graphs=graphs,
        store_files=_digest_files(generation / STORE),
        about=about,
        kinds=kinds,
    )
    manifest = write_foreign_catalog(generation, manifest, statistics, used=used)
    (generation / IN_USE).touch()
    _write_synchronized(generation / MANIFEST, render_manifest(manifest))
    _synchronize(generation / STORE)
    _synchronize(generation)


def _remove_old(directory: Path, *, keep: Path | None = None) -> None:
    """Remove every generation that is not current and that no reader holds."""
    link = directory / CURRENT
    current = link.resolve() if link.is_symlink() else None
    for path in directory.glob(f"{GENERATION}*"):
        if path.is_symlink():
            path.unlink(missing_ok=True)
        elif path.resolve() not in {current, keep} and not is_in_use(path):
            shutil.rmtree(path, ignore_errors=True)


def _switch(directory: Path, generation: Path) -> None:
    """Have readers take a generation from now on."""
    link = directory / f"{generation.name}.link"
    link.symlink_to(generation.name)
    link.replace(directory / CURRENT)
    _synchronize(directory)


def _check_paths(paths: Sequence[Path]) -> None:
    if not paths:
        raise UsageError("no files to load", hint="name one or more RDF files")
    for path in paths:
        require_file_format(path)
        with open_file(path):
            pass


def write_store(  # noqa: PLR0913 - all but the paths are optional and by name
    paths: Sequence[Path],
    directory: Path,
    *,
    base: str | Address = "",
    union: bool = True,
    report: Callable[[int], None] = lambda count: None,  # noqa: ARG005 - nobody listens
    left_out: LeftOut | None = None,
    given: Particulars | None = None,
) -> Publication:
    """Load RDF files into the store in a directory, replacing its content.

    :param paths: the files, in any syntax that ``eild serve`` takes, also gzipped
    :param directory: the directory of the store; it is created if it does not exist
    :param base: base of relative IRIs, which are served at their own paths; or the server's address
    :param union: whether the default graph is the merge of all graphs, or exactly the files' default graph
    :param report: called with the number of bytes read since the last call
    :param left_out: takes the statements that are left out because they are invalid; None if they are errors
    :param given: what the operator says of the dataset, where the data itself doesn't
    :raises DataError: if a file cannot be read or parsed; an existing store is unchanged
    :raises UsageError: if the base is not an absolute IRI, or the directory contains other files
    :raises EnvironmentFailure: if the disk fails or another process loads; an existing store is unchanged
    """
    iri, owned = settle_base(base)
    _check_paths(paths)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(hold_lock(directory))
            _remove_old(directory)
            generation = Path(tempfile.mkdtemp(prefix=GENERATION, dir=directory)).resolve()
            generation.chmod(0o755)
            stack.callback(_remove_old, directory)
            reading = _Reading(iri, union, report, left_out)
            _write_generation(generation, paths, reading, owned=owned, given=given)
            _check_generation(generation)
            _switch(directory, generation)
        except OSError as error:
            message = f"{directory}: cannot write the store: {error.strerror or error}"
            hint = "free disk space or check the permissions; an existing store is unchanged"
            raise EnvironmentFailure(message, hint=hint) from error
    return load_stored(generation)


def _check_generation(generation: Path) -> None:
    """Read a new generation as a server would, before it becomes current."""
    publication = load_stored(generation)
    publication.check_dumps()
    store = open_store(publication)
    if len(store) != (publication.triples or 0) + sum(graph.triples for graph in publication.graphs.values()):
        message = f"{generation}: the store does not contain the statements that were loaded"
        raise EnvironmentFailure(message, hint="check the disk; an existing store is unchanged")


def describe_graphs(publication: Publication) -> str:
    """Describe the default graph of a store in words."""
    return "the merge of all graphs" if publication.union else "the files' default graph"
