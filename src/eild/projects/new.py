"""``eild new``: the directory of a project, with all that it needs before its first text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from eild.errors import UsageError
from eild.namespaces import SHAPES_IRI
from eild.projects.files import render, write_new

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from eild.names import Names

LICENCE: Final = "https://creativecommons.org/licenses/by-sa/4.0/"
"""The licence of a project that names none: that of EILD's data and of the texts of Wikipedia."""
IRI: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
"""An IRI of a page or licence, by its form."""
_TEMPLATES: Final = {
    "README.md": "README.md",
    "Makefile": "Makefile",
    ".gitignore": "gitignore",
    ".github/workflows/data.yml": "data.yml",
    "data/dataset.ttl": "dataset.ttl",
    "data/publisher.ttl": "publisher.ttl",
    "seeds/README.md": "seeds.md",
}
_NOT_IN_SLUG: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class NewProject:
    """What is said of a new project.

    :ivar names: its names
    :ivar title: title of its dataset
    :ivar publisher: name of who encodes and publishes
    :ivar licence: IRI of the licence of its data
    :ivar day: day of its first version
    """

    names: Names
    title: str
    publisher: str
    day: date
    licence: str = LICENCE


def make_slug(text: str) -> str:
    """Return a text in kebab case, for use in an IRI or file name; letters beyond ASCII lose their marks."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss"))
    return _NOT_IN_SLUG.sub("-", "".join(c for c in plain if not unicodedata.combining(c))).strip("-")


def check_iri(name: str, iri: str) -> None:
    """Check the form of an IRI that an option gives.

    :param name: the option
    :param iri: its value
    :raises UsageError: if it is no http or https IRI
    """
    if not IRI.fullmatch(iri):
        message = f"{name} must be an http or https IRI, not {iri!r}"
        raise UsageError(message, hint=f"for example, {name} {LICENCE}")


def create_project(folder: Path, project: NewProject) -> tuple[Path, ...]:
    """Make the directory of a project and return the paths of its files.

    :param folder: the directory, which need not exist
    :param project: what is said of the project
    :raises UsageError: if a file exists, or a value is wrong
    :raises EnvironmentFailure: if a file cannot be written
    """
    check_iri("--licence", project.licence)
    slug = make_slug(project.publisher)
    if not slug:
        message = f"the publisher's name must have letters or digits of the Latin script, not {project.publisher!r}"
        raise UsageError(message, hint="use --publisher, for example --publisher 'Town archive'")
    values = {"project": project, "base": project.names.base, "slug": slug, "shapes": str(SHAPES_IRI)}
    files = {folder / name: render(template, **values) for name, template in _TEMPLATES.items()}
    write_new(files)
    return tuple(files)
