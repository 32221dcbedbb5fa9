"""``CONTRIBUTING.md`` and the decisions: what they name exists, and the claim that they add is accepted."""

from __future__ import annotations

import ast
import re
import shutil
from collections import Counter
from inspect import signature
from pathlib import Path
from textwrap import dedent
from typing import Final

import pytest
from rdflib import RDF

import eild
from eild.dataset import build_dataset
from eild.errors import NotFoundError
from eild.namespaces import EILD
from eild.resources import resource_folder
from eild.terms import PREFIXES
from eild.web.frame.listing import respond_listing
from eild.web.frame.pages import render_page
from eild.web.frame.respond import current_site
from eild.web.frame.routes import Route, Views, with_claims

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PAGES: Final = [ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs" / "decisions").glob("*.md"))]
INVENTED: Final = {
    *("src/eild/web/browse/stances.py", "src/eild/web/templates/stances.html", "tests/web/browse/test_stances.py"),
    "queries/NN-name.rq",
}
"""Files that the instructions have the reader write."""

NEEDED: Final = (Counter, NotFoundError, Route, Views, current_site, render_page, respond_listing, with_claims)
"""What the view of the instructions needs."""

_BLOCK: Final = re.compile(r"^ *```(?P<kind>\w+)\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL)
_PATH: Final = re.compile(r"`((?:src|tests|docs|data|shapes|ontology|queries|benchmarks|\.ci)/[^`<>*\s]*)`")
_MODULE: Final = re.compile(r"`eild\.([a-z_.]+)`")


def find_blocks(kind: str) -> list[str]:
    """Return the blocks of the page in a language."""
    return [block["text"] for block in _BLOCK.finditer(PAGE) if block["kind"] == kind]


def test_tree_lists_every_package() -> None:
    """The ten lines name each package once, and nothing else."""
    (tree,) = find_blocks("text")
    assert len(tree.splitlines()) == 10
    named = [name for line in tree.splitlines() for name in re.split(r" {2,}", line)[0].split()]
    packages = {path.parent.name for path in Path(eild.__file__).parent.glob("*/__init__.py")}
    assert sorted(named) == sorted(packages)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_and_modules_named_exist(page: Path) -> None:
    """Each path and each module that a page names is there."""
    text = page.read_text(encoding="utf-8")
    missing = [path for path in _PATH.findall(text) if path not in INVENTED and not (ROOT / path).exists()]
    package = Path(eild.__file__).parent
    for name in _MODULE.findall(text):
        place = package.joinpath(*name.split("."))
        if not (place.with_suffix(".py").exists() or (place / "__init__.py").exists()):
            missing.append(f"eild.{name}")
    assert missing == []


def test_claim_of_the_page_builds(tmp_path: Path) -> None:
    """The claim that the page adds is new, and the dataset builds with it."""
    (block,) = find_blocks("turtle")
    claim = re.findall(r"claim:(\S+) a eild:Claim", block)[0]
    data = tmp_path / "data"
    shutil.copytree(resource_folder("data"), data)
    prefixes = "".join(f"@prefix {name}: <{namespace}> .\n" for name, namespace in PREFIXES.items())
    (data / "claims" / "added.ttl").write_text(prefixes + block, encoding="utf-8")
    before, after = (build_dataset(data=folder).graphs["claims"] for folder in (None, data))
    added = set(after.subjects(RDF.type, EILD.Claim)) - set(before.subjects(RDF.type, EILD.Claim))
    assert [str(subject).rpartition("/")[2] for subject in added] == [claim]


def test_view_of_the_page_uses_what_the_package_has() -> None:
    """The view that the page adds needs no other names than these, and declares its route with fields that exist."""
    (block,) = find_blocks("python")
    tree = ast.parse(dedent(block))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    made = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    assert used - made - {"__name__", "Response"} == {thing.__name__ for thing in NEEDED} | {"FORMS", "request"}
    (declaration,) = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Route"
    )
    assert {keyword.arg for keyword in declaration.keywords} <= set(signature(Route).parameters)
