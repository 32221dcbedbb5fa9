"""What the home page shows: counts, ways in, a claim taken apart, disagreements; of other data what kinds there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from eild import media, nodes
from eild.claims.disagreements import list_disagreements
from eild.claims.model import OPPOSED
from eild.documents.index import DocumentIndex
from eild.documents.thesaurus import Thesaurus
from eild.seed.segmentation import UnitKind
from eild.web.browse.classes import count_classes
from eild.web.frame.views import view_term
from eild.web.resources.claimpage import find_contexts
from eild.web.vocabularies.anyontology import is_vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eild.claims import Claim, ClaimIndex
    from eild.claims.disagreements import Disagreement
    from eild.web.browse.classes import ClassCount
    from eild.web.frame.site import Site
    from eild.web.frame.views import TermView
    from eild.web.resources.claimpage import Context

TOP_DISAGREEMENTS: Final = 3
"""How many disagreements the home page shows."""
TOP_CLASSES: Final = 24
"""How many classes of other data it shows, those with the most resources."""

_ENTITIES: Final = ("agent", "event", "source", "thing")
_ORDINALS: Final = {1: "one article", 2: "two articles", 3: "three articles"}


@dataclass(frozen=True)
class Figure:
    """A number with what it counts."""

    value: str
    label: str


@dataclass(frozen=True)
class Door:
    """A way into the site.

    :ivar label: what people read
    :ivar path: where it leads, without a first slash
    :ivar text: what is behind it
    """

    label: str
    path: str
    text: str


@dataclass(frozen=True)
class Example:
    """One claim as an explanation of all.

    :ivar claim: the claim
    :ivar context: the sentence that holds its first words
    :ivar checked: whether all of its words stand in the text exactly where the data says
    """

    claim: Claim
    context: Context
    checked: bool


@dataclass(frozen=True)
class Overview:
    """What the home page shows.

    :ivar intro: what the texts are that the claims were taken from; empty if there are no claims
    :ivar figures: what is counted
    :ivar doors: ways in
    :ivar example: a claim taken apart, where there are claims
    :ivar disagreements: those with the most claims
    :ivar disagreement_count: how many there are
    :ivar classes: classes with the most resources, of data without claims
    :ivar class_count: how many classes there are
    :ivar examples: resources that the catalogue names as examples
    :ivar sample: IRI of a resource for examples of requests; empty if none is below the base
    :ivar query: a query to begin with
    """

    intro: str
    figures: tuple[Figure, ...]
    doors: tuple[Door, ...]
    example: Example | None
    disagreements: tuple[Disagreement, ...]
    disagreement_count: int
    classes: tuple[ClassCount, ...]
    class_count: int
    examples: tuple[TermView, ...]
    sample: str
    query: str


def _is_checked(index: ClaimIndex, claim: Claim) -> bool:
    """Return whether the words of a claim stand in the text exactly where the data says."""
    return all(
        words.seed in index.articles and index.articles[words.seed].text[words.start : words.end] == words.exact
        for words in claim.words
    )


def choose_example(index: ClaimIndex) -> Claim | None:
    """Return the claim that shows best what a claim has: who speaks to whom, on which day, and against what.

    The first in the order of the text of those that have the most; none with words to be shown with care.
    """

    def count(claim: Claim) -> int:
        day = claim.time is not None and claim.time.earliest is not None and claim.time.earliest == claim.time.latest
        has = (
            *(bool(claim.addressees), day, bool(claim.contested_by), bool(claim.occasions)),
            *(claim.stance.slug in OPPOSED, len(claim.claimants) == 1, len(claim.propositions) == 1),
        )
        return sum(has)

    fit = [claim for claim in index.curated if claim.words and claim.propositions and not claim.is_warned]
    return max(fit, key=count, default=None)


def _build_example(index: ClaimIndex) -> Example | None:
    claim = choose_example(index)
    contexts = find_contexts(index, claim) if claim else ()
    if claim is None or not contexts:
        return None
    spoken = max(contexts, key=lambda context: sum(len(part.text) for part in context.segments if part.claims))
    return Example(claim, spoken, _is_checked(index, claim))


def _count_sentences(index: ClaimIndex) -> int:
    return sum(unit.kind is UnitKind.SENTENCE for article in index.articles.values() for unit in article.units)


def _count_figures(index: ClaimIndex, disagreements: int) -> tuple[Figure, ...]:
    claims = index.curated
    words = {words.iri: words for claim in claims for words in claim.words}
    exact = sum(
        part.seed in index.articles and index.articles[part.seed].text[part.start : part.end] == part.exact
        for part in words.values()
    )
    figures = (
        (_count_sentences(index), "sentences encoded"),
        (len(claims), "claims"),
        (len({item.iri for claim in claims for item in claim.claimants}), "speakers"),
        (len({item.iri for claim in claims for item in claim.documents}), "source documents"),
        (disagreements, "disagreements"),
    )
    found = tuple(Figure(f"{number:,}", label) for number, label in figures if number)
    return (*found, Figure(f"{exact:,} of {len(words):,}", "passages verified verbatim")) if words else found


def _count_entities(site: Site) -> int:
    """Return how many agents, events, sources and things the data describes; 0 if resources are not counted over."""
    if not isinstance(site.documents, DocumentIndex):
        return 0
    starts = tuple(f"{site.urls.base}id/{kind}/" for kind in _ENTITIES)
    return sum(isinstance(node, NamedNode) and node.value.startswith(starts) for node in site.documents.subjects())


def _count(number: int, noun: str) -> str:
    """Return a number with a noun in the singular or the plural."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _list_doors(site: Site, disagreements: int) -> tuple[Door, ...]:
    index = site.claims
    claims, sentences = len(index.curated), _count_sentences(index)
    seeds = [f"seed/{number}" for number in index.articles]
    entities = _count_entities(site)
    ready = 0 if site.live else len(site.documents.incoming(nodes.SH.SPARQLExecutable))
    with_claims = [
        Door(
            "Read the article" if len(seeds) == 1 else "Read the articles",
            seeds[0] if len(seeds) == 1 else "seed/",
            f"{_count(sentences, 'sentence')} with every claim",
        ),
        Door("Browse claims", "claims", f"{_count(claims, 'claim')} by speaker, stance and certainty"),
        Door(
            "Timeline", "timeline", "When the reported events are said to have occurred, and when each claim was made"
        ),
        Door("Disagreements", "disagreements", f"{_count(disagreements, 'proposition')} on which speakers disagree"),
    ]
    formats = ", ".join(form.label for form in media.GRAPH_FORMATS)
    always = [
        Door(
            "Entities",
            "entities",
            f"{entities} people, organizations, documents, contests and more" if entities else "By class",
        ),
        Door("Query with SPARQL", "sparql", f"Editor with {ready} example queries" if ready else "SPARQL editor"),
        Door("Download", "dumps/", formats),
        Door("Validate your data", "validate", "SHACL report with file, line and column"),
    ]
    return tuple((with_claims if index.claims else _list_vocabulary_doors(site)) + always)


