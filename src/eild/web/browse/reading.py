"""``/seed/``: the reading room, in which every word of an article shows the claims that rest on it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import Response, request

from eild import media
from eild.claims import OPPOSED, STANCES
from eild.claims.passages import read_sections
from eild.errors import NotFoundError, RequestError
from eild.web.frame.pages import render_page
from eild.web.frame.respond import accept_header, choose_form, current_site, respond
from eild.web.frame.routes import Route, SiteSection, Views, with_claims

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eild.claims import Article, Claim, ClaimIndex, Named
    from eild.claims.passages import Section
    from eild.web.frame.site import Site

blueprint = Views("reading", __name__)

FORMS: Final = (media.HTML, media.TEXT, media.JSON_LD)
"""Forms of an article: the page, its text as given, and its claims as Web Annotations."""
MARKS: Final = {"all": "all claims", "contested": "contested and hedged", "none": "none"}
"""Which words are marked, by the value of the parameter ``marks``."""
NOTES: Final = {"beside": "beside or below each paragraph", "within": "in place, one sentence at a time"}
"""Where the claims are, by the value of the parameter ``notes``."""

_ANNOTATION_CONTEXT: Final = {
    "oa": "http://www.w3.org/ns/oa#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "start": {"@id": "oa:start", "@type": "xsd:nonNegativeInteger"},
    "end": {"@id": "oa:end", "@type": "xsd:nonNegativeInteger"},
}


@dataclass(frozen=True)
class Filter:
    """Which claims a reader wants to see.

    :ivar stance: slug of a stance; empty for all
    :ivar speaker: IRI of a claimant; empty for all
    :ivar marks: one of :data:`MARKS`
    :ivar words: ``all`` where words that hurt are shown too
    :ivar notes: one of :data:`NOTES`
    """

    stance: str = ""
    speaker: str = ""
    marks: str = "all"
    words: str = ""
    notes: str = "beside"

    def holds(self, claim: Claim) -> bool:
        """Return whether a claim is wanted."""
        if self.stance and claim.stance.slug != self.stance:
            return False
        if self.speaker and all(claimant.iri != self.speaker for claimant in claim.claimants):
            return False
        if self.marks == "contested":
            return claim.stance.slug in OPPOSED or claim.is_hedged or bool(claim.contested_by)
        return True


@dataclass(frozen=True)
class Reading:
    """What the page of an article shows.

    :ivar article: the article
    :ivar sections: its text, marked
    :ivar numbers: the running number of each claim on the page, by its IRI
    :ivar speakers: everybody who makes a claim in it
    :ivar total: how many claims there are without a filter
    """

    article: Article
    sections: tuple[Section, ...]
    numbers: Mapping[str, int]
    speakers: tuple[Named, ...]
    total: int

    @property
    def share(self) -> float:
        """The share of the words of running text on which the shown claims rest."""
        words = sum(section.words for section in self.sections)
        return sum(section.covered for section in self.sections) / words if words else 0.0


def read_filter(parameters: Mapping[str, str]) -> Filter:
    """Return what a reader asks for.

    :raises RequestError: if a parameter has a value that means nothing
    """
    chosen = Filter(
        stance=parameters.get("stance", ""),
        speaker=parameters.get("speaker", ""),
        marks=parameters.get("marks", "") or "all",
        words=parameters.get("words", ""),
        notes=parameters.get("notes", "") or "beside",
    )
    for name, value, known in (
        ("stance", chosen.stance, ("", *STANCES)),
        ("marks", chosen.marks, tuple(MARKS)),
        ("words", chosen.words, ("", "all")),
        ("notes", chosen.notes, tuple(NOTES)),
    ):
        if value not in known:
            message = f"unknown value {value[:40]!r} for {name!r}"
            raise RequestError(message, hint=f"use one of: {', '.join(filter(None, known))}")
    return chosen


def build_reading(index: ClaimIndex, article: Article, chosen: Filter) -> Reading:
    """Return an article with the claims that a reader wants to see, marked and numbered in the order of the text."""
    own = [claim for claim in index.curated if claim.words and claim.words[0].seed == article.number]
    shown = [] if chosen.marks == "none" else [claim for claim in own if chosen.holds(claim)]
    shown.sort(key=lambda claim: (claim.words[0].start, claim.words[-1].end))
    return Reading(
        article=article,
        sections=read_sections(article, shown, index.find_warned(article.number)),
        numbers={claim.iri: number for number, claim in enumerate(shown, 1)},
        speakers=tuple(sorted({claimant for claim in own for claimant in claim.claimants})),
        total=len(own),
    )


def build_annotations(site: Site, article: Article) -> dict[str, Any]:
    """Return the claims of an article as Web Annotations: the claim is the body, its words are the target."""
    items = [
        {
            "@id": f"{claim.iri}#{words.iri.rpartition('/')[2]}",
            "@type": "oa:Annotation",
            "oa:motivatedBy": {"@id": "oa:describing"},
            "oa:hasBody": {"@id": claim.iri},
            "oa:hasTarget": {
                "@id": words.iri,
                "oa:hasSource": {"@id": article.iri},
                "oa:hasSelector": [
                    {
                        "@id": f"{words.iri}-position",
                        "@type": "oa:TextPositionSelector",
                        "start": words.start,
                        "end": words.end,
                    },
                    {"@id": f"{words.iri}-quote", "@type": "oa:TextQuoteSelector", "oa:exact": words.exact},
                ],
            },
        }
        for claim in site.claims.curated
        for words in claim.words
        if words.seed == article.number
    ]
    return {"@context": _ANNOTATION_CONTEXT, "@graph": items}


def _find_article(site: Site, number: str) -> Article:
    article = site.claims.articles.get(number)
    if article is None:
        known = ", ".join(site.claims.articles) or "none"
        raise NotFoundError(f"there is no seed {number[:20]!r}", hint=f"seeds served: {known}")
    return article


def _render(site: Site, article: Article, chosen: Filter) -> bytes:
    reading = build_reading(site.claims, article, chosen)
    return render_page(
        site,
        "reading",
        request.path,
        reading=reading,
        chosen=chosen,
        stances=[slug for slug in STANCES if any(claim.stance.slug == slug for claim in site.claims.curated)],
        names={claim.stance.slug: claim.stance.text for claim in site.claims.curated},
        marks=MARKS,
        notes_places=NOTES,
        article_iri=article.document.iri,
    )


@blueprint.declare(
    Route(
        "/seed/",
        (media.HTML, media.PLAIN_JSON),
        query=("format",),
        section=SiteSection("Read", ("doc/sentence/", "doc/seed/", "doc/evidence/")),
        listed=with_claims,
    )
)
def list_seeds() -> Response:
    """Return the list of source texts."""
    site = current_site()
    if not site.claims.articles:
        raise NotFoundError("this dataset contains no source text", hint="start at the home page")
    form = media.choose_format(accept_header(), (media.HTML,))
    texts = {text.number: text for text in site.about.texts}
    return respond(lambda: render_page(site, "seeds", request.path, texts=texts), form, tag=site.make_tag("seeds"))


@blueprint.declare(Route("/seed/<number>", FORMS, refusals=(404,), query=("format",), section="Read"))
def read(number: str) -> Response:
    """Return an article: a page with its claims, its plain text, or its claims as Web Annotations."""
    site = current_site()
    article = _find_article(site, number)
    form = choose_form(FORMS)
    chosen = read_filter(request.args)
    tag = site.make_tag("reading", number, form.name, repr(chosen))
    if form is media.TEXT:
        return respond(article.text.encode, form, tag=tag)
    if form is media.JSON_LD:
        content = json.dumps(build_annotations(site, article), ensure_ascii=False, indent=1)
        return respond(content.encode, form, tag=tag)
    return respond(lambda: _render(site, article, chosen), form, tag=tag)
