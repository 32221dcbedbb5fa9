"""RDF/XML is read as what XML and its own grammar say it is."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple

from eild.errors import DataError, Location
from eild.rdf.rdfxml.reader import RdfXmlReader
from eild.rdf.reading import RdfInput, read_bytes
from eild.rdf.streams import LeftOut

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
START = f'<r:RDF xmlns:r="{RDF}" xmlns:v="http://v.example/#">'
END = "</r:RDF>"
XML_TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\t\n\r", exclude_characters="\ufffe\uffff"),
    max_size=30,
)


def read(document: str | bytes, base: str = "http://b.example/dir/doc") -> list[Quad]:
    """Return the statements of a document."""
    content = document.encode() if isinstance(document, str) else document
    return read_bytes(content, RdfFormat.RDF_XML, name="d.rdf", base=base)[0]


def read_value(element: str, root: str = START) -> object:
    """Return the object of the only property element of a node."""
    (quad,) = read(f'{root}<r:Description r:about="http://n.example/">{element}</r:Description>{END}')
    return quad.object


def refuse(document: str | bytes) -> DataError:
    """Return the failure of a document."""
    with pytest.raises(DataError) as caught:
        read(document)
    assert caught.value.location is not None
    assert caught.value.location.path == "d.rdf"
    return caught.value


WHOLE = f'{START}\n<v:Boat r:about="http://n.example/"><v:name>Ida</v:name></v:Boat>\n{END}'


@pytest.mark.parametrize("cut", range(0, len(WHOLE), 7))
def test_document_that_breaks_off_is_refused_with_its_line(cut: int) -> None:
    """Wherever a document ends before its root does, nothing of it is taken."""
    location = refuse(WHOLE[:cut]).location
    assert location == Location("d.rdf", WHOLE[:cut].count("\n") + 1, location.column if location else 0)


@pytest.mark.parametrize("more", [WHOLE, "text", "<x/>", "<![CDATA[x]]>", "&amp;", "<?xml version='1.0'?>"])
def test_document_with_more_than_one_root_is_refused(more: str) -> None:
    """After the root only comments, instructions and white space may follow."""
    assert refuse(f"{WHOLE}{more}").location == Location("d.rdf", 3, len(END) + 1)
    assert len(read(f"{WHOLE}\n<!-- end --><?end?>\n")) == 2


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("<v:p>a<![CDATA[<b> & ]]>c</v:p>", "a<b> & c"),
        ("<v:p><![CDATA[]]></v:p>", ""),
        ("<v:p>north<!-- x -->west<?y z?>ern</v:p>", "northwestern"),
        ("<v:p> a &lt;&#x41;&#66; </v:p>", " a <AB "),
        ("<v:p>\n</v:p>", "\n"),
        ("<v:p>one\r\ntwo\rthree&#13;four</v:p>", "one\ntwo\nthree\rfour"),
        ("<v:p>]]&gt;\u0085\u2028</v:p>", "]]>\u0085\u2028"),
        ("<v:p/>", ""),
    ],
)
def test_text_is_all_characters_of_its_element(element: str, value: str) -> None:
    """CDATA, entities and references are text, comments and instructions are not, and white space stays."""
    assert read_value(element) == Literal(value)


def test_attribute_white_space_is_normalized_unless_it_is_a_reference() -> None:
    """Line ends and tabs in an attribute are spaces; as character references they stay (XML 1.0, section 3.3.3)."""
    (quad,) = read(f'{START}<r:Description r:about="http://n.example/" v:p="a\r\nb\tc&#10;d&#9;e"/>{END}')
    assert quad.object == Literal("a b c\nd\te")


@settings(deadline=None)
@given(XML_TEXT)
def test_any_text_is_read_as_it_was_escaped(text: str) -> None:
    """Whatever characters a text has, it comes back, as element text and as attribute."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    for sign in "\r\n\t":
        escaped = escaped.replace(sign, f"&#{ord(sign)};")
    assert read_value(f"<v:p>{escaped}</v:p>") == Literal(text)
    (quad,) = read(f'{START}<r:Description r:about="http://n.example/" v:p="{escaped}"/>{END}')
    assert quad.object == Literal(text)


