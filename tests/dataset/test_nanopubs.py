"""Nanopublications: one per claim, well-formed, with IRIs that other programs compute alike, and a way back."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import defaultdict
from typing import TYPE_CHECKING

import nanopub_sign  # type: ignore[import-untyped] # the package has no stubs
import pyoxigraph
import pytest
from rdflib import BNode, ConjunctiveGraph, Literal, URIRef
from rdflib.namespace import DCTERMS, PROV, RDF, RDFS, XSD

from eild.dataset.nanopubs import build_nanopubs, make_artifact_code
from eild.media import TRIG
from eild.namespaces import CITO, DATASET_IRI, EILD, NANOPUBS_IRI, NP, NPX, OA
from eild.rdf.canonical import serialize_graphs
from eild.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rdflib.term import Node

    from eild.dataset import BuiltDataset
    from eild.dataset.nanopubs import Quad, Triple

CODE = "RA" + "x" * 43
SLOT = f"{NANOPUBS_IRI}{CODE}"

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
"""The library that checks the nanopublications is written for that class."""


def write_dump(dataset: BuiltDataset) -> bytes:
    """Return the dump of a dataset's nanopublications."""
    graphs = {name: triples for found in dataset.nanopubs for name, triples in found.graphs.items()}
    return serialize_graphs(graphs, TRIG)


def split_dump(dump: bytes) -> dict[str, str]:
    """Return each nanopublication of a dump as a TriG text of its own, by its IRI."""
    found: dict[str, list[pyoxigraph.Quad]] = defaultdict(list)
    for quad in pyoxigraph.parse(dump, pyoxigraph.RdfFormat.TRIG):
        assert isinstance(quad.graph_name, pyoxigraph.NamedNode)
        found[quad.graph_name.value.partition("#")[0]].append(quad)
    return {iri: write_trig(quads) for iri, quads in found.items()}


def write_trig(quads: list[pyoxigraph.Quad]) -> str:
    """Return quads as TriG."""
    return (pyoxigraph.serialize(quads, format=pyoxigraph.RdfFormat.TRIG) or b"").decode()


CHECK_WITH_PYTHON = """
import json, sys, warnings
warnings.simplefilter("ignore")
from nanopub.nanopub import Nanopub
from rdflib import ConjunctiveGraph
for text in json.load(sys.stdin):
    graph = ConjunctiveGraph()
    graph.parse(data=text, format="trig")
    found = Nanopub(rdf=graph)
    assert found.is_valid and found.has_valid_trusty
"""


def check_with_python(*texts: str) -> bool:
    """Return whether the Python library finds nanopublications well-formed and their trusty IRIs right.

    It runs in a process of its own, as for its users: it depends on what is set in RDFLib for the whole process.

    :raises ValueError: with the library's words, if it does not
    """
    command = [sys.executable, "-c", CHECK_WITH_PYTHON]
    run = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=False)
    if run.returncode:
        raise ValueError(run.stderr)
    return True


def test_nanopubs_of_own_dataset_are_one_per_claim(own_dataset: BuiltDataset) -> None:
    """Every claim, curated, relayed or the editor's, is introduced by exactly one nanopublication."""
    claims = sorted(str(claim) for claim in own_dataset.merged().subjects(RDF.type, EILD.Claim))
    assert sorted(str(found.claim) for found in own_dataset.nanopubs) == claims
    assert len({found.iri for found in own_dataset.nanopubs}) == len(claims) > 200


def test_nanopubs_of_own_dataset_are_linked_with_their_claims(own_dataset: BuiltDataset) -> None:
    """The default graph leads from each claim to its nanopublication and back."""
    merged = own_dataset.merged()
    for found in own_dataset.nanopubs:
        assert list(merged.objects(found.claim, DCTERMS.hasFormat)) == [found.iri]
        assert list(merged.objects(found.iri, NPX.introduces)) == [found.claim]


def test_nanopubs_of_own_dataset_two_other_libraries_accept_all(own_dataset: BuiltDataset) -> None:
    """A Python and a Rust library each read the dump, find it well-formed, and compute the same artifact codes."""
    texts = split_dump(write_dump(own_dataset))
    assert sorted(texts) == sorted(str(found.iri) for found in own_dataset.nanopubs)
    assert check_with_python(*texts.values())
    for iri, text in texts.items():
        checked = nanopub_sign.Nanopub(text).check()
        assert checked.info()["trusty_hash"] == iri.removeprefix(NANOPUBS_IRI)


