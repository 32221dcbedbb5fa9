"""Every URL: which path stands for which IRI, and where links on pages lead.

Data keep their IRIs wherever they are served. References in pages and Location fields are relative, so a site works
under any prefix of a proxy; absolute URLs come from the configuration and never from a Host field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from eild.media import DOCUMENT_FORMATS, split_suffix
from eild.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Mapping

_SAFE = "/:@!$&'()*+,;=~-._"
_RESERVED = "%/:?#[]@!$&'()*+,;=~-._"


def make_uri(iri: str) -> str:
    """Return the URI that an IRI stands for (RFC 3987, section 3.1): fields of HTTP take no other characters."""
    return quote(iri, safe=_RESERVED)


def relative_root(path: str) -> str:
    """Return the reference that leads from a request path to the root of the site, e.g. ``../../``."""
    return "../" * (path.count("/") - 1) or "./"


@dataclass(frozen=True)
class Urls:
    """Builds the URLs of one site.

    :ivar base: the start of the IRIs that the dataset owns
    :ivar public_url: where the public reaches the site, with a final slash; empty if the operator does not
        say so and the dataset has a base of its own
    :ivar address: where the server listens, with a final slash
    :ivar identifies: whether documents about ``id/…`` leave that part out, as those of EILD's own dataset do
    """

    base: str
    public_url: str = ""
    address: str = ""
    identifies: bool = True

    @property
    def shared(self) -> str:
        """The start of the IRIs of ontology and shapes: datasets of claims, of whatever base, include those of EILD."""
        return BASE if self.identifies else self.base

    def absolute(self, path: str) -> str:
        """Return the absolute URL of a path of this site that begins without a slash: one that this server answers."""
        return (self.public_url or self.address or self.base) + path

    def list_iris(self, path: str) -> tuple[str, ...]:
        """Return the IRIs that a path of this site may stand for.

        Paths arrive decoded; IRIs may hold percent-encoded characters, so both spellings are possible.
        """
        return tuple(dict.fromkeys((self.base + path, self.base + quote(path, safe=_SAFE))))

    def list_described_iris(self, document: str) -> tuple[str, ...]:
        """Return the IRIs that a path below ``/doc/`` may be about, the likeliest first."""
        identified, plain = self.list_iris(f"id/{document}"), self.list_iris(document)
        return (*identified, *plain) if self.identifies else (*plain, *identified)

    def document(self, iri: str, suffix: str = "") -> str:
        """Return the path, without a first slash, of the document about a resource.

        :param iri: any IRI
        :param suffix: the suffix of a form, e.g. ``".ttl"``
        """
        if iri.startswith(self.base):
            rest = iri[len(self.base) :]
            name = rest.removeprefix("id/") if self.identifies else rest
            shadowed = name == rest and rest.startswith(("id/", "doc/") if self.identifies else "doc/")
            is_form = split_suffix(name, DOCUMENT_FORMATS)[1] is not None  # and so the name of another document's form
            dotted = not {"", ".", ".."}.isdisjoint(name.split("/"))  # clients and proxies rewrite these
            if name and "#" not in name and "?" not in name and not (shadowed or dotted or is_form):
                return f"doc/{quote(name, safe=_SAFE)}{suffix}"
        parameters = {"iri": iri}
        if suffix:
            parameters["format"] = suffix.removeprefix(".")
        return f"doc?{urlencode(parameters)}"

    def page(self, iri: str, suffix: str = "", page: int = 1) -> str:
        """Return the path, without a first slash, of one page of the document about a resource.

        :param suffix: the suffix of a form
        :param page: from 2 on it is named
        """
        path = self.document(iri, suffix)
        return f"{path}{'&' if '?' in path else '?'}page={page}" if page > 1 else path

    def identify(self, iri: str, parameters: Mapping[str, str] | None = None) -> str:
        """Return the path, without a first slash, at which this site answers for an IRI itself.

        That is the path of the IRI if it is below the base, otherwise the path of the document about it.

        :param parameters: what stands behind the question mark
        """
        path, rest = self.document(iri), iri[len(self.base) :]
        if rest and iri.startswith(self.base) and not rest.startswith("doc/") and not {"#", "?"} & set(rest):
            path = quote(rest, safe=_SAFE)
        return f"{path}{'&' if '?' in path else '?'}{urlencode(parameters)}" if parameters else path

    def linkset(self, path: str, form: str) -> str:
        """Return the path, without a first slash, of the link set of a page.

        :param path: path of the page, without a first slash
        :param form: name of the form of the link set
        """
        return f"linkset?{urlencode({'of': '/' + path, 'format': form})}"

    def link(self, iri: str) -> str:
        """Return the path, without a first slash, to which a page links for a resource of the dataset."""
        for base in dict.fromkeys((self.base, self.shared)):
            for name in ("ontology", "shapes"):
                start = f"{base}{name}"
                if iri == start or iri.startswith(f"{start}#"):
                    return quote(iri[len(base) :], safe=_SAFE + "#")
        if iri.startswith(f"{self.base}np/RA"):
            return quote(iri[len(self.base) :], safe=_SAFE + "#")
        return self.document(iri)
