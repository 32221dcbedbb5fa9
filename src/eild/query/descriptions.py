"""Descriptions of IRIs, read from the index of a store: the engine takes longer to plan them than to read them.

What the engine answers to ``DESCRIBE <iri>`` are the statements about the IRI and, where these lead to blank nodes,
those about the blank nodes. A description without blank nodes is read here; the engine makes all others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Triple

from eild.query.merging import resolve_iris

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyoxigraph import Store

    from eild.query.text.query import Query

_ABSOLUTE: Final = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]*:[^\\]*)>").fullmatch
_LEADING_ON: Final = (BlankNode, Triple)
_REMEMBERED: Final = 256


@dataclass(frozen=True, slots=True)
class _Form:
    """What queries have in common that differ in constants alone and ask for descriptions of IRIs and nothing else.

    :ivar described: the tokens of the IRIs
    :ivar limit: the token of the number after LIMIT; negative if there is none
    """

    described: Sequence[int]
    limit: int


class Describer:
    """Describes the IRIs of queries that ask for nothing else.

    :param base: what relative IRIs resolve against
    """

    def __init__(self, base: str) -> None:
        self._base = base
        self._known: dict[tuple[str, str], _Form | None] = {}

    def describe(self, store: Store, query: Query) -> list[Triple] | None:
        """Return what a query over the default graph asks for; None if the engine has to find it.

        :param query: of any form
        """
        if query.structure is None or query.structure.form != "DESCRIBE" or not any(query.key):
            return None
        form = self._known[query.key] if query.key in self._known else self._learn(query)
        if form is None:
            return None
        iris = [_ABSOLUTE(query.sources[token]) for token in form.described]
        limit = "1" if form.limit < 0 else query.sources[form.limit]
        if not (all(iris) and limit.isdecimal()):
            return None
        try:
            nodes = [NamedNode(iri[1]) for iri in iris if iri]
        except ValueError:
            return None  # the engine tells what is wrong with it
        if not int(limit):
            return []
        found = [quad.triple for node in nodes for quad in store.quads_for_pattern(node, None, None, DefaultGraph())]
        return None if any(isinstance(triple.object, _LEADING_ON) for triple in found) else found

    def _learn(self, query: Query) -> _Form | None:
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[query.key] = form = self._find_form(query)
        return form

    def _find_form(self, query: Query) -> _Form | None:
        found = query.structure
        if found is None:
            return None
        form = _Form([term.start for term in found.described], found.select.limit)
        modifiers = [form.limit - 1, form.limit] if form.limit >= 0 else []
        constants = [*form.described, *modifiers[1:]]
        if not form.described or list(range(found.body, len(query.sources) - 1)) != modifiers:  # the last is the end
            return None
        declared = [clause.token for clause in found.prologue]
        if any(clause.kind == "VERSION" for clause in found.prologue) or not set(query.places).isdisjoint(declared):
            return None
        valid = len(resolve_iris(query, declared, self._base)) == len(declared)
        return form if valid and set(query.places).issuperset(constants) else None
