"""``eild mcp``: a dataset for assistants, by the Model Context Protocol."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any, Final

import click

from eild.cli.settings import setting_options

OPTIONS: Final = (
    *("dist", "store", "host", "port"),
    *("timeout", "query_workers", "query_memory", "total_memory", "query_bytes"),
)
"""Settings that are options of the command."""

RESULT_BYTES: Final = 256 * 1024
"""The greatest size of a result where the operator names none: what an assistant can read."""


@click.command("mcp")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--base", default="", metavar="IRI", help="Base IRI for relative IRIs in the files.")
@click.option("--http", is_flag=True, help="Listen for HTTP at /mcp, instead of reading standard input.")
@click.option(
    "--result-bytes",
    "result_bytes",
    type=int,
    help="Maximum size of a result, in bytes; larger results are errors.  [env: EILD_RESULT_BYTES]"
    f"  [default: {RESULT_BYTES}]",
)
@setting_options(*OPTIONS)
def command(files: tuple[Path, ...], base: str, *, http: bool, **options: Any) -> None:  # noqa: ANN401 - by name
    """Serve EILD's own dataset, RDF FILES, a store or an endpoint to assistants (Model Context Protocol).

    The tools are search, describe, query and claims; the resources are a guide, the ontology and the published queries.
    Queries have the limits of the HTTP service. Install the library with: pip install 'eild[mcp]'

    \b
    Examples:
      eild mcp                                       on standard input, as desktop assistants start it
      eild mcp people.ttl --base https://example.org/data/
      eild mcp --store https://example.org/sparql
      eild mcp --http --port 8765                    at http://127.0.0.1:8765/mcp
    """
    from eild.config import load_settings

    if options["result_bytes"] is None and not os.environ.get("EILD_RESULT_BYTES", "").strip():
        options["result_bytes"] = RESULT_BYTES
    settings = load_settings(os.environ, **options)
    try:
        from eild.assistant.server import make_server
    except ImportError as error:
        from eild.errors import EnvironmentFailure

        hint = "install it with: pip install 'eild[mcp]'"
        raise EnvironmentFailure("the library for this protocol is not installed", hint=hint) from error
    from eild.assistant.opening import open_bounded
    from eild.assistant.tools import AssistantTools

    with contextlib.ExitStack() as stack:
        source = open_bounded(stack, [str(name) for name in files], settings, base)
        server = make_server(source, AssistantTools(source, settings))
        if not http:
            server.run("stdio")
            return
        from eild.server.run import find_port

        port = find_port(settings.host, settings.port)
        click.echo(f"assistants: http://{settings.host}:{port}/mcp")
        server.run("streamable-http", host=settings.host, port=port, stateless_http=True, json_response=True)
