"""The command line: one group whose commands are imported only when they run.

Each command is in ``eild.cli.<name>`` as a click command called ``command``. The table :data:`COMMANDS` holds names and
summaries, so that ``eild --help`` imports neither RDFLib nor Flask. A failure is reported as one line on standard error
and an exit code (see :mod:`eild.errors`).
"""

from __future__ import annotations

import importlib
import logging
import sys
import traceback
import warnings
from typing import TYPE_CHECKING, Any, Final, Self

import click

from eild import __version__
from eild.errors import EildError

if TYPE_CHECKING:
    from types import TracebackType

COMMANDS: Final[dict[str, str]] = {
    "build": "Check the data against the seed text and write the dumps.",
    "coverage": "Show words of the seed texts that no evidence covers.",
    "describe": "Print what the dataset says about a resource.",
    "diff": "Show the changes between two dumps, by resource.",
    "mcp": "Serve the dataset or RDF files to assistants (Model Context Protocol).",
    "load": "Load files into a store on disk, for data larger than memory.",
    "new": "Make the directory of a project of your own.",
    "reload": "Load new data into a running server without downtime.",
    "seed": "Add texts to a project of your own.",
    "serve": "Serve the dataset, a project of your own or RDF files over HTTP.",
    "validate": "Validate data against SHACL shapes and report findings by file and line.",
    "query": "Run a SPARQL query on the dataset or on RDF files.",
}
"""Name and summary of every command; the command itself is in ``eild.cli.<name>``."""

EXIT_USAGE: Final = 2
EXIT_INTERNAL: Final = 5
EXIT_ENVIRONMENT: Final = 6
EXIT_INTERRUPTED: Final = 130


class FailureReport:
    """A context that reports every failure as one line on standard error and ends the program with its exit code.

    :ivar show_traceback: whether the traceback of an internal error is printed
    """

    def __init__(self) -> None:
        self.show_traceback = False

    def __enter__(self) -> Self:
        """Return the context itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Raise :class:`SystemExit` with the exit code of the failure.

        :raises SystemExit: if the context failed
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
            hint = "a bug in EILD, not an error in your data; 'eild --traceback …' shows where"
            self._fail(f"internal error: {type(error).__name__}: {error} ({hint})", EXIT_INTERNAL)

    @staticmethod
    def _fail(message: str, exit_code: int) -> None:
        *places, last = message.splitlines() or [""]
        for line in places:
            click.echo(line, err=True)  # as editors and CI systems read them: path:line:column: message
        click.echo(f"eild: {last}", err=True)
        raise SystemExit(exit_code)


class LazyGroup(click.Group):
    """A group that lists the commands in :data:`COMMANDS` and imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Import and return a command; None if the table does not contain its name."""
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
        """Run the command line; in standalone mode, a failure ends the process with its exit code."""
        if not extra.pop("standalone_mode", True):
            return super().main(args, prog_name, standalone_mode=False, **extra)
        logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # ill-typed literals: findings, not tracebacks
        if not sys.warnoptions:  # what libraries warn of is not for users, unless they ask for it (python -W)
            warnings.simplefilter("ignore")
        with FailureReport() as report:
            outcome = super().main(args, prog_name or "eild", standalone_mode=False, obj=report, **extra)
            sys.exit(outcome if isinstance(outcome, int) else 0)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="eild")
@click.option("--traceback", "show_traceback", is_flag=True, help="Print the traceback of an internal error.")
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
