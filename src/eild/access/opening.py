"""Opening a dataset: EILD's own, RDF files, a build, a store, or an endpoint."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from eild.access.dataset import Dataset
from eild.access.sources import MOST_BYTES, LocalSource, RemoteSource
from eild.errors import UsageError
from eild.publication.addresses import is_endpoint
from eild.publication.manifest import MANIFEST, load_publication
from eild.query.engine import QueryLimits

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from eild.publication.manifest import Publication

_CONNECTIONS: Final = 4


@dataclass(frozen=True)
class FileReading:
    """How RDF files are read.

    :ivar base: IRI that relative IRIs resolve against
    :ivar union: whether the default graph merges all graphs
    """

    base: str = ""
    union: bool = True


def open_dataset(
    *files: str | os.PathLike[str],
    store: str | os.PathLike[str] | None = None,
    base: str = "",
    union: bool = True,
    prefixes: Mapping[str, str] | None = None,
    timeout: float = 60.0,
) -> Dataset:
    """Open a dataset: without arguments EILD's own as it is published, from the installed package.

    In a checkout, EILD's own dataset is built when it is first opened. RDF files are read into memory, in the syntaxes
    that their extensions stand for; nothing is fetched.

    :param files: RDF files; or one build directory, or the URL of one SPARQL endpoint
    :param store: directory of a store that ``eild load`` made, or the URL of an endpoint
    :param base: IRI that relative IRIs in the files resolve against
    :param union: whether the default graph merges all graphs of the files, or is the files' default graph
    :param prefixes: prefixes that queries need not declare, in addition to those of the files; of an endpoint, these
        only, and not those that its data declare
    :param timeout: seconds that an endpoint may take for an answer
    :raises UsageError: if the arguments do not fit
    :raises DataError: if a file, build or store is missing, damaged or cannot be parsed
    :raises EnvironmentFailure: if a directory cannot be written
    """
    names = [str(name) for name in files]
    if store is not None and (names or base or not union):
        message = "files, base and union do not apply to a store, for which 'eild load' took them"
        raise UsageError(message, hint="open either files or a store")
    if store is not None:
        names = [str(store)]
    if any(map(is_endpoint, names)):
        if len(names) > 1 or base or not union:
            raise UsageError("an endpoint is opened by its URL alone", hint="open the files by themselves")
        return _open_endpoint(names[0], prefixes, timeout)
    held = contextlib.ExitStack()
    with contextlib.ExitStack() as on_failure:
        on_failure.callback(held.close)
        publication, paths = open_local(held, names, store, FileReading(base, union))
        dataset = Dataset(LocalSource(publication, paths, prefixes or {}, held))
        on_failure.pop_all()
    weakref.finalize(dataset, held.close)
    return dataset


def _open_endpoint(url: str, prefixes: Mapping[str, str] | None, timeout: float) -> Dataset:
    from eild.query.remote import RemoteEngine

    engine = RemoteEngine(url, QueryLimits(timeout, MOST_BYTES, memory=0), prefixes or {}, _CONNECTIONS)
    dataset = Dataset(RemoteSource(engine, prefixes))
    weakref.finalize(dataset, engine.close)
    return dataset


def open_local(
    stack: contextlib.ExitStack, names: Sequence[str], store: str | os.PathLike[str] | None, reading: FileReading
) -> tuple[Publication, Sequence[str] | None]:
    """Return the data of files, a build, a store, or EILD's own, and what to validate of them.

    :param stack: takes what is to be released with them
    :param names: the files, or one build; none for EILD's own data
    :param store: the directory of a store, instead of files
    :raises UsageError: if files are meant to be read in a way that does not apply
    :raises DataError: if a file, build or store is missing, damaged or cannot be parsed
    """
    files: Sequence[str] | None = None
    if store is not None:
        from eild.publication.stores import pin_store

        folder = stack.enter_context(pin_store(Path(store)))
    elif not names or (len(names) == 1 and (Path(names[0]) / MANIFEST).is_file()):
        if reading != FileReading():
            raise UsageError("base and union apply to RDF files only", hint="name the files")
        from eild.publication.cache import find_publication

        folder, files = Path(names[0]) if names else find_publication(), None if names else ()
    else:
        from eild.publication.of_files import ENOUGH_TO_QUERY, write_publication

        folder, files = Path(tempfile.mkdtemp(prefix="eild-")), tuple(names)
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        paths = [Path(name) for name in names]
        write_publication(paths, folder, base=reading.base, union=reading.union, forms=ENOUGH_TO_QUERY)
    return load_publication(folder), files
