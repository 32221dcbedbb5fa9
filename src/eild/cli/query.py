"""``eild query``: run a query on EILD's own dataset or on files, without a server."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from eild import media
from eild.cli.builds import FileOptions, find_data, skip_option

if TYPE_CHECKING:
    from eild.query.engine import QueryAnswer

TABLE: Final = "table"
"""Name of the format for people."""
FORMATS: Final = (TABLE, *(form.name for form in (*media.RESULT_FORMATS, *media.GRAPH_FORMATS)))
"""Names of all result formats."""

_MAX_BYTES: Final = 1024 * 1024 * 1024


def _write(answer: QueryAnswer, wanted: str, prefixes: dict[str, str]) -> None:
    from eild.query.tables import render_table

    body = answer.body
    if wanted == TABLE and answer.format is media.JSON:
        body = render_table(json.loads(body), prefixes).encode()
    sys.stdout.buffer.write(body if body.endswith(b"\n") else body + b"\n")
    sys.stdout.buffer.flush()


def _read_query(text: str | None, source: Path | None) -> str:
    from eild.errors import DataError, Location, UsageError

    if source is None:
        return (text or "").removeprefix("\ufeff")
    try:
        if str(source) == "-":
            return sys.stdin.buffer.read().decode("utf-8-sig")
        return source.read_bytes().decode("utf-8-sig")
    except OSError as error:
        message = f"cannot read the query: {error.strerror}"
        raise DataError(message, location=Location(str(source)), hint="check the path") from error
    except UnicodeDecodeError as error:
        raise UsageError("the query must be UTF-8", location=Location(str(source)), hint="save it as UTF-8") from error


@click.command("query")
@click.argument("arguments", nargs=-1, metavar="[QUERY] [FILES]...")
@click.option(
    "-f", "--file", "source", type=click.Path(path_type=Path), help="File with the query; - is standard input."
)
@click.option(
    "--format",
    "wanted",
    type=click.Choice(FORMATS, case_sensitive=False),
    default=TABLE,
    show_default=True,
    help="Format of the result; the table of a graph is Turtle.",
)
@click.option("--base", default="", metavar="IRI", help="Base IRI for relative IRIs in the files.")
@click.option(
    "--dist",
    type=click.Path(path_type=Path, file_okay=False),
    help="Build directory to query, as written by 'eild build'.",
)
@skip_option
def command(  # noqa: PLR0913 - one parameter for each option
    arguments: tuple[str, ...], source: Path | None, wanted: str, base: str, dist: Path | None, *, skip_invalid: bool
) -> None:
    """Run a SPARQL QUERY on EILD's own dataset, or on RDF FILES.

    With -f, all arguments are files. Prefixes that the dataset knows need no declaration. Nothing is fetched from the
    network. There is no time limit; Ctrl-C terminates the query.

    \b
    Examples:
      eild query 'SELECT ?class (COUNT(?x) AS ?n) { ?x a ?class } GROUP BY ?class'
      eild query 'ASK { ?s ?p ?o }' my.ttl other.nq.gz
      eild query -f question.rq --format csv > answer.csv
    """
    from eild.errors import UsageError
    from eild.publication.manifest import choose_prefixes, load_publication
    from eild.query.embedded import EmbeddedEngine
    from eild.query.engine import QueryRequest
    from eild.query.text.guard import check_query_text
    from eild.query.text.prefixes import supply_prefixes

    if source is None and not arguments:
        raise UsageError("the query is missing", hint="pass it as an argument or with -f FILE")
    text = _read_query(None if source else arguments[0], source)
    files = [Path(name) for name in (arguments if source else arguments[1:])]
    text = check_query_text(text, _MAX_BYTES).text
    options = FileOptions(base, skip_invalid=skip_invalid)
    with contextlib.ExitStack() as stack:
        publication = load_publication(find_data(stack, files, options, dist))
        prefixes = choose_prefixes(publication)
        query = supply_prefixes(text, prefixes)
        if note := query.describe():
            click.echo(f"eild: note: {note}", err=True)
        engine = EmbeddedEngine.load(publication, prefixes=prefixes, result_bytes=_MAX_BYTES)
        rows = media.find_format("json" if wanted == TABLE else wanted, media.RESULT_FORMATS)
        graph = media.find_format("ttl" if wanted == TABLE else wanted, media.GRAPH_FORMATS)
        former = signal.signal(signal.SIGINT, signal.SIG_DFL)  # the engine cannot be interrupted otherwise
        try:
            with query.placing():
                answer = engine.evaluate(QueryRequest(query.text, rows, graph))
        finally:
            signal.signal(signal.SIGINT, former)
        _write(answer, wanted, dict(prefixes))
