"""Media types: one :class:`Format` row per syntax, and negotiation as pure functions.

Every route chooses its form here, so that no two routes can disagree. The rules are those of RFC 9110,
sections 8.4 and 12.4 to 12.5: the most specific matching range decides the weight of a form, the highest
weight wins, weight zero excludes, and what the client leaves open the server decides by the order of its
offers. Malformed parts of a field are tolerated: a field that nobody can read is no reason to refuse.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from eild.errors import NotAcceptableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Kind(enum.Enum):
    """Kind of content that a syntax represents."""

    RESULTS = "results"
    """The answer of SELECT and ASK."""
    GRAPH = "graph"
    """RDF: triples, or quads where :attr:`Format.quads` says so."""
    PAGE = "page"
    """Something for people to read."""


@dataclass(frozen=True)
class Format:
    """One syntax: how it is named in URLs, in HTTP and on disk.

    :ivar name: the name in ``?format=``, in file suffixes and on the command line
    :ivar label: the name that people use
    :ivar media_type: the registered media type, without parameters
    :ivar kind: kind of its content
    :ivar quads: whether it can carry named graphs
    :ivar aliases: other media types that clients may request; the response has :attr:`media_type`
    :ivar names: further names understood in ``?format=`` and on the command line
    :ivar charset: whether the content type states ``charset=utf-8`` (only where its registration allows)
    """

    name: str
    label: str
    media_type: str
    kind: Kind
    quads: bool = False
    aliases: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    charset: bool = False

    @property
    def extension(self) -> str:
        """The file name extension, with its dot."""
        return f".{self.name}"

    @property
    def content_type(self) -> str:
        """The value of the Content-Type field."""
        return f"{self.media_type}; charset=utf-8" if self.charset else self.media_type


JSON: Final = Format(
    "json",
    "JSON",
    "application/sparql-results+json",
    Kind.RESULTS,
    aliases=("application/json",),
    names=("srj",),
)
XML: Final = Format(
    "xml",
    "XML",
    "application/sparql-results+xml",
    Kind.RESULTS,
    aliases=("application/xml", "text/xml"),
    names=("srx",),
)
CSV: Final = Format("csv", "CSV", "text/csv", Kind.RESULTS, charset=True)
TSV: Final = Format("tsv", "TSV", "text/tab-separated-values", Kind.RESULTS, charset=True)

TURTLE: Final = Format(
    "ttl",
    "Turtle",
    "text/turtle",
    Kind.GRAPH,
    aliases=("application/x-turtle", "text/n3", "text/rdf+n3"),  # Turtle is a part of N3
    names=("turtle", "n3"),
)
N_TRIPLES: Final = Format("nt", "N-Triples", "application/n-triples", Kind.GRAPH, names=("ntriples", "n-triples"))
JSON_LD: Final = Format(
    "jsonld",
    "JSON-LD",
    "application/ld+json",
    Kind.GRAPH,
    quads=True,
    aliases=("application/json",),
    names=("json-ld", "json"),
)
RDF_XML: Final = Format(
    "rdf",
    "RDF/XML",
    "application/rdf+xml",
    Kind.GRAPH,
    aliases=("application/xml", "text/xml"),
    names=("rdfxml", "rdf-xml", "rdf+xml", "xml", "owl"),
)
TRIG: Final = Format("trig", "TriG", "application/trig", Kind.GRAPH, quads=True, aliases=("application/x-trig",))
N_QUADS: Final = Format(
    "nq",
    "N-Quads",
    "application/n-quads",
    Kind.GRAPH,
    quads=True,
    aliases=("text/x-nquads",),
    names=("nquads", "n-quads"),
)

HTML: Final = Format(
    "html", "HTML", "text/html", Kind.PAGE, aliases=("application/xhtml+xml",), names=("htm",), charset=True
)
TEXT: Final = Format("txt", "plain text", "text/plain", Kind.PAGE, names=("text",), charset=True)
SVG: Final = Format("svg", "SVG", "image/svg+xml", Kind.PAGE)
PLAIN_JSON: Final = Format("json", "JSON", "application/json", Kind.PAGE)
JAVASCRIPT: Final = Format("js", "JavaScript", "text/javascript", Kind.PAGE, charset=True)
SARIF: Final = Format("sarif", "SARIF", "application/sarif+json", Kind.PAGE)
JUNIT: Final = Format("junit", "JUnit XML", "application/xml", Kind.PAGE)
GITHUB: Final = Format("github", "GitHub annotations", "text/plain", Kind.PAGE, charset=True)
PROBLEM: Final = Format(
    "problem", "problem document", "application/problem+json", Kind.PAGE, aliases=("application/json",)
)
LINKSET_JSON: Final = Format(
    "json", "link set as JSON", "application/linkset+json", Kind.PAGE, aliases=("application/json",)
)
OPENAPI: Final = Format("json", "OpenAPI", "application/json", Kind.PAGE, aliases=("application/vnd.oai.openapi+json",))
SUGGESTIONS: Final = Format(
    "json", "suggestions", "application/x-suggestions+json", Kind.PAGE, aliases=("application/json",)
)
OPENSEARCH: Final = Format(
    "xml",
    "OpenSearch description",
    "application/opensearchdescription+xml",
    Kind.PAGE,
    aliases=("application/xml", "text/xml"),
)
SITEMAP: Final = Format("xml", "sitemap", "application/xml", Kind.PAGE, aliases=("text/xml",))
BIBTEX: Final = Format("bib", "BibTeX", "application/x-bibtex", Kind.PAGE, names=("bibtex",), charset=True)
CSL_JSON: Final = Format(
    "csl",
    "CSL-JSON",
    "application/vnd.citationstyles.csl+json",
    Kind.PAGE,
    aliases=("application/json",),
    names=("csl-json", "json"),
)
RIS: Final = Format("ris", "RIS", "application/x-research-info-systems", Kind.PAGE, charset=True)
LINKSET: Final = Format("txt", "link set", "application/linkset", Kind.PAGE, names=("linkset",))

RESULT_FORMATS: Final = (JSON, XML, CSV, TSV)
"""Result syntaxes, the server's favourite first."""
GRAPH_FORMATS: Final = (TURTLE, N_TRIPLES, JSON_LD, RDF_XML, TRIG, N_QUADS)
"""Graph syntaxes, the server's favourite first."""
DOCUMENT_FORMATS: Final = (TURTLE, HTML, N_TRIPLES, JSON_LD, RDF_XML)
"""Forms of a document about a resource: Turtle where the client leaves it open."""
REPORT_FORMATS: Final = (TURTLE, PLAIN_JSON, *GRAPH_FORMATS[1:], SARIF, HTML, TEXT, JUNIT, GITHUB)
"""Formats of a validation report. Turtle is the default; a request for JSON does not select JSON-LD."""

