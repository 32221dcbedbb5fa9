"""Seed texts, their descriptions and their published form."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from rdflib import Literal, URIRef
from rdflib.namespace import RDF

from eild.errors import SeedError
from eild.namespaces import NIF, SCHEMA, resource_iri
from eild.seed.seeds import build_seed_graph, load_seed, load_seeds
from eild.seed.segmentation import UnitKind

if TYPE_CHECKING:
    from pathlib import Path


def test_own_seed_has_its_49_units() -> None:
    """The packaged seed is a title, 5 headings, 35 sentences and 8 entries."""
    (seed,) = load_seeds()
    assert seed.number == "000"
    assert Counter(unit.kind for unit in seed.units) == {
        UnitKind.TITLE: 1,
        UnitKind.HEADING: 5,
        UnitKind.SENTENCE: 35,
        UnitKind.ENTRY: 8,
    }
    assert seed.document == resource_iri("source", "article-000")


@pytest.mark.parametrize(
    ("number", "begins", "ends"),
    [
        (1, "Chinese interference", "United States elections"),
        (3, "Cyberespionage", "State Security."),
        (5, "Background", "Background"),
        (16, "U.S. intelligence agencies", 'the U.S. in general."'),
        (17, "However, China", "fake accounts."),
        (22, "In August 2024, cyber", "the U.S. elections."),
        (24, "According to a September 2024", "Israel–Hamas conflict."),
        (25, "This content", 'Kamala Harris."'),
        (36, "U.S. Secretary of State", "not to do so."),
        (40, "In response", "in the election."),
        (42, "Artificial intelligence", "and elections"),
        (49, "Russian interference", "United States elections"),
    ],
)
def test_own_seed_units_begin_and_end_where_a_reader_sees_them(number: int, begins: str, ends: str) -> None:
    """Abbreviations and quotations over two sentences break no unit of the packaged seed."""
    (seed,) = load_seeds()
    unit = seed.units[number - 1]
    assert unit.text.startswith(begins)
    assert unit.text.endswith(ends)
    assert seed.text[unit.begin : unit.end] == unit.text


def test_build_seed_graph_states_text_and_units(small_copy: Path) -> None:
    """The published seed has its text, and each unit its anchor, offsets, position and class."""
    seed = load_seed(small_copy / "seeds" / "900_bridge.txt")
    graph = build_seed_graph(seed)
    assert (seed.iri, RDF.type, NIF.Context) in graph
    assert graph.value(seed.iri, NIF.isString) == Literal(seed.text)
    units = set(graph.subjects(NIF.referenceContext, seed.iri))
    assert len(units) == len(seed.units) == 12
    sentence = resource_iri("sentence", "900-005")
    begin, end = (int(str(graph.value(sentence, term))) for term in (NIF.beginIndex, NIF.endIndex))
    assert seed.text[begin:end] == str(graph.value(sentence, NIF.anchorOf))
    assert str(graph.value(sentence, SCHEMA.position)) == "5"
    assert {graph.value(URIRef(f"{sentence[:-3]}{number}"), RDF.type) for number in ("001", "004")} == {NIF.Title}
    assert graph.value(resource_iri("sentence", "900-011"), RDF.type) == NIF.Phrase


def test_load_seed_edited_text_fails_with_both_checksums(small_copy: Path) -> None:
    """A changed text does not fit its description, at the line of the checksum."""
    path = small_copy / "seeds" / "900_bridge.txt"
    path.write_text(path.read_text().replace("May", "June"))
    with pytest.raises(SeedError, match=r"900\.ttl:10:.*SHA-256"):
        load_seed(path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("schema:sha256", "schema:creditText", r"must have schema:sha256"),
        ('"900_bridge.txt"', '"other.txt"', r"is of the file 'other\.txt'"),
        (
            "dct:license <https://creativecommons.org/licenses/by-sa/4.0/> ;",
            "",
            r"must have dct:license|must have dcterms:license",
        ),
    ],
)
def test_load_seed_incomplete_description_fails(small_copy: Path, old: str, new: str, words: str) -> None:
    """A description without a required property or of another file is refused."""
    description = small_copy / "seeds" / "900.ttl"
    description.write_text(description.read_text().replace(old, new))
    with pytest.raises(SeedError, match=words):
        load_seed(small_copy / "seeds" / "900_bridge.txt")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("article.txt", b"x", "seed number"),
        ("901_x.txt", b"x", "the description of seed 901 is missing"),
        ("900_bridge.txt", b"\xff", "must be UTF-8"),
    ],
)
def test_load_seed_unusable_file_fails_with_hint(small_copy: Path, name: str, content: bytes, words: str) -> None:
    """A text without number, without description or in another encoding is refused."""
    path = small_copy / "seeds" / name
    path.write_bytes(content)
    with pytest.raises(SeedError, match=words) as raised:
        load_seed(path)
    assert raised.value.hint


def test_load_seeds_two_texts_of_one_number_fail(small_copy: Path) -> None:
    """A second text of the same number is refused, whichever is described."""
    (small_copy / "seeds" / "900_again.txt").write_text("x")
    with pytest.raises(SeedError):
        load_seeds(small_copy / "seeds")


def test_load_seeds_empty_folder_fails(tmp_path: Path) -> None:
    """A folder without texts is refused."""
    with pytest.raises(SeedError, match="no seed text"):
        load_seeds(tmp_path)
