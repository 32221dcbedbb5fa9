"""Tests of snippets: the part of a text around what was looked for, with what must be hidden hidden."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eild.search.question import SEAM
from eild.search.snippets import CLOSE, HIDDEN, OPEN, make_snippet


def test_make_snippet_short_text_whole_with_marks() -> None:
    """A short text is shown whole; marks are runs of their own."""
    snippet = make_snippet(f"the {OPEN}red{CLOSE} boat")
    assert [(piece.text, piece.marked) for piece in snippet.pieces] == [
        ("the ", False),
        ("red", True),
        (" boat", False),
    ]
    assert snippet.spans == [[4, 7]]


def test_make_snippet_long_text_part_around_first_mark() -> None:
    """A long text is cut between words around the first mark, and says on which sides it goes on."""
    text = "word " * 200 + f"{OPEN}needle{CLOSE} " + "tail " * 200
    snippet = make_snippet(text)
    assert "needle" in snippet.text
    assert snippet.text.startswith("… word ")
    assert snippet.text.endswith("tail …")
    assert len(snippet.text) < 300


def test_make_snippet_hidden_stretch_not_shown_wherever_marks_are() -> None:
    """What is hidden is hidden also where it is what was looked for, or only partly in the window."""
    snippet = make_snippet(f"he said {OPEN}awful{CLOSE} things", [(8, 13)])
    assert snippet.text == f"he said {HIDDEN} things"
    assert not any(piece.marked for piece in snippet.pieces)


@given(
    text=st.text(alphabet="ab c", max_size=600),
    cuts=st.lists(st.tuples(st.integers(0, 600), st.integers(0, 60)), max_size=4),
    length=st.integers(5, 300),
)
def test_make_snippet_any_hidden_stretches_never_leak(text: str, cuts: list[tuple[int, int]], length: int) -> None:
    """Whatever stretches are hidden, overlapping or beyond the end, no character of them is shown."""
    spans = [(start, min(start + size, len(text))) for start, size in cuts if size and start < len(text)]
    covered = {offset for start, end in spans for offset in range(start, end)}
    secret = "".join("X" if offset in covered else ch for offset, ch in enumerate(text))
    assert "X" not in make_snippet(secret, spans, length).text


@given(st.lists(st.sampled_from([OPEN, CLOSE, SEAM, "a", "é", " "]), max_size=80).map("".join))
def test_make_snippet_any_signs_text_without_them(text: str) -> None:
    """However the engine's signs stand, the text without them is shown, and spans are runs of it."""
    snippet = make_snippet(text, length=1000)
    plain = text.translate({ord(sign): None for sign in (OPEN, CLOSE, SEAM)})
    assert snippet.text == plain
    assert all(0 <= begin < end <= len(plain) for begin, end in snippet.spans)
