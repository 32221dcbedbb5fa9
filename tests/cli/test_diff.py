"""``eild diff`` as people call it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from eild.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def dumps(tmp_path: Path) -> list[str]:
    """Return two files that differ."""
    (tmp_path / "old.ttl").write_text("<http://x/a> <http://x/p> 1 .", encoding="utf-8")
    (tmp_path / "new.ttl").write_text("<http://x/a> <http://x/p> 2 .", encoding="utf-8")
    return [str(tmp_path / "old.ttl"), str(tmp_path / "new.ttl")]


@pytest.mark.parametrize(("options", "code"), [([], 0), (["--exit-code"], 1)])
def test_diff_exit_code_tells_differences_if_asked(dumps: list[str], options: list[str], code: int) -> None:
    """To differ is no failure; --exit-code makes it one, as in git."""
    outcome = CliRunner().invoke(main, ["diff", *dumps, *options])
    assert outcome.exit_code == code
    assert "1 statements added, 1 removed" in outcome.output


def test_diff_equal_dumps_exit_with_0(dumps: list[str]) -> None:
    """Nothing differs: 0 either way."""
    outcome = CliRunner().invoke(main, ["diff", dumps[0], dumps[0], "--exit-code"])
    assert outcome.exit_code == 0


@pytest.mark.parametrize(("form", "start"), [("json", "{"), ("markdown", "## "), ("text", "old.ttl")])
def test_diff_format_is_chosen(dumps: list[str], form: str, start: str) -> None:
    """Each form begins as such."""
    outcome = CliRunner().invoke(main, ["diff", *dumps, "--format", form])
    assert outcome.output.startswith(start)


def test_diff_relative_iris_need_a_base(tmp_path: Path) -> None:
    """Without --base a relative IRI is refused with exit code 3, file and line; with it, all is well."""
    path = tmp_path / "a.ttl"
    path.write_text("<a> <b> <c> .", encoding="utf-8")
    outcome = CliRunner().invoke(main, ["diff", str(path), str(path)])
    assert outcome.exit_code == 3
    assert "a.ttl:1:" in outcome.stderr
    assert "--base" in outcome.stderr
    assert CliRunner().invoke(main, ["diff", str(path), str(path), "--base", "http://x/"]).exit_code == 0


def test_diff_missing_file_exits_with_3(dumps: list[str]) -> None:
    """A file that is not there is told by name."""
    outcome = CliRunner().invoke(main, ["diff", dumps[0], "nowhere.ttl"])
    assert outcome.exit_code == 3
    assert "nowhere.ttl" in outcome.stderr
