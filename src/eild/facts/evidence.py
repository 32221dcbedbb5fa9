"""Evidence: the exact words of a seed text that support a record, found and published with their offsets.

Curators state the words (``oa:exact``), the sentence or consecutive sentences (``oa:hasSource``) and, if the words
occur more than once there, the preceding words (``oa:prefix``). Part of a quotation (``dct:isPartOf``) is searched
within the quotation. The match is exact, including quotation marks, case and white space.

The published form follows the W3C Web Annotation model (https://www.w3.org/TR/annotation-model/#selectors): a
specific resource of the seed text with a text position selector (code points, end exclusive) and a text quote
selector, each with its own IRI.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rdflib import Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, XSD

from eild.errors import EvidenceError, FactError
from eild.namespaces import EILD, OA, empty_graph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib import Graph
    from rdflib.term import Node

    from eild.located import LocatedGraph
    from eild.seed.seeds import Seed
    from eild.seed.segmentation import Unit

CONTEXT: Final = 32
"""Code points of context on either side of a text quote selector; more if they are needed to make it unique."""

_OPENING_MARKS: Final = frozenset("\"'“‘«„‚‹»›")
_CLOSING_MARKS: Final = frozenset("\"'”’»“‘›«‹")
_SPACES: Final = " \u00a0\u202f"
_CURATED_ONLY: Final = frozenset({OA.hasSource, OA.prefix})
_STRAIGHT: Final = str.maketrans("“”„«»‘’‹›–—\u00a0", '"""""\'\'\'\'-- ')


@dataclass(frozen=True)
class Span:
    """The position of the words of an evidence.

    :ivar seed: the seed text
    :ivar begin: offset of the first code point
    :ivar end: offset after the last one
    :ivar units: the sentences that the curator named
    """

    seed: Seed
    begin: int
    end: int
    units: tuple[Unit, ...]

    @property
    def words(self) -> str:
        """The words themselves."""
        return self.seed.text[self.begin : self.end]

    def occurrences(self, words: str) -> list[int]:
        """Return the offsets of all occurrences of words within the span, overlapping ones too."""
        text, found = self.seed.text, []
        offset = text.find(words, self.begin, self.end)
        while offset >= 0:
            found.append(offset)
            offset = text.find(words, offset + 1, self.end)
        return found


@dataclass
class EvidenceReading:
    """The evidence as found in the seeds.

    :ivar spans: spans of the words of each evidence without findings
    :ivar findings: errors of the others
    """

    spans: dict[Node, Span] = field(default_factory=dict)
    findings: list[EvidenceError] = field(default_factory=list)


def check_evidence(located: LocatedGraph, seeds: tuple[Seed, ...]) -> EvidenceReading:
    """Find the words of every evidence; quotations and whole evidence first, then parts of them."""
    reading = EvidenceReading()
    graph = located.graph
    everything = sorted({*graph.subjects(RDF.type, EILD.Evidence), *graph.subjects(RDF.type, EILD.Quotation)}, key=str)
    parts = [evidence for evidence in everything if (evidence, DCTERMS.isPartOf, None) in graph]
    for evidence in [*(one for one in everything if one not in parts), *parts]:
        try:
            reading.spans[evidence] = _find_evidence(located, seeds, evidence, reading.spans)
        except EvidenceError as finding:
            reading.findings.append(finding)
    return reading


def check_hedges(located: LocatedGraph, spans: dict[Node, Span]) -> list[FactError]:
    """Return a finding for each hedge whose words do not occur in a sentence of the claim's evidence."""
    findings = []
    for claim, hedge in located.graph.subject_objects(EILD.hedge):
        cited = [spans[item] for item in located.graph.objects(claim, EILD.evidence) if item in spans]
        texts = [unit.text for span in cited for unit in span.units]
        if cited and not any(str(hedge) in text for text in texts):
            message = f"the hedge {str(hedge)!r} does not occur in any sentence of the claim's evidence"
            place = located.locate(claim, EILD.hedge, hedge)
            findings.append(
                FactError(
                    message, location=place, hint="copy the words from the text, or cite the sentence as evidence"
                )
            )
    return findings


