"""``eild diff``: what changed between two dumps."""

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
    help="Form of the report; Markdown is for release notes.",
)
@click.option("--summary", is_flag=True, help="Numbers only, without the resources.")
@click.option("--skip", "skipped", multiple=True, metavar="MODULE", help="A module or graph that does not count.")
@click.option("--base", metavar="IRI", help="What relative IRIs in the files resolve against.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 where the dumps differ.")
def command(  # noqa: PLR0913 - one parameter for each option
    old: Path, new: Path, *, form: str, summary: bool, skipped: tuple[str, ...], base: str | None, exit_code: bool
) -> int:
    """Show which statements NEW has more and less than OLD, by resource.

    Each is a file of RDF, also packed (.gz, .zst), or a build directory, of which the module graphs are compared.
    Literals are the same where their characters are; blank nodes where all is the same that hangs together with
    them. A resource is added where OLD says nothing of it, removed where NEW says nothing of it.

    The exit code is 0 whether the dumps differ or not, unless --exit-code is given.

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
