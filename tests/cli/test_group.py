"""The command group: lazy, and every failure one line with its exit code."""

from __future__ import annotations

import importlib
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import eild.cli
from eild import __version__
from eild.cli import COMMANDS, main
from eild.errors import EildError, Location, ShapesError


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Return a patcher; the command ``fail`` exists for the test."""
    monkeypatch.setitem(COMMANDS, "fail", "Fail.")
    return monkeypatch


def run_failing(monkeypatch: pytest.MonkeyPatch, error: BaseException, *arguments: str) -> tuple[int, str]:
    """Run a command that raises an error; return exit code and standard error."""

    @click.command("fail")
    def command() -> None:
        raise error

    module = type(sys)("eild.cli.fail")
    module.command = command  # type: ignore[attr-defined]  # a module made for the test
    monkeypatch.setitem(sys.modules, "eild.cli.fail", module)
    outcome = CliRunner().invoke(main, [*arguments, "fail"])
    return outcome.exit_code, outcome.stderr


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (ShapesError("bad shape", location=Location("s.ttl", 3), hint="mend it"), 4, "s.ttl:3: bad shape (mend it)"),
        (EildError("odd"), 5, "odd"),
        (ZeroDivisionError("division by zero"), 5, "internal error: ZeroDivisionError: division by zero"),
        (PermissionError(13, "Permission denied", "/etc/x"), 6, "/etc/x: Permission denied"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_main_failure_is_one_line_with_its_exit_code(
    failing: pytest.MonkeyPatch, error: BaseException, code: int, text: str
) -> None:
    """Expected errors, faults of the program, of the system and interruptions end with their code and one line."""
    exit_code, shown = run_failing(failing, error)
    assert exit_code == code
    lines = [line for line in shown.splitlines() if line]
    assert len(lines) == 1
    assert lines[0].startswith(f"eild: {text}")
    assert "Traceback" not in shown


def test_main_traceback_option_shows_where_an_internal_error_happened(failing: pytest.MonkeyPatch) -> None:
    """With --traceback an internal error is shown in full."""
    code, shown = run_failing(failing, ZeroDivisionError("x"), "--traceback")
    assert code == 5
    assert "Traceback (most recent call last)" in shown


@pytest.mark.parametrize("arguments", [["nonsense"], ["--nonsense"], ["build", "--nonsense"], ["build", "extra"]])
def test_main_wrong_call_has_exit_code_2(arguments: list[str]) -> None:
    """Unknown commands, options and arguments are usage errors."""
    assert CliRunner().invoke(main, arguments).exit_code == 2


def test_main_help_lists_every_command() -> None:
    """The group's help has each row of the table."""
    shown = CliRunner().invoke(main, ["--help"])
    assert shown.exit_code == 0
    assert all(name in shown.output for name in COMMANDS)
    assert "\n    eild build --out dist" in shown.output


def test_main_version_is_the_packages() -> None:
    """``--version`` tells the version of the program."""
    assert CliRunner().invoke(main, ["--version"]).output.strip() == f"eild, version {__version__}"


def test_commands_table_is_what_there_is() -> None:
    """Each row has a module with a command, and each module a row."""
    folder = Path(eild.cli.__file__).parent
    modules = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")}
    with_command = {name for name in modules if hasattr(importlib.import_module(f"eild.cli.{name}"), "command")}
    assert with_command == set(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_command_help_has_examples_and_needs_no_data(name: str) -> None:
    """Every command explains itself with examples."""
    shown = CliRunner().invoke(main, [name, "--help"])
    assert shown.exit_code == 0
    assert "Examples:" in shown.output
    assert f"\n    eild {name}" in shown.output  # lines of examples are not run together


def test_main_help_imports_no_heavy_library() -> None:
    """``eild --help`` is quick: neither RDFLib nor Flask nor an engine is imported."""
    script = (
        "import sys\nfrom eild.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & "
        "{'rdflib', 'flask', 'pyoxigraph', 'pyshacl', 'httptools', 'uvloop', 'zstandard'}))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("arguments", [["validate", "--format", "json"], ["query", "ASK {}"]])
def test_commands_leave_signals_of_the_calling_process_alone(arguments: list[str], tmp_path: Path) -> None:
    """Whoever runs a command in a process of their own keeps its signals: a closed socket or pipe ends nobody."""
    (tmp_path / "data.ttl").write_text("<http://example.org/a> a <http://example.org/B> .\n", encoding="utf-8")
    (tmp_path / "shapes.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "<http://example.org/S> a sh:NodeShape ; sh:targetClass <http://example.org/B> ; sh:nodeKind sh:IRI .\n",
        encoding="utf-8",
    )
    more = ["--shapes", str(tmp_path / "shapes.ttl")] if arguments[0] == "validate" else []
    watched = (signal.SIGPIPE, signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in watched]
    done = CliRunner().invoke(main, [*arguments, str(tmp_path / "data.ttl"), *more])
    assert done.exit_code == 0, done.output
    assert [signal.getsignal(number) for number in watched] == before
