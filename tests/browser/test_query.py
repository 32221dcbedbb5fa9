"""The query page in a browser: writing, completing, running, mistakes, links, and all of it without a script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from eild.terms import PREFIXES

from .visiting import DESKTOP, PHONE, SCHEMES

if TYPE_CHECKING:
    from .visiting import Scheme, Visit, Visitor

HEAD: Final = f"PREFIX eild: <{PREFIXES['eild']}>\n"
STANCES: Final = (
    HEAD + "SELECT ?stance (COUNT(?c) AS ?claims) { ?c eild:stance ?stance } GROUP BY ?stance ORDER BY DESC(?claims)"
)
FIELD: Final = ".cm-content"


def write(visit: Visit, text: str) -> None:
    """Write a query in the place of what the editor holds."""
    visit.page.locator(FIELD).click()
    visit.page.keyboard.press("Control+a")
    visit.page.keyboard.insert_text(text)


def test_editor_query_run_answer_shown_without_loading(own: Visitor) -> None:
    """Ctrl and Enter run the query: the answer is there with its time, the address is that of the query."""
    with own.visit("sparql") as visit:
        visit.page.evaluate("window.same = true")
        write(visit, STANCES)
        visit.page.keyboard.press("Control+Enter")
        expect(visit.page.locator("#answer-title")).to_have_text(re.compile(r"\d+ rows"))
        expect(visit.page.locator("#answer-title")).to_be_focused()
        expect(visit.page.locator("[data-elapsed]")).to_have_text(re.compile(r"in \d+ ms"))
        assert visit.page.evaluate("window.same")
        asked = quote("GROUP BY ?stance", safe="").replace("%20", "+")
        expect(visit.page).to_have_url(re.compile(re.escape(asked)))
        rows = visit.page.locator("#answer tbody tr").count()
        visit.page.get_by_role("link", name="Chart", exact=True).click()
        expect(visit.page.locator(".chart rect")).to_have_count(rows)
        visit.page.get_by_role("link", name="Raw", exact=True).click()
        expect(visit.page.locator("#answer pre").first).to_contain_text('"bindings"')
        assert visit.page.evaluate("window.same")
        visit.page.locator(".snippets summary").click()
        assert visit.page.locator(".snippets button.copy").count() == 3
        visit.page.go_back()
        expect(visit.page.locator("#answer .tabs [aria-current]")).to_have_text("Chart")


def test_editor_link_opened_elsewhere_same_answer(own: Visitor) -> None:
    """The link to a query follows what is written, and shows the same answer to somebody else."""
    with own.visit("sparql") as visit:
        write(visit, STANCES)
        link = visit.page.locator("[data-share]").get_attribute("href")
    assert link is not None
    with own.visit(link) as visit:
        expect(visit.page.locator(FIELD)).to_contain_text("GROUP BY ?stance")
        assert visit.page.locator("#answer td > a.affirms").count() == 1


def test_editor_completion_takes_term_and_declares_its_prefix(own: Visitor) -> None:
    """A word of the data is completed by Tab, and the prefix that it needs is declared."""
    with own.visit("sparql") as visit:
        write(visit, "SELECT * { ?x a ")
        visit.page.keyboard.type("eild:GovernmentB", delay=20)
        option = visit.page.locator(".cm-tooltip-autocomplete li[aria-selected]")
        expect(option).to_contain_text("eild:GovernmentBody")
        visit.page.wait_for_timeout(150)  # the list takes no key at once, lest one is meant for the text
        visit.page.keyboard.press("Tab")
        written = visit.page.locator("#query-text").input_value()
        assert written.startswith(HEAD)
        assert "eild:GovernmentBody" in written


def test_editor_mistake_marked_at_its_place_and_mended(own: Visitor) -> None:
    """What the server finds wrong is marked in the editor, told with line and column, and one link mends it."""
    with own.visit("sparql") as visit:
        write(visit, "SELECT ?x {\n  ?x eild:stance ?y }")
        visit.page.keyboard.press("Control+Enter")
        expect(visit.page.locator("#problem [data-goto]")).to_have_text("Line 2, column 6")
        expect(visit.page.locator(".cm-lintRange-error")).to_have_text("eild:stance")
        assert [trouble.split(":")[0] for trouble in visit.troubles] == ["400"]
        visit.troubles.clear()
        visit.page.get_by_role("link", name="Add the missing prefixes and run").click()
        expect(visit.page.locator("#answer-title")).to_have_text(re.compile(r"\d+ rows"))
        assert visit.page.locator(".cm-lintRange-error").count() == 0


def test_editor_keyboard_leaves_the_field_by_tab(own: Visitor) -> None:
    """The field traps no keyboard: Tab leads on to the button, Shift and Tab back."""
    with own.visit("sparql") as visit:
        visit.page.locator(FIELD).focus()
        visit.page.keyboard.press("Escape")
        visit.page.keyboard.press("Tab")
        expect(visit.page.get_by_role("button", name="Run query")).to_be_focused()
        visit.page.keyboard.press("Shift+Tab")
        assert visit.page.evaluate("document.activeElement.classList.contains('cm-host')")


def test_editor_toggled_form_keeps_the_text(own: Visitor) -> None:
    """Who prefers the plain form gets it, with the text in both directions."""
    with own.visit("sparql") as visit:
        write(visit, "ASK { ?s ?p ?o }")
        visit.page.get_by_role("button", name="Form without editor").click()
        area = visit.page.get_by_label("Your query", exact=True)
        expect(area).to_have_value("ASK { ?s ?p ?o }")
        area.fill("ASK {}")
        visit.page.get_by_role("button", name="Form with editor").click()
        expect(visit.page.locator(FIELD)).to_have_text("ASK {}")
        visit.page.get_by_role("button", name="Run query").click()
        expect(visit.page.locator("#answer-title")).to_have_text("The answer is yes")


def test_editor_long_query_sent_in_the_body(own: Visitor) -> None:
    """A query that is too long for an address is answered too."""
    with own.visit("sparql") as visit:
        write(visit, "ASK {} # " + "x" * 20_000)
        visit.page.keyboard.press("Control+Enter")
        expect(visit.page.locator("#answer-title")).to_have_text("The answer is yes")


def test_form_without_script_ready_question_to_download(own: Visitor) -> None:
    """Without a script a ready question is taken, run, looked at as a picture, and downloaded."""
    with own.visit("queries", script=False) as visit:
        visit.page.get_by_role("link", name="In which year").click()
        visit.page.get_by_role("link", name="Open in the editor").click()
        visit.page.get_by_role("button", name="Run query").click()
        visit.page.get_by_role("link", name="Chart", exact=True).click()
        assert visit.page.locator(".chart rect").count() > 1
        link = visit.page.get_by_role("link", name="CSV", exact=True).get_attribute("href")
        assert link is not None
        answer = visit.page.request.get(visit.root + link.removeprefix("./"))
        assert answer.text().startswith("year,")


LOOKS: Final = {
    "form": "sparql",
    "answer": f"sparql?query={quote(STANCES)}",
    "picture": f"sparql?query={quote(STANCES)}&view=chart",
    "raw": f"sparql?query={quote(STANCES)}&view=raw",
    "mistake": f"sparql?query={quote('SELECT ?x { ?x oa:exact ?y ; eild:stanse ?z }')}",
    "nothing": f"sparql?query={quote(HEAD + 'SELECT * { ?x eild:stanse ?y }')}",
    "gallery": "queries",
    "question": "doc/queries/36-stances-by-year",
    "graph-question": "doc/queries/81-dossier-of-a-claim",
}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("name", LOOKS)
def test_query_pages_accessible(own: Visitor, axe: str, name: str, width: int, scheme: Scheme) -> None:
    """No page of queries breaks a rule of axe-core, skips a heading or scrolls sideways."""
    with own.visit(LOOKS[name], width=width, color_scheme=scheme, bypass_csp=True) as visit:
        for details in visit.page.locator("details").all():
            details.evaluate("element => { element.open = true; }")
        assert visit.check_accessibility(axe) == []
        assert visit.check_headings() == []
        assert visit.check_landmarks() == []
        assert visit.check_width() == []
