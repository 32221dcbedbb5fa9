"""``eild serve``: the endpoint, documents and dumps over HTTP."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eild.cli.builds import find_build, make_build
from eild.cli.settings import setting_options

if TYPE_CHECKING:
    from eild.store.publication import Publication

OPTIONS = (
    "host",
    "port",
    "workers",
    "timeout",
    "dist",
    "public_url",
    "query_workers",
    "query_memory",
    "query_bytes",
    "result_bytes",
    "body_bytes",
)
"""The settings that the command takes as options."""


def _describe(publication: Publication, url: str) -> str:
    kind = publication.title if publication.foreign else f"{publication.title} {publication.version}"
    return f"Serving {kind} at {url} (queries at {url}sparql, Ctrl-C stops)"


@click.command("serve")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--base", default="", metavar="IRI", help="What relative IRIs resolve against; served at its paths.")
@click.option(
    "--union-default-graph/--no-union-default-graph",
    "union",
    default=True,
    help="Whether the default graph merges all graphs of the files, or is exactly their default graph.",
)
@setting_options(*OPTIONS)
def command(files: tuple[Path, ...], base: str, *, union: bool, **options: Any) -> None:  # noqa: ANN401
    """Serve EILD's own dataset, or publish any RDF FILES.

    Files are told by extension: .ttl .nt .nq .trig .rdf .owl .jsonld, each also with .gz. Prints the URL when it is
    ready to answer. SIGTERM lets running requests finish.

    \b
    Examples:
      eild serve
      eild serve --port 0 --dist /srv/eild/0.1.0
      eild serve people.ttl places.nq.gz --base https://example.org/data/
    """
    from eild.config import load_settings
    from eild.store.keeper import ForkServerProcess
    from eild.store.process import list_missing_safeguards
    from eild.store.publication import load_publication
    from eild.web.server import ServerConfig, find_port, local_url, query_limits, run_server
    from eild.web.site import choose_prefixes

    settings = load_settings(os.environ, **options)
    settings = replace(settings, port=find_port(settings.host, settings.port))
    for missing in list_missing_safeguards():
        click.echo(f"eild: note: {missing}", err=True)
    with contextlib.ExitStack() as stack:
        if files:
            folder = make_build(stack, files, base=base, union=union)
        else:
            folder = find_build(settings.dist, base=base, union=union)
        publication = load_publication(folder)
        publication.check_dumps()
        keeper = ForkServerProcess(folder, choose_prefixes(publication), query_limits(settings))
        stack.enter_context(keeper)
        keeper.keep_running()
        line = _describe(publication, local_url(settings.host, settings.port))
        run_server(ServerConfig(folder, keeper.address, settings), lambda: click.echo(line))
