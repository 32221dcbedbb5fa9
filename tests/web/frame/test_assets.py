"""Tests of the bundled files: each is there under the name that its content gives it, with its type and tag."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from eild.web.frame.assets import FORMS, asset_path, list_assets, load_asset

if TYPE_CHECKING:
    from flask.testing import FlaskClient


@pytest.mark.parametrize("name", sorted(list_assets()))
def test_get_asset_each_file_typed_tagged_and_immutable(client: FlaskClient, name: str) -> None:
    """Every bundled file is answered whole, may be kept for ever, and is not sent again to who has it."""
    path = f"/{asset_path(name)}"
    response = client.get(path)
    assert response.data == load_asset(name)
    assert response.headers["Content-Type"] == FORMS[f".{name.rpartition('.')[2]}"].content_type
    assert "immutable" in response.headers["Cache-Control"]
    assert client.get(path, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


def test_get_font_coding_accepted_sent_as_it_is(client: FlaskClient) -> None:
    """A font is compressed in itself: no coding is put on it, and a style sheet gets one."""
    for name, coding in (("literata.woff2", None), ("site.css", "br")):
        response = client.get(f"/{asset_path(name)}", headers={"Accept-Encoding": "br"})
        assert response.headers.get("Content-Encoding") == coding


def test_style_sheet_references_lead_to_bundled_files(client: FlaskClient) -> None:
    """What a style sheet loads is there, relative to where the sheet is."""
    references = re.findall(r'url\("\.\./\.\./([^"]+)"\)', load_asset("site.css").decode())
    assert references
    assert {client.get(f"/{reference}").status_code for reference in references} == {200}
    assert b"asset:" not in load_asset("site.css")


def test_get_asset_wrong_digest_not_found(client: FlaskClient) -> None:
    """A name with the digest of other content is nothing."""
    assert client.get("/assets/000000000000/site.css").status_code == 404
