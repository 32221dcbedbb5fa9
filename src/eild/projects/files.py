"""Writing files that must not exist yet, all of them or none; and the templates that they are made from."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from rdflib import Literal

from eild.errors import EnvironmentFailure, Location, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@cache
def _environment() -> Environment:
    environment = Environment(  # noqa: S701 - the files are Turtle, Markdown and YAML, not HTML
        loader=PackageLoader("eild.projects"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["literal"] = write_literal
    return environment


def write_literal(text: str, language: str = "") -> str:
    """Return a text as a literal in Turtle."""
    return Literal(text, lang=language or None).n3()


def render(template: str, **values: Any) -> bytes:  # noqa: ANN401 - template values
    """Return the content of a file.

    :param template: name of the template
    :param values: what it is filled with
    """
    return _environment().get_template(template).render(**values).encode()


def write_new(files: Mapping[Path, bytes]) -> None:
    """Write files, all of them or none.

    :param files: content by path
    :raises UsageError: if one of them exists; nothing is written then
    :raises EnvironmentFailure: if they cannot be written
    """
    for path in files:
        if path.exists() or path.is_symlink():
            message = "the file exists and is not overwritten"
            raise UsageError(message, location=Location(str(path)), hint="choose another directory, or remove the file")
    made: list[Path] = []
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                made.append(path)
                file.write(content)
    except OSError as error:
        for path in made:
            with suppress(OSError):
                path.unlink()
        message = f"cannot write the file: {error.strerror or error}"
        place = Location(str(error.filename or next(iter(files))))
        raise EnvironmentFailure(message, location=place, hint="check permissions and disk space") from error
