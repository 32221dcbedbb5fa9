"""``eild reload``: have a running server take up new data without a pause."""

from __future__ import annotations

import os
from typing import Any

import click

from eild.cli.settings import setting_options


@click.command("reload")
@setting_options("host", "port")
def command(**options: Any) -> None:  # noqa: ANN401 - the settings
    """Have the server at --host and --port swap in a new build.

    The server builds EILD's own dataset, or reads its --dist, --store or files, again. Requests go on meanwhile, and
    each is answered from one version. A build that cannot be loaded is refused, and the former goes on. The same
    happens when the server gets SIGHUP.

    \b
    Examples:
      eild reload
      eild reload --port 8080
    """
    from eild.config import load_settings
    from eild.server.operator import ask_reload, find_socket

    settings = load_settings(os.environ, **options)
    click.echo(f"Now serving {ask_reload(find_socket(settings.host, settings.port))}")
