"""``eild diff``: the changes between two dumps."""

from __future__ import annotations

from pathlib import Path

import click

EXIT_DIFFERENT = 1


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json", "markdown"), case_sensitive=False),
    default="text",
    show_default=True,
    help="Format of the report; Markdown suits release notes.",
)
@click.option("--summary", is_flag=True, help="Print only the numbers, not the resources.")
@click.option(
    "--skip", "skipped", multiple=True, metavar="MODULE", help="Module or named graph to ignore; may be repeated."
)
@click.option("--base", metavar="IRI", help="Base IRI for relative IRIs in the files.")
@click.option("--exit-code", is_flag=True, help="Exit with status 1 if the dumps differ.")
def command(  # noqa: PLR0913 - one parameter for each option
    old: Path, new: Path, *, form: str, summary: bool, skipped: tuple[str, ...], base: str | None, exit_code: bool
) -> int:
    """Show the statements that NEW adds to and removes from OLD, by resource.

    OLD and NEW are RDF files, plain or compressed (.gz, .zst), or build directories, whose module graphs are compared.
    Literals match if their lexical forms are identical. Blank nodes match if everything connected to them is
    identical. A resource is added if OLD does not describe it, and removed if NEW does not describe it.

    The exit code is 0 even if the dumps differ, unless --exit-code is given.

    \b
    Examples:
      eild diff dist/eild-0.1.0.nq.zst dist
      eild diff old.ttl new.ttl.gz --format json
      eild diff 0.1.0 0.2.0 --skip nanopubs --format markdown
    """
    from eild.diff import Dump, compare, render_report

    comparison = compare(Dump.open(old, base), Dump.open(new, base), skipped=skipped)
    click.echo(render_report(comparison, form.lower(), summary=summary), nl=False)
    return EXIT_DIFFERENT if exit_code and comparison.changes else 0
