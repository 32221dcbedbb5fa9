"""``/contact``: how a person who is named here, or anybody else, asks for a correction."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from flask import Response, request

from eild import media
from eild.web.frame.pages import render_page
from eild.web.frame.respond import accept_header, current_site, respond
from eild.web.frame.routes import Route, Views

if TYPE_CHECKING:
    from eild.web.frame.site import Site

blueprint = Views("contact", __name__)

SEND: Final = (
    "the IRI of the record, as its page shows it",
    "what is wrong in it: a word, a name, a date, who says it, or that it is there at all",
    "evidence: the words of the source, or a document that anybody can look up",
    "the reason, and whether the record is about yourself",
)
"""What a request for a correction needs."""
THEN: Final = (
    "Where the record differs from the words of its source, it is mended, and the changelog says so.",
    (
        "Where the source itself is disputed, the words stay, as somebody's claim; another claim, with its own "
        "evidence, is set beside it, and the editor records that the two disagree."
    ),
    (
        "Where a record should not have been published, it is withdrawn: its address answers 410 with the day and the "
        "reason, and is never used again. What is only misnamed gets a new address, to which the old one leads."
    ),
    "Files of former versions stay as they were, so that citations hold; the changelog names what was mended since.",
)
"""What becomes of a request."""
_OPEN_CHANNEL: Final = (
    "The operator of this server has named no address. Write where the sources of this dataset are published."
)


def describe_contact(site: Site) -> dict[str, object]:
    """Return what the page says, for programs and for people."""
    return {
        "channel": site.settings.contact,
        "note": "" if site.settings.contact else _OPEN_CHANNEL,
        "send": list(SEND),
        "then": [] if site.publication.foreign else list(THEN),
    }


@blueprint.declare(Route("/contact", (media.HTML, media.PLAIN_JSON, media.TEXT)))
def show() -> Response:
    """Answer with how to ask for a correction."""
    site = current_site()
    form = media.choose_format(accept_header(), (media.HTML, media.PLAIN_JSON, media.TEXT))
    tag = site.make_tag("contact", form.name, site.settings.contact)
    content = describe_contact(site)
    if form is media.HTML:
        return respond(lambda: render_page(site, "contact", request.path, contact=content), form, tag=tag)
    if form is media.PLAIN_JSON:
        return respond(lambda: json.dumps(content, indent=1).encode(), form, tag=tag)
    return respond(lambda: _write_text(site), form, tag=tag)


def _write_text(site: Site) -> bytes:
    content = describe_contact(site)
    lines = ["To ask for a correction, write to:", str(content["channel"] or content["note"]), "", "Say:"]
    lines += [f"- {line}" for line in SEND]
    if content["then"]:
        lines += ["", "Then:", *(f"- {line}" for line in THEN)]
    return "\n".join(lines).encode() + b"\n"