def test_empty_language_takes_the_inherited_one_away() -> None:
    """``xml:lang=""`` counts on any element, for what is inside it, and can be overridden again."""
    document = (
        f'{START[:-1]} xml:lang="de"><r:Description r:about="http://n.example/" v:a="x">'
        '<v:b xml:lang="">x</v:b><v:c><r:Description xml:lang="" v:d="x"><v:e>x</v:e>'
        f'<v:f xml:lang="fr">x</v:f></r:Description></v:c><v:g>x</v:g></r:Description>{END}'
    )
    found = {
        quad.predicate.value[-1]: quad.object.language for quad in read(document) if isinstance(quad.object, Literal)
    }
    assert found == {"a": "de", "b": None, "d": None, "e": None, "f": "fr", "g": "de"}


@pytest.mark.parametrize("kind", ["langString", "dirLangString"])
def test_lang_string_datatype_needs_a_language(kind: str) -> None:
    """A literal that RDF does not have is refused with its place; with a language the datatype says nothing new."""
    element = f'\n<v:p r:datatype="{RDF}{kind}">x</v:p>'
    assert refuse(f'{START}<r:Description r:about="http://n.example/">{element}</r:Description>{END}').location == (
        Location("d.rdf", 2, element.index("</"))
    )
    extra = ' xmlns:its="http://www.w3.org/2005/11/its" its:dir="rtl" r:version="1.2"' if kind != "langString" else ""
    value = read_value(element, f'{START[:-1]} xml:lang="he"{extra}>')
    assert isinstance(value, Literal)
    assert value.language == "he"
    assert (value.direction is not None) == (kind == "dirLangString")


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (
            '<g xmlns="http://s.example/"><c  z="2" a=\'1\'/></g>',
            '<g xmlns="http://s.example/"><c a="1" z="2"></c></g>',
        ),
        ("<v:x/><v:y/>", '<v:x xmlns:v="http://v.example/#"></v:x><v:y xmlns:v="http://v.example/#"></v:y>'),
        ("<v:x><v:y v:z='1'/></v:x>", '<v:x xmlns:v="http://v.example/#"><v:y v:z="1"></v:y></v:x>'),
        ('<a xmlns="http://s.example/"><b xmlns=""/></a>', '<a xmlns="http://s.example/"><b xmlns=""></b></a>'),
        ("a<![CDATA[<]]>&amp;&gt;<!-- c --><?p q?>\r\n&#13;", "a&lt;&amp;&gt;<!-- c --><?p q?>\n&#xD;"),
        ("<b t='&quot;&#9;&#10;&lt;&gt;'/>", '<b t="&quot;&#x9;&#xA;&lt;>"></b>'),
        ("", ""),
    ],
)
def test_xml_literal_is_exclusive_canonical_xml(content: str, value: str) -> None:
    """Each namespace in use is declared once, attributes are sorted, comments stay (RDF/XML, section 7.2.17)."""
    assert read_value(f'<v:p r:parseType="Literal">{content}</v:p>') == Literal(
        value, datatype=NamedNode(f"{RDF}XMLLiteral")
    )


