r"""Regular expressions of XPath (Functions 3.1, section 5.6.1), translated for the engines that run them.

They are those of XML Schema (1.1 part 2, appendix G) with anchors, groups, reluctant quantifiers and back-references.
Engines of other dialects accept most of them and read some differently without saying so: ``[a-z-[aeiou]]`` is no
subtraction there, ``\w`` and ``.`` match other characters, and ``\b`` or ``(?i)`` mean something.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from eild.xpath.blocks import BLOCKS

FLAGS: Final = "smixq"
"""The flags of XPath."""

_MOST_CODE_POINT: Final = 0x10FFFF
_SURROGATES: Final = (0xD800, 0xDFFF)
_MOST_DEPTH: Final = 50
_LONGEST: Final = 10_000
_MOST_REPEATS: Final = 1_000
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t"} | {sign: sign for sign in r"\|.?*+(){}-[]^$"}
_SPACE: Final = " \t\n\r"
_QUANTIFIER: Final = re.compile(r"\{(\d+)(,(\d*))?\}")
_CATEGORY: Final = re.compile(r"[pP]\{([A-Za-z0-9-]+)\}")
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
_LINE_ENDS: Final = ((0xA, 0xA), (0xD, 0xD))
_SPACES: Final = ((0x9, 0xA), (0xD, 0xD), (0x20, 0x20))

Ranges = tuple[tuple[int, int], ...]


class PatternError(ValueError):
    """A text that is not a regular expression of XPath, or one that cannot be translated.

    :ivar reason: what is wrong
    :ivar offset: where in the text, from 0
    """

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(f"{reason} (character {offset + 1})")
        self.reason = reason
        self.offset = offset


@dataclass(frozen=True)
class Expression:
    """A regular expression of XPath, its flags included.

    :ivar pattern: as it was given
    :ivar flags: as they were given
    :ivar rust: for the ``regex`` crate, which Oxigraph uses; None if it has a back-reference, which that crate lacks
    :ivar groups: how many groups it captures
    """

    pattern: str
    flags: str
    rust: str | None
    groups: int

    @cached_property
    def python(self) -> str:
        """The expression for :mod:`re`; to make it takes up to a third of a second where it names categories."""
        return _translate(self.pattern, self.flags, rust=False)[0]

    def compile(self) -> re.Pattern[str]:
        """Return the expression compiled by :mod:`re`.

        :raises PatternError: if it is too large for it
        """
        try:
            return re.compile(self.python)
        except (re.error, RecursionError, OverflowError) as error:
            raise PatternError(f"the expression is too large: {error}", 0) from error


@dataclass(frozen=True)
class _Class:
    """A class of characters as it is written.

    :ivar members: ranges of code points, letters of escapes, and names of categories and blocks after ``p:`` or ``P:``
    :ivar inverted: whether it holds all others
    :ivar removed: what is subtracted in the end
    """

    members: tuple[tuple[int, int] | str, ...]
    inverted: bool = False
    removed: _Class | None = None

    def find_ranges(self) -> Ranges:
        """Return all that it holds."""
        found = _merge(tuple(one for member in self.members for one in _find_ranges(member)))
        found = _invert(found) if self.inverted else found
        return _subtract(found, self.removed.find_ranges()) if self.removed else found

    def write_rust(self) -> str:
        """Return it as the ``regex`` crate writes it."""
        text = f"[{'^' if self.inverted else ''}{''.join(map(_write_member, self.members))}]"
        return f"[{text}--{self.removed.write_rust()}]" if self.removed else text


def _find_ranges(member: tuple[int, int] | str) -> Ranges:
    if not isinstance(member, str):
        return (member,)
    if len(member) == 1:
        return _find_escape(member)
    name = member[2:]
    ranges = BLOCKS[name[2:]] if name.startswith("Is") else _find_category(name)
    return ranges if member[0] == "p" else _invert(ranges)


def _write_member(member: tuple[int, int] | str) -> str:
    """Return a member of a class as the ``regex`` crate writes it."""
    if isinstance(member, str) and (native := _RUST.get(member)):
        return native
    if isinstance(member, str) and member[2:] in _CATEGORIES:
        return f"\\{member[0]}{{{member[2:]}}}"
    return _write_ranges(_find_ranges(member), rust=True)[1:-1]


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
    return (*found, (start, _MOST_CODE_POINT)) if start <= _MOST_CODE_POINT else tuple(found)


def _subtract(ranges: Ranges, removed: Ranges) -> Ranges:
    """Return what is in the first ranges and not in the second."""
    return _invert((*_invert(ranges), *removed))


@lru_cache(maxsize=1)
def _list_categories() -> dict[str, Ranges]:
    """Return the ranges of each general category of Unicode."""
    found: dict[str, list[tuple[int, int]]] = {}
    start, before = 0, unicodedata.category("\0")
    for point in range(1, _MOST_CODE_POINT + 2):
        category = unicodedata.category(chr(point)) if point <= _MOST_CODE_POINT else ""
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


def _write_sign(point: int, *, rust: bool) -> str:
    """Return a code point as either dialect writes it, whatever stands around it."""
    sign = chr(point)
    if sign.isascii() and sign.isalnum():
        return sign
    return f"\\x{{{point:X}}}" if rust else f"\\U{point:08X}"


def _write_ranges(ranges: Ranges, *, rust: bool) -> str:
    """Return a class of characters."""
    if not ranges:
        return _NO_CHARACTER if rust else "(?!)"
    parts = []
    for first, last in ranges:
        has_surrogates = rust and first <= _SURROGATES[1] and last >= _SURROGATES[0]  # which are no characters there
        pieces = ((first, _SURROGATES[0] - 1), (_SURROGATES[1] + 1, last)) if has_surrogates else ((first, last),)
        parts += [
            _write_sign(start, rust=rust) + (f"-{_write_sign(end, rust=rust)}" if end > start else "")
            for start, end in pieces
            if start <= end
        ]
    return f"[{''.join(parts)}]" if parts else _write_ranges((), rust=rust)


class _Translator:
    """Reads an expression from left to right and writes it in a dialect."""

    def __init__(self, pattern: str, flags: str, *, rust: bool) -> None:
        self._rust = rust
        self._text = pattern
        self._at = 0
        self._dotall = "s" in flags
        self._multiline = "m" in flags
        self._closed: set[int] = set()
        self.groups = 0
        self.refers = False
        self.written: list[str] = []

    def _fail(self, reason: str, offset: int | None = None) -> PatternError:
        return PatternError(reason, self._at if offset is None else offset)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, sign: str) -> bool:
        if not self._text.startswith(sign, self._at):
            return False
        self._at += len(sign)
        return True

    def read(self, depth: int = 0) -> None:
        """Read alternatives to the end, or to the parenthesis that closes them."""
        if depth > _MOST_DEPTH:
            raise self._fail(f"groups are nested more than {_MOST_DEPTH} levels deep")
        while (sign := self._peek()) and sign != ")":
            if self._take("|"):
                self.written.append("|")
            else:
                self._read_piece(depth)
        if not depth and sign:
            raise self._fail("this ) closes no group")

    def _read_piece(self, depth: int) -> None:
        sign, start = self._peek(), self._at
        if sign in "?*+{":
            raise self._fail(f"{sign} repeats nothing")
        if sign in "}]":
            raise self._fail(f"write \\{sign} for the character itself")
        self._at += 1
        if sign == "(":
            self._read_group(depth)
        elif sign == "[":
            self._write_class(self._read_class(depth))
        elif sign == ".":
            self._write_class(_Class(((0, _MOST_CODE_POINT),) if self._dotall else _LINE_ENDS, not self._dotall))
        elif sign == "\\":
            self._read_escape(start)
        elif sign in "^$":
            self._write_anchor(sign)
        else:
            self.written.append(_write_sign(ord(sign), rust=self._rust))
        self._read_quantifier()

    def _write_anchor(self, sign: str) -> None:
        anchor = sign
        if not self._multiline:
            anchor = r"\A" if sign == "^" else r"\z" if self._rust else r"\Z"
        repeated = self._peek() in {"?", "*", "+", "{"}  # which re refuses without a group
        self.written.append(f"(?m:{anchor})" if self._multiline else f"(?:{anchor})" if repeated else anchor)

    def _write_class(self, found: _Class) -> None:
        self.written.append(found.write_rust() if self._rust else _write_ranges(found.find_ranges(), rust=False))

    def _read_group(self, depth: int) -> None:
        start = self._at - 1
        number = 0
        if self._take("?:"):
            self.written.append("(?:")
        elif self._peek() == "?":
            raise self._fail("XPath has no (? but (?:…)")
        else:
            self.groups += 1
            number = self.groups
            self.written.append("(")
        self.read(depth + 1)
        if not self._take(")"):
            raise self._fail("this ( is never closed", start)
        self.written.append(")")
        self._closed.add(number)

    def _read_quantifier(self) -> None:
        if match := _QUANTIFIER.match(self._text, self._at):
            least = int(match[1])
            most = least if match[2] is None else int(match[3]) if match[3] else None
            if most is not None and most < least:
                raise self._fail(f"{match[0]} ends before it begins")
            if max(least, most or 0) > _MOST_REPEATS:
                raise self._fail(f"{match[0]} repeats more than {_MOST_REPEATS} times")
            self._at = match.end()
            self.written.append(f"{{{least}}}" if most == least else f"{{{least},{'' if most is None else most}}}")
        elif (sign := self._peek()) and sign in "?*+":
            self._at += 1
            self.written.append(sign)
        elif sign == "{":
            raise self._fail("write \\{ for the character itself")
        else:
            return
        if self._take("?"):
            self.written.append("?")
        if (sign := self._peek()) and sign in "?*+{":
            raise self._fail(f"{sign} repeats what is repeated already")

    def _read_escape(self, start: int) -> None:
        sign = self._peek()
        if sign.isascii() and sign.isdigit():
            self._read_reference(start)
            return
        self._write_class(_Class((self._read_escaped(start),)))

    def _read_reference(self, start: int) -> None:
        """Read a back-reference: as many digits as make the number of a group that is there (section 5.6.1)."""
        end = self._at + 1
        while self._text[end : end + 1].isdecimal() and int(self._text[self._at : end + 1]) <= self.groups:
            end += 1
        number = int(self._text[self._at : end])
        if number not in self._closed or not number:
            raise self._fail(f"\\{number} refers to no group that ends before it", start)
        self._at = end
        self.refers = True
        self.written.append(f"(?:\\{number})")

    def _read_escaped(self, start: int) -> tuple[int, int] | str:
        """Return the member of a class that an escape is, given where its backslash is."""
        sign = self._peek()
        if sign in _ESCAPED:
            self._at += 1
            return (ord(_ESCAPED[sign]),) * 2
        if sign and sign in "sSiIcCdDwW":
            self._at += 1
            return sign
        if match := _CATEGORY.match(self._text, self._at):
            self._at = match.end()
            name = match[1]
            if name not in _CATEGORIES and not (name.startswith("Is") and name[2:] in BLOCKS):
                raise self._fail(f"Unicode has no category or block {name}", start)
            return f"{match[0][0]}:{name}"
        raise self._fail(f"XPath has no escape \\{sign}", start)

    def _read_class(self, depth: int) -> _Class:
        """Return a class, read from after its opening bracket."""
        start = self._at - 1
        if depth > _MOST_DEPTH:
            raise self._fail(f"classes are nested more than {_MOST_DEPTH} levels deep")
        inverted = self._take("^")
        members: list[tuple[int, int] | str] = []
        removed = None
        while not (self._peek() == "]" and members):
            if not self._peek():
                raise self._fail("this [ is never closed", start)
            if members and self._take("-["):
                removed = self._read_class(depth + 1)
                if self._peek() != "]":
                    raise self._fail("a subtraction must be the last in its class")
                break
            members.append(self._read_range(first=not members))
        self._at += 1
        return _Class(tuple(members), inverted, removed)

    def _read_range(self, *, first: bool) -> tuple[int, int] | str:
        """Return the next member of a class: a character, a range, or an escape."""
        begin = self._read_member(may_be_hyphen=first or self._text[self._at + 1 : self._at + 2] == "]")
        follows = self._text[self._at : self._at + 2]
        if follows[:1] != "-" or follows[1:] in {"]", "["} or isinstance(begin, str):
            return begin
        start = self._at
        self._at += 1
        end = self._read_member(may_be_hyphen=False)
        if isinstance(end, str):
            raise self._fail("a range ends with a set of characters", start)
        if end[0] < begin[0]:
            raise self._fail("a range ends before it begins", start)
        return begin[0], end[0]

    def _read_member(self, *, may_be_hyphen: bool) -> tuple[int, int] | str:
        sign, start = self._peek(), self._at
        if not sign or sign == "[" or (sign in "-]" and not (sign == "-" and may_be_hyphen)):
            raise self._fail(f"write \\{sign} for the character itself")
        self._at += 1
        return self._read_escaped(start) if sign == "\\" else (ord(sign), ord(sign))


def _drop_spaces(pattern: str) -> str:
    """Return an expression without its white space outside of classes, as the flag ``x`` asks for."""
    kept, depth, escaped = [], 0, False
    for sign in pattern:
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        else:
            depth += (sign == "[") - (sign == "]" and depth > 0)
        if depth or sign not in _SPACE:
            kept.append(sign)
    return "".join(kept)


@lru_cache(maxsize=512)
def translate(pattern: str, flags: str = "") -> Expression:
    """Return a regular expression in the dialects of engines.

    :param pattern: the expression, as ``fn:matches``, ``sh:pattern`` or REGEX have it
    :param flags: any of :data:`FLAGS`
    :raises PatternError: if XPath has no such expression or flag, or it is too large
    """
    for number, flag in enumerate(flags):
        if flag not in FLAGS:
            raise PatternError(f"XPath has no flag {flag!r}, only {', '.join(FLAGS)}", number)
    if len(pattern) > _LONGEST:
        raise PatternError(f"the expression has more than {_LONGEST} characters", _LONGEST)
    text, groups, refers = _translate(pattern, flags, rust=True)
    return Expression(pattern, flags, None if refers else text, groups)


def _translate(pattern: str, flags: str, *, rust: bool) -> tuple[str, int, bool]:
    """Return an expression in a dialect, how many groups it captures, and whether it refers to them."""
    ignores = "(?i)" if "i" in flags else ""
    if "q" in flags:
        return ignores + "".join(_write_sign(ord(sign), rust=rust) for sign in pattern), 0, False
    translator = _Translator(_drop_spaces(pattern) if "x" in flags else pattern, flags, rust=rust)
    translator.read()
    return ignores + "".join(translator.written), translator.groups, translator.refers


@dataclass(frozen=True)
class Replacement:
    """What replaces a match: texts, and numbers of groups; 0 is the whole match.

    :ivar parts: in their order
    """

    parts: tuple[str | int, ...]

    def fill(self, match: re.Match[str]) -> str:
        """Return the text that replaces a match."""
        return "".join(part if isinstance(part, str) else match[part] or "" for part in self.parts)

    @property
    def rust(self) -> str:
        """The replacement as the ``regex`` crate writes it."""
        return "".join(part.replace("$", "$$") if isinstance(part, str) else f"${{{part}}}" for part in self.parts)


def parse_replacement(text: str, groups: int, flags: str = "") -> Replacement:
    r"""Return what the replacement of ``fn:replace`` means (section 5.6.4).

    ``$`` takes as many digits as there are groups; a number without a group stands for nothing.

    :param groups: how many groups the expression has
    :raises PatternError: if a ``$`` has no digit after it or a backslash neither ``$`` nor a backslash
    """
    if "q" in flags:
        return Replacement((text,) if text else ())
    parts: list[str | int] = []
    at = 0
    while at < len(text):
        sign, following = text[at], text[at + 1 : at + 2]
        if sign == "\\":
            if following not in {"\\", "$"}:
                raise PatternError("a backslash stands before \\ or $ alone", at)
            parts.append(following)
            at += 2
        elif sign == "$":
            if not (following.isascii() and following.isdigit()):
                raise PatternError("a $ must have the number of a group after it; write \\$ for the character", at)
            end = at + 2
            while text[end : end + 1].isdecimal() and int(text[at + 1 : end + 1]) <= groups:
                end += 1
            number = int(text[at + 1 : end])
            if number <= groups:
                parts.append(number)
            at = end
        else:
            parts.append(sign)
            at += 1
    return Replacement(tuple(parts))


def matches(text: str, pattern: str, flags: str = "") -> bool:
    """Return whether an expression matches any part of a text, as ``fn:matches`` does (section 5.6.3).

    :raises PatternError: if XPath has no such expression or flag
    """
    return _compile(pattern, flags)[0].search(text) is not None


@lru_cache(maxsize=256)
def _compile(pattern: str, flags: str) -> tuple[re.Pattern[str], int]:
    expression = translate(pattern, flags)
    return expression.compile(), expression.groups


def replace(text: str, pattern: str, replacement: str, flags: str = "") -> str:
    """Return a text in which each match of an expression is replaced, as ``fn:replace`` does (section 5.6.4).

    :raises PatternError: if XPath has no such expression, flag or replacement, or the expression matches an empty text
    """
    compiled, groups = _compile(pattern, flags)
    parsed = parse_replacement(replacement, groups, flags)
    if compiled.search(""):
        raise PatternError("the expression of a replacement must not match an empty text", 0)
    return compiled.sub(parsed.fill, text)
