"""Tests of the media types and of content negotiation (RFC 9110, sections 12.4 and 12.5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eild import media
from eild.errors import NotAcceptableError, UsageError
from eild.media import CSV, HTML, JSON, JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TSV, TURTLE, XML, Format

ALL = (*media.RESULT_FORMATS, *media.GRAPH_FORMATS, HTML)
DOCUMENTS = media.DOCUMENT_FORMATS
RESULTS = media.RESULT_FORMATS

NEGOTIATED = [
    (None, DOCUMENTS, TURTLE),
    ("", DOCUMENTS, TURTLE),
    ("*/*", DOCUMENTS, TURTLE),
    ("*", DOCUMENTS, TURTLE),
    (None, RESULTS, JSON),
    ("text/html", DOCUMENTS, HTML),
    ("TEXT/HTML", DOCUMENTS, HTML),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", DOCUMENTS, HTML),
    ("application/rdf+xml", DOCUMENTS, RDF_XML),
    ("application/ld+json;q=0.5, application/rdf+xml;q=0.4", DOCUMENTS, JSON_LD),
    ("text/turtle;q=0.2, application/n-triples;q=0.3", DOCUMENTS, N_TRIPLES),
    ("text/*", DOCUMENTS, TURTLE),
    ("text/*, text/turtle;q=0", DOCUMENTS, HTML),
    ("text/*;q=0.9, text/turtle;q=0.1", DOCUMENTS, HTML),
    ("*/*;q=0.5, text/turtle;q=0", DOCUMENTS, HTML),
    ("application/*", DOCUMENTS, N_TRIPLES),
    ("text/csv, text/csv;q=0", RESULTS, CSV),
    ("application/json", RESULTS, JSON),
    ("application/json", DOCUMENTS, JSON_LD),
    ("application/xml", RESULTS, XML),
    ("text/xml", DOCUMENTS, RDF_XML),
    ("text/tab-separated-values", RESULTS, TSV),
    (", ,text/csv,,", RESULTS, CSV),
    ("text/csv ; q=1.000 , text/tab-separated-values;q=0.999", RESULTS, CSV),
    ("text/turtle;charset=utf-8", DOCUMENTS, TURTLE),
    ('text/html;charset="UTF-8"', DOCUMENTS, HTML),
    ("text/html;level=1, text/html;q=0.1, text/turtle;q=0.2", DOCUMENTS, TURTLE),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', DOCUMENTS, JSON_LD),
    ('application/ld+json;profile="a,b;q=0", text/html;q=0.1', DOCUMENTS, JSON_LD),
    ("text/turtle;q=1;ext=0", DOCUMENTS, TURTLE),
    ("text/turtle;q=5, text/html", DOCUMENTS, TURTLE),
    ("text/turtle;q=nonsense", DOCUMENTS, TURTLE),
    ("text/turtle;q=", DOCUMENTS, TURTLE),
    ("text/turtle;q=-1, text/html;q=0.001", DOCUMENTS, HTML),
    ("garbage, text/html", DOCUMENTS, HTML),
    ("garbage", DOCUMENTS, TURTLE),
    ("*/html, text/html;q=0.1", DOCUMENTS, HTML),
    ("text/html;q=.3, text/turtle;q=.4", DOCUMENTS, TURTLE),
    ("application/trig", media.GRAPH_FORMATS, TRIG),
    ("text/x-nquads", media.GRAPH_FORMATS, N_QUADS),
]


@pytest.mark.parametrize(("header", "offers", "expected"), NEGOTIATED)
def test_choose_format_accept_field_best_offer(
    header: str | None, offers: tuple[Format, ...], expected: Format
) -> None:
    """The most specific range weighs an offer, the heaviest wins, the server's order breaks ties."""
    assert media.choose_format(header, offers) is expected


REFUSED = [
    ("image/png", DOCUMENTS),
    ("text/turtle;q=0", (TURTLE,)),
    ("*/*;q=0", DOCUMENTS),
    ("*/*, text/*;q=0, application/*;q=0", DOCUMENTS),
    ("text/turtle", RESULTS),
    ("text/csv;q=0.000", RESULTS),
]


@pytest.mark.parametrize(("header", "offers"), REFUSED)
def test_choose_format_nothing_acceptable_not_acceptable(header: str, offers: tuple[Format, ...]) -> None:
    """Where every offer is excluded the failure lists what there is."""
    with pytest.raises(NotAcceptableError) as caught:
        media.choose_format(header, offers)
    assert caught.value.suggestions == tuple(form.media_type for form in offers)
    assert caught.value.http_status == 406


@given(st.text(alphabet=st.characters(codec="latin-1"), max_size=200))
def test_choose_format_any_text_answer_or_refusal(header: str) -> None:
    """No field of any characters leads to anything but an offer or a refusal."""
    try:
        assert media.choose_format(header, ALL) in ALL
    except NotAcceptableError:
        assert media.parse_accept(header)


weights = st.integers(min_value=0, max_value=1000)


@given(st.lists(st.tuples(st.sampled_from(ALL), weights), min_size=1, unique_by=lambda pair: pair[0]))
def test_choose_format_exact_ranges_heaviest_first_offer(pairs: list[tuple[Format, int]]) -> None:
    """Among exactly named types the greatest weight wins, and unnamed types are never chosen."""
    header = ", ".join(f"{form.media_type};q={weight / 1000:.3f}" for form, weight in pairs)
    offers = [form for form, _ in pairs]
    top = max(weight for _, weight in pairs)
    if top == 0:
        with pytest.raises(NotAcceptableError):
            media.choose_format(header, offers)
    else:
        assert dict(pairs)[media.choose_format(header, offers)] == top


