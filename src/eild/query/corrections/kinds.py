"""Which kinds of values an expression may have, as far as that decides whether the engine is right about it.

What data hold is asked of the store once, by predicate. What is not known may be of any kind.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from eild.query.corrections.values import parse_number
from eild.query.text.tokens import undo_escapes
from eild.query.text.walk import iterate_elements, iterate_selects
from eild.rdf.kinds import BOOLEAN, INTEGERS, LARGE, LEAST_WIDE, NUMBER, NUMBERS, TEXT, WIDE, XSD, classify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from eild.query.text.query import Query
    from eild.query.text.syntax import Block, Expression, Path, Structure, Term
    from eild.rdf.kinds import Kinds

UNKNOWN: Final[Kinds] = frozenset({"unknown"})
"""Of what may be of any kind."""

_NAMES: Final = frozenset({*INTEGERS, "decimal", "double", "float"})
_SMALL: Final = 1 << 63
_MOST_PLACES: Final = 18
"""Decimal places with which the engine computes."""
_STRINGS: Final = frozenset(
    """STR LCASE UCASE CONCAT SUBSTR STRBEFORE STRAFTER REPLACE ENCODE_FOR_URI LANG LANGDIR MD5 SHA1 SHA256 SHA384
    SHA512 STRUUID TZ STRLANG STRLANGDIR GROUP_CONCAT""".split()
)
_COUNTS: Final = frozenset("STRLEN YEAR MONTH DAY HOURS MINUTES SECONDS RAND COUNT".split())
_TRUTHS: Final = frozenset(
    """BOUND CONTAINS HASLANG HASLANGDIR ISBLANK ISIRI ISLITERAL ISNUMERIC ISTRIPLE ISURI LANGMATCHES REGEX SAMETERM
    STRENDS STRSTARTS""".split()
)
_NO_LITERALS: Final = frozenset("IRI URI BNODE UUID DATATYPE TRIPLE SUBJECT PREDICATE".split())
_ROUNDED: Final = frozenset("ABS CEIL FLOOR ROUND".split())
_TRUTH: Final[Kinds] = frozenset({BOOLEAN})
_IN_BOUNDS: Final[Kinds] = frozenset({NUMBER, WIDE})
_ADDED: Final = frozenset({"SUM", "AVG"})
_OPERATORS: Final = frozenset({"||", "&&", "=", "!=", "<", ">", "<=", ">="})
_KINDS_OF: Final[dict[str, Kinds]] = {
    **dict.fromkeys(_STRINGS, frozenset({TEXT})),
    **dict.fromkeys(_COUNTS, frozenset({NUMBER})),
    **dict.fromkeys(_NO_LITERALS, frozenset()),
    **dict.fromkeys((*_TRUTHS, *_OPERATORS, "!"), _TRUTH),
}


def are_in_order(kinds: Kinds) -> bool:
    """Return whether the engine orders all values of some kinds as it should, whatever order they come in."""
    if kinds <= {TEXT, BOOLEAN}:
        return True
    return kinds <= _IN_BOUNDS or (len(kinds) == 1 and kinds.isdisjoint({LARGE, "duration", "unknown"}))


def may_exceed(kinds: Kinds) -> bool:
    """Return whether a sum of values of some kinds may be beyond the bounds of the engine."""
    return not kinds.isdisjoint({WIDE, LARGE, *UNKNOWN})


@lru_cache(maxsize=4096)
def _classify_number(text: str) -> str:
    if "e" in text or "E" in text:
        return NUMBER
    digits, _, places = text.strip(" \t\r\n").lstrip("+-").partition(".")
    if len(places) > _MOST_PLACES:
        return LARGE
    whole = int(digits[:25] or "0")
    return NUMBER if whole < LEAST_WIDE else WIDE if whole < _SMALL else LARGE


def find_constant(query: Query, start: int, end: int) -> Kinds:
    """Return the kind of literals that a constant is, which all queries share whose constant is of that kind.

    :param start: of its tokens
    :param end: the token after them
    """
    kinds, sources = query.kinds, query.sources
    last = kinds[end - 1]
    if last == "number":
        return frozenset({_classify_number(sources[end - 1])})
    if last == "word":
        return frozenset({BOOLEAN})
    if last in {"string", "language"}:
        return frozenset({TEXT})
    if end - start == 1:
        return frozenset()
    datatype = query.resolve(end - 1)
    if not datatype:
        return UNKNOWN
    text = undo_escapes(sources[start].strip("\"'"))
    if datatype.startswith(XSD) and datatype.removeprefix(XSD) in _NAMES:
        number = parse_number(Literal(text, datatype=NamedNode(datatype)))
        return frozenset({LARGE if number is None else NUMBER if isinstance(number, float) else _classify_number(text)})
    has_zone = text.endswith("Z") or text[-6:-5] in {"+", "-"}
    return frozenset({classify(datatype, has_zone=has_zone)})


class KindFinder:
    """Finds kinds of the values of expressions of a query.

    :param query: the query
    :param known: returns what :func:`learn_kinds` found of the data; None if that is not known
    :param classify: does what :func:`find_constant` does, which is all that is asked about the constants of literals
    """

    def __init__(
        self,
        query: Query,
        known: Callable[[], Mapping[str, Kinds] | None],
        classify: Callable[[int, int], Kinds],
    ) -> None:
        self._query = query
        self._learn = known
        self._find_constant = classify
        self._open: set[str] = set()
        self._found: dict[str, Kinds] = {}
        self._sources: dict[str, list[Path | Expression | Term | None]] = {}
        self._is_collected = False

    def _add(self, name: str, source: Path | Expression | Term | None) -> None:
        self._sources.setdefault(name, []).append(source)

    def _collect(self, found: Structure) -> None:
        """Note all that may give variables values, whatever part of the query it is in."""
        for select in iterate_selects(found.select):
            for item in (*select.items, *select.group_by):
                if item.expression is not None and item.expression.kind != "variable":
                    self._add(item.name, item.expression)
        for element in iterate_elements(found.select):
            if element.block is not None:
                self._collect_block(element.block)
            if element.kind == "bind":
                self._add(element.names[0], element.expression)
            for name, term in element.literals:
                self._add(name, term)

    def _collect_block(self, block: Block) -> None:
        for _, name in block.reifiers:
            self._add(name, None)
        for triple in block.triples:
            ends = (triple.subject, triple.object) if _may_stay(triple.path) else (triple.object,)
            for term in (*ends, *_iterate_inner(triple.subject), *_iterate_inner(triple.object)):
                if term.kind == "variable":
                    self._add(term.name, triple.path if term is triple.object and len(ends) == 1 else None)

    def find(self, expression: Expression) -> Kinds:
        """Return the kinds of literals that an expression may have."""
        name, arguments = expression.name, expression.arguments
        if expression.kind == "variable":
            return self.find_variable(name)
        if expression.kind == "constant":
            return self._find_constant(expression.start, expression.end)
        if expression.kind in {"in", "exists"}:
            return _TRUTH
        if (kinds := _KINDS_OF.get(name)) is not None:
            return kinds
        if name in {"IF", "COALESCE", "()", "MIN", "MAX", "SAMPLE"}:
            parts = [self.find(argument) for argument in (arguments[1:] if name == "IF" else arguments)]
            return frozenset().union(*parts)
        if expression.kind == "call":
            return self._find_cast(expression)
        if expression.kind == "operator" or name in _ROUNDED or name in _ADDED:
            inner: Kinds = frozenset().union(*map(self.find, arguments))
            if inner <= {NUMBER} and expression.kind != "operator":
                return _IN_BOUNDS
            return NUMBERS if inner <= NUMBERS else UNKNOWN
        return UNKNOWN

    def _find_cast(self, expression: Expression) -> Kinds:
        name = self._query.resolve(expression.start).removeprefix(XSD)
        if name in _NAMES:
            inner: Kinds = frozenset().union(*map(self.find, expression.arguments))
            return _IN_BOUNDS if inner <= {NUMBER, BOOLEAN} else NUMBERS
        return {"string": frozenset({TEXT}), "boolean": frozenset({BOOLEAN})}.get(name, UNKNOWN)

    def find_variable(self, name: str) -> Kinds:
        """Return the kinds of literals that a variable may have anywhere in the query."""
        if not self._is_collected and self._query.structure is not None:
            self._is_collected = True
            self._collect(self._query.structure)
        if name in self._found:
            return self._found[name]
        if name in self._open:
            return frozenset()
        self._open.add(name)
        kinds: Kinds = frozenset()
        for source in self._sources.get(name, ()):
            kinds |= self._find_source(source)
        self._open.discard(name)
        if not self._open:  # within a circle of definitions, what was found is a part
            self._found[name] = kinds
        return kinds

    def _find_source(self, source: Path | Expression | Term | None) -> Kinds:
        if source is None:
            return self._find_predicate("")
        if hasattr(source, "arguments"):
            return self.find(source)  # type: ignore[arg-type] # only expressions have arguments
        if hasattr(source, "parts"):
            return self._find_path(source)  # type: ignore[arg-type] # only paths have parts
        return self._find_constant(source.start, source.end) if source.kind == "literal" else frozenset()

    def _find_path(self, path: Path) -> Kinds:
        if path.kind == "iri":
            token = path.end - 1 if path.end - path.start == 1 else path.start + 1
            return (
                frozenset()
                if self._query.kinds[token] == "word"
                else self._find_predicate(self._query.resolve(token) or "")
            )
        if path.kind in {"|", "/", "+"}:
            parts = path.parts[-1:] if path.kind == "/" else path.parts
            return frozenset().union(*(self._find_path(part) for part in parts))
        return self._find_predicate("")

    def _find_predicate(self, iri: str) -> Kinds:
        known = self._learn()
        if known is None:
            return UNKNOWN
        return known.get(iri, frozenset()) if iri else known[""]


def _may_stay(path: Path) -> bool:
    """Return whether a path leads to where it begins, or backwards, so that what begins it may be a literal."""
    return path.kind in {"*", "?", "^", "!"} or any(_may_stay(part) for part in path.parts)


def _iterate_inner(term: Term) -> Iterator[Term]:
    for inner in term.inner:
        yield inner
        yield from _iterate_inner(inner)
