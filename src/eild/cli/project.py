"""Options for a project outside the packaged data: where its texts and data are, and what its IRIs begin with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from eild.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from eild.dataset.project import Project

Command = TypeVar("Command", bound="Callable[..., Any]")

_FOLDERS = {
    "seeds": "Folder of the seed texts of a project; requires --data and --base.",
    "data": "Folder of the curated data of a project; requires --seeds and --base.",
    "queries": "Folder of example queries that a project adds to the general ones.",
}

project_base_option = click.option(
    "--base", default="", metavar="IRI", help="What the IRIs of a project begin with; requires --seeds and --data."
)


def project_options(command: Command) -> Command:
    """Add the options for the folders of a project to a command."""
    for name, text in reversed(_FOLDERS.items()):
        kind = click.Path(file_okay=False, path_type=Path)
        command = click.option(f"--{name}", type=kind, default=None, help=text)(command)
    return command


def take_project(options: dict[str, Any], base: str, *, alone: bool = True) -> Project | None:
    """Return the project that the options name; None for EILD's own dataset.

    :param options: the options of the command by name, from which those of a project are removed
    :param base: start of the IRIs; empty if it was not given
    :param alone: whether the base has no meaning without the folders
    :raises UsageError: if only some of the options are given, or the base cannot be the start of a project's IRIs
    """
    folders = {name: options.pop(name) for name in _FOLDERS}
    given = {name for name, folder in folders.items() if folder is not None}
    if not given and not (base and alone):
        return None
    missing = [f"--{name}" for name in ("seeds", "data") if name not in given] + ([] if base else ["--base"])
    if missing:
        message = f"a project has --seeds, --data and --base; missing: {' and '.join(missing)}"
        hint = "for example, --seeds seeds --data data --base https://data.example.org/town/"
        raise UsageError(message, hint=hint)
    from eild.dataset.project import Project

    project = Project(**folders, base=base)
    _ = project.names  # the base is checked before anything is read
    project.check()
    return project
