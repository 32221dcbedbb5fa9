"""HTML from templates: one environment, escaping on, links relative to the root of the site."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from eild import __version__, media
from eild.documents.index import DocumentIndex
from eild.documents.licences import name_licence
from eild.exchange.links import resolve_links
from eild.exchange.urls import relative_root
from eild.languages import WANTED
from eild.web.frame.assets import asset_path
from eild.web.frame.credits import name_author, name_editor
from eild.web.frame.languages import carry_language, list_languages
from eild.web.frame.navigation import list_navigation
from eild.web.frame.routes import Signposts, current_route
from eild.web.frame.signposting import find_links
from eild.web.frame.structured import describe_dataset, describe_page, write_block

if TYPE_CHECKING:
    from markupsafe import Markup

    from eild.web.frame.site import Site


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("eild.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(asset_path=asset_path, program_version=__version__, name_licence=name_licence)
    environment.globals.update(name_author=name_author, name_editor=name_editor)
    environment.globals.update(list_navigation=list_navigation, list_languages=list_languages)
    return environment


def _describe_page(site: Site, kind: Signposts, here: str) -> Markup:
    """Return what a page that is not about a single resource says to search engines."""
    about = None
    if kind is Signposts.DATASET and site.about.dataset:
        about = describe_dataset(DocumentIndex(site.catalog), site.about.dataset)
    return write_block(describe_page(site, here, about))


def render_page(site: Site, template: str, path: str, **values: Any) -> bytes:  # noqa: ANN401 - template values
    """Return a page.

    :param template: name of the template, without its extension
    :param path: path of the request, from which relative links lead
    :param values: what the template shows
    """
    root = relative_root(path)
    here, route = path.removeprefix("/"), current_route()
    kind = route.signposts if route else Signposts.PAGE
    values.setdefault("structured", _describe_page(site, kind, here))
    values.setdefault("signposts", resolve_links(find_links(site, kind, here), root))
    page = _environment().get_template(f"{template}.html")
    title = site.publication.about.choose_title(WANTED.get())[0] or site.publication.title
    text = page.render(site=site, site_title=title, publication=site.publication, root=root, **values)
    return carry_language(text).encode("utf-8", "replace")


def list_forms(path: str, current: media.Format | None = None) -> list[tuple[str, str]]:
    """Return label and path of the machine forms of a document.

    :param path: path of the document without suffix, or with a query string
    :param current: a form to leave out
    """
    offers = [form for form in media.DOCUMENT_FORMATS if form not in {current, media.HTML}]
    if "?" in path:
        return [(form.label, f"{path}&format={form.name}") for form in offers]
    return [(form.label, f"{path}{form.extension}") for form in offers]
