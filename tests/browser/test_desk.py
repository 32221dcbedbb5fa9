"""Several queries and saved ones in a browser: tabs, names, files, and a storage that is full, blocked or broken."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import expect

from .test_query import FIELD, STANCES, write
from .visiting import PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from .visiting import Visit, Visitor

YES: Final = "ASK { ?s ?p ?o }"
NO: Final = "ASK { <http://e.example/x> ?p ?o }"
KEY: Final = "queries:/sparql"


def find_tabs(page: Page) -> Locator:
    """Return the tabs of open queries."""
    return page.locator("[data-strip] .tab:not(:text('New query'))")


def press(page: Page, name: str) -> None:
    """Press a button by its whole name."""
    page.get_by_role("button", name=name, exact=True).click()


def run(visit: Visit, text: str, title: str) -> None:
    """Write a query, run it, and wait for the heading of its answer."""
    write(visit, text)
    visit.page.keyboard.press("Control+Enter")
    expect(visit.page.locator("#answer-title")).to_have_text(re.compile(title))


def save(page: Page, name: str) -> None:
    """Save the open query under a name."""
    panel = page.locator("details.saved")
    if panel.get_attribute("open") is None:
        panel.locator("summary").click()
    page.get_by_label("Name", exact=True).fill(name)
    press(page, "Save this query")
    expect(page.locator("[data-saved] [role=status]")).to_contain_text(f"“{name}”")


def list_saved(page: Page) -> list[str]:
    """Return the names of the saved queries."""
    return page.locator(".saved-list .open").all_inner_texts()


def read_storage(page: Page) -> Any:
    """Return what the browser's storage holds of queries."""
    return json.loads(page.evaluate("key => localStorage.getItem(key)", KEY))


def test_tabs_each_query_keeps_its_text_and_answer(own: Visitor) -> None:
    """Each tab has its own text, answer, address and undo; they are there after a reload, and closing can be undone."""
    with own.visit("sparql") as visit:
        page = visit.page
        assert page.evaluate("localStorage.length") == 0, "who only looks leaves nothing behind"
        run(visit, YES, "The answer is yes")
        press(page, "New query")
        expect(find_tabs(page)).to_have_text(["Query 1", "Query 2"])
        expect(page.locator("#answer-title")).to_have_count(0)
        page.locator(FIELD).click()
        page.keyboard.press("Control+z")
        expect(page.locator("#query-text")).to_have_value("")
        run(visit, NO, "The answer is no")
        press(page, "Query 1")
        expect(page.locator("#answer-title")).to_have_text("The answer is yes")
        expect(page.locator("#query-text")).to_have_value(YES)
        expect(page).to_have_url(re.compile("ASK"))
        expect(find_tabs(page).first).to_be_focused()
        page.reload()
        expect(find_tabs(page)).to_have_text(["Query 1", "Query 2"])
        expect(page.locator("[data-strip] [aria-current]")).to_have_text("Query 1")
        expect(page.locator("#answer-title")).to_have_text("The answer is yes")
        press(page, "Close Query 1")
        expect(page.locator("#query-text")).to_have_value(NO)
        press(page, "Undo")
        expect(page.locator("#query-text")).to_have_value(YES)
        visit.go("sparql")
        expect(page.locator("#query-text")).to_have_value(YES)
        visit.go("sparql?query=ASK%20%7B%7D")
        expect(find_tabs(page)).to_have_text(["Query 1", "Query 2"])
        expect(page.locator(FIELD)).to_have_text("ASK {}")
        write(visit, "ASK { ?edited ?p ?o }")
        page.reload()
        expect(find_tabs(page)).to_have_text(["Query 1", "Query 2", "Query 3"])
        assert [tab["text"] for tab in read_storage(page)["tabs"]] == ["ASK { ?edited ?p ?o }", NO]


