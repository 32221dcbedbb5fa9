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
from eild.cli.siteoptions import settle_options, site_options

if TYPE_CHECKING:
    from eild.cli.builds import FileOptions
    from eild.config import Settings
    from eild.dataset.project import Project
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


def _hear_operator(stack: contextlib.ExitStack, settings: Settings, releases: Releases) -> None:
    """Listen for ``eild reload``; if that is not possible, SIGHUP still works."""
    from eild.errors import EnvironmentFailure
    from eild.server.operator import OperatorSocket, find_socket

    try:
        listener = OperatorSocket(find_socket(settings.host, settings.port), releases)
        stack.callback(listener.close)
        listener.start()
    except (EnvironmentFailure, OSError) as error:
        click.echo(f"eild: note: 'eild reload' cannot reach this server; use SIGHUP instead: {error}", err=True)


def _prepare(
    stack: contextlib.ExitStack,
    *,
    project: Project | None,
    files: tuple[Path, ...],
    reading: FileOptions,
    settings: Settings,
) -> Path:
    """Return a directory with the data to serve, which lasts as long as the stack."""
    from eild.publication.addresses import Address, is_endpoint
    from eild.publication.stores import pin_store

    if project is not None:
        return make_project_build(stack, project)
    if is_endpoint(settings.store):
        return find_build_before_endpoint(stack, settings, files, reading)
    if settings.store:
        check_store_options(files, reading)
        return stack.enter_context(pin_store(Path(settings.store)))
    if files:
        return make_build(stack, files, reading, address=Address(settings.address))
    found = find_build(settings.dist, reading)
    return found if settings.dist is None else hold_build(stack, found)


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
    help="TOML file with tables [site] (files, base, title …) and [server] (settings); options take precedence.",
)
@setting_options(*OPTIONS)
def command(files: tuple[Path, ...], configuration: Path | None, **options: Any) -> None:  # noqa: ANN401
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
    from eild.exchange.requestlog import RequestLog
    from eild.process import list_missing_safeguards
    from eild.publication.addresses import is_endpoint
    from eild.query.engine import query_limits
    from eild.server.processes import Nursery
    from eild.server.releases import Releases
    from eild.server.run import find_port, run_server

    files, reading, settings, project = settle_options(files, configuration, options)
    settings = replace(settings, port=find_port(settings.host, settings.port))
    RequestLog(settings.log).check()
    for missing in list_missing_safeguards():
        click.echo(f"eild: note: {missing}", err=True)

    prepare = partial(_prepare, project=project, files=files, reading=reading, settings=settings)
    with contextlib.ExitStack() as stack:
        nursery = stack.enter_context(contextlib.closing(Nursery(settings)))  # before there are threads
        elsewhere = is_endpoint(settings.store)
        limits, addresses = query_limits(settings), {"public_url": settings.public_url, "address": settings.address}
        releases = stack.enter_context(Releases(prepare, limits, elsewhere=elsewhere, **addresses))
        releases.follow_requests()
        line = _describe(releases.publication, settings.address)
        _report_hidden(releases.publication)
        if not settings.public_url:
            click.echo(f"eild: note: {_describe_addresses(releases.publication, settings.address)}", err=True)

        def announce() -> None:
            _hear_operator(stack, settings, releases)
            click.echo(line)

        run_server(nursery, settings, releases.control, announce, releases.request_reload)
