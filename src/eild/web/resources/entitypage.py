"""The page of a resource that claims speak of: who says what about it, what it says, and what the text gives of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlencode

from pyoxigraph import Literal, NamedNode

from eild import nodes
from eild.claims import OPPOSED, STANCES, Named
from eild.claims.involvement import SUBJECT_SLOTS, find_involvements
from eild.terms import DCTERMS, FOAF, OWL, RDFS, SKOS
from eild.web.frame.views import TermView, view_term
from eild.web.resources.claimpage import SLOT_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from eild.claims import Claim, Proposition
    from eild.claims.involvement import Involvement
    from eild.web.frame.site import Site

SHOWN_CLAIMS: Final = 4
"""How many claims of one stance a page shows at once; the rest is a click away."""
SHOWN_VALUES: Final = 4
"""How many values of a fact a page shows at once."""
SHOWN_WORDS: Final = 90
"""Evidence of more characters than this stands on the page of its claim only."""

TITLES: Final = {
    "about": "Claims about it",
    "proposition": "Claims on it",
    "claimant": "Claims by it",
    "addressee": "Claims made to it",
    "document": "Claims in it",
    "occasion": "Claims made there",
    "time": "Claims made then",
    "scale": "Claims that state it",
}
"""What pages call the claims in which a resource takes part, by how it does."""

LINK_STRENGTHS: Final = {
    str(OWL.sameAs): "exact",
    str(SKOS.exactMatch): "exact",
    str(SKOS.closeMatch): "close",
    str(SKOS.broadMatch): "broader",
    str(SKOS.narrowMatch): "narrower",
    str(SKOS.relatedMatch): "related",
    str(FOAF.isPrimaryTopicOf): "page about it",
    str(RDFS.seeAlso): "related",
    str(DCTERMS.identifier): "identifier",
    str(SKOS.notation): "notation",
}
"""Properties that lead to other datasets, with how strong the match is."""

_DESCRIBING: Final = {
    "is-a": ("describedAs", "Kind"),
    "holds-office": ("describedAs", "Office"),
    "belongs-to": ("target", "Belongs to"),
    "based-in": ("target", "Based in"),
    "linked-to": ("target", "Linked to"),
}
"""Actions that say of something what it is: the slot that holds the answer, and what pages call it."""
_SHOWN_SLOTS: Final = (*("describedAs", "target", "election", "platform", "technique", "topic", "narrative"),)
_NAMES: Final = {
    **SLOT_NAMES,
    "target": "Acts toward",
    "election": "Elections",
    "platform": "Platforms",
    "technique": "Techniques",
    "topic": "Topics",
    "narrative": "Narratives",
}


@dataclass(frozen=True)
class StanceGroup:
    """Claims of one stance.

    :ivar stance: the stance
    :ivar shown: the claims that are shown at once
    :ivar more: the others
    """

    stance: Named
    shown: tuple[Claim, ...]
    more: tuple[Claim, ...]

    @property
    def count(self) -> int:
        """How many claims it has."""
        return len(self.shown) + len(self.more)


@dataclass(frozen=True)
class ClaimSection:
    """Claims in which a resource takes part in one way, by stance.

    :ivar role: the way
    :ivar title: what people read
    :ivar groups: the claims
    """

    role: str
    title: str
    groups: tuple[StanceGroup, ...]

    @property
    def count(self) -> int:
        """How many claims it has."""
        return sum(group.count for group in self.groups)


@dataclass(frozen=True)
class FactValue:
    """Something that claims say of a resource.

    :ivar named: what they say
    :ivar stance: the stance that they take
    :ivar claims: who says so
    """

    named: Named
    stance: Named
    claims: tuple[Claim, ...]

    @property
    def words(self) -> str:
        """The words of the first claim, where they are short and none has a warning; else nothing."""
        first = self.claims[0]
        exact = "" if first.is_warned else " … ".join(words.exact for words in first.words)
        return exact if len(exact) <= SHOWN_WORDS else ""


@dataclass(frozen=True)
class GivenFact:
    """What the text gives of a resource under one name.

    :ivar name: what people read
    :ivar shown: the values that are shown at once, those of most claims first
    :ivar more: the others
    :ivar is_description: whether they say what the resource is, so that the words matter
    """

    name: str
    shown: tuple[FactValue, ...]
    more: tuple[FactValue, ...]
    is_description: bool


@dataclass(frozen=True)
class OutsideLink:
    """A link to another dataset, or an identifier there.

    :ivar term: where it leads
    :ivar strength: how strong the match is
    """

    term: TermView
    strength: str


@dataclass(frozen=True)
class EntityPage:
    """What the page of a resource shows of the claims about it.

    :ivar kinds: the names of its classes
    :ivar summary: one line of counts
    :ivar sections: the claims, by how the resource takes part in them
    :ivar facts: what the text gives of it, each with who says so
    """

    kinds: tuple[TermView, ...]
    summary: str
    sections: tuple[ClaimSection, ...]
    facts: tuple[GivenFact, ...]


def view_kinds(site: Site, node: NamedNode) -> tuple[TermView, ...]:
    """Return the classes of a resource, by name; of third-party data, they lead to the list of their resources."""
    views = [view_term(site, term) for term in site.described.find_objects(node, nodes.RDF.type)]
    if site.publication.foreign:
        views = [
            replace(view, href=f"entities?{urlencode({'kind': view.iri})}") if view.iri else view for view in views
        ]
    return tuple(sorted(views, key=lambda term: term.text))


def _name_outside(term: TermView) -> TermView:
    """Return a term elsewhere with a short name: the host and the last part of its IRI, where it has no label."""
    if term.text != term.iri or not term.iri.startswith(("http://", "https://")):
        return term
    host, _, path = term.iri.partition("://")[2].partition("/")
    last = unquote(re.split(r"[/#=]", path.rstrip("/"))[-1])
    return replace(term, text=f"{host.removeprefix('www.')}: {last}" if last else host)


def list_outside_links(site: Site, node: NamedNode) -> tuple[OutsideLink, ...]:
    """Return the links of a resource to other datasets, the exact ones first."""
    order = list(dict.fromkeys(LINK_STRENGTHS.values()))
    found = []
    for triple in site.documents.outgoing(node):
        strength = LINK_STRENGTHS.get(triple.predicate.value)
        inside = isinstance(triple.object, NamedNode) and triple.object.value.startswith(site.urls.base)
        if strength and not inside and isinstance(triple.object, NamedNode | Literal):
            view = _name_outside(view_term(site, triple.object))
            found.append(OutsideLink(view if site.publication.foreign else replace(view, page=""), strength))
    return tuple(sorted(found, key=lambda link: (order.index(link.strength), link.term.text)))


def group_claims(claims: Sequence[Claim], shown: int = SHOWN_CLAIMS) -> tuple[StanceGroup, ...]:
    """Return claims by stance, in the order of the closed list; within one, as they come.

    :param shown: how many of each are shown at once
    """
    groups: dict[str, list[Claim]] = {}
    for claim in claims:
        groups.setdefault(claim.stance.slug, []).append(claim)
    order = sorted(groups, key=lambda slug: STANCES.index(slug) if slug in STANCES else len(STANCES))
    return tuple(
        StanceGroup(groups[slug][0].stance, tuple(groups[slug][:shown]), tuple(groups[slug][shown:])) for slug in order
    )


def _list_sections(involvements: Iterable[Involvement]) -> tuple[ClaimSection, ...]:
    """Return the claims by how the resource takes part in them; the editor's own readings apart."""
    sections = []
    for item in involvements:
        text = [claim for claim in item.claims if not claim.is_coding]
        read = [claim for claim in item.claims if claim.is_coding]
        if text:
            sections.append(ClaimSection(item.role, TITLES[item.role], group_claims(text)))
        if read and item.role != "claimant":
            title = f"{TITLES[item.role]}, as the editor reads the text"
            sections.append(ClaimSection(f"{item.role}-reading", title, group_claims(read)))
        elif read:
            sections.append(ClaimSection(item.role, "Its readings of the text", group_claims(read)))
    return tuple(sections)