@pytest.mark.parametrize(("old", "new"), [("bridge", "brigde"), ("affirms", "denies"), ("2031-06-01", "2031-06-02")])
def test_nanopub_changed_content_is_refused_by_others(small: BuiltDataset, old: str, new: str) -> None:
    """A changed quotation, stance or date does not go with the IRI any more."""
    text = next(text for text in split_dump(write_dump(small)).values() if old in text)
    assert check_with_python(text)
    changed = text.replace(old, new, 1)
    with pytest.raises(ValueError, match="not valid"):
        check_with_python(changed)
    with pytest.raises(Exception, match="hash of the nanopublication is different"):
        nanopub_sign.Nanopub(changed).check()


def read_claims(quads: Iterable[Quad]) -> Iterator[Triple]:
    """Yield the triples of the claims from the quads of nanopublications.

    This reverses the projection: heads, publication info and the provenance of assertions are omitted, so that all
    triples are triples of the dataset.
    """
    for subject, predicate, obj, graph in quads:
        part = str(graph).rpartition("#")[2]
        is_own = part == "assertion" or (part == "provenance" and not str(subject).startswith(str(NANOPUBS_IRI)))
        if is_own and predicate != PROV.wasQuotedFrom:
            yield subject, predicate, obj


def test_nanopubs_read_back_give_the_claims(own_dataset: BuiltDataset) -> None:
    """From the dump, parsed by another library, come all triples of claims and propositions, and none besides."""
    dump = ConjunctiveGraph()
    dump.parse(data=write_dump(own_dataset).decode(), format="trig")
    quads: list[Quad] = [(s, p, o, graph.identifier) for s, p, o, graph in dump.quads() if graph is not None]
    found = set(read_claims(quads))
    graphs = own_dataset.graphs
    editor = {triple for triple in graphs["editor"] if triple[1] != CITO.disagreesWith}
    assert found >= set(graphs["claims"]) | set(graphs["relays"]) | editor
    assert found <= set(graphs["claims"]) | set(graphs["relays"]) | editor | set(graphs["evidence"])
    cited = {evidence for _, predicate, evidence in found if predicate == EILD.evidence}
    assert found >= {triple for triple in graphs["evidence"] if triple[0] in cited}


def test_nanopubs_assert_only_descriptions_of_claims_and_propositions(own_dataset: BuiltDataset) -> None:
    """No assertion says anything of an agent, an event or a thing: what is claimed is described, not asserted."""
    for found in own_dataset.nanopubs:
        assertion = found.graphs[URIRef(f"{found.iri}#assertion")]
        subjects = {str(subject).removeprefix(f"{BASE}id/").partition("/")[0] for subject, _, _ in assertion}
        assert subjects <= {"claim", "proposition"}
        assert {subject for subject, _, _ in assertion if "/claim/" in str(subject)} == {found.claim}


def test_nanopub_provenance_names_reader_words_and_text(small: BuiltDataset) -> None:
    """The assertion derives from the evidence and the seed text; the evidence has its exact words."""
    found = small.nanopubs[0]
    assertion = URIRef(f"{found.iri}#assertion")
    provenance = set(found.graphs[URIRef(f"{found.iri}#provenance")])
    evidence = {obj for _, predicate, obj in provenance if predicate == EILD.evidence}
    sources = {
        obj for subject, predicate, obj in provenance if (subject, predicate) == (assertion, PROV.wasDerivedFrom)
    }
    seed = URIRef(f"{BASE}id/seed/900")
    assert sources == evidence | {seed}
    assert evidence
    for words in evidence:
        assert (words, PROV.wasQuotedFrom, seed) in provenance
        assert any((subject, predicate) == (words, OA.exact) for subject, predicate, _ in provenance)


def test_nanopub_publication_info_comes_from_the_dataset(own_dataset: BuiltDataset) -> None:
    """Date, version, licence and creator are the dataset's; it says that what is described is not asserted."""
    found = own_dataset.nanopubs[0]
    info = {predicate: obj for _, predicate, obj in found.graphs[URIRef(f"{found.iri}#pubinfo")]}
    merged = own_dataset.merged()
    assert str(info[DCTERMS.created]) == f"{own_dataset.issued.isoformat()}T00:00:00Z"
    assert info[DCTERMS.isPartOf] == DATASET_IRI
    assert info[DCTERMS.creator] == merged.value(DATASET_IRI, DCTERMS.creator)
    assert info[DCTERMS.license] == merged.value(DATASET_IRI, DCTERMS.license)
    assert str(own_dataset.version) in {str(obj) for obj in info.values()}
    assert "described, not asserted" in str(info[RDFS.comment])