@given(st.permutations(["text/turtle;q=0.3", "text/*;q=0.6", "*/*;q=0.2", "application/ld+json"]))
def test_form_weight_any_order_same_weights(elements: list[str]) -> None:
    """The order of ranges does not matter, only how specific they are."""
    ranges = media.parse_accept(",".join(elements))
    assert [media.form_weight(form, ranges) for form in (TURTLE, HTML, JSON_LD, RDF_XML)] == [300, 600, 1000, 200]


def test_require_format_unknown_name_lists_names() -> None:
    """An unknown format is told with all that are known."""
    with pytest.raises(UsageError, match="pdf") as caught:
        media.require_format("pdf", RESULTS)
    assert caught.value.hint == "use one of: json, xml, csv, tsv"


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.name)
def test_find_format_names_and_types_the_format(form: Format) -> None:
    """A format is found by name, extension and media type, in any case."""
    for name in (form.name, form.extension, form.media_type, form.name.upper(), *form.names):
        assert media.find_format(name, (form,)) is form


@pytest.mark.parametrize(
    ("name", "offers", "expected"),
    [
        ("json", media.GRAPH_FORMATS, media.JSON_LD),
        ("json", (*media.RESULT_FORMATS, *media.GRAPH_FORMATS), media.JSON),
        ("xml", media.GRAPH_FORMATS, RDF_XML),
        ("n3", media.GRAPH_FORMATS, TURTLE),
        ("application/ld+json,application/x-json+ld", media.GRAPH_FORMATS, media.JSON_LD),
        ("image/png, text/turtle", media.GRAPH_FORMATS, TURTLE),
        ("csv", media.GRAPH_FORMATS, None),
        ("rdf+xml", media.GRAPH_FORMATS, RDF_XML),
        ("rdf xml", media.GRAPH_FORMATS, RDF_XML),
        ("application/sparql-results json; charset=utf-8", media.RESULT_FORMATS, media.JSON),
        ("text/csv;charset=UTF-8", media.RESULT_FORMATS, media.CSV),
        ("text/turtle;version=1.2", media.GRAPH_FORMATS, TURTLE),
        ("text/turtle;version=1.1", media.GRAPH_FORMATS, None),
        ("text/csv;header=absent", media.RESULT_FORMATS, None),
    ],
)
def test_find_format_what_clients_send(name: str, offers: tuple[Format, ...], expected: Format | None) -> None:
    """What clients give as a format means the form of the kind that is on offer; of several the first counts."""
    assert media.find_format(name, offers) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("agent/x.ttl", ("agent/x", TURTLE)),
        ("agent/x.html", ("agent/x", HTML)),
        ("agent/x", ("agent/x", None)),
        ("agent/x.y", ("agent/x.y", None)),
        (".ttl", (".ttl", None)),
        ("agent/.ttl", ("agent/.ttl", None)),
        ("a.b.rdf", ("a.b", RDF_XML)),
    ],
)
def test_split_suffix_path_stem_and_format(path: str, expected: tuple[str, Format | None]) -> None:
    """The suffix of a form is cut off, other dots belong to the name."""
    assert media.split_suffix(path, DOCUMENTS) == expected


def test_formats_of_one_kind_have_distinct_names() -> None:
    """Within results and within graphs no two formats share a name, type or alias."""
    for group in (media.RESULT_FORMATS, media.GRAPH_FORMATS, DOCUMENTS):
        names = [name for form in group for name in {form.name, *form.names, form.media_type, *form.aliases}]
        assert len(names) == len(set(names))


CODINGS = [
    (None, None),
    ("", None),
    ("gzip", "gzip"),
    ("x-gzip", "gzip"),
    ("gzip, deflate, br, zstd", "zstd"),
    ("br;q=1, gzip;q=0.8", "br"),
    ("gzip;q=0.9, br;q=0.1", "gzip"),
    ("gzip;q=0", None),
    ("*", "zstd"),
    ("*;q=0", None),
    ("*, zstd;q=0", "br"),
    ("identity", None),
    ("identity;q=1, gzip;q=0.5", None),
    ("identity;q=0.5, gzip;q=0.5", "gzip"),
    ("compress", None),
    ("identity;q=0", None),
    (",,gzip,", "gzip"),
]


@pytest.mark.parametrize(("header", "expected"), CODINGS)
def test_choose_coding_field_best_coding(header: str | None, expected: str | None) -> None:
    """The heaviest coding wins, the server's order breaks ties, none is used where none is wanted."""
    assert media.choose_coding(header) == expected


@given(st.text(max_size=100))
def test_choose_coding_any_text_known_coding_or_none(header: str) -> None:
    """No field leads to anything but a coding on offer or none."""
    assert media.choose_coding(header) in {None, *media.CODINGS}


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("text/turtle;version=1.1, application/n-triples", "nt"),
        ("text/turtle;version=1.1, application/n-triples;q=0.9", "ttl"),
        ("text/turtle;version=1.2, application/n-triples", "ttl"),
        ("application/n-triples;version=1.1, text/turtle;version=1.1", "ttl"),
        ("text/turtle;version=9, application/n-triples;q=0.1", "ttl"),
        ("text/turtle;version=1.2;q=0, */*", "nt"),
    ],
)
def test_choose_format_version_decides_between_equals(header: str, name: str) -> None:
    """A form that the client takes in any version comes before one that it takes in an older one only."""
    assert media.choose_format(header, (media.TURTLE, media.N_TRIPLES)).name == name