def _read_slots(claim: Claim, part: Proposition) -> Iterator[tuple[str, Named]]:
    """Yield what a claim gives of the subject of a proposition: the name of a fact, and its value.

    Of what a claim speaks against, or asks, only what the subject is called is given: to say that somebody denies a
    target is not to give one.
    """
    action = next((value.slug for value in part.slots.get("action", ())), "")
    own_slot, own_name = _DESCRIBING.get(action, ("", ""))
    for slot in _SHOWN_SLOTS:
        is_own = slot == own_slot
        if is_own or claim.stance.slug == "affirms":
            for value in part.slots.get(slot, ()):
                yield own_name if is_own else _NAMES[slot], value


def _list_given(claims: Iterable[Claim], iri: str) -> tuple[GivenFact, ...]:
    """Return what claims give of a resource that is their subject, by name."""
    found: dict[str, dict[tuple[Named, Named], dict[Claim, None]]] = {}
    for claim in claims:
        for part in claim.propositions:
            if any(value.iri == iri for slot in SUBJECT_SLOTS for value in part.slots.get(slot, ())):
                for name, value in _read_slots(claim, part):
                    found.setdefault(name, {}).setdefault((value, claim.stance), {})[claim] = None
    describing = [name for _, name in _DESCRIBING.values()]
    facts = []
    for name in (*describing, *(_NAMES[slot] for slot in _SHOWN_SLOTS)):
        pairs = sorted(found.get(name, {}).items(), key=lambda pair: (-len(pair[1]), pair[0][0].text, pair[0][1].text))
        values = tuple(FactValue(value, stance, tuple(saying)) for (value, stance), saying in pairs)
        if values:
            facts.append(GivenFact(name, values[:SHOWN_VALUES], values[SHOWN_VALUES:], name in describing))
    return tuple(facts)


