"""``/dumps/``: the files of the build, with byte ranges and conditions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from flask import Response, request
from werkzeug.http import http_date

from eild import media
from eild.errors import NotFoundError
from eild.exchange.conditions import UnsatisfiableRangeError, parse_range, range_applies
from eild.exchange.content import IMMUTABLE, PUBLIC
from eild.publication.manifest import OTHERS, content_type
from eild.web.frame.pages import render_page
from eild.web.frame.respond import choose_coding, choose_form, current_site, is_unmodified, make_bodiless, respond
from eild.web.frame.routes import Route, Signposts, SiteSection, Views, always

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from eild.catalog.inventory import EarlierVersion, File
    from eild.publication.manifest import Publication
    from eild.web.frame.site import Site

blueprint = Views("downloads", __name__)

_FILES: Final = (
    *(form.content_type for form in media.GRAPH_FORMATS),
    *("application/gzip", "application/zstd", "application/json", "text/plain; charset=utf-8"),
)
_CHUNK: Final = 256 * 1024
_CODED: Final = {"gzip": ".gz", "zstd": ".zst"}


def _read(path: Path, first: int, last: int) -> Iterator[bytes]:
    """Yield the bytes of a file from first to last."""
    with path.open("rb") as file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (chunk := file.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk


def _asks_for_range() -> bool:
    """Return whether the Range field counts: it has a meaning for GET only (RFC 9110, section 14.2)."""
    return request.method == "GET" and "Range" in request.headers


def _send(path: Path, size: int, tag: str, headers: dict[str, str], issued: datetime) -> Response:
    """Return a file or the range of it that is asked for."""
    response = Response(status=200)
    response.headers.update(headers)
    response.headers["ETag"] = tag
    response.headers["Last-Modified"] = http_date(issued)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Vary"] = "Accept-Encoding"
    if is_unmodified(tag, issued):
        return make_bodiless(response, 304)
    first, last = 0, size - 1
    if _asks_for_range() and range_applies(request.headers.get("If-Range"), tag, issued):
        try:
            found = parse_range(request.headers.get("Range"), size)
        except UnsatisfiableRangeError:
            response.headers["Content-Range"] = f"bytes */{size}"
            return make_bodiless(response, 416)
        if found:
            first, last = found
            response.status_code = 206
            response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    response.headers["Content-Length"] = str(last - first + 1)
    if request.method != "HEAD":
        response.response = _read(path, first, last)
    return response


def _send_dump(site: Site, info: File, version: Publication | EarlierVersion) -> Response:
    """Return a dump; where the client unpacks, the packed file beside it, as a content coding."""
    coding = choose_coding()
    packed = version.files.get(info.name + _CODED.get(coding or "", "?"))
    headers = {"Content-Type": content_type(info.name), "Cache-Control": IMMUTABLE}
    if packed and not _asks_for_range():
        headers["Content-Encoding"] = coding or ""
        info = packed
    tag = f'"{info.sha256[:32]}"'
    return _send(site.publication.folder / info.name, info.size, tag, headers, version.issued)


def _list_files(version: Publication | EarlierVersion) -> dict[str, Any]:
    """Return what the list says of a version."""
    rows = [
        {"name": info.name, "media_type": content_type(info.name), "bytes": info.size, "sha256": info.sha256}
        for info in version.files.values()
    ]
    return {"version": version.version, "issued": version.issued.isoformat(), "files": rows}


@blueprint.declare(
    Route(
        "/dumps/",
        (media.HTML, media.PLAIN_JSON),
        query=("format",),
        signposts=Signposts.DATASET,
        section=SiteSection("Data"),
        listed=always,
    )
)
def list_dumps() -> Response:
    """Return the list of all files."""
    site = current_site()
    form = choose_form((media.HTML, media.PLAIN_JSON))
    publication = site.publication
    tag = site.make_tag("dumps", form.name)
    listing = _list_files(publication) | {"former": [_list_files(version) for version in publication.earlier]}
    if form is media.HTML:
        versions = [listing, *listing["former"]]
        return respond(lambda: render_page(site, "dumps", request.path, versions=versions), form, tag=tag)
    return respond(lambda: json.dumps(listing, indent=1).encode(), form, tag=tag)


@blueprint.declare(Route("/dumps", redirects=(308,), negotiated=False, section="Data"))
def redirect_to_list() -> Response:
    """Redirect to the list of files."""
    return make_bodiless(Response(headers={"Location": "dumps/"}), 308)


@blueprint.declare(
    Route(
        "/dumps/latest/<name>",
        redirects=(302,),
        refusals=(404,),
        negotiated=False,
        signposts=Signposts.FILE,
        section="Data",
    )
)
def redirect_to_latest(name: str) -> Response:
    """Redirect from a name without version to the current file."""
    publication = current_site().publication
    mark = f"-{publication.version}"
    versioned = next((versioned for versioned in publication.files if versioned.replace(mark, "", 1) == name), "")
    if not versioned or mark in name:
        hint = "see the list at /dumps/; omit the version from the name here"
        raise NotFoundError(f"there is no dump {name[:100]!r}", hint=hint)
    return make_bodiless(Response(headers={"Location": f"../{versioned}", "Cache-Control": PUBLIC}), 302)


@blueprint.declare(
    Route("/dumps/<name>", _FILES, refusals=(404, 416), negotiated=False, signposts=Signposts.FILE, section="Data")
)
def send(name: str) -> Response:
    """Return a file of the dataset."""
    site = current_site()
    publication = site.publication
    versions: list[Publication | EarlierVersion] = [publication, *publication.earlier]
    for version in versions:
        if name in version.files:
            return _send_dump(site, version.files[name], version)
    if (name in OTHERS or name in publication.documents) and (publication.folder / name).is_file():
        size = (publication.folder / name).stat().st_size
        headers = {"Content-Type": content_type(name), "Cache-Control": PUBLIC}
        return _send(publication.folder / name, size, site.make_tag("file", name), headers, publication.issued)
    raise NotFoundError(f"there is no dump {name[:100]!r}", hint="see the list at /dumps/")
