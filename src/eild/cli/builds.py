"""The build directory that a command works on: made from files, given, or made from EILD's own dataset."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from eild.apart import run_apart
from eild.errors import EnvironmentFailure, UsageError

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Sequence

    from eild.catalog.particulars import Particulars
    from eild.config import Settings
    from eild.dataset.project import Project
    from eild.publication.addresses import Address
    from eild.rdf.streams import LeftOut


@dataclass(frozen=True)
class FileOptions:
    """How files are read.

    :ivar base: IRI that relative IRIs resolve against; an empty string if none was given
    :ivar union: whether the default graph merges all graphs
    :ivar skip_invalid: whether invalid statements are left out
    :ivar given: what the operator says of the dataset, where the files don't
    """

    base: str = ""
    union: bool = True
    skip_invalid: bool = False
    given: Particulars | None = None


NO_OPTIONS: Final = FileOptions()
"""The options when none is given."""

base_option = click.option(
    "--base", default="", metavar="IRI", help="Base IRI for relative IRIs; IRIs below it are served at their own paths."
)
union_option = click.option(
    "--union-default-graph/--no-union-default-graph",
    "union",
    default=True,
    help="Use the merge of all graphs as the default graph, or only the default graph of the files.",
)
skip_option = click.option(
    "--skip-invalid",
    is_flag=True,
    help="Leave out statements with invalid terms, and report their number and the first ones.",
)


def find_build(dist: Path | None, options: FileOptions = NO_OPTIONS, *, apart: bool = False) -> Path:
    """Return the given build directory, or that of EILD's own dataset, which is built if necessary.

    :param apart: whether a process of its own builds
    :raises UsageError: if options are given that apply to files only
    """
    if options != NO_OPTIONS:
        given = {
            "--base": options.base,
            "--no-union-default-graph": not options.union,
            "--skip-invalid": options.skip_invalid,
            "those that describe the dataset": options.given is not None,
        }
        names = ", ".join(name for name, is_given in given.items() if is_given)
        message = f"these options apply to files only: {names}"
        raise UsageError(message, hint="name the files, for example: eild serve data.ttl --base https://example.org/")
    if dist is not None:
        return dist
    from eild.publication.cache import ensure_build

    return ensure_build(apart=apart)


def find_data(stack: contextlib.ExitStack, files: Sequence[Path], options: FileOptions, dist: Path | None) -> Path:
    """Return a directory with the data to query: of files, of a given build, or EILD's own as published.

    :param stack: removes what is made of files when it closes
    :raises DataError: if a file cannot be read or parsed
    :raises UsageError: if options are given that apply to files only
    """
    if files:
        return make_build(stack, files, options, queries_only=True)
    if dist is None and options == NO_OPTIONS:
        from eild.publication.cache import find_publication

        return find_publication()
    return find_build(dist, options)


def hold_build(stack: contextlib.ExitStack, dist: Path) -> Path:
    """Return a copy of a build directory, which is removed when the stack closes.

    A server serves the files of a build as long as it runs, and starts query processes from them. Files that the
    operator puts into the directory must not be served before they have been checked as a whole.

    :raises DataError: if the build is missing or corrupt
    :raises EnvironmentFailure: if there is not enough disk space for the copy
    """
    from eild.publication.manifest import CHECKSUMS, MANIFEST, load_publication

    publication = load_publication(dist)
    publication.check_dumps()
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="eild-")))
    try:
        shutil.copyfile(publication.folder / MANIFEST, folder / MANIFEST)
        for name in (*publication.kept_files, *publication.documents):
            shutil.copyfile(publication.folder / name, folder / name)
        if (publication.folder / CHECKSUMS).is_file():
            shutil.copyfile(publication.folder / CHECKSUMS, folder / CHECKSUMS)
    except OSError as error:
        message = f"{dist}: the build cannot be copied to {folder}: {error.strerror or error}"
        hint = "free disk space or set TMPDIR; if the build is being replaced at this moment, try again"
        raise EnvironmentFailure(message, hint=hint) from error
    return folder


def find_address() -> Address:
    """Return the URL at which ``eild serve`` would listen, by the environment and the defaults.

    :raises UsageError: if a variable is not of its type or out of range
    """
    from eild.config import load_settings
    from eild.publication.addresses import Address

    return Address(load_settings(os.environ).address)


def check_store_options(files: Sequence[Path], options: FileOptions) -> None:
    """Check that no option is given that was fixed when the store was loaded.

    :raises UsageError: if files or options for them are given
    """
    if files or options != NO_OPTIONS:
        message = "for a store on disk, files and the options for files must be given to 'eild load'"
        raise UsageError(message, hint="for example: eild load data.ttl --store DIR --base https://example.org/")


def check_project_options(files: Sequence[Path], options: FileOptions, settings: Settings) -> None:
    """Check that a project is served from its folders alone.

    :raises UsageError: if files, a build, a store or options for files are given as well
    """
    if files or settings.dist is not None or settings.store or options != FileOptions(base=options.base):
        message = "a project has --seeds, --data and --base, and no files, --dist, --store or options for files"
        raise UsageError(message, hint="to serve a build of the project, use --dist alone")


def make_project_build(stack: contextlib.ExitStack, project: Project) -> Path:
    """Return a temporary build directory of a project, which is removed when the stack closes.

    A process of its own builds it.

    :raises DataError: if there are problems in its data
    :raises EnvironmentFailure: if the directory cannot be written
    """
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="eild-")))
    return run_apart(_build_project, project, folder / "build")


def _build_project(project: Project, folder: Path) -> Path:
    from eild.publication.directory import write_build

    return write_build(project.build(), folder)


def find_build_before_endpoint(
    stack: contextlib.ExitStack, settings: Settings, files: Sequence[Path], options: FileOptions
) -> Path:
    """Return the build directory of a site whose queries a remote endpoint answers.

    Dumps and documents come from files or from a given build; without these, documents come from the endpoint too.

    :raises UsageError: if the URL or an option is wrong
    :raises EnvironmentFailure: if the endpoint does not answer a query
    """
    from eild.media import JSON
    from eild.publication.addresses import Address
    from eild.publication.of_endpoint import write_remote_publication
    from eild.query.engine import QueryRequest
    from eild.query.remote import make_remote_engine

    engine = make_remote_engine(settings, {})
    try:
        engine.evaluate(QueryRequest("ASK {}", results=JSON))
    finally:
        engine.close()
    if files:
        return make_build(stack, files, options, address=Address(settings.address), apart=True)
    if settings.dist is not None:
        return hold_build(stack, find_build(settings.dist, options))
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="eild-")))
    write_remote_publication(folder, settings.store, options.base or Address(settings.address), options.given)
    return folder


def make_build(  # noqa: PLR0913 - what a build is made of, by name
    stack: contextlib.ExitStack,
    files: Sequence[Path],
    options: FileOptions,
    *,
    address: Address | None = None,
    queries_only: bool = False,
    apart: bool = False,
) -> Path:
    """Return a temporary build directory made from files, which is removed when the stack closes.

    :param address: where the server listens, the base if the options name none; None for that of ``eild serve``
    :param queries_only: whether only the dumps that an engine loads are written
    :param apart: whether a process of its own makes it, because this one goes on and needs its memory back
    :raises DataError: if a file cannot be read or parsed
    """
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="eild-")))
    base = options.base or address or find_address()
    if apart:
        run_apart(_write_files, files, folder, options, base, queries_only=queries_only)
    else:
        _write_files(files, folder, options, base, queries_only=queries_only)
    return folder


def _write_files(
    files: Sequence[Path], folder: Path, options: FileOptions, base: str | Address, *, queries_only: bool
) -> None:
    """Write what is published of files, and say which statements were left out."""
    from eild.media import GRAPH_FORMATS
    from eild.publication.of_files import ENOUGH_TO_QUERY, write_publication
    from eild.rdf.streams import LeftOut

    forms = ENOUGH_TO_QUERY if queries_only else GRAPH_FORMATS
    left_out = LeftOut() if options.skip_invalid else None
    write_publication(
        files, folder, base=base, union=options.union, forms=forms, left_out=left_out, given=options.given
    )
    report_left_out(left_out)


def report_left_out(left_out: LeftOut | None) -> None:
    """Say on standard error which statements were left out, if any."""
    if left_out is not None and left_out.count:
        click.echo(f"eild: note: {left_out.describe()}", err=True)
