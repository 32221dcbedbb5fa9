"""The documentation: its queries run and answer, its lists follow the data, its links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

import httpx
import pyoxigraph
import pytest

from eild.query.text.guard import check_query_text
from eild.query.text.prefixes import supply_prefixes
from eild.terms import PREFIXES

if TYPE_CHECKING:
    from types import ModuleType

    from eild.dataset import BuiltDataset

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
FLOOR: Final = 25
"""Fewer queries in the documentation than this are a mistake."""
MAX_QUERY_BYTES: Final = 64 * 1024

_BLOCK: Final = re.compile(r"^```sparql(?P<tag>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND: Final = re.compile(r"(?P<start>'query=|eild query ')(?P<text>[^']+)'", re.DOTALL)
_CODE: Final = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LINK: Final = re.compile(r"\]\((?P<target>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)")


class Example(NamedTuple):
    """A query of a page, with the prefixes that the page gives for all."""

    place: str
    text: str


def _examples(page: Path) -> list[Example]:
    text = page.read_text(encoding="utf-8")
    blocks = list(_BLOCK.finditer(text))
    prefixes = "".join(block["text"] for block in blocks if block["tag"].split() == ["prefixes"])
    found = [(block.start(), prefixes + block["text"]) for block in blocks if not block["tag"].strip()]
    for command in _COMMAND.finditer(text):
        supplies = command["start"].startswith("eild")  # the command declares what the dataset knows
        query = supply_prefixes(command["text"], PREFIXES).text if supplies else command["text"]
        found.append((command.start(), query))
    return [Example(f"{page.name}:{text.count(chr(10), 0, start) + 1}", query) for start, query in sorted(found)]


EXAMPLES: Final = [example for page in PAGES for example in _examples(page)]

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
each_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.place)


@pytest.fixture(scope="session")
def update_lists() -> ModuleType:
    """Return the script that writes the lists of the guide."""
    spec = importlib.util.spec_from_file_location("update_lists", ROOT / "docs" / "update_lists.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    text = _CODE.sub(lambda code: code[0].strip("`") if "\n" not in code[0] else "", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ +(.+?) *$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_documentation_holds_queries() -> None:
    """No change of a fence makes the examples disappear from the tests unseen."""
    assert len(EXAMPLES) >= FLOOR
    tags = {block["tag"].strip() for page in PAGES for block in _BLOCK.finditer(page.read_text(encoding="utf-8"))}
    assert tags <= {"", "prefixes"}


@each_example
def test_example_answers_with_something(example: Example, oxigraph: pyoxigraph.Store) -> None:
    """A reader who copies a query gets an answer, and the endpoint lets it pass."""
    check_query_text(example.text, MAX_QUERY_BYTES)
    results = oxigraph.query(example.text)
    assert isinstance(results, pyoxigraph.QueryBoolean) or next(iter(results), None) is not None


@each_example
def test_example_over_http_answers_as_in_memory(
    example: Example, oxigraph: pyoxigraph.Store, own_site_url: str
) -> None:
    """A reader who sends a query to the endpoint gets the rows of the bare engine, or a graph of the same size."""
    results = oxigraph.query(example.text)
    response = httpx.post(f"{own_site_url}sparql", data={"query": example.text}, timeout=60)
    assert response.status_code == httpx.codes.OK, response.text
    if isinstance(results, pyoxigraph.QueryBoolean):
        assert response.json()["boolean"] is bool(results)
    elif isinstance(results, pyoxigraph.QuerySolutions):
        assert len(response.json()["results"]["bindings"]) == len(list(results))
    else:
        found = pyoxigraph.parse(response.content, format=pyoxigraph.RdfFormat.TURTLE)
        assert len(set(found)) == len(set(results))


@each_example
def test_example_prefixes_are_those_of_the_project(example: Example) -> None:
    """The same prefix stands for the same namespace on every page."""
    declared = re.findall(r"PREFIX (\w+): <([^>]*)>", example.text)
    assert dict(declared).items() <= PREFIXES.items()


def test_pages_lists_follow_the_data(update_lists: ModuleType, own_dataset: BuiltDataset) -> None:
    """The action types, the agents of states and the shares of disagreement in the pages are those of the data."""
    for name, lists in update_lists.build_lists(own_dataset.merged()).items():
        page = (ROOT / "docs" / name).read_text(encoding="utf-8")
        assert page == update_lists.update_page(page, lists), f"mend {name} with: python docs/update_lists.py"


def test_update_page_without_a_place_is_refused(update_lists: ModuleType) -> None:
    """A list whose marks were lost is not silently left out."""
    with pytest.raises(ValueError, match="0 places for the list 'states'"):
        update_lists.update_page("# A page without marks\n", {"states": "- none"})


@each_page
def test_page_links_lead_somewhere(page: Path) -> None:
    """Each relative link names a file of the checkout, and each anchor a heading of its page."""
    text = _CODE.sub("", page.read_text(encoding="utf-8"))
    broken = []
    for target in (found["target"] for found in _LINK.finditer(text)):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / unquote(name)).resolve() if name else page
        if not file.is_relative_to(ROOT) or not file.exists():
            broken.append(f"{target}: no such file")
        elif anchor and anchor not in _anchors(file):
            broken.append(f"{target}: no such heading")
    assert broken == []
