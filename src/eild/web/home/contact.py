"""``/contact``: how to request a correction."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from flask import Response, request

from eild import media
from eild.web.frame.pages import render_page
from eild.web.frame.respond import choose_form, current_site, respond
from eild.web.frame.routes import Route, Views

if TYPE_CHECKING:
    from eild.web.frame.site import Site

blueprint = Views("contact", __name__)

SEND: Final = (
    "the IRI of the record, as its page shows it",
    "what is wrong: a word, a name, a date, the speaker, or the fact that the record exists",
    "evidence: the words of the source, or a publicly available document",
    "your reason, and whether the record is about you",
)
"""What a request for a correction needs."""
SEND_ANY: Final = (
    "the IRI of the resource, as its page shows it",
    "what is wrong, and what would be right",
    "where others can check it, such as a publicly available document",
    "whether the resource is about you",
)
"""What a request about third-party data needs."""
THEN: Final = (
    "A record that differs from the words of its source is corrected, and the changelog lists the correction.",
    (
        "If the source itself is disputed, the claim stays, attributed to its speaker. The opposing claim is added "
        "with its own evidence, and the editor records that the two disagree."
    ),
    (
        "A record that should not have been published is withdrawn: its IRI returns 410 with the date and the reason, "
        "and is never reused. A record that is only misnamed gets a new IRI, and the old IRI redirects to it."
    ),
    "Files of earlier versions stay unchanged, so citations remain valid. The changelog lists later corrections.",
)
"""What becomes of a request."""
_OPEN_CHANNEL: Final = (
    "The operator of this server has not given a contact address. "
    "Report the problem where the sources of this dataset are published."
)


def describe_contact(site: Site) -> dict[str, Any]:
    """Return what the page says, for programs and for people."""
    channel = site.about.contact or site.settings.contact
    return {
        "channel": channel,
        "note": "" if channel else _OPEN_CHANNEL,
        "send": list(SEND_ANY if site.publication.foreign else SEND),
        "then": [] if site.publication.foreign else list(THEN),
    }


@blueprint.declare(Route("/contact", (media.HTML, media.PLAIN_JSON, media.TEXT), query=("format",)))
def show() -> Response:
    """Return how to request a correction."""
    site = current_site()
    form = choose_form((media.HTML, media.PLAIN_JSON, media.TEXT))
    tag = site.make_tag("contact", form.name, site.settings.contact)
    content = describe_contact(site)
    if form is media.HTML:
        return respond(lambda: render_page(site, "contact", request.path, contact=content), form, tag=tag)
    if form is media.PLAIN_JSON:
        return respond(lambda: json.dumps(content, indent=1).encode(), form, tag=tag)
    return respond(lambda: _write_text(site), form, tag=tag)


def _write_text(site: Site) -> bytes:
    content = describe_contact(site)
    lines = ["To request a correction, write to:", str(content["channel"] or content["note"]), "", "Say:"]
    lines += [f"- {line}" for line in content["send"]]
    if content["then"]:
        lines += ["", "Then:", *(f"- {line}" for line in THEN)]
    return "\n".join(lines).encode() + b"\n"
