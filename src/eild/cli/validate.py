"""``eild validate``: validate data against shapes."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from eild.cli.project import project_options, take_project
from eild.errors import (
    DataError,
    EnvironmentFailure,
    IllFormedShapesError,
    Location,
    ProblemsError,
    ShapesError,
    UsageError,
)
from eild.process import collect_rarely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rdflib import Graph

    from eild.dataset.project import Project
    from eild.located.statements import Statements
    from eild.validation import Report, Shapes
    from eild.validation.formats import Sources

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
"""Formats of a report; a test checks that they equal those in :data:`eild.validation.formats.FORMATS`."""

ENGINE_NAMES: Final = ("auto", "pyshacl", "fast", "exact")
"""Engines; a test checks that they equal those in :data:`eild.validation.engines.ENGINES`."""

_STANDARD_STREAM: Final = "-"
_SEVERAL: Final = ("--shapes", "--ontology")


class _Variadic(click.Command):
    """A command whose options ``--shapes`` and ``--ontology`` take all arguments up to the next option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat such an option before each of its files, and parse as usual.

        :raises UsageError: if no file is left as data
        """
        expanded: list[str] = []
        following = ""
        several = ""
        for argument in args:
            if argument.startswith("-") and argument != _STANDARD_STREAM:
                following = argument if argument in _SEVERAL else ""
                expanded.append(argument)
                continue
            if following and expanded[-1] != following:
                several = following
                expanded.append(following)
            expanded.append(argument)
        rest = super().parse_args(ctx, expanded)
        if several and not ctx.params.get("files") and ctx.params.get("seeds") is None:
            message = f"{several} takes all files that follow it, so no data file is left"
            raise UsageError(message, hint=f"put the data files before {several}")
        return rest


@click.command("validate", cls=_Variadic)
@click.argument("files", nargs=-1, type=click.Path(readable=False, path_type=Path, allow_dash=True))
@click.option(
    "--shapes",
    multiple=True,
    type=click.Path(readable=False, path_type=Path),
    metavar="FILES…",
    help="SHACL shapes to validate against: files, or skos for the integrity conditions of SKOS.",
)
@click.option(
    "--ontology",
    multiple=True,
    type=click.Path(readable=False, path_type=Path),
    metavar="FILES…",
    help="Vocabulary of data and shapes; terms in the shapes that it does not define are errors.",
)
@click.option(
    "--format",
    "forms",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help=f"Format of the report: {', '.join(FORMAT_NAMES)}; may be repeated.  [default: text]",
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Output file for the report.")
@click.option(
    "--fail-on",
    type=click.Choice(["violation", "warning", "info"]),
    default="violation",
    show_default=True,
    help="Lowest severity that sets the exit code to 1.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Also set the exit code to 1 if the shapes have parts without effect, such as targets without focus nodes.",
)
@click.option(
    "--baseline",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Report of an earlier run (json or sarif); only findings that are not in it set the exit code to 1.",
)
@click.option("--update-baseline", is_flag=True, help="Write the findings of this run to the baseline.")
@click.option(
    "--coverage", is_flag=True, help="Report constraints that were never exercised and data that no shape covers."
)
@click.option("--engine", type=click.Choice(ENGINE_NAMES), default="auto", show_default=True, help="Validation engine.")
@project_options
@click.option(
    "--base", default="", metavar="IRI", help="Base IRI of relative IRIs in the data, or of a project's IRIs."
)
@click.option("--lang", default="", metavar="TAG", help="Language of messages.  [default: that of the locale]")
@click.option("--input-format", default="", metavar="SYNTAX", help="Syntax of standard input.  [default: detected]")
@collect_rarely()
def command(files: tuple[Path, ...], shapes: tuple[Path, ...], **options: Any) -> int:  # noqa: ANN401 - the options above
    """Validate data against SHACL shapes.

    Without FILES, EILD's own dataset is validated as published. FILES without --shapes are validated against EILD's
    shapes, with EILD's ontology and schemes as context. With --seeds, --data and --base, a project of your own is
    validated as it would be published. FILES may contain patterns such as '**/*.ttl', and - is
    standard input.

    Exit codes: 0 conforms, 1 findings, 2 usage error, 3 data cannot be read, 4 shapes cannot be applied.

    \b
    Examples:
      eild validate
      eild validate --seeds seeds --data data --base https://data.example.org/town/
      eild validate my.ttl --shapes my-shapes.ttl
      eild validate 'data/**/*.ttl' --shapes shapes.ttl --baseline known.json
      curl -s https://example.org/data.ttl | eild validate - --shapes shapes.ttl
      eild validate my.ttl --format text --format junit=report.xml --fail-on warning
    """
    targets = _targets(options["forms"], options["output"])
    baseline = options["baseline"]
    if options["update_baseline"] and baseline is None:
        message = "--update-baseline requires --baseline, which names the file to write"
        raise UsageError(message, hint="add --baseline known.json")
    project = take_project(options, options["base"], alone=False)
    if project is not None and files:
        message = "a project is validated without FILES"
        raise UsageError(message, hint="leave out the files, or --seeds and --data")
    reader = _Reader(files, options["input_format"], options["base"], project)
    try:
        report = reader.validate(shapes, options["ontology"], options["engine"])
    except (DataError, ShapesError) as error:
        _report_failures(error, targets)
        raise
    report = _in_language(report, options["lang"])
    sources = reader.sources()
    contents = [(place, _format(report, form, sources, to_terminal=place is None)) for form, place in targets]
    if options["update_baseline"]:
        contents.append((baseline, _format(report, _baseline_form(baseline), sources, to_terminal=False)))
    known = None if baseline is None or options["update_baseline"] else _load_baseline(baseline)
    for place, content in contents:
        if place is not None:
            write_file(place, content)
    _print("".join(content for place, content in contents if place is None))
    if options["coverage"]:
        click.echo(reader.coverage(report), nl=False, err=("text", None) not in targets)
    return _judge(report, known, options)


def _report_failures(error: DataError | ShapesError, targets: Sequence[tuple[str, Path | None]]) -> None:
    """Write what cannot be validated in the forms that CI reads."""
    from eild.validation.formats.failures import format_failures

    for form, place in targets:
        content = format_failures(error, form)
        if content and place is not None:
            write_file(place, content)
        elif content:
            click.echo(content, nl=False)


def _in_language(report: Report, language: str) -> Report:
    """Return a report whose messages are in one language, where shapes have them in several."""
    from eild.validation.languages import choose_languages, locale_language

    return choose_languages(report, language or locale_language(os.environ))


def _judge(report: Report, known: frozenset[str] | None, options: dict[str, Any]) -> int:
    """Return the exit code: 1 if something fails the run."""
    from eild.validation import Severity

    fail_on = Severity(options["fail_on"])
    grave = report.failing(fail_on, strict=options["strict"])
    if options["update_baseline"]:
        shown = f"{len(report.findings)} finding{'' if len(report.findings) == 1 else 's'}"
        click.echo(f"eild: wrote {shown} to {options['baseline']}", err=True)
        return 1 if grave - report.failing(fail_on) else 0
    if known is None:
        return 1 if grave else 0
    from eild.validation.baseline import compare_with_baseline

    comparison = compare_with_baseline(report, known)
    counts = f"{len(comparison.new)} new, {len(comparison.known)} known, {comparison.fixed} fixed"
    remedy = "; --update-baseline removes fixed findings from the baseline" if comparison.fixed else ""
    click.echo(f"eild: compared with {options['baseline']}: {counts}{remedy}", err=True)
    for finding in comparison.new:
        click.echo(f"eild: new: {finding.location or finding.focus}: {finding.message}", err=True)
    new = sum(finding.severity.rank <= fail_on.rank for finding in comparison.new)
    return 1 if new or grave - report.failing(fail_on) else 0


def _load_baseline(path: Path) -> frozenset[str]:
    from eild.validation.baseline import load_baseline

    return load_baseline(path)


def _baseline_form(path: Path) -> str:
    return "sarif" if path.suffix.lower() == ".sarif" else "json"


def _targets(forms: tuple[str, ...], output: Path | None) -> list[tuple[str, Path | None]]:
    """Return each format with its file; None is standard output.

    :raises UsageError: if a format is unknown, or two reports have the same destination
    """
    targets: list[tuple[str, Path | None]] = []
    for form in forms or ("text",):
        name, equals, file = form.partition("=")
        if name not in FORMAT_NAMES or (equals and not file):
            message = f"unknown report format {form!r}"
            raise UsageError(message, hint=f"use FORMAT or FORMAT=FILE with one of {', '.join(FORMAT_NAMES)}")
        place = Path(file) if file else output
        targets.append((name, None if str(place) == _STANDARD_STREAM else place))
    places = [place for _, place in targets]
    if len(places) != len(set(places)):
        message = "two reports have the same destination"
        raise UsageError(
            message, hint="write each to its own file, for example: --format text --format json=report.json"
        )
    return targets


class _Reader:
    """Reads the files that the command line names.

    :param files: names, patterns and ``-``
    :param syntax: syntax of standard input; detected if empty
    :param base: base IRI of relative IRIs in the data
    :param project: the project to validate if there are no files; None for EILD's own dataset
    :raises UsageError: if standard input is named twice
    """

    def __init__(self, files: Sequence[Path], syntax: str, base: str = "", project: Project | None = None) -> None:
        self._project = project
        self._files = files
        self._syntax = syntax
        self._base = base
        self._texts: dict[str, str] = {}
        self._data: Statements | None = None
        self._context: Graph | None = None
        if [str(file) for file in files].count(_STANDARD_STREAM) > 1:
            raise UsageError("standard input can be read only once", hint="use - once")
        if syntax and _STANDARD_STREAM not in {str(file) for file in files}:
            message = "--input-format applies to standard input only, which is not read"
            raise UsageError(message, hint="use - as a file; the extension sets the syntax of other files")

    def validate(self, shapes: Sequence[Path], ontology: Sequence[Path], engine: str) -> Report:
        """Return the report on the files, or on the project's or EILD's own data if there are none.

        Notes on EILD's own shapes are left out, because users of the shapes cannot change them; ``--shapes`` with their
        files reports them.
        """
        known = self._load_ontology(ontology) if ontology else None
        try:
            applied = self._load_shapes(shapes, known) if shapes else None
        except ShapesError as error:
            raise self._with_data(error) from error
        if not self._files:
            return self._validate_own(applied, engine)
        self._data = self._load_data()
        self._context = known
        if applied is not None:
            from eild.validation import validate

            return validate(self._data, applied, context=known, engine=engine)
        from eild.validation.project import load_project_context, validate_data

        self._context = load_project_context()
        return validate_data(self._data, ontology=known, engine=engine)

    def _with_data(self, error: ShapesError) -> ShapesError:
        """Return an error of the shapes together with those of the data, if they cannot be read either."""
        if not self._files:
            return error
        try:
            self._load_data()
        except DataError as found:
            problems = found.problems if isinstance(found, ProblemsError) else (found,)
            faults = error.faults if isinstance(error, IllFormedShapesError) else (error,)
            return IllFormedShapesError(faults, problems)
        return error

    def _validate_own(self, shapes: Shapes | None, engine: str) -> Report:
        from eild.dataset.project import OWN_PROJECT
        from eild.validation.project import leave_out_own_notes, leave_out_vacuous
        from eild.validation.published import validate_project

        report = validate_project(shapes, project=self._project or OWN_PROJECT, engine=engine)
        if shapes is not None:
            return report
        report = leave_out_own_notes(report)
        return report if self._project is None else leave_out_vacuous(report)

    def coverage(self, report: Report) -> str:
        """Return a text on the constraints that were never exercised and the data that no shape covers."""
        from eild.validation.exercise import measure_exercise
        from eild.validation.formats.coverage import format_coverage

        exercise = measure_exercise(self._checked(), report.shapes, context=self._context)
        return format_coverage(exercise, report)

    def _checked(self) -> Graph:
        """Return the triples that were validated."""
        from eild.dataset.project import OWN_PROJECT

        project = self._project or OWN_PROJECT
        return project.build().merged() if self._data is None else self._data.graph

    def sources(self) -> Sources:
        """Return the sources of excerpts: the files, and the content of standard input."""
        from eild.validation.formats import Sources

        return Sources(self._texts)

    def _load_shapes(self, names: Sequence[Path], known: Graph | None) -> Shapes:
        from eild.validation import load_shapes
        from eild.validation.inputs import expand_paths
        from eild.validation.profiles import find_profile

        profiles = {name: None if name.exists() else find_profile(str(name)) for name in names}
        try:
            paths = expand_paths(profiles[name] or name for name in names)
        except DataError as error:
            raise ShapesError(error.message, location=error.location, hint=error.hint) from error
        return load_shapes(paths, ontology=known)

    @staticmethod
    def _load_ontology(names: Sequence[Path]) -> Graph:
        from eild.validation.inputs import load_input

        return load_input(list(names)).graph

    def _load_data(self) -> Statements:
        from eild.located.statements import Statements
        from eild.validation.files import load_statements
        from eild.validation.inputs import STANDARD_INPUT, expand_paths, read_input

        parts, problems = [], []
        for name in self._files:
            try:
                if str(name) == _STANDARD_STREAM:
                    content = sys.stdin.buffer.read()
                    base = self._base or None
                    parts.append(read_input(content, name=STANDARD_INPUT, syntax=self._syntax, base=base))
                    self._texts[STANDARD_INPUT] = content.decode("utf-8", "replace")
                    continue
                paths = expand_paths([name])
            except DataError as error:
                problems.append(error)
                continue
            for path in paths:
                try:
                    parts.append(load_statements(path, base=self._base))
                except DataError as error:
                    problems.append(error)
        if problems:
            raise problems[0] if len(problems) == 1 else ProblemsError(problems)
        return Statements(()).merge(*parts)


def _format(report: Report, form: str, sources: Sources, *, to_terminal: bool) -> str:
    from eild.validation.formats import FORMATS, format_text

    if form == "text":
        return format_text(report, sources, colour=to_terminal and _wants_colour())
    return FORMATS[form](report, sources)


def _wants_colour() -> bool:
    """Return whether to colour standard output; ``NO_COLOR`` and ``FORCE_COLOR`` decide (https://no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    forced = os.environ.get("FORCE_COLOR", "")
    return forced not in {"", "0"} or (sys.stdout.isatty() and os.environ.get("TERM") != "dumb")


def write_file(path: Path, content: str) -> None:
    """Write a report to a file, completely or not at all.

    A file that is not a regular file, such as a pipe or a device, is written to directly.

    :raises EnvironmentFailure: if it cannot be written
    """
    data = content.encode("utf-8", "backslashreplace")
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace_file(path.resolve(), data)  # a link stays a link
    except OSError as error:
        message = f"cannot write the report: {error.strerror or error}"
        raise EnvironmentFailure(
            message, location=Location(str(path)), hint="check the directory and the disk"
        ) from error


def _replace_file(target: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        temporary.replace(target)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _print(content: str) -> None:
    """Write to standard output; a reader that closes the pipe, such as ``head``, ends the program.

    It ends by the signal only while this writes: whoever calls the command in a process of their own also has sockets,
    and a peer that closes one must not end that process.
    """
    former = signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        sys.stdout.buffer.write(content.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    finally:
        signal.signal(signal.SIGPIPE, former)
