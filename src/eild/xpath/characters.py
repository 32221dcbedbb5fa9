"""Classes of characters as regular expressions of XML Schema write them, and the code points that they hold."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from eild.xpath.blocks import BLOCKS

LAST_CODE_POINT: Final = 0x10FFFF
"""The last code point of Unicode."""
_SURROGATES: Final = (0xD800, 0xDFFF)
_CATEGORIES: Final = frozenset(
    "L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po Z Zs Zl Zp S Sm Sc Sk So C Cc Cf Co Cn".split()
)
_NAME_START: Final = (
    *((0x3A, 0x3A), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF)),
    *((0x370, 0x37D), (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F), (0x2C00, 0x2FEF), (0x3001, 0xD7FF)),
    *((0xF900, 0xFDCF), (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF)),
)
_NAME: Final = (*_NAME_START, (0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040))
_NO_CHARACTER: Final = r"[^\x00-\x{10FFFF}]"
_RUST: Final = {"d": r"\d", "D": r"\D", "w": r"[^\p{P}\p{Z}\p{C}]", "W": r"\p{P}\p{Z}\p{C}"}
_CONTROLS: Final = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_SPACES: Final = ((0x9, 0xA), (0xD, 0xD), (0x20, 0x20))

_CASELESS: Final = frozenset("sSdDwW")
"""Escapes that hold all case variants of what they hold."""
_LAST_CASED: Final = 0x1FFFF
"""No character of a later plane has a case."""

Ranges = tuple[tuple[int, int], ...]
Member = tuple[int, int] | str
"""A range of code points, the letter of an escape, or the name of a category or block after ``p:`` or ``P:``."""


def has_property(name: str) -> bool:
    """Return whether there is a category or block of this name, as ``p{…}`` after a backslash takes it."""
    return name in _CATEGORIES or (name.startswith("Is") and name[2:] in BLOCKS)


@dataclass(frozen=True)
class CharacterClass:
    """A class of characters as it is written.

    :ivar members: what it is made of
    :ivar inverted: whether it holds all others
    :ivar removed: what is subtracted in the end
    """

    members: tuple[Member, ...]
    inverted: bool = False
    removed: CharacterClass | None = None

    def find_ranges(self) -> Ranges:
        """Return all that it holds."""
        found = _merge(tuple(one for member in self.members for one in _find_ranges(member)))
        found = _invert(found) if self.inverted else found
        return _subtract(found, self.removed.find_ranges()) if self.removed else found

    def fold_case(self) -> CharacterClass:
        """Return what it holds where case is ignored: each character and range with its case variants.

        Escapes, categories and blocks stay, and what is inverted or subtracted is so afterwards (XPath Functions and
        Operators 3.1, section 5.6.2, flag ``i``).
        """
        members = tuple(
            one for member in self.members for one in ((member,) if isinstance(member, str) else _add_variants(member))
        )
        return CharacterClass(members, self.inverted, self.removed and self.removed.fold_case())

    def is_folded_by_engines(self) -> bool:
        """Return whether engines that ignore case read the class as XPath does.

        They ignore it after they have inverted and subtracted, and in escapes and categories too.
        """
        if self.removed or any(isinstance(member, str) and member not in _CASELESS for member in self.members):
            return False
        return not self.inverted or _merge_members(self.fold_case()) == _merge_members(self)

    def write_rust(self) -> str:
        """Return it as the ``regex`` crate writes it."""
        text = f"[{'^' if self.inverted else ''}{''.join(map(_write_member, self.members))}]"
        return f"[{text}--{self.removed.write_rust()}]" if self.removed else text


def _merge_members(found: CharacterClass) -> Ranges:
    return _merge(tuple(one for member in found.members for one in _find_ranges(member)))


@lru_cache(maxsize=1)
def _list_variants() -> dict[int, frozenset[int]]:
    """Return the case variants of each character that has some: those of equal lower case or equal upper case."""
    lower: dict[str, set[int]] = {}
    upper: dict[str, set[int]] = {}
    cased = [chr(point) for point in range(_LAST_CASED + 1)]
    cased = [sign for sign in cased if sign.lower() != sign or sign.upper() != sign]
    for sign in cased:
        for sets, form, form_of in ((lower, sign.lower(), str.lower), (upper, sign.upper(), str.upper)):
            found = sets.setdefault(form, set())
            found.add(ord(sign))
            if len(form) == 1 and form_of(form) == form:
                found.add(ord(form))
    return {ord(sign): frozenset(lower[sign.lower()] | upper[sign.upper()]) for sign in cased}


def _add_variants(found: tuple[int, int]) -> Ranges:
    """Return a range of code points together with the case variants of each."""
    first, last = found
    known = _list_variants()
    points = range(first, last + 1)
    cased = points if len(points) < len(known) else [point for point in known if point in points]
    variants = {one for point in cased for one in known.get(point, ())}
    return _merge((found, *((one, one) for one in variants)))


def _find_ranges(member: Member) -> Ranges:
    if not isinstance(member, str):
        return (member,)
    if len(member) == 1:
        return _find_escape(member)
    name = member[2:]
    ranges = BLOCKS[name[2:]] if name.startswith("Is") else _find_category(name)
    return ranges if member[0] == "p" else _invert(ranges)


def _write_member(member: Member) -> str:
    """Return a member of a class as the ``regex`` crate writes it."""
    if isinstance(member, str) and (native := _RUST.get(member)):
        return native
    if isinstance(member, str) and member[2:] in _CATEGORIES:
        return f"\\{member[0]}{{{member[2:]}}}"
    return write_ranges(_find_ranges(member), rust=True)[1:-1]


def _merge(ranges: Ranges) -> Ranges:
    """Return ranges sorted, without overlaps."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def _invert(ranges: Ranges) -> Ranges:
    """Return the ranges of all other code points."""
    found, start = [], 0
    for first, last in _merge(ranges):
        if first > start:
            found.append((start, first - 1))
        start = last + 1
    return (*found, (start, LAST_CODE_POINT)) if start <= LAST_CODE_POINT else tuple(found)


