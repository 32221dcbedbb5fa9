"""Fixtures of the tests in a browser: servers of EILD's own data and of somebody else's, and Debian's Chromium."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from eild.facts.retired import Retired
from eild.publication.directory import write_build

from .visiting import PATIENCE, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from eild.dataset import BuiltDataset

ROOT = Path(__file__).parents[2]
AXE = ROOT / ".axe-test" / "node_modules" / "axe-core" / "axe.min.js"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WITHDRAWN = Retired("https://w3id.org/eild/id/claim/999-001-1", date(2031, 6, 1), "The words were read wrongly.")
FOREIGN = """@prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:Animal a rdfs:Class ; rdfs:label "animal"@en .
ex:cat a ex:Animal ; rdfs:label "cat <b>&</b>"@en ; ex:eats ex:fish , <http://elsewhere.example/mouse> ;
    rdfs:seeAlso <javascript:alert(1)> ;
    ex:name "a-very-long-name-without-a-space-in-it-that-no-phone-is-wide-enough-for" .
ex:fish a ex:Animal ; rdfs:label "fish"@en .
<http://elsewhere.example/mouse> rdfs:label "mouse"@en .
"""
TIMEOUT = "2"
"""Seconds that a query may take: the page that says that one took too long is looked at too."""

expect.set_options(timeout=PATIENCE)


@contextmanager
def serve(*arguments: str) -> Iterator[str]:
    """Run a server with the arguments of ``eild serve`` and yield its URL, with a final slash."""
    command = [sys.executable, "-c", "from eild.cli import main; main()", "serve", "--port", "0", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    match = re.search(r"http://\S+/", process.stdout.readline())
    if match is None:
        _, errors = process.communicate(timeout=20)
        pytest.fail(f"the server did not start: {errors}")
    try:
        yield match[0]
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


@pytest.fixture(scope="session")
def own_url(own_dataset: BuiltDataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of a server of EILD's own data, with one claim that was withdrawn."""
    dataset = replace(own_dataset, retired=(*own_dataset.retired, WITHDRAWN))
    build = write_build(dataset, tmp_path_factory.mktemp("own") / "dist")
    with serve("--dist", str(build), "--timeout", TIMEOUT) as url:
        yield url


@pytest.fixture(scope="session")
def foreign_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of a server of somebody else's data."""
    file = tmp_path_factory.mktemp("foreign") / "animals.ttl"
    file.write_text(FOREIGN, encoding="utf-8")
    with serve(str(file), "--base", "http://example.org/") as url:
        yield url


@pytest.fixture(scope="session")
def axe(install: Callable[[str], Path]) -> str:
    """Return the script of axe-core."""
    install(".axe-test")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser, a new one for each module: Playwright's event loop must not outlive the tests that use it."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, "the tests need Chromium: bash tests/install_programs.sh installs it on Debian"
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=path, args=["--disable-gpu", "--disable-quic"])
        yield program
        program.close()


@pytest.fixture
def own(browser: Browser, own_url: str) -> Visitor:
    """Return a visitor of EILD's own site."""
    return Visitor(browser, own_url)


@pytest.fixture
def foreign(browser: Browser, foreign_url: str) -> Visitor:
    """Return a visitor of the site of somebody else's data."""
    return Visitor(browser, foreign_url)
