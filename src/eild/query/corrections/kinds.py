"""Which kinds of values an expression may have, as far as that decides whether the engine is right about it.

What data hold is asked of the store once, by predicate. What is not known may be of any kind.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, QuerySolutions

from eild.query.corrections.values import INTEGERS, XSD
from eild.query.text.tokens import undo_escapes
from eild.query.text.walk import iterate_elements, iterate_selects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pyoxigraph import Store

    from eild.query.text.query import Query
    from eild.query.text.syntax import Block, Expression, Path, Structure, Term

Kinds = frozenset[str]

TEXT: Final = "text"
"""Strings, and all that the engine orders by characters."""
NUMBER: Final = "number"
"""Numbers that the engine computes with."""
LARGE: Final = "large"
"""Numbers that it does not: those beyond 64 bits, and literals that are ill-typed as numbers."""
BOOLEAN: Final = "boolean"
"""Truth values."""
UNKNOWN: Final[Kinds] = frozenset({"unknown"})
"""Of what may be of any kind."""

_ZONE: Final = "(Z|[+-][0-9]{2}:[0-9]{2})$"
_ASK_KINDS: Final = f"""
SELECT DISTINCT ?p ?kind ?odd ?zone {{
  ?s ?p ?o FILTER(ISLITERAL(?o))
  BIND(DATATYPE(?o) AS ?kind)
  BIND(COALESCE(IF(?kind IN (<{XSD}dateTime>, <{XSD}date>), YEAR(?o) = 1e9, IF(?kind = <{XSD}time>, HOURS(?o) = 99,
       !ISNUMERIC(?o))), true) AS ?odd)
  BIND(STRSTARTS(STR(?kind), "{XSD}") && !ISNUMERIC(?o) AS ?may)
  BIND(IF(?may, REGEX(STR(?o), "{_ZONE}"), false) AS ?zone)
}}"""
_NUMBERS: Final = frozenset({*INTEGERS, "decimal", "double", "float"})
_ORDERED: Final = frozenset({"dateTime", "date", "time", "dayTimeDuration", "yearMonthDuration"})
_CLOCKS: Final = frozenset({"dateTime", "date", "time"})
_SMALL: Final = 1 << 63
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
_OPERATORS: Final = frozenset({"||", "&&", "=", "!=", "<", ">", "<=", ">="})
_KINDS_OF: Final[dict[str, Kinds]] = {
    **dict.fromkeys(_STRINGS, frozenset({TEXT})),
    **dict.fromkeys(_COUNTS, frozenset({NUMBER})),
    **dict.fromkeys(_NO_LITERALS, frozenset()),
    **dict.fromkeys((*_TRUTHS, *_OPERATORS, "!"), _TRUTH),
}


def classify(datatype: str, *, is_odd: bool = False, has_zone: bool = False) -> str:
    """Return the kind of literals of a datatype.

    :param is_odd: whether the engine does not take one for a number, a date or a time
    :param has_zone: whether a time zone stands at its end
    """
    name = datatype.removeprefix(XSD) if datatype.startswith(XSD) else ""
    if name in _NUMBERS:
        return LARGE if is_odd else NUMBER
    if name == "boolean":
        return BOOLEAN
    if name in _CLOCKS and is_odd:
        return TEXT
    if name in _ORDERED or name.startswith("g"):
        return f"{name}{'Z' if has_zone else ''}"
    return name if name == "duration" else TEXT


def learn_kinds(store: Store) -> dict[str, Kinds]:
    """Return the kinds of literals in a store, by predicate; those of all predicates under an empty one."""
    found: dict[str, set[str]] = {"": set()}
    rows = store.query(_ASK_KINDS, use_default_graph_as_union=True)
    if isinstance(rows, QuerySolutions):
        for row in rows:
            predicate, datatype = row["p"], row["kind"]
            if isinstance(predicate, NamedNode) and isinstance(datatype, NamedNode):
                odd, zone = (isinstance(flag, Literal) and flag.value == "true" for flag in (row["odd"], row["zone"]))
                kind = classify(datatype.value, is_odd=odd, has_zone=zone)
                found.setdefault(predicate.value, set()).add(kind)
                found[""].add(kind)
    return {predicate: frozenset(kinds) for predicate, kinds in found.items()}


def are_in_order(kinds: Kinds) -> bool:
    """Return whether the engine orders all values of some kinds as it should, whatever order they come in."""
    if kinds <= {TEXT, BOOLEAN}:
        return True
    return len(kinds) == 1 and kinds.isdisjoint({LARGE, "duration", "unknown"})


@lru_cache(maxsize=4096)
def _classify_number(text: str) -> str:
    return NUMBER if not text.isdigit() or int(text[:25]) < _SMALL else LARGE


class KindFinder:
    """Finds kinds of the values of expressions of a query.

    :param query: the query
    :param known: returns what :func:`learn_kinds` found of the data; None if that is not known
    """

    def __init__(self, query: Query, known: Callable[[], Mapping[str, Kinds] | None]) -> None:
        self._query = query
        self._learn = known
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
        if expression.kind == "operator" or name in _ROUNDED or name in {"SUM", "AVG"}:
            parts = [self.find(argument) for argument in arguments]
            return frozenset({NUMBER, LARGE}) if all(part <= {NUMBER, LARGE} for part in parts) else UNKNOWN
        return UNKNOWN

    def _find_cast(self, expression: Expression) -> Kinds:
        name = self._query.resolve(expression.start).removeprefix(XSD)
        if name in _NUMBERS:
            return frozenset({NUMBER})
        return {"string": frozenset({TEXT}), "boolean": frozenset({BOOLEAN})}.get(name, UNKNOWN)

    def _find_constant(self, start: int, end: int) -> Kinds:
        kinds, sources = self._query.kinds, self._query.sources
        last = kinds[end - 1]
        if last == "number":
            return frozenset({_classify_number(sources[end - 1])})
        if last == "word":
            return frozenset({BOOLEAN})
        if last in {"string", "language"}:
            return frozenset({TEXT})
        if end - start == 1:
            return frozenset()
        datatype = self._query.resolve(end - 1)
        if not datatype:
            return UNKNOWN
        text = undo_escapes(sources[start].strip("\"'"))
        if datatype.removeprefix(XSD) in _NUMBERS:
            return frozenset({_classify_number(text.lstrip("+-"))})
        has_zone = text.endswith("Z") or text[-6:-5] in {"+", "-"}
        return frozenset({classify(datatype, has_zone=has_zone)})

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
