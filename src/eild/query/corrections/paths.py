"""Property paths that the engine evaluates wrongly.

Alternatives are a union, in which matches of both count twice (SPARQL 1.1 Query, section 18.4); the engine counts them
once. A path that may have no step connects a given term with itself whether or not the graph has the term (section
18.4, ZeroLengthPath); the engine does so for terms of the graph alone. A path of one step or more connects two terms
once (section 18.4, OneOrMorePath); in ``GRAPH ?g``, the engine finds it once for each of its first steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from eild.query.text.syntax import Select
from eild.query.text.walk import iterate_elements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eild.query.corrections.edits import Edits
    from eild.query.text.syntax import Block, Path, Term, Triple

_ENDLESS: Final = frozenset({"*", "?"})
_MOST_BRANCHES: Final = 256
_PAIR: Final = 2
"""Of more steps, the middle ones are between variables, which stand for terms of the graph alone."""


def _has_alternatives(path: Path) -> bool:
    """Return whether a path has alternatives of which each match counts."""
    if path.kind == "|" or (path.kind == "!" and len({part.kind for part in path.parts}) > 1):
        return True
    return path.kind in {"/", "^"} and any(map(_has_alternatives, path.parts))


def _may_be_empty(path: Path) -> bool:
    """Return whether a path connects a given term with itself by no step."""
    if path.kind == "+":
        return _may_stay(path.parts[0])
    return path.kind in _ENDLESS or (path.kind == "^" and _may_be_empty(path.parts[0]))


def _may_stay(path: Path) -> bool:
    """Return whether a repeated path leads from a given term to itself by no step (section 18.4, ALP)."""
    return _may_be_empty(path) or (path.kind in {"|", "^"} and any(map(_may_stay, path.parts)))


def _is_wrong(triple: Triple) -> bool:
    path, first, last = triple.path, triple.subject.is_constant, triple.object.is_constant
    if _has_alternatives(path):
        return True
    if path.kind == "/":
        return len(path.parts) == _PAIR and first and last and any(map(_may_be_empty, path.parts))
    return _may_be_empty(path) and (first or last)


def _repeats(path: Path) -> bool:
    """Return whether a path, or one that it is an alternative to, has one step or more."""
    return path.kind == "+" or (path.kind in {"^", "|"} and any(map(_repeats, path.parts)))


@dataclass(frozen=True, slots=True)
class WrongBlock:
    """Triple patterns of one subject, of which the engine evaluates some wrongly.

    :ivar repeated: those, by number, of which a path of one step or more may be found more than once
    """

    block: Block
    repeated: frozenset[int]


def _list_names(triple: Triple) -> set[str]:
    ends = {term.name or "_" for term in (triple.subject, triple.object) if term.kind in {"variable", "blank"}}
    return ends | ({triple.path.name} if triple.path.kind == "variable" else set())


def _find_repeated(select: Select) -> dict[int, frozenset[int]]:
    """Return the numbers of triple patterns in ``GRAPH ?g`` of which a path may be found more than once, by block.

    That is so if both ends have values, and the graph has none, when the path is followed.
    """
    graphs = [one for one in iterate_elements(select) if one.kind == "graph" and one.term and one.term.kind != "iri"]
    if not graphs:
        return {}
    elements = list(iterate_elements(select))
    uses = [_list_names(triple) for element in elements if element.block for triple in element.block.triples]
    uses += [set(element.names) for element in elements]
    found = {}
    for graph in graphs:
        for element in iterate_elements(Select(where=graph.groups[0])):
            if element.block is not None:
                found[id(element.block)] = frozenset(
                    number for number, triple in enumerate(element.block.triples) if _may_repeat(triple, uses)
                )
    return found


def _may_repeat(triple: Triple, uses: Sequence[set[str]]) -> bool:
    """Return whether a path of one step or more is between terms that may be given.

    :param uses: the names of variables that each part of the query gives values
    """
    if not _repeats(triple.path):
        return False
    ends = (triple.subject, triple.object)
    return all(
        term.is_constant or term.kind == "blank" or sum(term.name in names for names in uses) > 1 for term in ends
    )


def find_wrong_blocks(select: Select) -> list[WrongBlock]:
    """Return the triple patterns of a query that the engine evaluates wrongly, with those of the same subject."""
    repeated = _find_repeated(select)
    found = []
    for element in iterate_elements(select):
        block = element.block
        if block is not None and (any(map(_is_wrong, block.triples)) or repeated.get(id(block))):
            found.append(WrongBlock(block, repeated.get(id(block), frozenset())))
    return found


class PathCorrector:
    """Has those triple patterns replaced whose paths the engine evaluates wrongly.

    :param edits: takes what is to be replaced
    """

    def __init__(self, edits: Edits) -> None:
        self._edits = edits
        self._query = edits.query
        self._nodes: dict[int, str] = {}
        self._branches = 0
        self._is_repeated = False

    def correct_all(self, wrong: Sequence[WrongBlock]) -> None:
        """Correct triple patterns.

        :param wrong: what :func:`find_wrong_blocks` returned
        :raises QueryError: if one cannot be evaluated rightly
        """
        for one in wrong:
            if not one.block.is_plain:
                what = "has a path that the engine evaluates wrongly together with a list, a reifier or an annotation"
                raise self._edits.refuse(one.block.start, what, "write the path as a separate triple pattern")
            self._replace(one)
        if self._uses_blanks([one.block for one in wrong]):
            self._edits.name_blanks()

    def _uses_blanks(self, blocks: Sequence[Block]) -> bool:
        terms = (term for block in blocks for one in block.triples for term in (one.subject, one.object))
        return any(term.kind == "blank" and term.name for term in terms)

    def _write_term(self, term: Term) -> str:
        if term.kind != "blank":
            return self._query.write(term.start, term.end)
        if term.name:
            return self._edits.make_variable(term.name)
        if id(term) not in self._nodes:
            self._nodes[id(term)] = self._edits.make_variable()
        return self._nodes[id(term)]

    def _replace(self, wrong: WrongBlock) -> None:
        """Have the triple patterns of a subject written one by one, each path by what it means."""
        block, written = wrong.block, []
        for number, one in enumerate(block.triples):
            self._is_repeated = number in wrong.repeated
            ends = self._write_term(one.subject), self._write_term(one.object)
            written.append(self._write(one.path, *ends, one.subject, one.object))
        text = " ".join(written)
        self._edits.replace(block.start, block.end, text.removesuffix("."))

    def _write(self, path: Path, subject: str, target: str, *ends: Term | None) -> str:
        """Return the patterns of a path between two terms.

        :param ends: the terms, None where a variable of ours stands
        """
        first, last = ends
        if path.kind == "|" or (path.kind == "!" and _has_alternatives(path)):
            if path.kind == "|":
                branches = [self._write(part, subject, target, first, last) for part in path.parts]
            else:
                branches = list(self._write_negated(path, subject, target))
            self._branches += len(branches)
            if self._branches > _MOST_BRANCHES:
                raise self._edits.refuse(
                    path.start, f"has more than {_MOST_BRANCHES} alternatives of paths", "split it"
                )
            return " UNION ".join(f"{{ {branch} }}" for branch in branches)
        if path.kind == "^" and (_has_alternatives(path) or _may_be_empty(path) or _repeats(path)):
            return self._write(path.parts[0], target, subject, last, first)
        is_given = first is not None and last is not None and first.is_constant and last.is_constant
        if path.kind == "/" and (_has_alternatives(path) or (is_given and len(path.parts) == _PAIR)):
            return self._write_sequence(path, subject, target, first, last)
        return self._write_step(path, subject, target, first, last)

    def _write_negated(self, path: Path, subject: str, target: str) -> Iterator[str]:
        """Yield the patterns of a negated property set for either direction (section 18.4, NegatedPropertySet)."""
        for kind, ends in (("iri", (subject, target)), ("^", (target, subject))):
            names = [part if kind == "iri" else part.parts[0] for part in path.parts if part.kind == kind]
            chosen = "|".join(self._query.write(name.start, name.end) for name in names)
            yield f"{ends[0]} !({chosen}) {ends[1]} ."

    def _write_sequence(self, path: Path, subject: str, target: str, first: Term | None, last: Term | None) -> str:
        pieces, start, begin = [], subject, first
        for number, part in enumerate(path.parts):
            is_last = number == len(path.parts) - 1
            end = target if is_last else self._edits.make_variable()
            pieces.append(self._write(part, start, end, begin, last if is_last else None))
            start, begin = end, None
        return " ".join(pieces)

    def _write_step(self, path: Path, subject: str, target: str, first: Term | None, last: Term | None) -> str:
        step = self._query.write(path.start, path.end)
        plain = f"{subject} {step} {target} ."
        if self._is_repeated and path.kind == "+":  # a path of any number of steps is found once, also in any graph
            one = f"({self._query.write(path.parts[0].start, path.parts[0].end)})"
            plain = f"{subject} {one}* {target} . FILTER EXISTS {{ {subject} {one}/{one}* {target} }}"
        if not _may_be_empty(path):
            return plain
        from_term, to_term = first is not None and first.is_constant, last is not None and last.is_constant
        if from_term and to_term:
            return "{}" if self._is_same(first, last) else plain
        if not (from_term or to_term):
            return plain
        given, variable = (subject, target) if from_term else (target, subject)
        missing = f"VALUES {variable} {{ {given} }} FILTER NOT EXISTS {{ {given} {step} {given} }}"
        return f"{{ {plain} }} UNION {{ {missing} }}"

    def _is_same(self, first: Term | None, last: Term | None) -> bool:
        if first is None or last is None:
            return False
        if first.kind == last.kind == "iri" and first.end - first.start == last.end - last.start == 1:
            names = self._query.resolve(first.start), self._query.resolve(last.start)
            if all(names):
                return names[0] == names[1]
        return self._query.write(first.start, first.end) == self._query.write(last.start, last.end)
