"""``eild validate``: hold data against shapes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from eild.errors import UsageError

if TYPE_CHECKING:
    from eild.validation import Report

FORMAT_NAMES: Final = (
    "text",
    "json",
    "turtle",
    "nt",
    "jsonld",
    "rdf",
    "trig",
    "nq",
    "junit",
    "sarif",
    "github",
    "html",
)
"""The forms of a report; a test holds them equal to those of :data:`eild.validation.formats.FORMATS`."""


class _Variadic(click.Command):
    """A command whose option ``--shapes`` takes all arguments up to the next option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat ``--shapes`` before each of its files, then parse as usual.

        :raises UsageError: if it cannot be told which files are data
        """
        expanded: list[str] = []
        following = False
        several = False
        for argument in args:
            if argument.startswith("-"):
                following = argument == "--shapes"
                expanded.append(argument)
                continue
            if following and expanded[-1] != "--shapes":
                several = True
                expanded.append("--shapes")
            expanded.append(argument)
        rest = super().parse_args(ctx, expanded)
        if several and not ctx.params.get("files"):
            message = "--shapes takes all files that follow it, and none is left as data"
            raise UsageError(message, hint="name the data files before --shapes")
        return rest


@click.command("validate", cls=_Variadic)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--shapes", multiple=True, type=click.Path(path_type=Path), metavar="FILES…", help="Shapes to apply.")
@click.option(
    "--format",
    "forms",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help=f"Form of the report: {', '.join(FORMAT_NAMES)}; may be repeated.  [default: text]",
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File for the report.")
@click.option(
    "--fail-on",
    type=click.Choice(["violation", "warning", "info"]),
    default="violation",
    show_default=True,
    help="The least severity that makes the exit code 1.",
)
@click.option("--strict", is_flag=True, help="Targets that match nothing make the exit code 1 too.")
def command(
    files: tuple[Path, ...],
    shapes: tuple[Path, ...],
    forms: tuple[str, ...],
    output: Path | None,
    **judgement: Any,  # noqa: ANN401 - fail_on: str, strict: bool
) -> int:
    """Validate data against SHACL shapes.

    Without FILES, EILD's own data are validated as published. FILES without --shapes are held against EILD's shapes,
    with EILD's ontology and schemes as context.

    Exit code: 0 conforms, 1 findings, 2 usage, 3 data cannot be read, 4 shapes cannot be applied.

    \b
    Examples:
      eild validate
      eild validate my.ttl --shapes my-shapes.ttl
      eild validate my.ttl --format text --format junit=report.xml --fail-on warning
    """
    targets = _targets(forms, output)
    report = _report(files, shapes)
    _write(report, targets)
    from eild.validation import Severity

    fails = report.failing(Severity(judgement["fail_on"]), strict=judgement["strict"])
    return 1 if fails else 0


def _targets(forms: tuple[str, ...], output: Path | None) -> list[tuple[str, Path | None]]:
    """Return each form with its file, or with none for standard output.

    :raises UsageError: for an unknown form, or if two reports would go to one place
    """
    targets: list[tuple[str, Path | None]] = []
    for form in forms or ("text",):
        name, equals, file = form.partition("=")
        if name not in FORMAT_NAMES or (equals and not file):
            message = f"unknown report format {form!r}"
            raise UsageError(message, hint=f"use FORMAT or FORMAT=FILE with one of {', '.join(FORMAT_NAMES)}")
        targets.append((name, Path(file) if file else output))
    places = [place for _, place in targets]
    if len(places) != len(set(places)):
        message = "two reports would be written to the same place"
        raise UsageError(message, hint="give each its file, as in --format text --format json=report.json")
    return targets


def _report(files: tuple[Path, ...], shapes: tuple[Path, ...]) -> Report:
    from eild.validation import load_shapes
    from eild.validation.project import validate_files, validate_project

    applied = load_shapes(shapes) if shapes else None
    return validate_files(files, applied) if files else validate_project(applied)


def _write(report: Report, targets: list[tuple[str, Path | None]]) -> None:
    from eild.validation.formats import FORMATS

    for form, place in targets:
        content = FORMATS[form](report)
        if place is None:
            click.echo(content, nl=False)
        else:
            place.write_text(content, encoding="utf-8", newline="\n")
