"""What a search can find: one entry for each resource with a name or a text, made from the data alone.

Words of the seed that are to be shown with care are marked in each entry that holds them, by their place in the text
and not by what they are: the same word elsewhere in the text is no abuse.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from eild.claims import load_words
from eild.claims.passages import map_sections
from eild.claims.sentences import build_sentence
from eild.documents.index import LABEL_PROPERTIES
from eild.search.kinds import HIDDEN, Kinds, list_types, split_name
from eild.terms import DCTERMS, EILD, NIF, OA, OWL, RDFS, SCHEMA, SH, SKOS, XSD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eild.claims import Claim, ClaimIndex, Words
    from eild.documents.index import Documents

LONGEST_TEXT: Final = 4_000
"""How many characters of one literal are indexed."""
MOST_LITERALS: Final = 64
"""How many literals of one resource are indexed."""
PART: Final = " … "
"""What stands between two texts of a field."""

_STRINGS: Final = frozenset({str(XSD.string), "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"})
_NAMING: Final = frozenset(term.value for term in LABEL_PROPERTIES)
_OTHER_NAMES: Final = frozenset(
    str(term)
    for term in (
        *(SKOS.altLabel, SKOS.hiddenLabel, SKOS.notation, DCTERMS.identifier, DCTERMS.alternative),
        *(SCHEMA.alternateName, SCHEMA.keywords),
    )
)
_WORDS: Final = frozenset(str(term) for term in (OA.exact, NIF.anchorOf, EILD.verbatim, EILD.hedge))
_DEFINING: Final = frozenset(
    str(term) for term in (SKOS.definition, RDFS.comment, DCTERMS.description, DCTERMS.abstract, SCHEMA.description)
)
"""Properties whose texts come before all others."""
_PASSED_OVER: Final = frozenset(
    str(term)
    for term in (
        *(NIF.isString, OA.prefix, OA.suffix, EILD.contentWarning, EILD.edtf, EILD.inferredPart, RDFS.seeAlso),
        *(SH.select, SH.ask, SH.construct, SH.namespace, SH.prefix, DCTERMS.rights, DCTERMS.language),
        *(OWL.versionInfo, SCHEMA.sha256),
    )
)
"""Properties whose strings are code, formal values, or words that other records show in their place."""

_WEIGHTS: Final = {"claim": 1.1, "proposition": 0.8, "evidence": 0.6, "sentence": 0.9, "time-expression": 0.5}
_TERM_WEIGHT: Final = 0.8
_NAMED_WEIGHT: Final = 1.4


@dataclass(frozen=True)
class Entry:
    """A resource as a search finds it.

    :ivar iri: its IRI
    :ivar kind: its kind: name in URLs, and what people read
    :ivar name: what it is called; empty if its words are all the name that it has
    :ivar names: what else it is called or told by
    :ivar labels: each of its names by itself
    :ivar words: words of texts, verbatim
    :ivar text: what is said of it
    :ivar facets: further values by facet, each with its label
    :ivar unit: number of the sentence in which its words begin, such as ``000-012``; empty if it has none
    :ivar hidden: where in :attr:`words` something stands that is to be shown with care: first offset, and that after
    :ivar weight: how much its kind counts among equals
    """

    iri: str
    kind: tuple[str, str]
    name: str
    names: str = ""
    labels: tuple[str, ...] = ()
    words: str = ""
    text: str = ""
    facets: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    unit: str = ""
    hidden: tuple[tuple[int, int], ...] = ()
    weight: float = 1.0


@dataclass(frozen=True)
class _Texts:
    """The strings of a resource by what they are to it."""

    names: tuple[str, ...]
    words: tuple[str, ...]
    text: tuple[str, ...]


def _clean(text: str) -> str:
    """Return a text of one line, no longer than :data:`LONGEST_TEXT`."""
    return " ".join(text[:LONGEST_TEXT].split())


def _read_texts(documents: Documents, node: NamedNode) -> _Texts:
    found: dict[str, dict[str, bool]] = {"names": {}, "words": {}, "text": {}}
    count = 0
    for triple in documents.outgoing(node):
        value, predicate = triple.object, triple.predicate.value
        if not isinstance(value, Literal) or predicate in _PASSED_OVER or count >= MOST_LITERALS:
            continue
        if value.datatype.value in _STRINGS or predicate in _OTHER_NAMES:
            place = "words" if predicate in _WORDS else "names" if predicate in _NAMING | _OTHER_NAMES else "text"
            found[place][_clean(value.value)] = predicate not in _DEFINING
            count += 1
    text = sorted(found["text"], key=lambda value: (found["text"][value], value))
    return _Texts(tuple(found["names"]), tuple(found["words"]), tuple(text))


class _Place:
    """Where words stand in the seeds, and which of them are to be shown with care."""

    def __init__(self, documents: Documents, claims: ClaimIndex) -> None:
        self.words = load_words(documents) if claims.articles else {}
        self.sections = map_sections(claims)
        self.units = {
            f"{article.number}-{unit.number:03d}": (article, unit.begin, unit.end)
            for article in claims.articles.values()
            for unit in article.units
        }
        self._warned = [words for words in self.words.values() if words.warning]

    def find_sections(self, units: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Return the sections of some units."""
        return tuple(dict.fromkeys(self.sections[unit] for unit in units if unit in self.sections))

    def hide(self, seed: str, begin: int, end: int) -> list[tuple[int, int]]:
        """Return where, counted from its beginning, a stretch of a seed has words to be shown with care."""
        return [
            (max(words.start, begin) - begin, min(words.end, end) - begin)
            for words in self._warned
            if words.seed == seed and words.start < end and words.end > begin
        ]

    def join(self, words: Iterable[Words]) -> tuple[str, tuple[tuple[int, int], ...]]:
        """Return the words of some evidence as one text, and where in it something is to be shown with care."""
        text, hidden = "", []
        for item in words:
            begin = len(text) + len(PART) if text else 0
            hidden += [(begin + start, begin + end) for start, end in self.hide(item.seed, item.start, item.end)]
            text = f"{text}{PART}{item.exact}" if text else item.exact
        return text, tuple(hidden)


