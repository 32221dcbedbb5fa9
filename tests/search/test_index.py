"""Tests of the index: what is found, in which order, with what is misspelt, and whatever is typed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal

from eild.claims import load_claims
from eild.documents.index import LABEL_PROPERTIES
from eild.errors import QueryTimeoutError, RequestError
from eild.search import index as index_module
from eild.search.entries import Entry
from eild.search.index import SearchIndex
from eild.search.question import LONGEST_QUESTION
from eild.terms import BASE

if TYPE_CHECKING:
    from eild.documents.index import DocumentIndex

KIND = ("thing", "thing")
FEWEST = 1000


def make_index(*names: str, words: str = "", text: str = "") -> SearchIndex:
    """Return an index of things with these names."""
    return SearchIndex(Entry(f"urn:{n}", KIND, name, words=words, text=text) for n, name in enumerate(names))


def find_names(index: SearchIndex, question: str) -> list[str]:
    """Return the names of what is found."""
    return [hit.name.text for hit in index.search(question).hits]


def test_search_every_name_of_the_dataset_finds_what_has_it(
    own_index: SearchIndex, own_documents: DocumentIndex
) -> None:
    """Each resource below the base that has a name is found by it, and something of that name comes first."""
    count = 0
    for node in own_documents.list_named():
        label = own_documents.find_label(node)
        if label is None or label.predicate not in LABEL_PROPERTIES[:2] or "/agent/" not in node.value:
            continue
        assert isinstance(label.object, Literal)
        hits = own_index.search(label.object.value, count=200).hits
        assert hits[0].name.text.casefold() == label.object.value.casefold()
        assert node.value in {hit.iri for hit in hits}
        count += 1
    assert count > 50


def test_search_every_evidence_as_phrase_finds_it(own_index: SearchIndex, own_documents: DocumentIndex) -> None:
    """The words of each claim, put between quotation marks, lead to the claim."""
    claims = [claim for claim in load_claims(own_documents).claims.values() if claim.words and not claim.is_relay]
    assert len(claims) > 100
    for claim in claims[::5]:
        words = claim.words[0].exact.replace('"', " ")
        hits = own_index.search(f'"{words}"', count=300).hits
        assert claim.iri in {hit.iri for hit in hits}, words


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("spamouflage", "id/agent/spamouflage"),
        ("SPAMOUFLAGE", "id/agent/spamouflage"),
        ("spamouflag", "id/agent/spamouflage"),
        ("spamoufalge", "id/agent/spamouflage"),
        ("national inteligence counsil", "id/agent/national-intelligence-council"),
        ("the National Intelligence Council", "id/agent/national-intelligence-council"),
        ("tik tok", "id/thing/tiktok"),
        ("Graphica", "id/agent/graphika"),
    ],
)
def test_search_what_people_type_finds_what_they_mean_first(own_index: SearchIndex, question: str, first: str) -> None:
    """Case, endings, slips of the finger and common words do not keep the thing that is meant from the first place."""
    assert own_index.search(question).hits[0].iri == f"{BASE}{first}"


def test_search_question_of_gallery_found_by_its_words(own_index: SearchIndex) -> None:
    """Competency queries and terms of the ontology are found as well."""
    results = own_index.search("stated confidence", {"kind": "query"})
    assert any("/queries/" in hit.iri for hit in results.hits)
    assert own_index.search("hasProposition", {"kind": "property"}).hits


def test_search_facet_counts_are_what_choosing_it_shows(own_index: SearchIndex) -> None:
    """Each value of each facet has as many hits as the facet says."""
    results = own_index.search("interference")
    assert {"kind", "stance", "section", "source"} <= set(results.facets)
    for facet, options in results.facets.items():
        for value, _, count in options:
            assert own_index.search("interference", {facet: value}).total == count


def test_search_two_facets_counts_are_of_the_other(own_index: SearchIndex) -> None:
    """With a stance chosen, other stances still say how many hits they have, and kinds count what has the stance."""
    results = own_index.search("interference", {"stance": "denies"})
    assert len(results.facets["stance"]) > 1
    assert sum(count for *_, count in results.facets["kind"]) == results.total


def test_search_pages_are_parts_of_one_order(own_index: SearchIndex) -> None:
    """Page by page the same hits come in the same order as all at once, each once."""
    whole = [hit.iri for hit in own_index.search("china", count=1000).hits]
    parts = [
        hit.iri for start in range(0, len(whole), 7) for hit in own_index.search("china", start=start, count=7).hits
    ]
    assert parts == whole
    assert len(set(whole)) == len(whole) > 50


def test_search_relays_selectors_and_nanopublications_left_out(own_index: SearchIndex) -> None:
    """What only serves other records is not found beside them."""
    hits = own_index.search("china OR article OR report", count=2000).hits + own_index.search("china", count=2000).hits
    assert not any(hit.iri.endswith("-0") or "/np/" in hit.iri or "#char" in hit.iri for hit in hits)
    assert own_index.size > FEWEST
    assert own_index.complete


def test_search_warned_words_hidden_by_their_place(own_index: SearchIndex) -> None:
    """Abuse is hidden in every snippet, and shown only where that is asked for; the same word elsewhere stays."""
    results = own_index.search('"a jewish dog"')
    assert results.hits
    shown = " ".join(f"{hit.name.text} {hit.words.text if hit.words else ''}" for hit in results.hits)
    assert "Jewish dog" not in shown
    assert "not Jewish, calling him" in shown
    assert all(hit.hides for hit in results.hits)
    assert any("a Jewish dog" in hit.name.text for hit in own_index.search('"a jewish dog"', show_hidden=True).hits)


def test_search_every_word_of_warned_sentence_nothing_leaks(own_index: SearchIndex) -> None:
    """No search for words of the abuse shows it, whatever kind of record is found."""
    for question in ("jewish", "dog", "who won because of", "bloody consortium", '"the bloody jewish consortium"'):
        for hit in own_index.search(question, count=500).hits:
            shown = " ".join(part.text for part in (hit.name, hit.words, hit.text) if part)
            assert "dog" not in shown.split()
            assert "bloody" not in shown.lower()


def test_search_phrase_words_in_another_order_not_found() -> None:
    """Words between quotation marks stand together in their order; without marks the order does not matter."""
    index = make_index("harbour of the north", "north harbour")
    assert find_names(index, '"north harbour"') == ["north harbour"]
    assert len(find_names(index, "north harbour")) == 2


@pytest.mark.parametrize("question", ["Muller", "müller", "MÜLLER", "Mu\u0308ller", "muller*", "Mulle"])
def test_search_case_and_diacritics_do_not_matter(question: str) -> None:
    """A name is found however its letters are written."""
    assert find_names(make_index("Anna Müller", "Jan Maler"), question) == ["Anna Müller"]


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("干预选举的报告", "选举"),
        ("รายงานการแทรกแซง", "แทรก"),
        ("тайное вмешательство", "ВМЕШАТЕЛЬСТВО"),
        ("تقرير سري", "سري"),
    ],
)
def test_search_other_scripts_found(name: str, question: str) -> None:
    """Scripts without spaces are searched letter by letter, others by words; names come back as they are."""
    index = make_index(name, "something else")
    hits = index.search(question).hits
    assert [hit.name.text for hit in hits] == [name]
    assert any(piece.marked for piece in hits[0].name.pieces)


def test_search_misspelt_word_says_what_it_was_taken_for() -> None:
    """Where a word occurs nowhere, the nearest one is looked for and named; words that occur are left alone."""
    index = make_index("harbour master", "harbour pilot")
    results = index.search("harbuor mastre")
    assert results.corrected == "harbour master"
    assert [hit.name.text for hit in results.hits] == ["harbour master"]
    assert not index.search("harbour").corrected


def test_search_nothing_has_all_words_finds_what_has_most() -> None:
    """Where nothing has all words, what has as many of them as anything has is found, and how many is told."""
    index = make_index("red boat", "red boat house", "green house")
    results = index.search("red boat engine 4711 house")
    assert results.least == 3
    assert [hit.name.text for hit in results.hits] == ["red boat house"]


def test_search_short_unknown_word_not_corrected() -> None:
    """Words of three letters are near to too many others."""
    assert make_index("cat", "car").search("cap").total == 0


def test_search_nothing_to_look_for_finds_nothing() -> None:
    """Signs alone are no words."""
    for question in ("", "   ", "(((", '""', "😀", "\x00", "--", "*"):
        assert make_index("a name").search(question).total == 0


@pytest.mark.parametrize(
    "question",
    [
        'name AND OR NOT NEAR("', "name:words", "{name}: x", "^name", "name^", "+name +", 'na"me', "name*)(", "-name",
        "names : *", "name\x00drop", "name; DROP TABLE entry", "\ud800name", "ʼname", "name\u202egnitter", "n" * 900,
        "a b " * 30, '"' * 500,
    ],
)  # fmt: skip
def test_search_signs_of_the_engine_are_no_syntax(question: str) -> None:
    """What means something to the engine is text like any other."""
    make_index("a name", words="b", text="c").search(question)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    question=st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(
                [
                    "china",
                    '"',
                    "*",
                    "(",
                    ")",
                    "NEAR",
                    "NOT",
                    "AND",
                    ":",
                    "^",
                    "-",
                    "“",
                    "é",
                    "报",
                    "😀",
                    "\x00",
                    "0",
                    " ",
                ]
            ),
            max_size=40,
        ).map("".join),
    )
)
def test_search_any_text_answers(own_index: SearchIndex, question: str) -> None:
    """Whatever is typed is answered, and so are the suggestions for it."""
    results = own_index.search(question, count=5)
    assert len(results.hits) == min(5, results.total)
    own_index.suggest(question)


@given(name=st.text(min_size=1, max_size=40), words=st.text(max_size=400))
@settings(deadline=None, max_examples=100)
def test_search_any_name_comes_back_as_it_is(name: str, words: str) -> None:
    """Names and words of any characters are indexed; what they show is what they are, controls aside."""
    index = SearchIndex([Entry("urn:x", KIND, f"anchor {name}", words=words)])
    (hit,) = index.search("anchor").hits
    shown = hit.name.text
    assert len(shown) == len(f"anchor {name}")
    assert all(new in {old, " "} for old, new in zip(f"anchor {name}", shown, strict=True))


def test_search_too_long_refused() -> None:
    """A text that is too long, or of too many words, is refused with what is accepted."""
    for question in ("x" * (LONGEST_QUESTION + 1), "x" * 10_000, " ".join(f"w{n}" for n in range(100))):
        with pytest.raises(RequestError, match="must have at most"):
            make_index("a").search(question)


def test_search_too_slow_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that takes too long ends and says so; the next one is answered."""
    index = make_index(*(f"name {n}" for n in range(3000)))
    monkeypatch.setattr(index_module, "MOST_SECONDS", 0.0)
    with pytest.raises(QueryTimeoutError, match="longer than"):
        index.search("name")
    monkeypatch.undo()
    assert index.search("name").total == 3000


