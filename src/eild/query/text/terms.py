"""Terms, property paths and triple patterns of a query, read from its tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

from eild.query.text.syntax import Block, Path, Term, Triple

if TYPE_CHECKING:
    from eild.query.text.tokens import Tokens

MAX_TERM_DEPTH: Final = 32
"""How deep collections, parts of paths and quoted triples may be nested in each other: their cost grows fastest."""

_PRIMARY: Final = frozenset({"iri", "name"})


class UnreadError(Exception):
    """The tokens are not those of a query, as far as this grammar goes.

    :ivar index: the token at which it ends
    :ivar expected: what could stand there
    """

    def __init__(self, index: int, expected: str) -> None:
        super().__init__(expected)
        self.index = index
        self.expected = expected


class DepthError(Exception):
    """Terms are nested too deep.

    :ivar index: the token at which they are
    """

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self.index = index


def _list_variables(term: Term) -> list[tuple[int, str]]:
    """Return the variables of a term, each with its token."""
    found = [(term.start, term.name)] if term.kind == "variable" else []
    return found + [pair for inner in term.inner for pair in _list_variables(inner)]


class Cursor:
    """Goes from token to token.

    :param tokens: of the query
    """

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.kinds = tokens.kinds
        self.texts = tokens.texts
        self.at = 0

    def fail(self, expected: str) -> NoReturn:
        """Give up at the token that comes next.

        :raises UnreadError: always
        """
        raise UnreadError(self.at, expected)

    def peek_word(self) -> str:
        """Return the keyword that comes next in capitals; empty if no word does."""
        return self.texts[self.at].upper() if self.kinds[self.at] == "word" else ""

    def take_sign(self, sign: str) -> bool:
        """Pass a sign if it comes next, and return whether it does."""
        if self.texts[self.at] != sign or self.kinds[self.at] != "sign":
            return False
        self.at += 1
        return True

    def take_word(self, word: str) -> bool:
        """Pass a keyword if it comes next, and return whether it does."""
        if self.kinds[self.at] != "word" or self.texts[self.at].upper() != word:
            return False
        self.at += 1
        return True

    def expect_sign(self, sign: str) -> None:
        """Pass a sign.

        :raises UnreadError: if another token comes next
        """
        if not self.take_sign(sign):
            self.fail(sign)

    def take_kind(self, *kinds: str) -> int:
        """Pass a token of certain kinds and return it.

        :raises UnreadError: if one of another kind comes next
        """
        if self.kinds[self.at] not in kinds:
            self.fail(f"{'an' if kinds[0] == 'iri' else 'a'} {'IRI' if kinds[0] == 'iri' else kinds[0]}")
        self.at += 1
        return self.at - 1

    def take_variable(self) -> str:
        """Pass a variable and return its name.

        :raises UnreadError: if something else comes next
        """
        return self.texts[self.take_kind("variable")][1:]


class PathReader(Cursor):
    """Reads variables, IRIs and property paths.

    :ivar variables: names of all variables that were read, in order of appearance
    """

    def __init__(self, tokens: Tokens) -> None:
        super().__init__(tokens)
        self.variables: dict[str, None] = {}
        self._depth = 0

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > MAX_TERM_DEPTH:
            raise DepthError(self.at - 1)

    def read_variable(self) -> str:
        """Read a variable and return its name.

        :raises UnreadError: if something else comes next
        """
        name = self.take_variable()
        self.variables[name] = None
        return name

    def read_iri(self) -> Term:
        """Read an IRI or a prefixed name.

        :raises UnreadError: if something else comes next
        """
        start = self.take_kind("iri", "name")
        return Term("iri", start, self.at)

    def _begins_path(self) -> bool:
        kind, text = self.kinds[self.at], self.texts[self.at]
        return kind in {"variable", "iri", "name"} or (text in {"^", "!", "(", "a"} and kind in {"sign", "word"})

    def read_path(self) -> Path:
        """Read a property path, or a variable in its place.

        :raises UnreadError: if none comes next
        """
        if self.kinds[self.at] == "variable":
            return Path("variable", self.at, self.at + 1, self.read_variable())
        return self._read_operands("|")

    def _read_operands(self, sign: str) -> Path:
        start = self.at
        parts = [self._read_operands("/") if sign == "|" else self._read_step()]
        while self.take_sign(sign):
            parts.append(self._read_operands("/") if sign == "|" else self._read_step())
        return parts[0] if len(parts) == 1 else Path(sign, start, self.at, parts=tuple(parts))

    def _read_step(self) -> Path:
        start = self.at
        inverse = self.take_sign("^")
        step = self._read_primary()
        if self.kinds[self.at] == "sign" and self.texts[self.at] in {"?", "*", "+"}:
            self.at += 1
            step = Path(self.texts[self.at - 1], step.start, self.at, parts=(step,))
        return Path("^", start, self.at, parts=(step,)) if inverse else step

    def _read_primary(self) -> Path:
        start = self.at
        if self.take_sign("("):
            self._enter()
            path = self._read_operands("|")
            self.expect_sign(")")
            self._depth -= 1
            return Path(path.kind, start, self.at, path.name, path.parts)
        if self.take_sign("!"):
            return self._read_negated(start)
        return self._read_predicate()

    def _read_predicate(self) -> Path:
        start = self.at
        if self.kinds[self.at] == "word" and self.texts[self.at] == "a":
            self.at += 1
        else:
            self.take_kind("iri", "name")
        return Path("iri", start, self.at)

    def _read_negated(self, start: int) -> Path:
        """Read a negated property set after its exclamation mark."""
        parts = []
        several = self.take_sign("(")
        while not (several and self.take_sign(")")):
            first = self.at
            inverse = self.take_sign("^")
            predicate = self._read_predicate()
            parts.append(Path("^", first, self.at, parts=(predicate,)) if inverse else predicate)
            if not several:
                break
            if not self.take_sign("|"):
                self.expect_sign(")")
                break
        return Path("!", start, self.at, parts=tuple(parts))


class TermReader(PathReader):
    """Reads terms and triple patterns.

    :ivar makes_nodes: whether blank nodes were read
    """

    def __init__(self, tokens: Tokens) -> None:
        super().__init__(tokens)
        self.makes_nodes = False

    def read_literal(self) -> Term | None:
        """Read a literal if one comes next."""
        start, kind, text = self.at, self.kinds[self.at], self.texts[self.at]
        if kind == "string":
            self.at += 1
            if self.kinds[self.at] == "language":
                self.at += 1
            elif self.take_sign("^^"):
                self.take_kind("iri", "name")
        elif kind == "word" and text.upper() in {"TRUE", "FALSE"}:
            self.tokens.replace(start, text.lower())  # which the engine insists on
            self.at += 1
        elif kind == "number":
            self.at += 1
        elif kind == "sign" and text in {"+", "-"} and self.kinds[self.at + 1] == "number":
            self.at += 2
        else:
            return None
        return Term("literal", start, self.at)

    def read_term(self, block: Block | None = None) -> Term:
        """Read a variable or a term.

        :param block: takes the triple patterns of collections and blank nodes; without one there must be none
        :raises UnreadError: if something else comes next
        """
        kind, start = self.kinds[self.at], self.at
        if kind == "variable":
            return Term("variable", start, start + 1, self.read_variable())
        if kind in _PRIMARY:
            self.at += 1
            return Term("iri", start, self.at)
        if literal := self.read_literal():
            return literal
        if kind == "blank":
            self.at += 1
            self.makes_nodes = True
            return Term("blank", start, self.at, self.texts[start])
        if self.take_sign("<<("):
            return self._read_triple_term(start, ")", block)
        if block is None:
            self.fail("a term")
        if self.take_sign("<<"):
            block.is_plain = False
            return self._read_triple_term(start, "", block)
        if self.take_sign("["):
            return self._read_blank(start, block)
        if self.take_sign("("):
            return self._read_collection(start, block)
        return self.fail("a term")

    def _read_triple_term(self, start: int, closing: str, block: Block | None) -> Term:
        """Read a triple term, or a reified triple with its reifier."""
        self._enter()
        if block is not None:
            block.is_plain = False
        inner = [self.read_term(block)]
        if self.take_word("A"):
            inner.append(Term("iri", self.at - 1, self.at))
        else:
            inner.append(self._read_verb_term())
        inner.append(self.read_term(block))
        if not closing and self.take_sign("~") and self.kinds[self.at] in {"variable", "iri", "name", "blank"}:
            inner.append(self.read_term())
        if closing:
            self.expect_sign(closing)
        self.expect_sign(">>")
        self._depth -= 1
        return Term("triple", start, self.at, inner=tuple(inner))

    def _read_verb_term(self) -> Term:
        if self.kinds[self.at] == "variable":
            return Term("variable", self.at, self.at + 1, self.read_variable())
        return self.read_iri()

    def _read_blank(self, start: int, block: Block) -> Term:
        """Read the rest of a blank node in brackets; its patterns are those of a subject."""
        self.makes_nodes = True
        node = Term("blank", start, start + 1)
        if not self.take_sign("]"):
            self.read_properties(node, block)
            self.expect_sign("]")
        node.end = self.at
        return node

    def _read_collection(self, start: int, block: Block) -> Term:
        self._enter()
        self.makes_nodes = True
        if self.take_sign(")"):
            self._depth -= 1
            return Term("iri", start, self.at)
        node = Term("blank", start, start + 1)
        block.is_plain &= False
        while not self.take_sign(")"):
            block.triples.append(Triple(node, Path("list", self.at, self.at), self.read_term(block)))
        node.end = self.at
        self._depth -= 1
        return node

    def read_block(self) -> Block:
        """Read the triple patterns of one subject.

        :raises UnreadError: if they are not there
        """
        block = Block(self.at, self.at)
        begins_with_node = self.texts[self.at] in {"[", "(", "<<"} and self.kinds[self.at] == "sign"
        subject = self.read_term(block)
        lone = begins_with_node and subject.end - subject.start > 1 and subject.kind != "iri"
        if lone and self._ends_block():
            block.reifiers += _list_variables(subject)
        else:
            self.read_properties(subject, block)
        block.end = self.at
        return block

    def _ends_block(self) -> bool:
        return (
            self.kinds[self.at] == "end"
            or (self.kinds[self.at] == "sign" and self.texts[self.at] in {".", "}", "{"})
            or (self.kinds[self.at] == "word" and self.texts[self.at] != "a")
        )

    def read_properties(self, subject: Term, block: Block) -> None:
        """Read predicates and objects of a subject.

        :raises UnreadError: if they are not there
        """
        while True:
            path = self.read_path()
            while True:
                value = self.read_term(block)
                block.triples.append(Triple(subject, path, value))
                self._read_annotations(block)
                if not self.take_sign(","):
                    break
            while self.take_sign(";"):
                pass
            if self.texts[self.at - 1] != ";" or not self._begins_path():
                return

    def _read_annotations(self, block: Block) -> None:
        """Read reifiers and annotation blocks (SPARQL 1.2, Annotation)."""
        while True:
            start = self.at
            if self.take_sign("~"):
                if self.kinds[self.at] in {"variable", "iri", "name", "blank"}:
                    reifier = self.read_term()
                    block.reifiers += [(start, reifier.name)] if reifier.kind == "variable" else []
            elif self.take_sign("{|"):
                self.read_properties(Term("blank", start, self.at), block)
                self.expect_sign("|}")
            else:
                return
            block.is_plain = False
