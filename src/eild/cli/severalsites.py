"""Several sites of one server, as a configuration file names them: what each serves, where, and with which settings."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from eild.cli.builds import FileOptions, check_project_options
from eild.cli.project import take_project
from eild.cli.siteoptions import (
    OWN_SETTINGS,
    PROJECT_FOLDERS,
    SITE_OPTIONS,
    SitePlan,
    is_explicit,
    load_configuration,
    read_given,
    settle_server,
)
from eild.config import check_settings
from eild.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from eild.cli.siteoptions import SiteTable
    from eild.config import Settings
    from eild.dataset.project import Project

_PATH: Final = re.compile(r"/?([A-Za-z0-9._~-]+(?:/[A-Za-z0-9._~-]+)*)/?")
_TAKEN: Final = frozenset({"health", "metrics", "robots.txt", "sitemap.xml"})
"""First parts of the paths of the server itself."""


def has_several_sites(configuration: Path | None) -> bool:
    """Return whether a configuration file names sites in an array of tables.

    :raises DataError: if the file cannot be read
    :raises UsageError: if a member is unknown or of another type
    """
    return configuration is not None and bool(load_configuration(configuration).sites)


def plan_sites(
    configuration: Path, files: Sequence[Path], options: Mapping[str, Any]
) -> tuple[Settings, list[SitePlan]]:
    """Return the settings of a server, and the sites that a configuration file names.

    :param files: files that the command names; there must be none
    :param options: the options of the command by name
    :raises DataError: if the configuration file cannot be read
    :raises UsageError: if a value is wrong
    """
    given = load_configuration(configuration)
    if files:
        message = f"{configuration} names several sites, so the command must not name files"
        raise UsageError(message, hint="add the files to one of its [[site]] tables")
    for name in (*SITE_OPTIONS, *PROJECT_FOLDERS, "base", "union", "skip_invalid"):
        if is_explicit(name):
            option = "--union-default-graph" if name == "union" else f"--{name.replace('_', '-')}"
            message = f"{configuration} names several sites, so {option} does not say which of them it is for"
            raise UsageError(message, hint=f"set {name} in one of its [[site]] tables")
    settings = settle_server(given.server, dict(options))
    for name, value in (("--store", settings.store), ("--dist", settings.dist)):
        if value:
            message = f"{configuration} names several sites, so {name} does not say which of them it is for"
            raise UsageError(message, hint=f"set {name.removeprefix('--')} in one of its [[site]] tables")
    plans: list[SitePlan] = []
    for table in given.sites:
        plan = _plan(table, settings)
        _check_path(plan, plans)
        plans.append(plan)
    return settings, plans


def settle_port(plans: Sequence[SitePlan], settings: Settings) -> list[SitePlan]:
    """Return the plans for the port that a server listens on, which the public URLs of sites may name.

    :param settings: the settings of the server
    """
    root = settings.public_url or settings.address
    return [
        replace(plan, settings=replace(plan.settings, port=settings.port, public_url=f"{root}{plan.path}/"))
        for plan in plans
    ]


def _plan(table: SiteTable, settings: Settings) -> SitePlan:
    values = table.values
    where = table.find("path")
    match = _PATH.fullmatch(values.get("path", ""))
    if match is None or {".", ".."} & set(match[1].split("/")):
        message = f'a site must have a path such as "/words/", not {values.get("path", "")!r}'
        raise UsageError(message, location=where, hint="use letters, digits, '.', '_', '~', '-' and '/'")
    if match[1].partition("/")[0] in _TAKEN:
        raise UsageError(f"the path {values['path']!r} is the server's own", location=where, hint="choose another one")
    own = replace(settings, **{name: values[name] for name in values.keys() & set(OWN_SETTINGS)})
    try:
        check_settings(own)
        particulars = read_given(values, own.contact)
    except UsageError as error:
        raise UsageError(error.message, location=table.find(), hint=error.hint) from error
    if table.files and own.store and "://" not in own.store:
        message = "a site has either files or a store"
        raise UsageError(message, location=table.find("store"), hint="load the files into the store with 'eild load'")
    reading = FileOptions(
        values.get("base", ""), values.get("union", True), values.get("skip_invalid", False), particulars
    )
    return SitePlan(match[1], table.files, reading, own, _find_project(table, reading, own), table.find())


def _find_project(table: SiteTable, reading: FileOptions, settings: Settings) -> Project | None:
    """Return the project that a site serves instead of files, if its table names one."""
    try:
        project = take_project({name: table.values.get(name) for name in PROJECT_FOLDERS}, reading.base, alone=False)
        if project is not None:
            check_project_options(table.files, reading, settings)
    except UsageError as error:
        raise UsageError(error.message, location=table.find(), hint=error.hint) from error
    return project


def _check_path(plan: SitePlan, others: Sequence[SitePlan]) -> None:
    for other in others:
        if other.path == plan.path:
            message = f"the path /{plan.path}/ is that of the site at {other.where}, too"
            raise UsageError(message, location=plan.where, hint="give each site a path of its own")
