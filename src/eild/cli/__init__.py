"""The command line: one group whose commands are imported only when they run.

Each command lives in ``eild.cli.<name>`` as a click command called ``command``; the table :data:`COMMANDS` holds the
names and one-line helps, so that ``eild --help`` imports neither RDFLib nor Flask. Failures become one line on
standard error and an exit code (see :mod:`eild.errors`).
"""

from __future__ import annotations

import importlib
import logging
import sys
import traceback
from typing import TYPE_CHECKING, Any, Final, Self

import click

from eild import __version__
from eild.errors import EildError

if TYPE_CHECKING:
    from types import TracebackType

COMMANDS: Final[dict[str, str]] = {
    "build": "Check the data against the seed text and write the dumps.",
    "coverage": "Show which words of the seed texts no evidence covers.",
    "describe": "Print what the dataset says about one resource.",
    "diff": "Show what changed between two dumps, by resource.",
    "load": "Load files into a store on disk, for data larger than memory.",
    "reload": "Have a running server swap in new data without a pause.",
    "serve": "Serve the dataset or files: SPARQL, documents, dumps.",
    "validate": "Hold data against SHACL shapes: findings with file and line.",
    "query": "Answer a SPARQL query over the dataset or files.",
}
"""Name and one-line help of every command; ``eild.cli.<name>`` holds the command itself."""

EXIT_USAGE: Final = 2
EXIT_INTERNAL: Final = 5
EXIT_ENVIRONMENT: Final = 6
EXIT_INTERRUPTED: Final = 130


class FailureReport:
    """A context that turns every failure into one line on standard error and the exit code that belongs to it.

    :ivar show_traceback: whether an internal error also prints where it happened
    """

    def __init__(self) -> None:
        self.show_traceback = False

    def __enter__(self) -> Self:
        """Return the context itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Raise :class:`SystemExit` with the exit code of the failure; let anything else pass.

        :raises SystemExit: for each kind of failure
        """
        if isinstance(error, EildError):
            self._fail(str(error), error.exit_code)
        elif isinstance(error, click.ClickException):
            error.show()
            raise SystemExit(EXIT_USAGE) from error
        elif isinstance(error, click.Abort | KeyboardInterrupt):
            self._fail("interrupted", EXIT_INTERRUPTED)
        elif isinstance(error, OSError):
            self._fail(f"{error.filename or 'system'}: {error.strerror or error}", EXIT_ENVIRONMENT)
        elif isinstance(error, Exception):
            if self.show_traceback:
                traceback.print_exception(kind, error, where)
            hint = "a fault of EILD, not of your data; 'eild --traceback …' shows where"
            self._fail(f"internal error: {type(error).__name__}: {error} ({hint})", EXIT_INTERNAL)

    @staticmethod
    def _fail(message: str, exit_code: int) -> None:
        *places, last = message.splitlines() or [""]
        for line in places:
            click.echo(line, err=True)  # as editors and CI systems read them: path:line:column: message
        click.echo(f"eild: {last}", err=True)
        raise SystemExit(exit_code)


class LazyGroup(click.Group):
    """A group that knows its commands from :data:`COMMANDS` and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Import and return a command, or nothing if the table has no such name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"eild.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands without importing any."""
        if COMMANDS:
            with formatter.section("Commands"):
                formatter.write_dl(sorted(COMMANDS.items()))

    def main(self, args: Any = None, prog_name: Any = None, **extra: Any) -> Any:  # type: ignore[override]  # noqa: ANN401 - click's signature has overloads
        """Run the command line; in standalone mode failures end the process with their exit code."""
        if not extra.pop("standalone_mode", True):
            return super().main(args, prog_name, standalone_mode=False, **extra)
        logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # ill-typed literals: findings, not tracebacks
        with FailureReport() as report:
            outcome = super().main(args, prog_name or "eild", standalone_mode=False, obj=report, **extra)
            sys.exit(outcome if isinstance(outcome, int) else 0)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="eild")
@click.option("--traceback", "show_traceback", is_flag=True, help="Show where an internal error happened.")
@click.pass_context
def main(ctx: click.Context, *, show_traceback: bool) -> None:
    """Publish, query and validate contested, attributed claims as linked data.

    \b
    Examples:
      eild serve                          serve EILD's own dataset
      eild build --out dist               write the dumps
      eild validate my.ttl                check data against EILD's shapes
    """
    if isinstance(ctx.obj, FailureReport):
        ctx.obj.show_traceback = show_traceback