NAMES = st.sampled_from(["a", "v:b", "w:c"])
TREES = st.recursive(
    st.sampled_from(["", "t&amp;", "<!--c-->", "<?p q?>", "<![CDATA[<]]>"]),
    lambda inner: st.builds(
        lambda name, declared, key, parts: (
            f"<{name}{declared}{key}>{''.join(parts)}</{name}>"
            if not name.startswith("w") or "xmlns:w" in declared
            else f"<{name} xmlns:w='http://w.example/'{declared}{key}>{''.join(parts)}</{name}>"
        ),
        NAMES,
        st.sampled_from(["", " xmlns='http://d.example/'", " xmlns=''", " xmlns:v='http://other.example/'"]),
        st.sampled_from(["", " k='1'", " v:k='&#10;\"'"]),
        st.lists(inner, max_size=3),
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(TREES)
def test_xml_literal_any_content_is_what_lxml_makes_canonical(content: str) -> None:
    """An independent implementation of Exclusive XML Canonicalization gives the same text."""
    value = read_value(f'<v:p r:parseType="Literal"><top>{content}</top></v:p>')
    tree = etree.fromstring(f'<v:p xmlns:v="http://v.example/#" xmlns:r="{RDF}"><top>{content}</top></v:p>')
    expected = etree.tostring(tree[0], method="c14n", exclusive=True, with_comments=True, with_tail=False)
    assert isinstance(value, Literal)
    assert value.value == expected.decode()


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("UTF-8", "é€"),
        ("utf-16", "é€𝄞"),
        ("UTF-16LE", "é"),
        ("utf-16be", "é"),
        ("ISO-8859-1", "é"),
        ("iso-8859-15", "€"),
        ("US-ASCII", "e"),
        ("windows-1252", "€"),
        ("Shift_JIS", "日本"),
        ("GB18030", "中𝄞"),
        ("UTF-32", "é"),
    ],
)
def test_document_is_read_in_its_encoding(encoding: str, text: str) -> None:
    """The byte order mark or the declaration tells the encoding, in capitals or not."""
    document = WHOLE.replace("Ida", text)
    content = f'<?xml version="1.0" encoding="{encoding}"?>\n{document}'.encode(encoding)
    assert Literal(text) in {quad.object for quad in read(content)}
    if encoding == "UTF-8":
        assert len(read(codecs.BOM_UTF8 + content)) == len(read(codecs.BOM_UTF8 + document.encode())) == 2
    if encoding == "utf-16":
        assert len(read(document.encode(encoding))) == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (f'<?xml version="1.0" encoding="US-ASCII"?>\n{WHOLE}é'.encode(), "encoding ascii"),
        (f'<?xml version="1.0" encoding="x-none"?>{WHOLE}'.encode(), "unknown encoding 'x-none'"),
        (f'<?xml version="1.0" encoding="rot13"?>{WHOLE}'.encode(), "unknown encoding"),
        (f'<?xml version="1.0" encoding="ISO-8859-1"?>{WHOLE}'.encode("utf-8-sig"), "says ISO-8859-1"),
        (f'<?xml version="1.0" encoding="UTF-8"?>{WHOLE}'.encode("utf-16"), "says UTF-8"),
        (WHOLE.replace("Ida", "é").encode("latin-1"), "not well-formed"),
    ],
)
def test_document_not_in_its_encoding_is_refused(content: bytes, words: str) -> None:
    """Bytes that the encoding does not have, unknown encodings and contradictions are errors, not other letters."""
    assert words in refuse(content).message


def test_prefixes_are_kept_wherever_they_are_declared() -> None:
    """Also those of inner elements and the default one; not those of XML literals, or that Turtle does not have."""
    document = (
        f'{START}<b:X xmlns:b="http://in.example/" xmlns="http://default.example/" xmlns:_u="http://u.example/">'
        f'<p/><v:q r:parseType="Literal"><z:z xmlns:z="http://z.example/"/></v:q></b:X>{END}'
    )
    prefixes = read_bytes(document.encode(), RdfFormat.RDF_XML, name="d.rdf")[1]
    expected = {"b": "http://in.example/", "": "http://default.example/", "v": "http://v.example/#", "r": RDF}
    assert prefixes == expected


@pytest.mark.parametrize(
    ("reference", "iri"),
    [
        ("", "http://b.example/dir/doc"),
        ("#x", "http://b.example/dir/doc#x"),
        ("x", "http://b.example/dir/x"),
        ("../x?y", "http://b.example/x?y"),
        ("//c.example", "http://c.example"),
        ("?q", "http://b.example/dir/doc?q"),
        ("urn:x:y", "urn:x:y"),
        ("é", "http://b.example/dir/é"),
    ],
)
def test_references_are_resolved_against_the_base(reference: str, iri: str) -> None:
    """RFC 3986, section 5.2, whose base has no fragment; ``xml:base`` sets another one, relative to the outer one."""
    node = f'<r:Description r:about="{reference}"><v:p/></r:Description>'
    assert read(f"{START}{node}{END}", base="http://b.example/dir/doc#part")[0].subject == NamedNode(iri)
    root = f'{START[:-1]} xml:base="http://b.example/other"><r:Description xml:base="/dir/doc" r:about="{reference}">'
    assert read(f"{root}<v:p/></r:Description>{END}", base="http://c.example/")[0].subject == NamedNode(iri)