def _subtract(ranges: Ranges, removed: Ranges) -> Ranges:
    """Return what is in the first ranges and not in the second."""
    return _invert((*_invert(ranges), *removed))


@lru_cache(maxsize=1)
def _list_categories() -> dict[str, Ranges]:
    """Return the ranges of each general category of Unicode."""
    found: dict[str, list[tuple[int, int]]] = {}
    start, before = 0, unicodedata.category("\0")
    for point in range(1, LAST_CODE_POINT + 2):
        category = unicodedata.category(chr(point)) if point <= LAST_CODE_POINT else ""
        if category != before:
            found.setdefault(before, []).append((start, point - 1))
            start, before = point, category
    return {name: tuple(ranges) for name, ranges in found.items()}


@lru_cache(maxsize=64)
def _find_category(name: str) -> Ranges:
    """Return the ranges of a category, or of all whose names begin with a letter."""
    found = [ranges for category, ranges in _list_categories().items() if category.startswith(name)]
    return _merge(tuple(one for ranges in found for one in ranges))


@lru_cache(maxsize=16)
def _find_escape(letter: str) -> Ranges:
    """Return the ranges of a multi-character escape (XML Schema 1.1 part 2, appendix G.4.2.5)."""
    if letter.isupper():
        return _invert(_find_escape(letter.lower()))
    if letter == "w":
        return _invert((*_find_category("P"), *_find_category("Z"), *_find_category("C")))
    return {"s": _SPACES, "d": _find_category("Nd"), "i": _NAME_START, "c": _NAME}[letter]


def write_character(point: int, *, rust: bool) -> str:
    """Return a code point as either dialect writes it, whatever stands around it."""
    sign = chr(point)
    if sign.isascii() and sign.isalnum():
        return sign
    if sign in _CONTROLS:
        return _CONTROLS[sign]
    return f"\\x{{{point:X}}}" if rust else f"\\U{point:08X}"


def write_ranges(ranges: Ranges, *, rust: bool) -> str:
    """Return a class of characters."""
    if not ranges:
        return _NO_CHARACTER if rust else "(?!)"
    parts = []
    for first, last in ranges:
        has_surrogates = first <= _SURROGATES[1] and last >= _SURROGATES[0]  # no text has them, and Rust refuses them
        pieces = ((first, _SURROGATES[0] - 1), (_SURROGATES[1] + 1, last)) if has_surrogates else ((first, last),)
        parts += [
            write_character(start, rust=rust) + (f"-{write_character(end, rust=rust)}" if end > start else "")
            for start, end in pieces
            if start <= end
        ]
    return f"[{''.join(parts)}]" if parts else write_ranges((), rust=rust)
