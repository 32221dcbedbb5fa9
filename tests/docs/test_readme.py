"""``README.md`` against the model, and its blocks as users run them."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
import yaml
from mcp import Client, StdioServerParameters

from eild.terms import CLASSES, DERIVED_PROPERTIES, PROPERTIES

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT: Final = Path(__file__).parents[2]
README: Final = (ROOT / "README.md").read_text(encoding="utf-8")
NUMBERS: Final = "zero one two three four five six seven eight nine".split()
SERVED: Final = "http://127.0.0.1:8000/"
CURL: Final = "curl --fail --retry 20 --retry-delay 1 "
"""Fails where a request does; one that is to be sent again in a moment, while the search index is built, is."""
BLOCKS: Final = re.findall(r"^## (.*?)$|^```(\w+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def find_blocks(section: str, language: str) -> list[str]:
    """Return the blocks of a section in a language, at least one."""
    found, current = [], ""
    for title, kind, text in BLOCKS:
        current = title or current
        if kind == language and current == section:
            found.append(text)
    assert found
    return found


@pytest.fixture
def run(tmp_path: Path) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Return a function that runs a block in a folder with the files that the readme names and with the command."""
    page = (ROOT / "docs" / "validate.md").read_text(encoding="utf-8")
    for name, text in re.findall(r"<!-- file: (\S+) -->\n\n```turtle\n(.*?)```", page, re.DOTALL):
        (tmp_path / name).write_text(text, encoding="utf-8")
    commands = tmp_path / "bin"
    commands.mkdir()
    eild = commands / "eild"
    eild.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m eild "$@"\n', encoding="utf-8")
    eild.chmod(0o755)

    def execute(block: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PATH": f"{commands}:{os.environ['PATH']}"}
        command = [shutil.which("bash") or "bash", "-c", block]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    return execute


def test_every_block_is_run_by_a_test_of_this_file() -> None:
    """A new block is run too."""
    blocks = [(title, kind) for title, kind, _ in BLOCKS if kind]
    assert [kind for _, kind in blocks] == ["python", "sh", "sh", "sh", "sh", "yaml", "sh", "sh", "json"]


def test_readme_counts_the_terms_of_the_ontology() -> None:
    """The numbers of classes, properties and derived shortcuts are those of the model."""
    found = re.search(r"(\d+) classes, (\d+) properties and (\w+) derived shortcuts", README)
    assert found
    assert found.groups() == (str(len(CLASSES)), str(len(PROPERTIES)), NUMBERS[len(DERIVED_PROPERTIES)])


def test_readme_picture_is_there_and_small() -> None:
    """The picture of the site is a file of the repository."""
    ((_, path),) = re.findall(r"!\[(.+?)\]\((.+?)\)", README)
    content = (ROOT / path).read_bytes()
    assert content.startswith(b"\x89PNG")
    assert len(content) < 200_000


def test_readme_python_prints_speakers_and_claims(own_build: Path) -> None:
    """The program runs as it is written; only the dataset is one that is built already."""
    (program,) = find_blocks("Research in Python", "python")
    program = program.replace("eild.open()", f"eild.open({str(own_build)!r})")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "source:article-000" in done.stdout
    assert "\nJoe Biden affirms: " in done.stdout


def test_readme_requests_are_answered(
    run: Callable[[str], subprocess.CompletedProcess[str]], own_site_url: str
) -> None:
    """Each command of the blocks with curl succeeds, and gives the form that it asks for."""
    block = find_blocks("Research over HTTP", "sh")[0].replace("eild serve &", ":")
    done = run("set -e\n" + block.replace(SERVED, own_site_url).replace("curl ", CURL))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("speaker,stance,what\n")
    assert "@prefix" in done.stdout
    (harvest,) = find_blocks("Harvest and cite", "sh")
    done = run("set -e\n" + harvest.replace(SERVED, own_site_url).replace("curl ", CURL))
    assert done.returncode == 0, done.stderr
    for part in ("dcat:Dataset", "eild-", '"@id"', "cite-as", "@misc"):
        assert part in done.stdout


def test_readme_commands_on_own_data_and_files(
    run: Callable[[str], subprocess.CompletedProcess[str]], own_build: Path
) -> None:
    """Queries without a server; only the dataset is one that is built already."""
    block = find_blocks("Research over HTTP", "sh")[1]
    block = re.sub(r"^(eild (?:query|describe) (?!.*\.ttl).*)$", rf"\1 --dist {own_build}", block, flags=re.MULTILINE)
    done = run("set -e\n" + block)
    assert done.returncode == 0, done.stderr
    assert "claims" in done.stdout
    assert "agent:joe-biden a eild:Person" in done.stdout


def test_readme_validation_finds_and_reports(run: Callable[[str], subprocess.CompletedProcess[str]]) -> None:
    """The boats have findings; held against their own report as a baseline, nothing is new."""
    (block,) = find_blocks("Check RDF in CI", "sh")
    commands = block.strip().splitlines()
    outcomes = [run(command) for command in commands]
    assert [done.returncode for done in outcomes] == [1, 1, 0], [done.stderr for done in outcomes]
    assert "boats.ttl:" in outcomes[0].stdout
    assert re.search(r"^::warning .*file=boats\.ttl,line=3", outcomes[1].stdout, re.MULTILINE)


def test_readme_workflow_names_inputs_of_the_action() -> None:
    """The step gives inputs that the action has, and all that it demands."""
    ((step,),) = (yaml.safe_load(block) for block in find_blocks("Check RDF in CI", "yaml"))
    inputs = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    assert set(step["with"]) <= set(inputs)
    assert {name for name, found in inputs.items() if found.get("required")} <= set(step["with"])


def test_readme_encoding_checks_and_builds(run: Callable[[str], subprocess.CompletedProcess[str]]) -> None:
    """The curated data conform, and the coverage, the build and the difference of it to itself are made."""
    (block,) = find_blocks("Encode a text", "sh")
    done = run("set -e\n" + block)
    assert done.returncode == 0, done.stderr


def test_readme_server_is_loaded_served_and_reloaded(run: Callable[[str], subprocess.CompletedProcess[str]]) -> None:
    """The commands lead to a server that is ready, and to a new version of its data."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    (block,) = find_blocks("Run a server", "sh")
    block = block.replace("8001", str(port)).replace("curl ", CURL)
    done = run(f"set -e\ntrap 'kill $(jobs -p); wait' EXIT\n{block}")
    assert done.returncode == 0, done.stderr
    assert f"http://127.0.0.1:{port}/" in done.stdout
    assert "eild_" in done.stdout


def test_readme_configuration_starts_a_server_for_assistants(tmp_path: Path, own_build: Path) -> None:
    """A client that starts what the configuration names finds the tools."""
    (block,) = find_blocks("Use an assistant", "json")
    (entry,) = json.loads(block)["mcpServers"].values()
    assert entry["command"] == "eild"
    arguments = ["-m", "eild", *entry["args"], "--dist", str(own_build)]
    environment = {**os.environ, "HOME": str(tmp_path)}

    async def list_tools() -> list[str]:
        async with Client(StdioServerParameters(command=sys.executable, args=arguments, env=environment)) as client:
            return [tool.name for tool in (await client.list_tools()).tools]

    assert "claims" in asyncio.run(list_tools())
