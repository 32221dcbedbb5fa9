"""``eild serve``: serve the endpoint, documents and dumps over HTTP."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eild.cli.builds import (
    base_option,
    check_store_options,
    find_build,
    find_build_before_endpoint,
    hold_build,
    make_build,
    make_project_build,
    skip_option,
    union_option,
)
from eild.cli.project import project_options
from eild.cli.settings import setting_options
from eild.cli.siteoptions import SitePlan, settle_options, site_options

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from eild.config import Settings
    from eild.publication.manifest import Publication
    from eild.server.releases import Releases

OPTIONS = (
    "host",
    "port",
    "workers",
    "timeout",
    "dist",
    "store",
    "public_url",
    "contact",
    "images",
    "query_workers",
    "query_memory",
    "total_memory",
    "query_bytes",
    "result_bytes",
    "body_bytes",
    "cache_memory",
    "log",
)
"""The settings that are options of the command."""


def _describe(publication: Publication, url: str) -> str:
    kind = publication.title if publication.foreign else f"{publication.title} {publication.version}"
    return f"Serving {kind} at {url} (SPARQL endpoint: {url}sparql, Ctrl-C stops)"


def _describe_addresses(publication: Publication, address: str) -> str:
    """Say where absolute URLs lead if the operator has set no public URL, and how to set one."""
    remedy = "set --public-url to the URL at which clients reach this server"
    if publication.base == address:
        return f"absolute URLs and relative IRIs begin with {address}; {remedy}, and --base to the IRI of the data"
    names = "the IRIs of the dataset" if publication.owned else "relative IRIs"
    return f"absolute URLs begin with {address}, and {names} with {publication.base}; {remedy}"


def _report_hidden(publication: Publication) -> None:
    """Say on standard error which resources of the data the server's own pages stand in front of."""
    if hidden := publication.hidden:
        listed = ", ".join(hidden)
        click.echo(f"eild: note: the server's own pages are at these IRIs of the data: {listed}", err=True)
        click.echo(
            "eild: note: what the data says of each is at /doc?iri=…; --base sets which IRIs are paths", err=True
        )


def _hear_operator(stack: contextlib.ExitStack, settings: Settings, reload: Callable[[], str]) -> None:
    """Listen for ``eild reload``; if that is not possible, SIGHUP still works."""
    from eild.errors import EnvironmentFailure
    from eild.server.operator import OperatorSocket, find_socket

    try:
        listener = OperatorSocket(find_socket(settings.host, settings.port), reload)
        stack.callback(listener.close)
        listener.start()
    except (EnvironmentFailure, OSError) as error:
        click.echo(f"eild: note: 'eild reload' cannot reach this server; use SIGHUP instead: {error}", err=True)


def _prepare(stack: contextlib.ExitStack, plan: SitePlan, *, several: bool) -> Path:
    """Return the build directory of the next version of a site.

    :raises EildError: if it cannot be made; of one of several sites, with its path and place in the configuration
    """
    from eild.errors import EildError
    from eild.publication.addresses import Address, is_endpoint
    from eild.publication.stores import pin_store

    files, reading, settings = plan.files, plan.reading, plan.settings
    address = Address(settings.public_url if several else settings.address)
    try:
        if plan.project is not None:
            return make_project_build(stack, plan.project)
        if is_endpoint(settings.store):
            return find_build_before_endpoint(stack, settings, files, reading)
        if settings.store:
            check_store_options(files, reading)
            return stack.enter_context(pin_store(Path(settings.store)))
        if files:
            return make_build(stack, files, reading, address=address, apart=True)
        found = find_build(settings.dist, reading, apart=True)
        return found if settings.dist is None else hold_build(stack, found)
    except EildError as error:
        if several:
            error.message = f"site /{plan.path}/ ({plan.where}): {error.message}"
        raise


def _reload_all(groups: Sequence[tuple[SitePlan, Releases]]) -> str:
    """Reload every site, and return what is served then.

    :raises EildError: of the first site that cannot be reloaded, after all the others have been
    """
    from eild.errors import EildError

    served, failure = [], None
    for plan, releases in groups:
        try:
            publication = releases.reload()
        except EildError as error:
            failure = failure or error
        else:
            where = f"/{plan.path}/ " if plan.path else ""
            served.append(f"{where}{publication.title} {publication.version}")
    if failure is not None:
        if served:
            failure.message = f"{failure.message}; the other sites were reloaded"
        raise failure
    return ", ".join(served)