def test_build_nanopubs_claim_of_another_version_has_another_iri(small: BuiltDataset) -> None:
    """The version is part of the content, and the same version gives the same IRIs."""
    again = build_nanopubs(small.graphs, small.version, small.issued)
    other = build_nanopubs(small.graphs, "1.2.4", small.issued)
    assert [found.iri for found in again] == [found.iri for found in small.nanopubs]
    assert not {found.iri for found in other} & {found.iri for found in again}


def test_build_nanopubs_dataset_without_licence_is_well_formed_still(small: BuiltDataset) -> None:
    """A dataset that names neither creator nor licence gives nanopublications that others accept."""
    assert not list(small.graphs["entities"].objects(DATASET_IRI, DCTERMS.license))
    for text in split_dump(write_dump(small)).values():
        assert check_with_python(text)


HARD: list[Node] = [
    Literal("a"),
    Literal("a", lang="en"),
    Literal("a", lang="de-AT"),
    Literal("1", datatype=XSD.integer),
    Literal("back\\slash and\nline\n"),
    Literal("𝔘 beyond \uffee"),
    URIRef(f"{SLOT}#part"),
    URIRef("http://example.org/a"),
]
"""Objects that are hard to escape or to put in order."""


def make_quads(*values: Node) -> list[Quad]:
    """Return a nanopublication that asserts some values, under an IRI that waits for its artifact code."""
    this, thing = URIRef(SLOT), URIRef("http://example.org/ä")
    head, assertion, provenance, info = (
        URIRef(f"{SLOT}#{part}") for part in ("Head", "assertion", "provenance", "pubinfo")
    )
    return [
        (this, RDF.type, NP.Nanopublication, head),
        (this, NP.hasAssertion, assertion, head),
        (this, NP.hasProvenance, provenance, head),
        (this, NP.hasPublicationInfo, info, head),
        *((thing, RDFS.comment, value, assertion) for value in values),
        (assertion, PROV.wasDerivedFrom, thing, provenance),
        (this, DCTERMS.creator, thing, info),
    ]


def write_quads(quads: list[Quad], code: str) -> str:
    """Return quads as TriG, with an artifact code in their IRIs."""
    graphs: dict[URIRef, set[Triple]] = {}
    for subject, predicate, obj, name in quads:
        graphs.setdefault(URIRef(str(name)), set()).add((subject, predicate, obj))
    return serialize_graphs(graphs, TRIG).decode().replace(CODE, code)


@pytest.mark.parametrize("value", HARD, ids=[value.n3()[:20] for value in HARD])
def test_make_artifact_code_hard_value_agrees_with_other_libraries(value: Node) -> None:
    """Languages, escapes, characters beyond the first plane and self-references are hashed as others do."""
    quads = make_quads(value)
    code = make_artifact_code(quads, CODE)
    text = write_quads(quads, code)
    assert nanopub_sign.Nanopub(text).check().info()["trusty_hash"] == code
    assert check_with_python(text)


def test_make_artifact_code_hard_values_together_are_ordered_as_specified() -> None:
    """Plain and tagged literals of one property go by their text first; the Rust library sorts them by their tags."""
    quads = make_quads(*HARD)
    assert check_with_python(write_quads(quads, make_artifact_code(quads, CODE)))


def test_make_artifact_code_order_of_statements_does_not_count() -> None:
    """Statements are a set: their order and repetition change nothing, one of them less does."""
    quads = make_quads(*HARD)
    shuffled = random.Random(7).sample([*quads, *quads[:3]], len(quads) + 3)  # noqa: S311 - no secret
    assert make_artifact_code(shuffled, CODE) == make_artifact_code(quads, CODE)
    assert make_artifact_code(quads[1:], CODE) != make_artifact_code(quads, CODE)


def test_make_artifact_code_blank_node_is_refused() -> None:
    """The specification knows no blank nodes."""
    with pytest.raises(ValueError, match="must not contain blank nodes"):
        make_artifact_code([(BNode(), RDF.type, RDFS.Resource, URIRef(SLOT))], CODE)
