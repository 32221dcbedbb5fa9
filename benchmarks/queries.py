"""The queries of the comparison: kinds that clients of such data ask, each in as many different texts as are needed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from eild.publication.manifest import Publication, load_publication
from eild.terms import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DISTINCT: Final = 2000
"""Different queries of the mix."""
DRAWS: Final = 20_000
"""How many are drawn from them before the draws repeat."""
EXPONENT: Final = 1.0
"""Of Zipf's law by which they are drawn: the second most frequent comes half as often as the first."""
PLAIN: Final = "NUMBER"
"""What stands in a query for a number that differs in each request."""
_SUBJECTS: Final = 200
_VOCABULARY: Final = "PREFIX e: <{vocabulary}> PREFIX l: <{label}> "
_KINDS: Final = {
    "point": "SELECT ?p ?o {{ <{subject}> ?p ?o }} LIMIT NUMBER",
    "star": "SELECT ?l ?t ?s {{ <{subject}> l:label ?l ; a ?t . OPTIONAL {{ <{subject}> ?p ?s }} }} LIMIT NUMBER",
    "ask": "ASK {{ <{subject}> ?p ?o FILTER(?o != NUMBER) }}",
    "describe": "DESCRIBE <{subject}> LIMIT NUMBER",
    "incoming": "SELECT ?s ?p {{ ?s ?p <{subject}> }} LIMIT NUMBER",
    "join": "SELECT ?c ?l {{ ?c a e:Claim ; l:label ?l FILTER(?l != 'NUMBER') }} LIMIT 50",
    "provenance": "SELECT ?c ?w ?d {{ ?c a e:Claim ; e:evidence ?w . ?w ?p ?d FILTER(?d != NUMBER) }} LIMIT 200",
    "optional": "SELECT ?s ?l {{ ?s a e:Claim OPTIONAL {{ ?s l:comment ?l }} FILTER(?s != 'NUMBER') }} LIMIT 100",
    "regex": "SELECT ?s ?l {{ ?s l:label ?l FILTER(REGEX(?l, 'a.*NUMBER|elect', 'i')) }} LIMIT 50",
    "group": "SELECT ?t (COUNT(*) AS ?n) {{ ?s a ?t FILTER(?s != 'NUMBER') }} GROUP BY ?t ORDER BY DESC(?n)",
    "path": "SELECT ?x {{ <{subject}> (!<x:NUMBER>)/(!<x:NUMBER>) ?x }} LIMIT 100",
    "construct": "CONSTRUCT {{ ?s l:label ?l }} {{ ?s a e:Claim ; l:label ?l FILTER(?l != 'NUMBER') }} LIMIT 100",
    "order": "SELECT ?s ?l {{ ?s l:label ?l FILTER(?l != 'NUMBER') }} ORDER BY ?l LIMIT 20",
    "rows": "SELECT ?s ?p ?o {{ ?s ?p ?o FILTER(?o != 'NUMBER') }} LIMIT 5000",
}


@dataclass(frozen=True)
class Kind:
    """Queries of one kind.

    :ivar name: what tables call it
    :ivar queries: their texts, in which :data:`PLAIN` stands for a number; subjects differ
    :ivar makes_graph: whether the answers are graphs
    """

    name: str
    queries: tuple[str, ...]
    makes_graph: bool

    def fill(self, index: int, number: int) -> str:
        """Return a query with a number in the place of :data:`PLAIN`.

        :param index: of the query; from the first again after the last
        """
        return self.queries[index % len(self.queries)].replace(PLAIN, str(number))


def _list_subjects(publication: Publication) -> list[str]:
    """Return resources of the dataset, in an order that is always the same."""
    text = publication.read_dump(".nt").decode()
    found = sorted({line.split(" ", 1)[0][1:-1] for line in text.splitlines() if line.startswith("<")})
    own = [iri for iri in found if iri.startswith(publication.base) and "#" not in iri]
    random.Random(1).shuffle(own)  # noqa: S311 - the same queries each time, not secrets
    return own[:_SUBJECTS]


def list_kinds(folder: Path) -> tuple[Kind, ...]:
    """Return all kinds of queries over a build of EILD's own data."""
    subjects = _list_subjects(load_publication(folder))
    start = _VOCABULARY.format(vocabulary=PREFIXES["eild"], label=PREFIXES["rdfs"])
    kinds = []
    for name, text in _KINDS.items():
        texts = [start + text.format(subject=subject) for subject in subjects]
        graph = name in {"describe", "construct"}
        kinds.append(Kind(name, tuple(dict.fromkeys(texts)), graph))
    return tuple(kinds)


def write_path(endpoint: str, query: str) -> str:
    """Return the path with parameters that asks a query; :data:`PLAIN` stays for the load generator to replace.

    :param endpoint: the path of the endpoint
    """
    return f"{endpoint}?query={quote(query, safe='')}"


def draw_mix(kinds: tuple[Kind, ...]) -> Iterator[str]:
    """Yield queries as public logs show them: few come often, most seldom, drawn by Zipf's law."""
    choose = random.Random(2)  # noqa: S311 - the same queries each time, not secrets
    distinct = []
    for number in range(DISTINCT):
        kind = kinds[number % len(kinds)]
        distinct.append(choose.choice(kind.queries).replace(PLAIN, str(number + 100)))
    weights = [1 / (rank + 1) ** EXPONENT for rank in range(DISTINCT)]
    choose.shuffle(distinct)
    yield from choose.choices(distinct, weights, k=DRAWS)
