"""``eild query``: run a query on EILD's own dataset or on files, without a server."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from eild import media
from eild.cli.builds import FileOptions, find_build, make_build, skip_option

if TYPE_CHECKING:
    from eild.query.engine import QueryAnswer

TABLE: Final = "table"
"""Name of the format for people."""
FORMATS: Final = (TABLE, *(form.name for form in (*media.RESULT_FORMATS, *media.GRAPH_FORMATS)))
"""Names of all result formats."""

_MAX_BYTES: Final = 1024 * 1024 * 1024
_CELL: Final = 80


def _cell(value: dict[str, Any] | None, prefixes: dict[str, str]) -> str:
    """Return the text of a table cell, with IRIs abbreviated, control characters removed and long strings truncated."""
    from eild.rdf.terms import read_json_term, write_term

    if value is None:
        return ""
    if value["type"] == "uri":
        return _abbreviate(str(value["value"]), prefixes)
    text = str(value["value"])
    if value["type"] == "bnode":
        return f"_:{text}"
    if value["type"] == "triple":
        text = write_term(read_json_term(value), lambda node: _abbreviate(node.value, prefixes))
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return text if len(text) <= _CELL else text[: _CELL - 1] + "…"


def _abbreviate(iri: str, prefixes: dict[str, str]) -> str:
    """Return an IRI abbreviated by the first prefix that fits."""
    for name, start in prefixes.items():
        if start and iri.startswith(start):
            return f"{name}:{iri[len(start) :]}"
    return f"<{iri}>"


def render_table(content: dict[str, Any], prefixes: dict[str, str]) -> str:
    """Return SPARQL 1.1 Query Results JSON as a plain-text table."""
    if "boolean" in content:
        return "yes\n" if content["boolean"] else "no\n"
    columns = list(content["head"].get("vars", []))
    bindings = content["results"]["bindings"]
    longest_first = dict(sorted(prefixes.items(), key=lambda pair: -len(pair[1])))
    rows = [[_cell(row.get(name), longest_first) for name in columns] for row in bindings]
    widths = [max(len(line[position]) for line in [columns, *rows]) for position in range(len(columns))]
    lines = [columns, ["-" * width for width in widths], *rows]
    text = "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )
    return f"{text}{len(rows)} {'row' if len(rows) == 1 else 'rows'}\n"


def _write(answer: QueryAnswer, wanted: str, prefixes: dict[str, str]) -> None:
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

    With -f, all arguments are files. Nothing is fetched from the network. There is no time limit; Ctrl-C terminates
    the query.

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

    if source is None and not arguments:
        raise UsageError("the query is missing", hint="pass it as an argument or with -f FILE")
    text = _read_query(None if source else arguments[0], source)
    files = [Path(name) for name in (arguments if source else arguments[1:])]
    text = check_query_text(text, _MAX_BYTES).text
    options = FileOptions(base, skip_invalid=skip_invalid)
    with contextlib.ExitStack() as stack:
        folder = make_build(stack, files, options, queries_only=True) if files else find_build(dist, options)
        publication = load_publication(folder)
        prefixes = choose_prefixes(publication)
        engine = EmbeddedEngine.load(publication, prefixes=prefixes, result_bytes=_MAX_BYTES)
        rows = media.find_format("json" if wanted == TABLE else wanted, media.RESULT_FORMATS)
        graph = media.find_format("ttl" if wanted == TABLE else wanted, media.GRAPH_FORMATS)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # the engine cannot be interrupted otherwise
        _write(engine.evaluate(QueryRequest(text, rows, graph)), wanted, dict(prefixes))