def _report_site(plan: SitePlan, releases: Releases) -> None:
    """Say on standard error what the operator should know of a site."""
    _report_hidden(releases.publication)
    if not plan.path and not plan.settings.public_url:
        click.echo(f"eild: note: {_describe_addresses(releases.publication, plan.settings.address)}", err=True)


def _describe_all(groups: Sequence[tuple[SitePlan, Releases]], settings: Settings) -> str:
    if not groups[0][0].path:
        return _describe(groups[0][1].publication, settings.address)
    paths = ", ".join(f"/{plan.path}/" for plan, _ in groups)
    return f"Serving {len(groups)} sites at {settings.address} ({paths}, Ctrl-C stops)"


@click.command("serve")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@base_option
@union_option
@skip_option
@project_options
@site_options
@click.option(
    "--config",
    "configuration",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="TOML file with [site] (files, base, title …) or several [[site]] with paths, and [server] (settings).",
)
@setting_options(*OPTIONS)
def command(
    files: tuple[Path, ...],
    configuration: Path | None,
    **options: Any,  # noqa: ANN401 - the settings above
) -> None:
    """Serve EILD's own dataset, a project of your own, or any RDF FILES.

    The extension of a file sets its syntax: .ttl .nt .nq .trig .rdf .owl .xml .jsonld .json, also followed by .gz or
    .zst. The command prints the URL when the server is ready. SIGTERM stops it after running requests have finished.

    \b
    Examples:
      eild serve
      eild serve --port 0 --dist /srv/eild/0.1.0
      eild serve people.ttl places.nq.gz --base https://example.org/data/ --title "People and places"
      eild serve --config site.toml
      eild serve --seeds seeds --data data --base https://data.example.org/town/
      eild serve --store /srv/people
      eild serve --store http://127.0.0.1:8890/sparql
    """
    from eild.cli.severalsites import has_several_sites, plan_sites, settle_port
    from eild.exchange.requestlog import RequestLog
    from eild.process import list_missing_safeguards
    from eild.server.run import find_port

    if configuration is not None and has_several_sites(configuration):
        settings, plans = plan_sites(configuration, files, options)
        settings = replace(settings, port=find_port(settings.host, settings.port))
        plans = settle_port(plans, settings)
    else:
        files, reading, settings, project = settle_options(files, configuration, options)
        settings = replace(settings, port=find_port(settings.host, settings.port))
        plans = [SitePlan("", files, reading, settings, project)]
    RequestLog(settings.log).check()
    for missing in list_missing_safeguards():
        click.echo(f"eild: note: {missing}", err=True)
    _serve(settings, plans)


def _serve(settings: Settings, plans: Sequence[SitePlan]) -> None:
    """Serve sites until a signal ends that."""
    from eild.memory import give_back, limit_arenas
    from eild.publication.addresses import is_endpoint
    from eild.query.engine import query_limits
    from eild.server.mounts import Mount
    from eild.server.processes import Nursery
    from eild.server.releases import Releases
    from eild.server.run import run_server

    several = bool(plans[0].path)
    limit_arenas()
    with contextlib.ExitStack() as stack:
        nursery = Nursery([Mount(plan.settings, plan.path) for plan in plans])  # before there are threads
        stack.enter_context(contextlib.closing(nursery))
        groups = []
        for number, plan in enumerate(plans):
            own = plan.settings
            releases = Releases(
                partial(_prepare, plan=plan, several=several),
                query_limits(own),
                elsewhere=is_endpoint(own.store),
                public_url=own.public_url,
                address=own.address,
                host=partial(nursery.host_queries, number),
            )
            groups.append((plan, stack.enter_context(releases)))
            releases.follow_requests()
            _report_site(plan, releases)
        line = _describe_all(groups, settings)

        def announce() -> None:
            _hear_operator(stack, settings, lambda: _reload_all(groups))
            click.echo(line)
            give_back()

        def request_reload() -> None:
            for _, releases in groups:
                releases.request_reload()

        run_server(nursery, settings, [releases.control for _, releases in groups], announce, request_reload)