def build_evidence_graph(located: LocatedGraph, spans: dict[Node, Span]) -> Graph:
    """Make the published form of all evidence."""
    graph = empty_graph()
    for evidence, span in spans.items():
        for predicate, obj in located.graph.predicate_objects(evidence):
            if predicate not in _CURATED_ONLY:
                graph.add((evidence, predicate, obj))
        position, quote = URIRef(f"{evidence}-position"), URIRef(f"{evidence}-quote")
        before, after = _context(span)
        graph.add((evidence, RDF.type, OA.SpecificResource))
        graph.add((evidence, OA.hasSource, span.seed.iri))
        for unit in span.units:
            graph.add((evidence, OA.hasScope, span.seed.unit_iri(unit)))
        graph.add((evidence, OA.hasSelector, position))
        graph.add((evidence, OA.hasSelector, quote))
        graph.add((position, RDF.type, OA.TextPositionSelector))
        graph.add((position, OA.start, Literal(str(span.begin), datatype=XSD.nonNegativeInteger)))
        graph.add((position, OA.end, Literal(str(span.end), datatype=XSD.nonNegativeInteger)))
        graph.add((quote, RDF.type, OA.TextQuoteSelector))
        graph.add((quote, OA.exact, Literal(span.words)))
        graph.add((quote, OA.prefix, Literal(before)))
        graph.add((quote, OA.suffix, Literal(after)))
    return graph


def _find_evidence(located: LocatedGraph, seeds: tuple[Seed, ...], evidence: Node, spans: dict[Node, Span]) -> Span:
    """Return the span of the words of one evidence.

    :raises EvidenceError: if they do not occur, or occur more than once and no prefix selects one occurrence
    """
    graph = located.graph
    words = graph.value(evidence, OA.exact)
    if words is None or not str(words).strip() or str(words) != str(words).strip():
        message = f"the words of {_short(evidence)} must not be empty, or start or end with white space"
        hint = "state the words of the text with oa:exact"
        raise EvidenceError(message, location=located.locate(evidence, OA.exact), hint=hint)
    area = _named_area(located, seeds, evidence)
    for whole in graph.objects(evidence, DCTERMS.isPartOf):
        if whole in spans:
            area = Span(area.seed, spans[whole].begin, spans[whole].end, area.units)
    found = area.occurrences(str(words))
    if not found:
        hint = _where_else(area, str(words))
        message = f"{str(words)!r} does not occur in {_named(area)}"
        raise EvidenceError(message, location=located.locate(evidence, OA.exact, words), hint=hint)
    begin = _decide(located, evidence, area, found)
    span = Span(area.seed, begin, begin + len(str(words)), area.units)
    if any(unit not in area.seed.units_between(span.begin, span.end) for unit in area.units):
        message = f"{str(words)!r} does not span all of {_named(area)}"
        place = located.locate(evidence, OA.hasSource)
        raise EvidenceError(message, location=place, hint="list only the sentences that contain the words")
    if (evidence, RDF.type, EILD.Quotation) in graph and not _is_between_marks(span):
        message = f"the quotation {str(words)!r} must be between quotation marks in the text"
        hint = "quote everything between the marks; part of a longer quotation is eild:Evidence with dct:isPartOf"
        raise EvidenceError(message, location=located.locate(evidence, OA.exact, words), hint=hint)
    return span


def _named_area(located: LocatedGraph, seeds: tuple[Seed, ...], evidence: Node) -> Span:
    """Return the sentences that an evidence names, as one span.

    :raises EvidenceError: if it names none, or not consecutive ones of one seed
    """
    place = located.locate(evidence, OA.hasSource) or located.locate(evidence)
    sources = set(located.graph.objects(evidence, OA.hasSource))
    if not sources:
        message = f"{_short(evidence)} does not list a sentence"
        raise EvidenceError(message, location=place, hint="add oa:hasSource sentence:…")
    for seed in seeds:
        units = tuple(unit for iri, unit in seed.units_by_iri.items() if iri in sources)
        if units and len(units) == len(sources):
            if units[-1].number - units[0].number != len(units) - 1:
                message = f"the sentences of {_short(evidence)} must be consecutive"
                raise EvidenceError(message, location=place, hint="list all sentences that the words span")
            return Span(seed, units[0].begin, units[-1].end, units)
    message = f"{_short(evidence)} must list sentences of one seed only, not {', '.join(sorted(map(_short, sources)))}"
    known = ", ".join(f"{seed.number}-001 to {seed.number}-{len(seed.units):03d}" for seed in seeds)
    raise EvidenceError(message, location=place, hint=f"sentences are {known}")