def _list_vocabulary_doors(site: Site) -> list[Door]:
    """Return the ways to the concept schemes and ontologies of third-party data."""
    if site.live or not isinstance(site.documents, DocumentIndex):
        return []
    doors = []
    if schemes := Thesaurus(site.documents).list_schemes():
        number = len(schemes)
        doors.append(
            Door("Concepts", "concepts", "By hierarchy and from A to Z" if number == 1 else f"{number} schemes")
        )
    found = site.documents.incoming(nodes.OWL.Ontology)
    headers = [t.subject for t in found if t.predicate == nodes.RDF.type and isinstance(t.subject, NamedNode)]
    if len(headers) == 1 and is_vocabulary(site, headers[0]):
        doors.append(Door("Vocabulary", site.urls.document(headers[0].value), "Classes and properties, documented"))
    return doors


def _make_query(classes: list[ClassCount]) -> str:
    """Return a query to begin with: what is said of the resources of the largest class."""
    kind = f" a <{classes[0].term.iri}> ;" if classes else ""
    return f"SELECT ?thing ?property ?value\nWHERE {{ ?thing{kind} ?property ?value }}\nLIMIT 50"


def _list_examples(site: Site) -> Iterable[NamedNode]:
    """Yield the resources that the catalogue names as examples and that have pages."""
    for triple in site.catalog:
        if triple.predicate == nodes.VOID.exampleResource and isinstance(triple.object, NamedNode):
            yield triple.object


def build_overview(site: Site) -> Overview:
    """Return what the home page shows.

    :param site: the site
    """
    index = site.claims
    disagreements = list_disagreements(index) if index.claims else ()
    example = _build_example(index)
    # What a server elsewhere holds is asked for where somebody wants to see it: the way in opens though it is away.
    examples = [] if site.live else list(dict.fromkeys(_list_examples(site)))
    classes = [] if index.claims or site.live else count_classes(site)
    titles = "”, “".join(article.document.text for article in index.articles.values())
    number = len(index.articles)
    below = [node.value for node in examples if node.value.startswith(f"{site.urls.base}id/")]
    return Overview(
        intro=f"{_ORDINALS.get(number, f'{number} articles')}, “{titles}”," if index.claims and number else "",
        figures=_count_figures(index, len(disagreements)) if index.claims else (),
        doors=_list_doors(site, len(disagreements)),
        example=example,
        disagreements=disagreements[:TOP_DISAGREEMENTS],
        disagreement_count=len(disagreements),
        classes=tuple(classes[:TOP_CLASSES]),
        class_count=len(classes),
        examples=tuple(view_term(site, node) for node in examples),
        sample=example.claim.iri if example else next(iter(below), ""),
        query=_make_query(classes),
    )
