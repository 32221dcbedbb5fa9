"""Options and configuration files that say what a site is about and what it serves."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
from click.core import ParameterSource

from eild.cli.builds import FileOptions, check_project_options
from eild.cli.project import take_project
from eild.config import SETTINGS, load_settings
from eild.errors import DataError, Location, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from eild.catalog.particulars import Particulars
    from eild.config import Settings
    from eild.dataset.project import Project

Command = TypeVar("Command", bound="Callable[..., Any]")

SITE_OPTIONS: Final = {
    "title": "Title of the dataset, where the data itself has none.",
    "description": "Description of the dataset, where the data itself has none.",
    "licence": "IRI of the licence, or a statement of rights, where the data names none.",
    "publisher": "Name of the publisher, where the data names none.",
    "language": "Language tag of the site; by default, the most frequent one of names.",
}
"""Options that say of a dataset what the data itself may say, with their help."""


def site_options(command: Command) -> Command:
    """Add the options that describe the dataset to a command."""
    for name, text in reversed(SITE_OPTIONS.items()):
        command = click.option(f"--{name}", default="", metavar="TAG" if name == "language" else "TEXT", help=text)(
            command
        )
    return command


def read_given(values: Mapping[str, str], contact: str = "") -> Particulars | None:
    """Return what an operator says of a dataset; None if that is nothing.

    :param values: values by the name of the option in :data:`SITE_OPTIONS`; others are ignored
    :param contact: URL of the contact
    :raises UsageError: if the language is no language tag
    """
    from eild.catalog.particulars import Particulars
    from eild.languages import LANGUAGE_TAG

    given = {name: " ".join(str(values.get(name) or "").split()) for name in SITE_OPTIONS}
    if not any((*given.values(), contact)):
        return None
    language, licence = given["language"], given["licence"]
    if language and not LANGUAGE_TAG.fullmatch(language):
        message = f"the language must be a language tag, not {language!r}"
        raise UsageError(message, hint="for example, --language de or --language pt-BR")
    is_iri = licence.startswith(("http://", "https://"))
    return Particulars(
        titles={language: given["title"]} if given["title"] else {},
        summaries={language: given["description"]} if given["description"] else {},
        licence=licence if is_iri else "",
        rights="" if is_iri else licence,
        publisher=given["publisher"],
        contact=contact,
        language=language,
    )


_FILE_KEYS: Final[dict[str, type]] = {"files": list, "base": str, "union": bool, "skip_invalid": bool}
PROJECT_FOLDERS: Final[dict[str, type]] = {"seeds": str, "data": str, "queries": str}
"""Members that name the folders of a project, with their types."""
_SITE_KEYS: Final[dict[str, type]] = {
    **_FILE_KEYS,
    **PROJECT_FOLDERS,
    **dict.fromkeys(SITE_OPTIONS, str),
    "contact": str,
    "store": str,
}
OWN_SETTINGS: Final = (
    *("store", "dist", "contact", "images", "timeout", "query_workers", "query_memory", "total_memory"),
    *("query_bytes", "result_bytes", "body_bytes", "cache_memory"),
)
"""Settings that each of several sites may have for itself."""
_ONE_OF_SEVERAL: Final[dict[str, type]] = {
    **_SITE_KEYS,
    "path": str,
    **{name: SETTINGS[name].type for name in OWN_SETTINGS},
}
_TYPE_NAMES: Final = {str: "a string", bool: "true or false", list: "an array of strings", int: "an integer"}


@dataclass(frozen=True)
class SiteTable:
    """One of several tables ``[[site]]`` of a configuration file.

    :ivar path: the file
    :ivar number: which of the tables it is, from 0
    :ivar files: the files to serve; relative ones start at the directory of the configuration file
    :ivar values: its other members
    """

    path: Path
    number: int
    files: tuple[Path, ...]
    values: Mapping[str, Any]

    def find(self, member: str = "") -> Location:
        """Return the place of a member, or else of the table."""
        return _find_place(self.path, "[[site]]", member, self.number)


@dataclass(frozen=True)
class SitePlan:
    """A site that a server is to serve.

    :ivar path: where its paths begin, without slashes around; empty if it is the only site
    :ivar files: the files that it serves
    :ivar reading: how they are read
    :ivar settings: its settings
    :ivar project: the project that it serves instead of files
    :ivar where: the place of its table in the configuration file; None if it is the only site
    """

    path: str
    files: tuple[Path, ...]
    reading: FileOptions
    settings: Settings
    project: Project | None = None
    where: Location | None = None


@dataclass(frozen=True)
class Configuration:
    """What a configuration file says.

    :ivar files: the files to serve; relative ones start at the directory of the configuration file
    :ivar site: the other members of ``[site]``
    :ivar server: the members of ``[server]``, which are settings by name
    :ivar sites: the tables ``[[site]]``, if there are several sites
    """

    files: tuple[Path, ...] = ()
    site: Mapping[str, Any] = field(default_factory=dict)
    server: Mapping[str, Any] = field(default_factory=dict)
    sites: tuple[SiteTable, ...] = ()


def _find_place(path: Path, header: str, member: str, number: int = 0) -> Location:
    """Return the place of a member of a table of a TOML file, or else of the header of the table.

    :param header: the header of the table; empty for the beginning of the file
    :param number: which of the tables with this header, from 0
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    starts = [place for place, line in enumerate(lines) if re.sub(r"\s|#.*", "", line) == header] if header else [-1]
    start = starts[number] if number < len(starts) else -1
    for place in range(start + 1, len(lines)):
        if lines[place].lstrip().startswith("[") and header:
            break
        if member and re.match(rf"\s*\[*[\"']?{re.escape(member)}[\"']?\s*[=\]]", lines[place]):
            return Location(str(path), place + 1)
    return Location(str(path), max(start, 0) + 1)


