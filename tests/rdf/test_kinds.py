"""Tests of the kinds of literals that data hold: learnt from a store, and from the lines that it was loaded from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, Store

from eild.rdf.kinds import TEXT, XSD, TypedLines, learn_kinds

P = "http://example.org/"
LITERALS = [
    '"text"',
    '"with ^^<x> in it"',
    r'"a \"quoted\"^^<x> part"',
    '"x"@en-GB',
    *[f'"{number}"^^<{XSD}integer>' for number in (1, 3_000_000_000, 2**70)],
    *[f'"{text}"^^<{XSD}{name}>' for text, name in (("x", "integer"), ("1.5", "decimal"), ("INF", "double"))],
    f'"2024-11-05Z"^^<{XSD}date>',
    f'"99999-13-05"^^<{XSD}date>',
    f'"true"^^<{XSD}boolean>',
    f'"x"^^<{P}own>',
    f'"text"^^<{XSD}string>',
]
STATEMENTS = st.tuples(
    st.sampled_from("abcd"), st.sampled_from([*LITERALS, f"<{P}o>"]), st.sampled_from(["", f" <{P}g>"])
)
FORMS = st.sampled_from(["{} {} {}{} .", "{}\t{}  {}{}.", "{} {} {}{} . "])


def write(statement: tuple[str, str, str], form: str) -> str:
    """Return a statement as a line."""
    name, value, graph = statement
    return form.format(f"<{P}s>", f"<{P}{name}>", value, graph)


def take(text: str) -> frozenset[str] | None:
    """Return the predicates that are found in a text."""
    lines = TypedLines()
    lines.take(text.encode())
    return lines.predicates


@given(st.lists(STATEMENTS, max_size=12), FORMS, st.sampled_from(["\n", "\r\n"]))
def test_kinds_known_by_lines_are_those_of_the_store_and_perhaps_text(
    statements: list[tuple[str, str, str]], form: str, end: str
) -> None:
    """No kind is missed; where a predicate has literals with datatypes, none is added but text."""
    content = "".join(write(statement, form) + end for statement in statements).encode()
    store = Store()
    store.load(content, RdfFormat.N_QUADS)
    lines = TypedLines()
    lines.take(content)
    assert lines.predicates is not None
    expected = learn_kinds(store)
    found = learn_kinds(store, typed=lines.predicates, others=[f"{P}{name}" for name in "abcd"])
    for predicate, kinds in expected.items():
        assert kinds <= found[predicate] <= kinds | {TEXT}


@pytest.mark.parametrize(
    "text",
    [
        f'<{P}s><{P}p>"1"^^<{XSD}integer>.\n',
        f'<{P}s> <{P}p> "x" . <{P}s> <{P}q> "1"^^<{XSD}integer> .\n',
        f'<{P}s> <{P}p> "x" .\r<{P}s> <{P}q> "1"^^<{XSD}integer> .\n',
        f'<{P}s> <{P}p> <<( <{P}a> <{P}b> "1"^^<{XSD}integer> )>> .\n',
        f'<{P}s> <{P}\\u0070> "1"^^<{XSD}integer> .\n',
        f'<{P}s> <{P}p> "1"^^<{XSD}integer> . # said ^^<so>\n',
        f'<{P}s> <{P}p> "1" ^^ <{XSD}integer> .\n',
    ],
    ids=["no space", "two on a line", "returns", "triple term", "escape", "comment", "apart"],
)
def test_lines_of_another_form_are_not_understood(text: str) -> None:
    """What is not written as usual is never taken for something else: nothing is known of the whole then."""
    assert take(text) is None
    assert take(f'<{P}s> <{P}p> "1"^^<{XSD}integer> .\n{text}') is None


def test_lines_cut_in_two_are_not_understood() -> None:
    """A line of which only a part came is understood only if it is the last of its file."""
    lines = TypedLines()
    for _ in range(2):
        lines.take(f'<{P}s> <{P}p> "1"^^<{XSD}integer> .'.encode())
        lines.take(b"")
        assert lines.predicates == frozenset({f"{P}p"})
    lines.take(f'<{P}s> <{P}p> "1"^^<{XSD}integer> '.encode())
    lines.take(b".\n")
    assert lines.predicates is None


def test_lines_without_datatypes_have_no_predicates() -> None:
    """Texts, tags and IRIs need no look at the store."""
    assert take(f'<{P}s> <{P}p> "a ^^ b"@en .\n<{P}s> <{P}q> <{P}o> .\n# ^\n') == frozenset()