_WEIGHT: Final = re.compile(r"[01]?(?:\.[0-9]*)?")
_FULL: Final = 1000
_OLDEST: Final = ("version", "1.1")
_VERSIONS: Final = frozenset({_OLDEST, ("version", "1.2"), ("version", "1.2-basic")})
"""The parameters by which media types of RDF and SPARQL 1.2 tell what a document may hold."""


@dataclass(frozen=True)
class MediaRange:
    """One element of an Accept field: type and subtype in lower case, parameters, weight in thousandths."""

    type: str
    subtype: str
    parameters: tuple[tuple[str, str], ...] = ()
    weight: int = _FULL


def _split(text: str, separator: str) -> Iterator[str]:
    """Yield the parts of a field between separators that stand outside quoted strings, stripped."""
    start, quoted, skip = 0, False, False
    for position, character in enumerate(text):
        if skip:
            skip = False
        elif quoted and character == "\\":
            skip = True
        elif character == '"':
            quoted = not quoted
        elif character == separator and not quoted:
            yield text[start:position].strip()
            start = position + 1
    yield text[start:].strip()


def _parse_weight(text: str) -> int:
    """Return a weight in thousandths; malformed weights and those above 1 count as 1."""
    if not text or text == "." or not _WEIGHT.fullmatch(text):
        return 0 if text.startswith("-") else _FULL
    return min(_FULL, round(float(text) * _FULL))