def load_configuration(path: Path) -> Configuration:
    """Read a configuration file: a table ``[site]``, or tables ``[[site]]``, and a table ``[server]`` with settings.

    :param path: a file in TOML 1.0
    :raises DataError: if the file cannot be read or is not TOML
    :raises UsageError: if a member is unknown or of another type; with file and line
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"cannot read the file: {error.strerror}", location=Location(str(path))) from error
    except ValueError as error:
        hint = "write it in TOML 1.0: https://toml.io/en/v1.0.0"
        raise DataError(f"the configuration is not TOML: {error}", location=Location(str(path)), hint=hint) from error
    several = isinstance(content.get("site"), list)
    _check_members(path, "", content, {"site": list if several else dict, "server": dict})
    server = content.get("server", {})
    _check_members(path, "[server]", server, {name: info.type for name, info in SETTINGS.items()})
    if several:
        if not content["site"]:
            message = "'site' must have at least one table"
            raise UsageError(message, location=_find_place(path, "", "site"), hint="see docs/sites.md")
        return Configuration(server=server, sites=tuple(_read_tables(path, content["site"])))
    site = content.get("site", {})
    _check_members(path, "[site]", site, _SITE_KEYS)
    files, values = _resolve(path, site)
    return Configuration(files, values, server)


def _resolve(path: Path, site: Mapping[str, Any]) -> tuple[tuple[Path, ...], dict[str, Any]]:
    """Return the files and the other members of a table; relative paths start at the directory of the configuration."""
    values = {name: value for name, value in site.items() if name != "files"}
    if "store" in values and "://" not in values["store"]:
        values["store"] = str(path.parent / values["store"])
    folders = {name: path.parent / values[name] for name in ("dist", *PROJECT_FOLDERS) if name in values}
    values.update(folders)
    return tuple(path.parent / name for name in site.get("files", ())), values


def _read_tables(path: Path, tables: Sequence[Any]) -> Iterator[SiteTable]:
    for number, table in enumerate(tables):
        if not isinstance(table, dict):
            message = "'site' must be a table [site], or an array of tables [[site]]"
            raise UsageError(message, location=_find_place(path, "", "site"), hint="see docs/sites.md")
        _check_members(path, "[[site]]", table, _ONE_OF_SEVERAL, number)
        yield SiteTable(path, number, *_resolve(path, table))


def _check_members(
    path: Path, table: str, found: Mapping[str, Any], known: Mapping[str, type], number: int = 0
) -> None:
    """Check the members of a table.

    :param table: the header of the table; empty for the beginning of the file
    :param number: which of the tables with this header, from 0
    :raises UsageError: if one is unknown or of another type
    """
    for name, value in found.items():
        where = f"{table} {name}" if table else f"[{name}]"
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"use one of: {', '.join(sorted(known))}"
            place = _find_place(path, table, name, number)
            raise UsageError(f"{where}: unknown member", location=place, hint=hint)
        kind = known[name]
        fits = isinstance(value, (int, float) if kind is float else kind) and (kind is bool) == isinstance(value, bool)
        if kind not in _TYPE_NAMES and kind not in {dict, float}:  # a path
            fits = isinstance(value, str)
        if kind is list and table:
            fits = fits and all(isinstance(item, str) for item in value)
        if not fits:
            what = "a table" if kind is dict else "a number" if kind is float else _TYPE_NAMES.get(kind, "a string")
            place = _find_place(path, table, name, number)
            message = f"{where}: must be {what}, not {str(value)[:40]!r}"
            raise UsageError(message, location=place, hint="see docs/sites.md")


def is_explicit(name: str) -> bool:
    """Return whether the user gave an option of the running command."""
    context = click.get_current_context(silent=True)
    return context is not None and context.get_parameter_source(name) is ParameterSource.COMMANDLINE


def settle_server(defaults: Mapping[str, Any], options: Mapping[str, Any]) -> Settings:
    """Return the settings of a server: of options, else of the environment, else of a configuration file.

    :param defaults: what the configuration file says, by name of the setting
    :param options: the options of the command by name; others than settings are ignored
    :raises UsageError: if a value has the wrong type or is out of range
    """
    unset: dict[str, Any] = {
        name: Path(value) if SETTINGS[name].type is Path else value
        for name, value in defaults.items()
        if options.get(name) is None and not os.environ.get(SETTINGS[name].environment, "").strip()
    }
    chosen = {name: value for name, value in options.items() if name in SETTINGS}
    return load_settings(os.environ, **{**chosen, **unset})


def settle_options(
    files: Sequence[Path], configuration: Path | None, options: dict[str, Any]
) -> tuple[tuple[Path, ...], FileOptions, Settings, Project | None]:
    """Return what a server serves: the files, how they are read, the settings, and the project that is served instead.

    The command line takes precedence over the environment, and the environment over the configuration file.

    :param configuration: the configuration file, if there is one
    :param options: the options of the command by name
    :raises DataError: if the configuration file cannot be read
    :raises UsageError: if a value is wrong, or describes a dataset that describes itself
    """
    from eild.publication.addresses import is_endpoint

    given = load_configuration(configuration) if configuration else Configuration()
    chosen = {name: options.pop(name) for name in (*SITE_OPTIONS, "base", "union", "skip_invalid")}
    site = {**given.site, **{name: value for name, value in chosen.items() if is_explicit(name)}}
    folders = {name: options.pop(name) or site.get(name) for name in PROJECT_FOLDERS}
    defaults: dict[str, Any] = {**given.server}
    defaults.update({name: site[name] for name in ("contact", "store") if name in site})
    settings = settle_server(defaults, options)
    served = tuple(files) or given.files
    if (served or is_endpoint(settings.store)) and not (settings.store and not is_endpoint(settings.store)):
        particulars = read_given(site, settings.contact)
    elif particulars := read_given(site):
        message = "--title and the other options that describe a dataset apply to files and endpoints only"
        raise UsageError(message, hint="name the files, or give the options to 'eild load'")
    base, union, skip = site.get("base", ""), site.get("union", True), site.get("skip_invalid", False)
    project = take_project(folders, base, alone=False)
    if project is not None:
        check_project_options(served, FileOptions(base, union, skip, particulars), settings)
    return served, FileOptions(base, union, skip, particulars), settings, project