def _decide(located: LocatedGraph, evidence: Node, area: Span, found: list[int]) -> int:
    """Return the one occurrence that is meant.

    :raises EvidenceError: if there are several and ``oa:prefix`` does not leave exactly one
    """
    prefix = located.graph.value(evidence, OA.prefix)
    if prefix is not None:
        before = str(prefix).rstrip()
        left = [offset for offset in found if area.seed.text[:offset].rstrip().endswith(before)]
        if len(left) == 1:
            return left[0]
        message = (
            f"the prefix {str(prefix)!r} matches {len(left)} of {len(found)} occurrences of the words in {_named(area)}"
        )
        place = located.locate(evidence, OA.prefix)
        raise EvidenceError(message, location=place, hint=_occurrences_shown(area, found))
    if len(found) > 1:
        message = f"the words of {_short(evidence)} occur {len(found)} times in {_named(area)}"
        hint = f"select one occurrence with oa:prefix: {_occurrences_shown(area, found)}"
        raise EvidenceError(message, location=located.locate(evidence, OA.exact), hint=hint)
    return found[0]


def _occurrences_shown(area: Span, found: list[int]) -> str:
    """Return the text before each occurrence."""
    shown = [area.seed.text[max(area.begin, offset - 20) : offset] for offset in found]
    return "preceded by " + " / ".join(repr(text) for text in shown)


def _where_else(area: Span, words: str) -> str:
    """Return a hint to where the words occur, or to similar words in the sentence."""
    seed = area.seed
    offset = seed.text.find(words)
    if offset >= 0:
        units = seed.units_between(offset, offset + len(str(words)))
        return f"they occur in {', '.join(f'sentence:{seed.number}-{unit.number:03d}' for unit in units)}"
    for alike in (_fold, _fold_case):
        here = alike(seed.text[area.begin : area.end]).find(alike(words))
        if here >= 0:
            actual = seed.text[area.begin + here : area.begin + here + len(str(words))]
            return f"the text has {actual!r}; quotation marks, dashes and case must match"
    shared = max((length for length in range(len(str(words))) if words[:length] in area.words), default=0)
    if shared > len(str(words)) // 3:
        begin = area.words.index(words[:shared])
        return f"did you mean {area.words[begin : begin + len(str(words))]!r}?"
    return "copy them from the text"


def _fold(text: str) -> str:
    """Return text with straight quotation marks and dashes, of the same length."""
    return text.translate(_STRAIGHT)


def _fold_case(text: str) -> str:
    """Return text folded further to lower case without accents, of the same length."""
    return "".join(unicodedata.normalize("NFD", letter)[0].lower()[:1] or letter for letter in _fold(text))


def _is_between_marks(span: Span) -> bool:
    """Return whether a span is between quotation marks, apart from its punctuation.

    Guillemets may be separated from the words by a space, as French sets them.
    """
    text = span.seed.text
    before, after = text[: span.begin], text[span.end :].lstrip(".,;:!?…")
    if before.rstrip(_SPACES)[-1:] == "«" and after.lstrip(_SPACES + ".,;:!?…")[:1] == "»":
        return True
    return before[-1:] in _OPENING_MARKS and after[:1] in _CLOSING_MARKS


def _context(span: Span) -> tuple[str, str]:
    """Return the context before and after a span that makes its words unique in the text."""
    text, size = span.seed.text, CONTEXT
    while True:
        before, after = text[max(0, span.begin - size) : span.begin], text[span.end : span.end + size]
        if size >= len(text) or text.count(before + span.words + after) == 1:
            return before, after
        size *= 2


def _named(area: Span) -> str:
    numbers: Iterator[str] = (f"sentence:{area.seed.number}-{unit.number:03d}" for unit in area.units)
    return ", ".join(numbers)


def _short(term: Node) -> str:
    return str(term).rpartition("/id/")[2]