def _parse_parameter(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    return name.strip().lower(), value


def parse_accept(header: str | None) -> tuple[MediaRange, ...]:
    """Return the ranges of an Accept field in their order; an empty tuple if none is readable.

    Repeated fields are passed joined by commas, as RFC 9110 section 5.3 allows. Empty elements, unreadable
    ranges and unreadable weights are ignored; a bare ``*`` counts as ``*/*``.
    """
    ranges = []
    for element in _split(header or "", ","):
        parts = _split(element, ";")
        name = next(parts).lower()
        main, slash, sub = name.partition("/")
        main, sub = main.strip(), sub.strip()
        if main == "*" and not slash:
            sub = "*"
        if not main or not sub or (main == "*" and sub != "*"):
            continue
        weight, parameters = _FULL, []
        for part in parts:
            key, value = _parse_parameter(part)
            if key == "q":
                weight = _parse_weight(value)
                break  # what follows the weight are extensions of the field, not of the media type
            if key:
                parameters.append((key, value))
        ranges.append(MediaRange(main, sub, tuple(parameters), weight))
    return tuple(ranges)


def _precedence(form: Format, item: MediaRange) -> int:
    """Return how specifically a range matches a form, 0 for not at all."""
    name = f"{item.type}/{item.subtype}"
    main = form.media_type.partition("/")[0]
    if name == form.media_type or name in form.aliases:
        own = name == form.media_type
        known = {("charset", "utf-8"), *(_VERSIONS if form.kind in {Kind.RESULTS, Kind.GRAPH} else ())}
        foreign = [(key, value) for key, value in item.parameters if (key, value.lower()) not in known]
        if not foreign:
            return 6 if own else 5
        return 0 if item.weight == 0 else (4 if own else 3)
    if item.subtype == "*" and item.type == main:
        return 2
    return 1 if name == "*/*" else 0


def form_weight(form: Format, ranges: Sequence[MediaRange]) -> int:
    """Return the weight that the ranges give a form, as thousandths; 0 means not acceptable.

    A range with parameters that the form does not have speaks for the form only if no range without them
    does, and never excludes it. No ranges at all accept everything.
    """
    if not ranges:
        return _FULL
    best, weight = 0, 0
    for item in ranges:
        precedence = _precedence(form, item)
        if precedence > best or (precedence == best and precedence and item.weight > weight):
            best, weight = precedence, item.weight
    return weight


def excludes_1_2(header: str | None, form: Format) -> bool:
    """Return whether an Accept field takes a form only without what RDF 1.2 added: with ``version=1.1``."""
    ranges = [item for item in parse_accept(header) if item.weight and _precedence(form, item)]
    return bool(ranges) and all(_OLDEST in item.parameters for item in ranges)


def exclude_format(header: str | None, form: Format) -> str:
    """Return an Accept field that takes what another one does, but for one format.

    :param header: the field; None accepts everything
    """
    others = [element for element in _split(header or "*/*", ",") if not _names(form, element)]
    return ", ".join([*others, f"{form.media_type};q=0"])


def _names(form: Format, element: str) -> bool:
    """Return whether an element of an Accept field has the media type of a format, and no asterisk."""
    return next(_split(element, ";")).lower() in {form.media_type, *form.aliases}


def choose_format(header: str | None, offers: Sequence[Format]) -> Format:
    """Return the offer that an Accept field likes best; between equals one of any version, then the earlier offer.

    :param header: the field, with repeated lines joined by commas; None if the client sent none
    :param offers: the server's favourite first
    :raises NotAcceptableError: if every offer is excluded; it lists the available formats
    """
    ranges = parse_accept(header)
    versioned = header is not None and "version" in header

    def rank(form: Format) -> tuple[int, bool]:
        return form_weight(form, ranges), not (versioned and excludes_1_2(header, form))

    best = max(offers, key=rank)  # max keeps the first of equals
    if form_weight(best, ranges):
        return best
    message = f"none of the available formats is acceptable to 'Accept: {(header or '')[:200]}'"
    types = tuple(form.media_type for form in offers)
    raise NotAcceptableError(message, suggestions=types, hint="request one of the available formats")


def _normalize_name(name: str) -> str:
    """Return what a client calls a format as the tables spell it; an empty string if its parameters exclude all.

    A space inside the name is the ``+`` of a URL whose author did not encode it: no media type or other name of a
    format has a space (RFC 6838, section 4.2).
    """
    head, *parameters = _split(name.lower(), ";")
    taken = {("", ""), ("charset", "utf-8"), *(_VERSIONS - {_OLDEST})}
    if any(_parse_parameter(parameter) not in taken for parameter in parameters):
        return ""
    return head.removeprefix(".").replace(" ", "+")


def find_format(name: str, offers: Sequence[Format]) -> Format | None:
    """Return the offer with this name, extension or media type, in any case; None if there is none.

    Of several media types, as some clients give them, the first that is an offer counts. Their parameters may say that
    the text is UTF-8, and which version of RDF it may have.
    """
    wanted = [_normalize_name(part) for part in name.split(",")]
    names = {key: form for form in reversed(tuple(offers)) for key in (*form.aliases, *form.names)}
    names |= {key: form for form in offers for key in (form.media_type, form.name)}
    return next((names[part] for part in wanted if part in names), None)


def require_format(name: str, offers: Sequence[Format]) -> Format:
    """Return the offer that ``?format=`` or ``--format`` names.

    :raises UsageError: if no offer has the name; the hint lists the names
    """
    form = find_format(name, offers)
    if form is None:
        message = f"unknown format {name.strip().replace(' ', '+')[:60]!r}"
        if find_format(name, (*RESULT_FORMATS, *GRAPH_FORMATS, HTML)):
            message = f"the format {name[:60]!r} is not available here"
        raise UsageError(message, hint=f"use one of: {', '.join(offer.name for offer in offers)}")
    return form


def select_format(wanted: str, accept: str | None, offers: Sequence[Format]) -> Format:
    """Return the offer that ``format`` names, or the one that an Accept field likes best if ``format`` is empty.

    :param wanted: value of the parameter ``format``, or an extension
    :param accept: the Accept field
    :raises UsageError: if ``format`` names none of the offers
    :raises NotAcceptableError: if Accept excludes all of them
    """
    return require_format(wanted, offers) if wanted else choose_format(accept, offers)


def split_suffix(path: str, offers: Iterable[Format]) -> tuple[str, Format | None]:
    """Return a path without the suffix of a format, and the format; the path and None if it has no such suffix."""
    stem, dot, suffix = path.rpartition(".")
    if dot and stem and not stem.endswith("/"):
        for form in offers:
            if suffix == form.name:
                return stem, form
    return path, None


CODINGS: Final = ("zstd", "br", "gzip")
"""Content codings, the server's favourite first; between equal weights this order decides."""


def choose_coding(header: str | None, offers: Sequence[str] = CODINGS) -> str | None:
    """Return the content coding for an Accept-Encoding field; None for no coding (RFC 9110, section 12.5.3).

    Without the field no coding is used; where even ``identity`` is excluded and nothing fits, none is used
    either, as the RFC recommends.
    """
    weights: dict[str, int] = {}
    for element in _split(header or "", ","):
        parts = _split(element, ";")
        name = next(parts).lower()
        parameters = dict(map(_parse_parameter, parts))
        weight = _parse_weight(parameters["q"]) if "q" in parameters else _FULL
        if name:
            name = "gzip" if name == "x-gzip" else name
            weights[name] = max(weight, weights.get(name, 0))
    other = weights.get("*", 0)
    best = max(offers, key=lambda name: weights.get(name, other), default=None)
    if best is None or not weights.get(best, other):
        return None
    return best if weights.get(best, other) >= weights.get("identity", 0) else None
