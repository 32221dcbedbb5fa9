r"""Regular expressions of XPath (Functions 3.1, section 5.6.1), translated for the engines that run them.

They are those of XML Schema (1.1 part 2, appendix G) with anchors, groups, reluctant quantifiers and back-references.
Engines of other dialects accept most of them and read some differently without saying so: ``[a-z-[aeiou]]`` is no
subtraction there, ``\w`` and ``.`` match other characters, and ``\b`` or ``(?i)`` mean something.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from eild.xpath.characters import LAST_CODE_POINT, CharacterClass, Member, has_property, write_character, write_ranges

FLAGS: Final = "smixq"
"""The flags of XPath."""

_MOST_DEPTH: Final = 50
_LONGEST: Final = 10_000
_MOST_REPEATS: Final = 1_000
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t"} | {sign: sign for sign in r"\|.?*+(){}-[]^$"}
_SPACE: Final = " \t\n\r"
_QUANTIFIER: Final = re.compile(r"\{(\d+)(,(\d*))?\}")
_CATEGORY: Final = re.compile(r"[pP]\{([A-Za-z0-9-]+)\}")
_LINE_ENDS: Final = ((0xA, 0xA), (0xD, 0xD))


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


class _Translator:
    """Reads an expression from left to right and writes it in a dialect."""

    def __init__(self, pattern: str, flags: str, *, rust: bool) -> None:
        self._rust = rust
        self._text = pattern
        self._at = 0
        self._dotall = "s" in flags
        self._multiline = "m" in flags
        self._ignores_case = "i" in flags
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
            self._write_class(CharacterClass(((0, LAST_CODE_POINT),) if self._dotall else _LINE_ENDS, not self._dotall))
        elif sign == "\\":
            self._read_escape(start)
        elif sign in "^$":
            self._write_anchor(sign)
        else:
            self.written.append(sign)
        self._read_quantifier()

    def _write_anchor(self, sign: str) -> None:
        anchor = sign
        if not self._multiline:
            anchor = r"\Z" if sign == "$" and not self._rust else sign
        repeated = self._peek() in {"?", "*", "+", "{"}  # which re refuses without a group
        self.written.append(f"(?m:{anchor})" if self._multiline else f"(?:{anchor})" if repeated else anchor)

    def _write_class(self, found: CharacterClass) -> None:
        """Write a class; where case is ignored and engines would do so too late, with all variants of its own."""
        folds = self._ignores_case and not found.is_folded_by_engines()
        found = found.fold_case() if folds else found
        text = found.write_rust() if self._rust else write_ranges(found.find_ranges(), rust=False)
        self.written.append(f"(?-i:{text})" if folds else text)

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
        self._write_class(CharacterClass((self._read_escaped(start),)))

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

    def _read_escaped(self, start: int) -> Member:
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
            if not has_property(name):
                raise self._fail(f"Unicode has no category or block {name}", start)
            return f"{match[0][0]}:{name}"
        raise self._fail(f"XPath has no escape \\{sign}", start)

    def _read_class(self, depth: int) -> CharacterClass:
        """Return a class, read from after its opening bracket."""
        start = self._at - 1
        if depth > _MOST_DEPTH:
            raise self._fail(f"classes are nested more than {_MOST_DEPTH} levels deep")
        inverted = self._take("^")
        members: list[Member] = []
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
        return CharacterClass(tuple(members), inverted, removed)

    def _read_range(self, *, first: bool) -> Member:
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

    def _read_member(self, *, may_be_hyphen: bool) -> Member:
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
        return ignores + "".join(write_character(ord(sign), rust=rust) for sign in pattern), 0, False
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