@pytest.mark.parametrize(
    ("inner", "words"),
    [
        ('<r:Description r:about="a b"/>', "invalid IRI"),
        ('<r:Description r:about="a&gt;b"><v:p/></r:Description>', "invalid IRI"),
        ('<v:X r:ID="a"/><v:X r:ID="a"/>', "occurs twice"),
        ('<v:X r:ID="1a"/>', "XML name"),
        ('<v:X r:about="http://x/" r:nodeID="n"/>', "rdf:about and rdf:nodeID"),
        ('<v:X about2="x"/>', "must have a prefix"),
        ('<v:X r:bagID="x"/>', "rdf:bagID is not allowed"),
        ("<v:X>text</v:X>", "text is not allowed here"),
        ("<v:X><v:p>text<v:Y/></v:p></v:X>", "must not have text"),
        ("<v:X><v:p><v:Y/><v:Y/></v:p></v:X>", "more than one value"),
        ('<v:X><v:p r:resource="http://x/">text</v:p></v:X>', "must not have text"),
        ('<v:X><v:p r:resource="http://x/"><v:Y/></v:p></v:X>', "more than one value"),
        ('<v:X><v:p r:datatype="http://x/" v:q="x"/></v:X>', "property attributes"),
        ('<v:X><v:p r:parseType="Resource" r:resource="http://x/"/></v:X>', "rdf:parseType"),
        ('<v:X xml:lang="en_US"><v:p>x</v:p></v:X>', "language tag"),
        ("<r:li/>", "<r:li> is not allowed as a node element"),
        ("<v:X><r:Description/></v:X>", "<r:Description> is not allowed as a property"),
        ("<X><v:p/></X>", "<X> is not allowed"),
        ("<v:X><p/></v:X>", "<p> is not allowed"),
        ("<v:X><u:p/></v:X>", "unbound prefix"),
        ("&undeclared;", "undefined entity"),
    ],
)
def test_document_against_the_grammar_is_refused_with_its_line(inner: str, words: str) -> None:
    """What RDF/XML does not allow is an error at its line, and never left out."""
    failure = refuse(f"{START}\n\n{inner}\n\n<v:Later/>{END}")
    assert words in failure.message
    assert failure.location is not None
    assert failure.location.line == 3


def test_relative_iri_without_base_is_refused_with_a_remedy() -> None:
    """Nothing is made up for a missing base."""
    with pytest.raises(DataError, match="--base IRI"):
        read(f'{START}<v:X r:about="x"/>{END}', base="")


def test_entities_of_the_document_are_expanded_everywhere() -> None:
    """Those that its own document type declares, in text and attributes."""
    doctype = f'<!DOCTYPE r:RDF [<!ENTITY n "http://n.example/"><!ENTITY t "a &#38;amp; b">]>{START}'
    (quad,) = read(f'{doctype}<r:Description r:about="&n;x"><v:p>&t;</v:p></r:Description>{END}')
    assert (quad.subject, quad.object) == (NamedNode("http://n.example/x"), Literal("a & b"))


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 12))


@pytest.mark.parametrize(
    ("doctype", "inner", "words"),
    [
        (f'[<!ENTITY e0 "lol">{BOMB}]', "<v:p>&e11;</v:p>", "amplification"),
        ('[<!ENTITY x SYSTEM "file:///etc/passwd">]', "<v:p>&x;</v:p>", "external entity"),
        ('SYSTEM "http://none.invalid/x.dtd"', "<v:p>&x;</v:p>", "&x; is not declared"),
        ('SYSTEM "http://none.invalid/x.dtd"', '<v:p v:q="&x;"/>', "&x; is not declared"),
        ('[<!ENTITY % p SYSTEM "x"> %p;]', '<v:p v:q="a&x;"/>', "&x; is not declared"),
        ('[<!ENTITY % p SYSTEM "x"> %p;]', '<v:p r:parseType="Literal"><b c="&x;"/></v:p>', "&x; is not declared"),
    ],
)
def test_entities_that_cannot_be_expanded_are_refused(doctype: str, inner: str, words: str) -> None:
    """Nothing is fetched, nothing is left out silently, and entities expand within bounds only."""
    document = f"<!DOCTYPE r:RDF {doctype}>{START}<r:Description>{inner}</r:Description>{END}"
    assert words in refuse(document).message


