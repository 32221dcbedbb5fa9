"""Tests of queries to be copied: what is copied runs as it is and gets the answer that the page shows."""

from __future__ import annotations

import ast
import json
import math
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from lxml import html

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


HOSTILE = r"""SELECT ?text ?number ?nothing {
  VALUES (?text ?number ?nothing) {
    ("it's \"\"\" \"two\" \\ lines\nand {braces} %41 + & café" 1.5 UNDEF)
    ("NA" 2 UNDEF)
  } # '''ends with a quote "
}"""
SHOW = """
import json
print(json.dumps([list(frame.columns), frame.astype(object).to_numpy().tolist(), [str(kind) for kind in frame.dtypes]]))
"""


def read_python(page: str) -> str:
    """Return what the page of a query offers to copy for Python."""
    figures: list[Any] = html.fromstring(page).cssselect(".snippets figure")
    code = next(figure for figure in figures if figure.cssselect("figcaption")[0].text == "Python").cssselect("code")
    return str(code[0].text_content())


def run_python(text: str, folder: Path) -> str:
    """Paste a program into a file, run it, and return what it prints; nothing may be printed as an error."""
    script = folder / "pasted.py"
    script.write_text(text, encoding="utf-8")
    command = [sys.executable, "-W", "error", str(script)]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout


def test_snippet_for_python_of_a_page_pasted_gives_the_data_frame(site_url: str, tmp_path: Path) -> None:
    """What the page offers runs as it is, whatever the query holds, and its data frame is the result.

    Text stays text where it looks like a missing value, and what is unbound is missing.
    """
    graph = "https://w3id.org/eild/graph/claims"
    parameters = {"query": HOSTILE, "default-graph-uri": graph}
    page = httpx.get(f"{site_url}sparql", params=parameters, headers={"Accept": "text/html"}, timeout=60)
    assert page.status_code == 200
    text = read_python(page.text)
    assert f'urlopen("{site_url}sparql"' in text
    assert f'("default-graph-uri", "{graph}")' in text
    columns, rows, kinds = json.loads(run_python(text + SHOW, tmp_path).splitlines()[-1])
    assert columns == ["text", "number", "nothing"]
    assert [row[:2] for row in rows] == [['it\'s """ "two" \\ lines\nand {braces} %41 + & café', 1.5], ["NA", 2.0]]
    assert all(math.isnan(row[2]) for row in rows)
    assert kinds[1] == "float64"


def test_snippets_ask_the_dataset_that_the_page_asks() -> None:
    """Graphs that were chosen stay chosen in each language."""
    graphs = [("default-graph-uri", "https://e.example/g?a=1&b='\"")]
    for snippet in make_snippets("https://e.example/sparql", "ASK {}", media.JSON, graphs):
        assert "default-graph-uri" in snippet.text, snippet.language
        assert "https%3A%2F%2Fe.example" in snippet.text or "https://e.example/g?a=1&b=" in snippet.text


def test_snippet_for_r_reads_rows_as_a_table() -> None:
    """In R rows become a data frame, asked for by GET with the query in the address."""
    text = next(
        s.text for s in make_snippets("https://e.example/sparql", "SELECT * {}", media.CSV) if s.language == "R"
    )
    assert 'query <- r"(SELECT * {}\n)"' in text
    assert 'paste0(r"(https://e.example/sparql?format=csv&query=)", URLencode(query, reserved = TRUE))' in text
    assert "read.csv(address)" in text
