"""Sites of third-party data of three kinds, as people meet them: a thesaurus, an ontology and an archive."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import pytest

from .conftest import serve
from .visiting import DESKTOP, PHONE, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SITES: Final = Path(__file__).parents[1] / "fixtures" / "sites"
COUNTS: Final = "SELECT ?class (COUNT(?x) AS ?n) { ?x a ?class } GROUP BY ?class"
SPOTS: Final = """PREFIX geo: <http://www.w3.org/2003/01/geo/wgs84_pos#>
SELECT ?place ?lat ?long { ?place geo:lat ?lat ; geo:long ?long }"""
SCANS: Final = (
    "SELECT ?letter ?image { ?letter <https://schema.org/image>|<http://xmlns.com/foaf/0.1/depiction> ?image }"
)
DAYS: Final = "SELECT * { VALUES (?year ?n) { (1671 3) (1672 12) (1677 1) (1690 -2) } }"
KINDS: Final = {
    "thesaurus.ttl": (
        "https://farm.example/",
        (
            "",
            "doc/c/cattle?lang=en",
            "doc/c/oxen?lang=en",
            "concepts?scheme=https://farm.example/scheme",
            "concepts?letter=S&lang=de",
            "doc/kept",
            "search?q=Strasse",
            "reconcile?q=ways&lang=en",
            "entities?kind=http://www.w3.org/2004/02/skos/core%23Concept",
            f"sparql?{urlencode({'query': COUNTS, 'view': 'chart'})}",
        ),
    ),
    "ontology.ttl": (
        "https://optics.example/",
        (
            "",
            "doc/vocab",
            "doc?iri=https://optics.example/vocab%23Lens",
            "doc?iri=https://optics.example/vocab%23plano",
            f"sparql?{urlencode({'query': DAYS, 'view': 'chart'})}",
        ),
    ),
    "archive.trig": (
        "https://letters.example/",
        (
            *("", "doc/letter/1", "doc/town", "doc/field", "doc/letters-1671", "doc/dataset", "contact"),
            f"sparql?{urlencode({'query': SPOTS, 'view': 'map'})}",
            f"sparql?{urlencode({'query': SCANS, 'view': 'gallery'})}",
        ),
    ),
}
"""Files with their bases, and the pages that are visited."""


@pytest.mark.parametrize("name", KINDS)
def test_site_of_other_data_is_accessible_on_desktops_and_phones(name: str, browser: Browser, axe: str) -> None:
    """Every kind of page holds what axe-core asks, has one outline, and is no wider than a phone."""
    base, paths = KINDS[name]
    found = []
    with serve(str(SITES / name), "--base", base) as url:
        visitor = Visitor(browser, url)
        for path in paths:
            with visitor.visit(path, width=DESKTOP) as visit:
                found += [f"{path}: {trouble}" for trouble in visit.check_accessibility(axe)]
                found += [f"{path}: {trouble}" for trouble in visit.check_headings()]
                found += [f"{path}: {trouble}" for trouble in visit.check_landmarks()]
                visit.show(PHONE, "light")
                found += [f"{path}, phone: {trouble}" for trouble in visit.check_accessibility(axe)]
                visit.show(PHONE, "dark")
                found += [f"{path}, dark: {trouble}" for trouble in visit.check_accessibility(axe, colours_only=True)]
                found += [f"{path}: {trouble}" for trouble in visit.check_width()]
    assert not found


def test_language_chosen_is_kept_from_page_to_page(browser: Browser) -> None:
    """Who chooses a language reads names in it on the next page too."""
    arguments = (str(SITES / "thesaurus.ttl"), "--base", "https://farm.example/")
    with serve(*arguments) as url, Visitor(browser, url).visit("doc/c/animals", locale="en") as visit:
        assert visit.page.inner_text("h1") == "animals A"
        visit.page.click("nav.languages a[lang=de]")
        assert visit.page.inner_text("h1") == "Tiere A"
        visit.page.click("main a:text-is('Rinder')")
        assert visit.page.inner_text("h1") == "Rinder A.1"


def test_list_of_several_sites_is_accessible(browser: Browser, axe: str, tmp_path: Path) -> None:
    """The root of a server with several sites, and its error pages, are as sound as the pages of a site."""
    tables = (
        f'[[site]]\npath = "{name[:4]}"\nfiles = ["{SITES / name}"]\n' for name in ("thesaurus.ttl", "archive.trig")
    )
    (tmp_path / "sites.toml").write_text("".join(tables), encoding="utf-8")
    found = []
    with serve("--config", str(tmp_path / "sites.toml")) as url:
        for path in ("", "nothing"):
            with Visitor(browser, url).visit(path, width=DESKTOP) as visit:
                found += [*visit.check_accessibility(axe), *visit.check_headings(), *visit.check_landmarks()]
                visit.show(PHONE, "dark")
                found += [*visit.check_accessibility(axe, colours_only=True), *visit.check_width()]
        with Visitor(browser, url).visit("") as visit:
            visit.page.click("main a >> nth=0")
            assert visit.page.url == f"{url}thes/"
    assert not found