def _make_claim_entry(claim: Claim, claims: ClaimIndex, kind: tuple[str, str], place: _Place) -> Entry:
    """Return the entry of a claim; its name is who and what, neutral and positive, for the stance stands beside it."""
    words, hidden = place.join(claim.words)
    what = "; ".join(part.named.text for part in claim.propositions)
    facets = {
        "stance": ((claim.stance.slug, claim.stance.text),),
        "section": place.find_sections(claim.units),
        "source": tuple((item.iri, item.text) for item in (*claim.claimants, *claim.documents)),
    }
    return Entry(
        iri=claim.iri,
        kind=kind,
        name=f"{', '.join(item.text for item in claim.claimants)}: {what}" if what else claim.label,
        names=f"{claim.number}{PART}{claim.stance.text}",
        words=words,
        text=f"{claim.label}{PART}{build_sentence(claim, claims)}",
        facets=facets,
        unit=next(iter(claim.units), ""),
        hidden=hidden,
        weight=_WEIGHTS["claim"],
    )


def _make_words_entry(iri: str, kind: tuple[str, str], texts: _Texts, place: _Place) -> Entry | None:
    """Return the entry of evidence or of a sentence, which has words and no name; None for other resources."""
    number = iri.rpartition("/")[2]
    if kind[0] == "evidence" and iri in place.words:
        item = place.words[iri]
        words, hidden = place.join([item])
        units = item.units
    elif kind[0] == "sentence" and number in place.units:
        article, begin, end = place.units[number]
        words, hidden = article.text[begin:end], tuple(place.hide(article.number, begin, end))
        units = (number,)
    else:
        return None
    return Entry(
        iri=iri,
        kind=kind,
        name="",
        names=number,
        words=words,
        text=PART.join(texts.text),
        facets={"section": place.find_sections(units)},
        unit=next(iter(units), ""),
        hidden=hidden,
        weight=_WEIGHTS[kind[0]],
    )


def _make_entry(iri: str, kind: tuple[str, str], name: str, texts: _Texts) -> Entry:
    others = [text for text in texts.names if text != name]
    weight = _NAMED_WEIGHT if name else 1.0
    if kind[0] in {"class", "property", "ontology", "query", "scheme", "dataset"}:
        weight = _TERM_WEIGHT
    return Entry(
        iri=iri,
        kind=kind,
        name=name,
        names=PART.join([*others, split_name(iri)]),
        labels=texts.names,
        words=PART.join(text for text in texts.words if text != name),
        text=PART.join(texts.text),
        weight=_WEIGHTS.get(kind[0], weight),
    )


def build_entries(documents: Documents, nodes: Iterable[NamedNode], claims: ClaimIndex) -> Iterator[Entry]:
    """Yield the entries of a dataset.

    Left out are records that only serve others (selectors, prefix declarations, nanopublications), the text of a seed
    as a whole, for which its sentences stand, and relays that the build derives.

    :param documents: its triples
    :param nodes: the resources to look at
    :param claims: its claims; empty for data that have none of EILD's
    """
    kinds, place = Kinds(documents), _Place(documents, claims)
    for node in nodes:
        types = list_types(documents, node)
        if not HIDDEN.isdisjoint(types):
            continue
        kind = kinds.choose(types)
        if claim := claims.claims.get(node.value):
            if not claim.is_relay:
                yield _make_claim_entry(claim, claims, kind, place)
            continue
        texts = _read_texts(documents, node)
        label = documents.find_label(node)
        name = _clean(label.object.value) if label is not None and isinstance(label.object, Literal) else ""
        yield _make_words_entry(node.value, kind, texts, place) or _make_entry(node.value, kind, name, texts)
