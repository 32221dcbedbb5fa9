"""``eild reload``: load new data into a running server without downtime."""

from __future__ import annotations

import os
from typing import Any

import click

from eild.cli.settings import setting_options


@click.command("reload")
@setting_options("host", "port")
def command(**options: Any) -> None:  # noqa: ANN401 - the settings
    """Load new data into the server at --host and --port.

    The server builds EILD's own dataset, or reads its --dist, --store or files, again. It keeps answering requests,
    each from one version of the data. If the new data cannot be loaded, it keeps serving the previous data. SIGHUP has
    the same effect.

    \b
    Examples:
      eild reload
      eild reload --port 8080
    """
    from eild.config import load_settings
    from eild.server.operator import ask_reload, find_socket

    settings = load_settings(os.environ, **options)
    click.echo(f"Now serving {ask_reload(find_socket(settings.host, settings.port))}")
