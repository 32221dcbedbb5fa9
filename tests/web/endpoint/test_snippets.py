"""Tests of queries to be copied: what is copied runs as it is and gets the answer that the page shows."""

from __future__ import annotations

import ast
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from eild import media
from eild.web.endpoint.snippets import make_snippets, quote_python, quote_r

if TYPE_CHECKING:
    from pathlib import Path

TRICKY = [
    'SELECT ?x { ?x ?y "it\'s \\"quoted\\"" }',
    'ASK { ?s ?p """three "" quotes""" }',
    "SELECT ?x { ?x ?y '$HOME `id` %41 + & \\\\ caf\u00e9' }",
    'ASK {}\n# ends with a quote "',
    'ASK { ?s ?p ")" } # )"',
]


@pytest.mark.parametrize("text", TRICKY)
def test_quote_python_text_read_back(text: str) -> None:
    """A literal of Python means exactly the text."""
    assert ast.literal_eval(quote_python(text)) == text


def test_quote_r_text_with_delimiter_gets_longer_delimiters() -> None:
    """A raw string of R ends where the text ends, not at what looks like its end."""
    assert quote_r("a") == 'r"(a)"'
    assert quote_r('a)"b') == 'r"-(a)"b)-"'
    assert quote_r('a)"b)-"') == 'r"--(a)"b)-")--"'


@pytest.mark.parametrize("text", ["ASK { VALUES ?x { 'it\\'s' } }", "ASK {}", 'ASK { ?s ?p "caf\u00e9" }'])
@pytest.mark.parametrize("language", ["curl", "Python"])
def test_snippet_copied_runs_and_gets_the_answer(site_url: str, language: str, text: str, tmp_path: Path) -> None:
    """A copied command or program runs without a change and prints the complete answer."""
    snippets = {snippet.language: snippet.text for snippet in make_snippets(f"{site_url}sparql", text, media.JSON)}
    script = tmp_path / "snippet"
    script.write_text(snippets[language], encoding="utf-8")
    command = ["sh", str(script)] if language == "curl" else [sys.executable, str(script)]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)
    assert run.returncode == 0, run.stderr
    assert '"boolean"' in run.stdout


def test_snippet_for_r_reads_rows_as_a_table() -> None:
    """In R rows become a data frame, asked for by GET with the query in the address."""
    text = next(
        s.text for s in make_snippets("https://e.example/sparql", "SELECT * {}", media.CSV) if s.language == "R"
    )
    assert 'query <- r"(SELECT * {}\n)"' in text
    assert 'paste0(r"(https://e.example/sparql?format=csv&query=)", URLencode(query, reserved = TRUE))' in text
    assert "read.csv(address)" in text