def test_index_more_entries_than_it_takes_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that had to leave something out is not called complete."""
    monkeypatch.setattr(index_module, "MOST_ENTRIES", 2)
    index = make_index("one", "two", "three")
    assert (index.size, index.complete) == (2, False)
    assert make_index("one").complete


def test_suggest_beginning_of_word_names_that_go_on(own_index: SearchIndex) -> None:
    """The beginning of a word is enough for a suggestion, and each name comes once."""
    names = [item.name for item in own_index.suggest("spamo")]
    assert names[0] == "Spamouflage"
    assert len(names) == len(set(names)) <= 8
    assert own_index.suggest("((") == []


def test_search_from_several_threads_same_answers(own_index: SearchIndex) -> None:
    """Threads that search at the same time each get their own answer."""
    from concurrent.futures import ThreadPoolExecutor

    questions = ["china", "spamouflage", "interferense", "tiktok"] * 10
    expected = [own_index.search(question).total for question in questions]
    started = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda question: own_index.search(question).total, questions)) == expected
    assert time.monotonic() >= started


def test_search_iri_of_no_name_titled_by_iri() -> None:
    """A resource without name or words is shown by its IRI."""
    index = SearchIndex([Entry("urn:harbour", KIND, "", names="harbour")])
    assert index.search("harbour").hits[0].name.text == "urn:harbour"
