"""What is written can be read again, or is refused with a reason."""

from __future__ import annotations

import re

import pytest
from benchmarks.suites import canonicalize
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BaseDirection, BlankNode, Literal, NamedNode, Triple

from eild import media
from eild.errors import NotAcceptableError
from eild.rdf.reading import read_bytes
from eild.rdf.syntaxes import RDF_FORMATS
from eild.rdf.terms import is_of_rdf_1_2, write_term
from eild.rdf.versions import check_version, needs_1_2
from eild.rdf.writing import select_prefixes, serialize_graph

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SUBJECT = NamedNode("http://e.example/s")
FORMS = [form for form in media.GRAPH_FORMATS if form is not media.JSON_LD]


def write_and_read(triples: list[Triple], form: media.Format, prefixes: dict[str, str]) -> list[str]:
    """Return canonical lines of triples after they were written and read again."""
    content = serialize_graph(triples, form, prefixes)
    quads, _ = read_bytes(content, RDF_FORMATS[form.name], name="written")
    return canonicalize(quads)


def canonical(triples: list[Triple]) -> list[str]:
    """Return canonical lines of triples."""
    lines = "".join(f"{triple} .\n" for triple in triples)
    return canonicalize(read_bytes(lines.encode(), RDF_FORMATS["nt"], name="given")[0])


PREFIXES = [
    *({"": "http://e.example/"}, {"xml": "http://e.example/"}, {"xmlns": "http://e.example/"}),
    *({"rdf": "http://e.example/"}, {"its": "http://e.example/"}, {"x": "http://e.example/class/"}),
]


@pytest.mark.parametrize("form", media.GRAPH_FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize("prefixes", PREFIXES, ids=str)
@pytest.mark.parametrize(
    "triple",
    [
        Triple(SUBJECT, NamedNode("http://e.example/p"), NamedNode("http://e.example/o")),
        Triple(SUBJECT, NamedNode(f"{RDF}type"), NamedNode("http://e.example/class/")),
        Triple(SUBJECT, NamedNode(f"{RDF}type"), NamedNode("http://e.example/")),
        Triple(SUBJECT, NamedNode(f"{RDF}type"), NamedNode("urn:x:1")),
        Triple(BlankNode("1a"), NamedNode("http://e.example/p"), BlankNode("a.-")),
        Triple(BlankNode("b0"), NamedNode(f"{RDF}type"), NamedNode("http://e.example/1")),
        Triple(SUBJECT, NamedNode("http://e.example/p"), Literal(" \t\r\n]]>&<\"' ")),
        Triple(SUBJECT, NamedNode("http://e.example/p"), Literal("x", language="he", direction=BaseDirection.RTL)),
    ],
    ids=str,
)
def test_graph_is_read_as_it_was_written(triple: Triple, prefixes: dict[str, str], form: media.Format) -> None:
    """Whatever prefixes the data declare, and whatever names classes and blank nodes have."""
    also = Triple(triple.subject, NamedNode("http://e.example/q"), Literal("y"))
    for triples in ([triple], [triple, also], [also, triple]):
        assert write_and_read(triples, form, prefixes) == canonical(triples)


@pytest.mark.parametrize(
    "predicate", ["urn:x:1", "http://e.example/", "http://www.w3.org/2000/xmlns/x", f"{RDF}about", f"{RDF}li"]
)
def test_rdf_xml_refuses_predicates_without_an_element_name(predicate: str) -> None:
    """XML has no way to write them, within triple terms either; other syntaxes do."""
    triple = Triple(SUBJECT, NamedNode(predicate), Literal("x"))
    for one in (triple, Triple(SUBJECT, NamedNode("http://e.example/p"), triple)):
        with pytest.raises(NotAcceptableError, match="RDF/XML cannot represent"):
            serialize_graph([one], media.RDF_XML, {})
        assert write_and_read([one], media.TURTLE, {"": "http://e.example/"}) == canonical([one])


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=8)
IRIS = st.sampled_from(["http://e.example/a", "http://e.example/b#c", "urn:x:y", "http://é.example/ü"]).map(NamedNode)
NODES = st.one_of(IRIS, st.sampled_from(["a", "1b", "c.d"]).map(BlankNode))
LITERALS = st.one_of(
    TEXTS.map(Literal),
    st.builds(
        lambda text, direction: Literal(text, language="en", direction=direction),
        TEXTS,
        st.sampled_from([None, BaseDirection.LTR, BaseDirection.RTL]),
    ),
    st.builds(lambda text: Literal(text, datatype=NamedNode("http://e.example/type")), TEXTS),
)
TRIPLES = st.recursive(
    st.builds(Triple, NODES, IRIS, st.one_of(NODES, LITERALS)),
    lambda inner: st.builds(Triple, NODES, IRIS, inner),
    max_leaves=3,
)


