"""Command-line options for the table of settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from eild.config import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable

Command = TypeVar("Command", bound="Callable[..., Any]")


def setting_options(*names: str) -> Callable[[Command], Command]:
    """Return a decorator that adds the options of some settings.

    An option that the user does not give is ``None``, so that the environment and the default apply.
    """

    def decorate(command: Command) -> Command:
        for name in reversed(names):
            info = SETTINGS[name]
            shown = "" if info.default in {None, ""} else f"  [default: {info.default}]"
            kind = click.Path(path_type=Path, file_okay=False) if info.type is Path else info.type
            text = f"{info.help}  [env: {info.environment}]{shown}"
            command = click.option(info.option, name, type=kind, default=None, help=text)(command)
        return command

    return decorate
