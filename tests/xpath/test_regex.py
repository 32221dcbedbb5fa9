"""Tests of regular expressions of XPath: what they match in the dialects of both engines, and what XPath refuses."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from eild.xpath.regex import PatternError, matches, parse_replacement, replace, translate

STORE = Store()
BOOLEAN = NamedNode("http://www.w3.org/2001/XMLSchema#boolean")

MATCHES = [
    ("^[a-z-[aeiou]]+$", "", "rhythm", True),
    ("^[a-z-[aeiou]]+$", "", "harbour", False),
    ("^[a-z-[a-m-[c]]]+$", "", "cz", True),
    ("^[^0-9-[x]]$", "", "x", False),
    (r"^\w$", "", "_", False),
    (r"^\w$", "", "+", True),
    (r"^\W$", "", "_", True),
    (r"^\s$", "", "\u00a0", False),
    (r"^\s$", "", "\t", True),
    (r"^\d$", "", "٣", True),
    (r"^\i\c*$", "", "_a-1", True),
    (r"^\i\c*$", "", "1a", False),
    (r"^\I$", "", "1", True),
    (r"^\C$", "", " ", True),
    (r"^\p{Lu}\p{Ll}$", "", "Éa", True),
    (r"^\P{L}$", "", "a", False),
    (r"^\p{IsGreek}$", "", "λ", True),
    (r"^\P{IsBasicLatin}$", "", "λ", True),
    ("^a.b$", "", "a\rb", False),
    ("^a.b$", "", "a\nb", False),
    ("^a.b$", "s", "a\nb", True),
    ("b$", "", "b\n", False),
    ("^b$", "", "a\nb\nc", False),
    ("^b$", "m", "a\nb\nc", True),
    ("A B", "ix", "ab", True),
    ("[ ]a", "x", " a", True),
    (r"a\ b", "x", "a b", None),
    ("1.5", "q", "1x5", False),
    ("1.5(", "q", "1.5(", True),
    ("a{2}", "", "aa", True),
    ("^a{2,}?$", "", "aaa", True),
    ("^(?:ab|c)+$", "", "abc", True),
    ("^(a|)$", "", "", True),
    ("", "", "x", True),
    ("^[-a]$", "", "-", True),
    ("^[a-]$", "", "-", True),
    (r"^[\-\]\[\^]$", "", "]", True),
    ("^[a&]+$", "", "a&&a", True),
    (r"^[~#\\]$", "", "~", True),
    (r"\.\$\^\{\}", "", ".$^{}", True),
    ("^[^a-z]$", "i", "x", False),
    ("^[^a-z]$", "i", "X", False),
    ("^[^a-z]$", "i", "\u212a", False),
    ("^[^a-z]$", "i", "1", True),
    ("^[^Q]$", "i", "q", False),
    ("^[^Qé]+$", "i", "É", False),
    ("^[^,]$", "i", "a", True),
    ("^[A-Z-[IO]]$", "i", "i", False),
    ("^[A-Z-[IO]]$", "i", "b", True),
    ("^[A-Z-[io]]$", "i", "O", False),
    ("^[^a-z-[1]]+$", "i", "2X", False),
    ("^[^a-z-[1]]+$", "i", "23", True),
    (r"^\p{Lu}$", "i", "a", False),
    (r"^\P{Lu}$", "i", "A", False),
    (r"^[\p{Lu}x]+$", "i", "AX", True),
    (r"^[\p{Lu}x]+$", "i", "y", False),
    (r"^[^\p{Lu}x]+$", "i", "X", False),
    (r"^\w+$", "i", "aB", True),
]


def match_in_engine(text: str, pattern: str) -> bool:
    """Return whether the engine finds an expression of its own dialect in a text."""
    rows = STORE.query(f"SELECT (REGEX({Literal(text)}, {Literal(pattern)}) AS ?found) {{}}")
    assert isinstance(rows, QuerySolutions)
    return str(next(rows)["found"]) == str(Literal("true", datatype=BOOLEAN))


@pytest.mark.parametrize(("pattern", "flags", "text", "expected"), MATCHES)
def test_translate_expression_same_in_both_dialects(
    pattern: str, flags: str, text: str, *, expected: bool | None
) -> None:
    """An expression matches what XPath says, in either dialect; None says that XPath has no such expression."""
    if expected is None:
        with pytest.raises(PatternError):
            translate(pattern, flags)
        return
    found = translate(pattern, flags)
    assert matches(text, pattern, flags) is expected
    assert found.rust is not None
    assert match_in_engine(text, found.rust) is expected


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"(.)\1", "deed", True),
        (r"(.)\1", "ship", False),
        (r"(a)(b)\2\1", "abba", True),
        (r"(a)\10", "aa0", True),
        (r"(?:(a)|b)\1", "aa", True),
    ],
)
def test_translate_back_reference_in_python_only(pattern: str, text: str, *, expected: bool) -> None:
    """A back-reference takes as many digits as there are groups, and the engine without them is not given any."""
    assert translate(pattern).rust is None
    assert matches(text, pattern) is expected


REFUSED = [
    (r"\bword\b", "", r"no escape \\b", 0),
    ("(?i)a", "", r"no \(\?", 1),
    ("(?=a)", "", r"no \(\?", 1),
    ("a**", "", "repeated already", 2),
    ("a{,3}", "", r"write \\{", 1),
    ("a{3,2}", "", "ends before it begins", 1),
    ("*a", "", "repeats nothing", 0),
    ("[z-a]", "", "ends before it begins", 2),
    ("[a-\\d]", "", "set of characters", 2),
    ("[a-[b]c]", "", "last in its class", 6),
    ("[]", "", "for the character itself", 1),
    ("[a", "", "never closed", 0),
    ("(a", "", "never closed", 0),
    ("a)", "", "closes no group", 1),
    ("a]", "", "for the character itself", 1),
    ("a\\", "", "no escape", 1),
    (r"\1(a)", "", "no group", 0),
    (r"(a\1)", "", "no group", 2),
    (r"\0", "", "no group", 0),
    (r"\p{Cs}", "", "no category or block", 0),
    (r"\p{Xx}", "", "no category or block", 0),
    (r"\p{IsAtlantis}", "", "no category or block", 0),
    ("a", "g", "no flag 'g'", 0),
    ("a{1001}", "", "more than 1000 times", 1),
    ("(" * 60 + ")" * 60, "", "50 levels", 51),
    ("[a-" * 60, "", "50 levels", 154),
    ("a" * 10_001, "", "more than 10000", 10_000),
]


@pytest.mark.parametrize(("pattern", "flags", "reason", "offset"), REFUSED)
def test_translate_what_xpath_has_not_refused(pattern: str, flags: str, reason: str, offset: int) -> None:
    """What is no expression of XPath is refused with the reason and the place."""
    with pytest.raises(PatternError, match=reason) as caught:
        translate(pattern, flags)
    assert caught.value.offset == offset


REPLACED = [
    ("21.03.1997", r"(\d+)\.(\d+)\.(\d+)", "$3_$2_$1", "1997_03_21"),
    ("fee 5", "([0-9]+)", r"\$$1", "fee $5"),
    ("abc", "(b)", "[$12]", "a[b2]c"),
    ("abc", "b", "[$0b]", "a[bb]c"),
    ("abc", "(b)", "[$2]", "a[]c"),
    ("abc", "b", r"\\", "a\\c"),
    ("abc", "(x)?b", "<$1>", "a<>c"),
    ("1234567890a", "(1)(2)(3)(4)(5)(6)(7)(8)(9)(0)(a)", "$11-$1-$12", "a-1-12"),
]


@pytest.mark.parametrize(("text", "pattern", "replacement", "expected"), REPLACED)
def test_replace_numbers_of_groups(text: str, pattern: str, replacement: str, expected: str) -> None:
    """A number takes as many digits as there are groups, and the engine is given a replacement that says the same."""
    assert replace(text, pattern, replacement) == expected
    found = translate(pattern)
    written = parse_replacement(replacement, found.groups).rust
    arguments = ", ".join(str(Literal(value)) for value in (text, found.rust or "", written))
    rows = STORE.query(f"SELECT (REPLACE({arguments}) AS ?found) {{}}")
    assert isinstance(rows, QuerySolutions)
    assert next(rows)["found"] == Literal(expected)


@pytest.mark.parametrize("replacement", ["$", "a$b", r"\n", "\\"])
def test_parse_replacement_dangling_sign_refused(replacement: str) -> None:
    """A dollar sign without a number and a backslash before another character are errors of XPath."""
    with pytest.raises(PatternError):
        parse_replacement(replacement, 1)
    assert replace("a.c", ".", replacement, "q") == f"a{replacement}c"


@pytest.mark.parametrize("pattern", ["x*", "", "^", "(a|)"])
def test_replace_expression_that_matches_nothing_refused(pattern: str) -> None:
    """An expression that matches an empty text replaces nothing (err:FORX0003)."""
    with pytest.raises(PatternError, match="empty text"):
        replace("abc", pattern, "-")


ATOMS = st.sampled_from(
    [
        *"abA1 -_.",
        "\\.",
        "\\d",
        "\\s",
        "\\S",
        "\\W",
        "[ab]",
        "[^a]",
        "[a-c-[b]]",
        "[^a-c]",
        "[A-C-[b]]",
        "[\\d-[1]]",
        "[\\w_]",
        "\\p{Ll}",
        "\\P{Lu}",
        "[^\\p{Lu}b]",
        "(?:ab)",
    ]
)
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from("*+?")).map(lambda pair: f"({pair[0]}){pair[1]}"),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(EXPRESSIONS, st.text(alphabet="abcA1 -_+.\n\r\té", max_size=8), st.sampled_from(["", "i", "s", "m"]))
def test_translate_any_expression_dialects_agree(pattern: str, text: str, flags: str) -> None:
    """Whatever is written, both engines find it in the same texts."""
    rust = translate(pattern, flags).rust
    assert rust is not None
    assert match_in_engine(text, rust) is matches(text, pattern, flags)


@given(st.text(alphabet="ab()[]{}|*+?\\-^$.,1pL&~#", max_size=20), st.text(alphabet="smixq", max_size=2))
def test_translate_any_text_translated_or_refused(pattern: str, flags: str) -> None:
    """Any text is translated into expressions that both engines read, or refused as none of XPath."""
    try:
        found = translate(pattern, flags)
    except PatternError as error:
        assert 0 <= error.offset <= len(pattern)  # noqa: PT017 - the other outcome is checked below
        return
    found.compile()
    if found.rust is not None:
        match_in_engine("a", found.rust)
