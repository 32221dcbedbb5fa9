"""Texts cut into units."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eild.seed.languages import LANGUAGES, find_language
from eild.seed.segmentation import UnitKind, segment, split_sentences


def sentences(text: str) -> list[str]:
    """Return the sentences of one paragraph."""
    return [text[begin:end] for begin, end in split_sentences(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["He met W. A. Mozart in Vienna.", "It rained."],
        ["See Roe v. Wade.", "It ended."],
        ["He said no.", "Then he left."],
        ["See No. 5 and Fig. 2 for more.", "Done."],
        ["He lives in the U.S. and votes.", "The U.S. Senate met.", "He left the U.S.", "The end."],
        ["On Jan. 5 Dr. Smith and Gen. Lee met Ms. Poe.", "They talked."],
        ["Really?", '"Yes!" he said.', '"Go."', "She went."],
        ['It was "chaotic, and the U.S. in general."', "However, it went on."],
        ['He said: "It fell.', 'It rose again."', "She agreed."],
        ["He said: “It fell.", "It rose again.”", "‘No.’", "(He left.)", "End"],
        ["1. First item.", "Next one."],
        ["It was ... odd.", "Wait... Biden left.", "So it ended…", "The end"],
        ["She left.[1]", "Then\nwent [2].", "He stayed."],
        ["At 6 p.m. on Monday it rained.", "At 7 p.m.", "He left."],
        ["George W. Bush and J.R.R. Tolkien met.", "On platform X.", "It was 3.5 percent at example.com today."],
        ["Acme Inc. sued Widget Co. and lost.", "He joined Acme Inc.", "They lost."],
        ["It happened in 2020.", "2021 was better.", "Émile left."],
        ["Smith et al. found it.", "So did Ph.D. students, e.g. Keller."],
        ["Is it?!", "Yes!!", "No"],
    ],
)
def test_split_sentences_joined_by_spaces_come_apart_again(expected: list[str]) -> None:
    """Sentences with abbreviations, initials, quotations and marks are found where a reader sees them."""
    assert sentences(" ".join(expected)) == expected


def test_segment_article_numbers_units_in_order() -> None:
    """Title, headings, sentences over two lines, and list entries are numbered as they come."""
    text = (
        "= A Title =\n\nOne. Two\nlines.\n\n==Head==\nThree.\n- entry one. Still one\n* entry two\n\n"
        "=== Sub ===\n- x\n= Second =\n"
    )
    units = segment(text)
    assert [(unit.number, unit.kind, unit.text, unit.section, unit.paragraph) for unit in units] == [
        (1, UnitKind.TITLE, "A Title", 1, 0),
        (2, UnitKind.SENTENCE, "One.", 1, 1),
        (3, UnitKind.SENTENCE, "Two\nlines.", 1, 1),
        (4, UnitKind.HEADING, "Head", 4, 0),
        (5, UnitKind.SENTENCE, "Three.", 4, 2),
        (6, UnitKind.ENTRY, "entry one. Still one", 4, 3),
        (7, UnitKind.ENTRY, "entry two", 4, 3),
        (8, UnitKind.HEADING, "Sub", 8, 0),
        (9, UnitKind.ENTRY, "x", 8, 4),
        (10, UnitKind.HEADING, "Second", 10, 0),
    ]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_segment_any_line_end_gives_the_same_units(line_end: str) -> None:
    """Line ends of all systems separate units alike, and offsets count code points of the text as it is."""
    text = line_end.join(["= T =", "", "One. Two 🚲 ü.", "", "== H ==", "- e", ""])
    units = segment(text)
    assert [unit.text for unit in units] == ["T", "One.", "Two 🚲 ü.", "H", "e"]
    assert all(text[unit.begin : unit.end] == unit.text for unit in units)


TEXTS = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(["= T =", "== H ==", "- x", "* y", "\n", "\n\n", "\r\n", ". ", '." ', "U.S. ", "v. ", "It "]),
    ),
    max_size=30,
).map("".join)


@given(TEXTS)
def test_segment_any_text_offsets_partition_it(text: str) -> None:
    """Units never overlap, each is the slice of its offsets, and between them is white space or markup only."""
    units = segment(text)
    assert [unit.number for unit in units] == list(range(1, len(units) + 1))
    for unit in units:
        assert text[unit.begin : unit.end] == unit.text
        assert unit.text.strip() == unit.text != ""
    ends = [0, *(unit.end for unit in units)]
    begins = [*(unit.begin for unit in units), len(text)]
    for end, begin in zip(ends, begins, strict=True):
        assert end <= begin
        assert not text[end:begin].strip("=-*•– \ufeff\t\r\n\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029\xa0").strip()


@given(st.text())
def test_split_sentences_any_text_loses_no_letter(text: str) -> None:
    """The sentences hold all of the text but white space between them, in order."""
    spans = list(split_sentences(text))
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    kept = "".join(text[begin:end] for begin, end in spans)
    assert "".join(kept.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("tag", "text", "sentences"),
    [
        (
            "de",
            "Am 3. Mai 2031 stimmte Erlenau ab. Der Rat schwieg.",
            ["Am 3. Mai 2031 stimmte Erlenau ab.", "Der Rat schwieg."],
        ),
        (
            "de",
            "Sie sagte: „Die Brücke bleibt. Sie wird saniert.“ Niemand widersprach.",
            ["Sie sagte: „Die Brücke bleibt.", "Sie wird saniert.“", "Niemand widersprach."],
        ),
        (
            "de-AT",
            "Es fehlte viel, z. B. Geld. Dr. Vogt bzw. Hr. Lenz zahlten nicht.",
            ["Es fehlte viel, z. B. Geld.", "Dr. Vogt bzw. Hr. Lenz zahlten nicht."],
        ),
        (
            "fr",
            "M. Durand a dit : « Le pont reste. Il sera réparé. » La mairie l’a nié.",
            ["M. Durand a dit : « Le pont reste.", "Il sera réparé. »", "La mairie l’a nié."],
        ),
        (
            "fr",
            "Le no. 4 est cité, cf. Mme Petit. À midi, rien.",
            ["Le no. 4 est cité, cf. Mme Petit.", "À midi, rien."],
        ),
        (
            "es",
            "El Sr. Ruiz dijo: «No se cerrará.» ¿Por qué? No se sabe.",
            ["El Sr. Ruiz dijo: «No se cerrará.»", "¿Por qué?", "No se sabe."],
        ),
        ("fr", "Il a dit : « Non. »", ["Il a dit : « Non. »"]),
        ("en", "Il a dit : «\u00a0Non.\u00a0»", ["Il a dit : «\u00a0Non.\u00a0»"]),
        ("nl", "Dhr. Bakker zweeg. De brug bleef.", ["Dhr.", "Bakker zweeg.", "De brug bleef."]),
    ],
)
def test_sentences_end_by_the_rules_of_their_language(tag: str, text: str, sentences: list[str]) -> None:
    """Abbreviations, ordinal numbers and quotation marks are those of the language; without a table, periods decide."""
    language = find_language(tag)
    assert [text[begin:end] for begin, end in split_sentences(text, language=language)] == sentences


@pytest.mark.parametrize("tag", sorted(LANGUAGES))
def test_words_of_a_language_are_in_lower_case_where_case_does_not_matter(tag: str) -> None:
    """Words that are compared in lower case are listed in it."""
    language = LANGUAGES[tag]
    listed = language.openers | language.function_words | language.particles | language.numbered
    assert {word for word in listed if word != word.lower()} == set()
    assert language.openers
    assert language.function_words