def test_saved_queries_named_renamed_deleted_and_in_files(own: Visitor, axe: str, tmp_path: Path) -> None:
    """Queries are saved under names, opened, renamed, deleted, exported and imported, in all windows alike."""
    with own.visit("sparql") as visit:
        page = visit.page
        write(visit, STANCES)
        save(page, "Stances")
        write(visit, YES)
        save(page, "Yes")
        assert list_saved(page) == ["Stances", "Yes"]
        press(page, "Rename Yes")
        page.get_by_label("New name of Yes").fill("Anything / at all")
        page.keyboard.press("Enter")
        expect(page.locator(".saved-list .open").last).to_have_text("Anything / at all")
        press(page, "Delete Stances")
        assert list_saved(page) == ["Anything / at all"]
        press(page, "Undo")
        assert list_saved(page) == ["Stances", "Anything / at all"]
        for width in (PHONE, 1280):
            visit.show(width, "light")
            assert visit.check_accessibility(axe) == []
        with page.expect_download() as saved:
            press(page, ".rq file of Anything / at all")
        assert saved.value.suggested_filename == "Anything at all.rq"
        assert Path(saved.value.path()).read_text(encoding="utf-8") == YES
        with page.expect_download() as exported:
            press(page, "Export all as JSON")
        content = json.loads(Path(exported.value.path()).read_text(encoding="utf-8"))
        assert content["queries"][0] == {"name": "Stances", "query": STANCES}
        for name in ("Stances", "Anything / at all"):
            press(page, f"Delete {name}")
        page.reload()
        page.locator("details.saved summary").click()
        assert list_saved(page) == []
        broken, single = tmp_path / "broken.json", tmp_path / "No.rq"
        broken.write_text("{", encoding="utf-8")
        single.write_text(NO, encoding="utf-8")
        again = tmp_path / "queries.json"
        again.write_bytes(Path(exported.value.path()).read_bytes())
        page.get_by_label("Import JSON or .rq files").set_input_files([again, broken, single])
        expect(page.locator("[data-saved] [role=status]")).to_contain_text(
            "broken.json is not JSON. 3 imported, 0 already there."
        )
        assert list_saved(page) == ["Stances", "Anything / at all", "No"]
        press(page, "No")
        expect(page.locator(FIELD)).to_have_text(NO)
        assert visit.check_width() == []
        other = page.context.new_page()
        other.goto(f"{visit.root}sparql")
        other.locator("details.saved summary").click()
        other.get_by_role("button", name="Delete No", exact=True).click()
        expect(page.locator(".saved-list .open")).to_have_text(["Stances", "Anything / at all"])
        save(page, "Once more")
        expect(other.locator(".saved-list .open")).to_have_text(["Stances", "Anything / at all", "Once more"])


def test_desk_storage_full_blocked_or_broken_is_told_and_nothing_lost(own: Visitor) -> None:
    """Whatever the storage does, queries are kept while the page is open, and what cannot be read is set aside."""
    full = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }"
    blocked = (
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    for script, told in ((full, "storage is full"), (blocked, "allows no storage")):
        with own.visit("contact") as visit:
            visit.page.add_init_script(script)
            visit.go("sparql")
            write(visit, YES)
            visit.page.locator("details.saved summary").click()
            visit.page.get_by_label("Name", exact=True).fill("Yes")
            press(visit.page, "Save this query")
            expect(visit.page.locator("[data-saved] [role=status]")).to_contain_text(told)
            assert list_saved(visit.page) == ["Yes"]
            press(visit.page, "New query")
            expect(find_tabs(visit.page)).to_have_count(2)
            run(visit, NO, "The answer is no")
    with own.visit("contact") as visit:
        visit.page.evaluate("key => localStorage.setItem(key, '{')", KEY)
        visit.go("sparql")
        expect(visit.page.locator("[data-saved] [role=status]")).to_contain_text("could not be read")
        write(visit, YES)
        save(visit.page, "Yes")
        visit.page.reload()
        visit.page.locator("details.saved summary").click()
        assert list_saved(visit.page) == ["Yes"]
        assert visit.page.evaluate("key => localStorage.getItem(key + '.unreadable')", KEY) == "{"


def test_desk_without_script_is_not_there(own: Visitor) -> None:
    """Without a script the page is the form that it was: nothing shows that would not work."""
    with own.visit("sparql", script=False) as visit:
        expect(visit.page.locator("[data-strip]")).to_be_hidden()
        expect(visit.page.locator("[data-saved]")).to_be_hidden()
        expect(visit.page.get_by_role("button", name="Run query")).to_be_visible()