NAMESPACES = {
    "e": "http://e.example/",
    "b": "http://e.example/b#",
    "long": "http://e.example/b#c-",
    "none": "",
    "rdf": RDF,
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "urn": "urn:x:",
    "u": "urn:",
    "t": f"{RDF}ty",
}
NAMES = st.sampled_from(
    ["http://e.example/a", "http://e.example/b#c-1", "http://e.example/b#c", "http://e.example/b/c", "urn:x:y", "urn:z"]
).map(NamedNode)
PREDICATES = st.one_of(NAMES, st.just(NamedNode(f"{RDF}type")))
VALUES = st.one_of(
    NAMES,
    st.just(BlankNode("b")),
    st.just(Triple(SUBJECT, NamedNode("urn:x:y"), Literal(1))),
    st.sampled_from([Literal(1), Literal("a"), Literal("a", language="en"), Literal("a", datatype=NamedNode("urn:z"))]),
)


@settings(deadline=None)
@given(st.lists(st.builds(Triple, NAMES, PREDICATES, VALUES), max_size=8))
def test_order_and_prefixes_as_they_are_described(triples: list[Triple]) -> None:
    """Subjects and, types first, their triples come in the order in which they appeared, once; of prefixes, those used.

    The prefix of an IRI is the longest that leaves no slash or number sign.
    """
    once = list(dict.fromkeys(triples))
    subjects = list(dict.fromkeys(triple.subject for triple in once))
    type_ = NamedNode(f"{RDF}type")
    expected = [
        triple
        for subject in subjects
        for is_type in (True, False)
        for triple in once
        if triple.subject == subject and (triple.predicate == type_) is is_type
    ]
    lines = "".join(f"{triple} .\n" for triple in expected)
    assert serialize_graph(triples, media.N_TRIPLES, NAMESPACES).decode() == lines
    terms = [term for triple in triples for term in (triple.subject, triple.predicate, triple.object)]
    iris = [term.value for term in terms if isinstance(term, NamedNode)]
    iris += [term.datatype.value for term in terms if isinstance(term, Literal)]
    used = set()
    for iri in iris:
        starts = [start for start in NAMESPACES.values() if start and iri.startswith(start)]
        used.add(max((start for start in starts if not {"/", "#"} & set(iri[len(start) :])), key=len, default=""))
    used.discard("")
    prefixes = [(name, start) for name, start in sorted(NAMESPACES.items()) if start in used]
    assert list(select_prefixes(triples, NAMESPACES).items()) == prefixes
    written = serialize_graph(triples, media.TURTLE, NAMESPACES).decode()
    assert dict(re.findall(r"^@prefix (.*?): <(.*?)> \.$", written, re.MULTILINE)) == dict(prefixes)


@settings(deadline=None)
@given(st.lists(TRIPLES, max_size=4), st.sampled_from(FORMS))
def test_any_graph_is_read_as_it_was_written(triples: list[Triple], form: media.Format) -> None:
    """Triple terms of any depth, directions, blank nodes and any text, in each syntax that has a way to write them."""
    assert write_and_read(triples, form, {"": "http://e.example/", "u": "urn:x:"}) == canonical(triples)


@settings(deadline=None)
@given(TRIPLES)
def test_triple_terms_are_written_as_n_triples_has_them(triple: Triple) -> None:
    """What is written can stand as an object, and is the same term there."""
    line = f"<http://e.example/s> <http://e.example/p> {write_term(triple)} ."
    (quad,), _ = read_bytes(line.encode(), RDF_FORMATS["nt"], name="line")
    assert quad.object == triple


@settings(deadline=None)
@given(st.lists(TRIPLES, min_size=1, max_size=3), st.sampled_from(FORMS))
def test_document_needs_rdf_1_2_if_one_of_its_terms_does(triples: list[Triple], form: media.Format) -> None:
    """Texts that only look like such terms do not count."""
    content = serialize_graph(triples, form, {})
    assert needs_1_2(content, form) == any(is_of_rdf_1_2(triple.object) for triple in triples)


@pytest.mark.parametrize(
    ("accept", "is_refused"),
    [
        ("{};version=1.1", True),
        ("{}; version=1.1; q=0.5", True),
        ("{};version=1.1, {};version=1.2;q=0.1", False),
        ("{};version=1.1, */*;q=0.1", False),
        ("{};version=1.2", False),
        ("{}", False),
        ("*/*", False),
        (None, False),
    ],
)
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_client_that_takes_version_1_1_only_gets_no_other(
    form: media.Format,
    accept: str | None,
    is_refused: bool,
) -> None:
    """With RDF 1.1 content the version makes no difference."""
    plain = Triple(SUBJECT, NamedNode("http://e.example/p"), Literal("<<( --ltr reifies"))
    new = Triple(SUBJECT, NamedNode("http://e.example/p"), plain)
    header = accept.replace("{}", form.media_type) if accept else None
    content = serialize_graph([plain], form, {})
    assert check_version(content, form, header) == content
    assert media.choose_format(header, [form]) is form
    content = serialize_graph([new], form, {})
    if is_refused:
        with pytest.raises(NotAcceptableError, match=r"version 1\.1 only"):
            check_version(content, form, header)
    else:
        assert check_version(content, form, header) == content
