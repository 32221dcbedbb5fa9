"""The files that pages need: style, fonts, glyphs and scripts, under names that change with their content."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib.resources import files
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from flask import Response, abort

from eild.exchange.content import IMMUTABLE
from eild.media import Format, Kind
from eild.web.frame.respond import respond
from eild.web.frame.routes import Route, Signposts, Views

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

blueprint = Views("assets", __name__)

FORMS: Final = {
    ".css": Format("css", "style sheet", "text/css", Kind.PAGE, charset=True),
    ".js": Format("js", "script", "text/javascript", Kind.PAGE, charset=True),
    ".svg": Format("svg", "picture", "image/svg+xml", Kind.PAGE),
    ".woff2": Format("woff2", "font", "font/woff2", Kind.PAGE),
}
"""The form of a bundled file by its suffix; files with another suffix are not served."""

_ASSETS: Final = tuple(form.content_type for form in FORMS.values())
_REFERENCE: Final = re.compile(rb"asset:([a-z0-9.-]+)")


@cache
def list_assets() -> dict[str, Traversable]:
    """Return the bundled files by name, those of others in the folder ``vendor`` too."""
    static = files("eild.web") / "static"
    found = [entry for folder in (static, static / "vendor") for entry in folder.iterdir() if entry.is_file()]
    return {entry.name: entry for entry in found if PurePath(entry.name).suffix in FORMS}


@cache
def load_asset(name: str) -> bytes:
    """Return a bundled file; ``asset:name`` in a style sheet becomes the path of another one, relative to it.

    :param name: one of :func:`list_assets`
    :raises KeyError: if there is none of that name
    """
    content = list_assets()[name].read_bytes()
    if name.endswith(".css"):
        return _REFERENCE.sub(lambda match: f"../../{asset_path(match[1].decode())}".encode(), content)
    return content


@cache
def asset_path(name: str) -> str:
    """Return the path of a bundled file, without a first slash: the digest in it changes with the content."""
    digest = hashlib.sha256(load_asset(name)).hexdigest()[:12]
    return f"assets/{digest}/{name}"


@blueprint.declare(
    Route("/assets/<digest>/<name>", _ASSETS, refusals=(404,), negotiated=False, signposts=Signposts.NONE)
)
def send_asset(digest: str, name: str) -> Response:
    """Return a bundled file under the name that its content gives it."""
    if name not in list_assets() or asset_path(name) != f"assets/{digest}/{name}":
        abort(404)
    form = FORMS[PurePath(name).suffix]
    return respond(lambda: load_asset(name), form, tag=f'"{digest}"', cache=IMMUTABLE)
