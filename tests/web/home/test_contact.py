"""Tests of the page that says how to ask for a correction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eild.config import Settings, load_settings
from eild.errors import UsageError
from eild.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient

    from eild.web.frame.site import Site


@pytest.mark.parametrize("accept", ["text/html", "application/json", "text/plain"])
def test_get_contact_says_what_to_send_and_what_follows(client: FlaskClient, accept: str) -> None:
    """In each form the answer says what a request needs and what becomes of it; nobody is invented."""
    response = client.get("/contact", headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (200, accept)
    for words in ("the IRI of the record", "evidence", "410", "withdrawn", "changelog", "not given a contact address"):
        assert words in response.text
    assert "mailto:" not in response.text


def test_get_contact_channel_of_the_operator_linked(build: Path, open_site: Callable[..., Site]) -> None:
    """Where the operator names a channel, the page links to it."""
    site = open_site(build, Settings(contact="mailto:corrections@data.example"))
    client = create_app(site).test_client()
    page = client.get("/contact", headers={"Accept": "text/html"})
    assert '<a href="mailto:corrections@data.example">corrections@data.example</a>' in page.text
    content = client.get("/contact", headers={"Accept": "application/json"}).json
    assert content is not None
    assert content["channel"] == "mailto:corrections@data.example"


def test_get_page_links_to_contact(client: FlaskClient) -> None:
    """Who is named on a page finds from there how to ask for a correction."""
    page = client.get("/doc/agent/mayor", headers={"Accept": "text/html"})
    assert 'href="../../contact"' in page.text


@pytest.mark.parametrize("contact", ["javascript:alert(1)", "corrections", "mailto:a b"])
def test_load_settings_contact_no_url_refused(contact: str) -> None:
    """A contact that is no URL to write to is refused when the server starts."""
    with pytest.raises(UsageError, match="contact"):
        load_settings({"EILD_CONTACT": contact})