def test_external_document_type_is_not_read() -> None:
    """A document that only names one is whole without it."""
    assert len(read(f'<!DOCTYPE r:RDF SYSTEM "http://none.invalid/x.dtd">{WHOLE}')) == 2


@pytest.mark.parametrize("version", ["", ' r:version="1.1"', ' r:version="1.2"', ' r:version="1.2-basic"'])
def test_new_constructs_need_the_announcement_of_rdf_1_2(version: str) -> None:
    """Base directions and triple terms have no meaning without it; with it they are read."""
    its = ' xmlns:its="http://www.w3.org/2005/11/its" its:dir="rtl" xml:lang="he"'
    value = read_value("<v:p>x</v:p>", f"{START[:-1]}{its}{version}>")
    assert isinstance(value, Literal)
    assert (str(value.direction) if value.direction else "") == ("rtl" if "1.2" in version else "")
    term = '<v:p r:parseType="Triple"><r:Description r:about="http://n.example/"><v:q>x</v:q></r:Description></v:p>'
    quads = read(f"{START[:-1]}{version}><r:Description>{term}</r:Description>{END}")
    assert [isinstance(quad.object, Triple) for quad in quads] == ([True] if "1.2" in version else [])


@pytest.mark.parametrize("size", [1, 7, 64])
def test_document_may_arrive_in_pieces_of_any_size(size: int) -> None:
    """Where the pieces end makes no difference, in any encoding."""
    for encoding in ("utf-8", "utf-16"):
        content = WHOLE.replace("Ida", "é𝄞<![CDATA[&]]>\r\n").encode(encoding)
        reader = RdfXmlReader("d.rdf")
        parts = [reader.feed(content[start : start + size]) for start in range(0, len(content), size)]
        lines = b"".join(parts) + reader.feed(b"", final=True)
        assert [str(quad) for quad in read(content)] == lines.decode().replace(" .\n", "\n").splitlines()


def test_invalid_terms_are_left_out_with_their_places_if_asked() -> None:
    """Each statement with an invalid term counts; the others stay, and malformed XML stays an error."""
    nodes = [
        '<r:Description r:about="http://n.example/ok"><v:p>1</v:p><v:q r:resource="http://x.example/{1}"/></r:Description>',
        '<r:Description r:about="bad one"><v:p>2</v:p><v:p>3</v:p></r:Description>',
        '<r:Description><v:p xml:lang="en_GB">4</v:p><v:p r:datatype="d d">5</v:p><v:p>6</v:p></r:Description>',
    ]
    document = "\n".join([START, *nodes, END])

    def take(content: str) -> tuple[list[str], LeftOut]:
        left_out = LeftOut()
        source = RdfInput(
            Chunks(content.encode()), RdfFormat.RDF_XML, name="d.rdf", base="http://b.example/", left_out=left_out
        )
        values = [quad.object.value for quad in source.quads() if isinstance(quad.object, Literal)]
        return values, left_out

    values, left_out = take(document)
    assert values == ["1", "6"]
    assert left_out.count == 5
    assert [place.line for place, _ in left_out.first] == [2, 3, 3, 4, 4]
    with pytest.raises(DataError, match="not well-formed"):
        take(document[:-3])


class Chunks:
    """A file that gives as little as it may."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self, size: int = -1, /) -> bytes:
        """Return the next three bytes."""
        size = 3 if size < 0 else min(size, 3)
        piece, self._content = self._content[:size], self._content[size:]
        return piece