def _plural(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _summarize(site: Site, node: NamedNode, involvements: Sequence[Involvement]) -> str:
    """Return one line of counts: sentences that name it, claims about it and by it, speakers, opposed claims."""
    mentions = nodes.SCHEMA.mentions
    naming = sum(triple.predicate == mentions for triple in site.documents.incoming(node))
    article = "articles" if len(site.claims.articles) > 1 else "article"
    parts = [f"named in {_plural(naming, 'sentence', 'sentences')} of the {article}"] if naming else []
    by_role = {item.role: [claim for claim in item.claims if not claim.is_coding] for item in involvements}
    if about := by_role.get("about"):
        speakers = {speaker for claim in about for speaker in claim.claimants}
        said = f"{_plural(len(about), 'claim is', 'claims are')} about it"
        parts.append(f"{said}, by {_plural(len(speakers), 'speaker', 'speakers')}")
        if against := sum(claim.stance.slug in OPPOSED for claim in about):
            parts.append(f"{against} of them {'speaks' if against == 1 else 'speak'} against what is said")
    if own := by_role.get("claimant"):
        parts.append(f"it makes {_plural(len(own), 'claim', 'claims')}")
    if inside := by_role.get("document"):
        parts.append(f"{_plural(len(inside), 'claim stands', 'claims stand')} in it")
    if read := sum(claim.is_coding for item in involvements for claim in item.claims):
        parts.append(f"{_plural(read, 'claim is', 'claims are')} the editor’s own reading")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def build_entity_page(site: Site, node: NamedNode) -> EntityPage | None:
    """Return the claims that the page of a resource shows; None if no claim names the resource.

    :param site: the site
    :param node: the resource
    """
    involvements = find_involvements(site.claims, node.value)
    if not involvements:
        return None
    about = [claim for item in involvements if item.role == "about" for claim in item.claims if not claim.is_coding]
    return EntityPage(
        kinds=view_kinds(site, node),
        summary=_summarize(site, node, involvements),
        sections=_list_sections(involvements),
        facts=_list_given(about, node.value),
    )
