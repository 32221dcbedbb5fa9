"""What is published of a project: conformity, coverage, graphs, catalogue, nanopublications and queries."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyoxigraph
import pytest
from pyoxigraph import NamedNode
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, SKOS

import eild
from eild.assistant.resources import read_guide, read_ontology
from eild.dataset import MODULES, BuiltDataset
from eild.dataset.nanopubs import make_artifact_code
from eild.dataset.project import Project
from eild.diff import Dump, compare
from eild.errors import ProblemsError
from eild.facts.coverage import measure_coverage
from eild.facts.evidence import check_evidence
from eild.facts.examples import load_examples
from eild.facts.reading import load_facts
from eild.names import choose_names
from eild.namespaces import DCAT, EILD, NIF, SCHEMA, VOID
from eild.projects.texts import NewText, add_text
from eild.publication.contents import load_catalog
from eild.publication.directory import write_build
from eild.publication.manifest import Publication, load_publication
from eild.seed.seeds import load_seeds
from eild.validation.published import validate_project

if TYPE_CHECKING:
    from pathlib import Path

BASE = "https://data.example.org/falls/"
SHARED = "https://w3id.org/eild/"


@pytest.fixture(scope="module")
def publication(falls_build: Path) -> Publication:
    """Return what is published."""
    return load_publication(falls_build)


@pytest.fixture(scope="module")
def merged(falls_dataset: BuiltDataset) -> Graph:
    """Return the merged dataset."""
    return falls_dataset.merged()


def iri(kind: str, slug: str) -> URIRef:
    """Return the IRI of a resource of the project."""
    return URIRef(f"{BASE}id/{kind}/{slug}")


def test_project_conforms_to_the_shapes(falls: Project) -> None:
    """The published dataset has no finding, also of its German text, its referendum and its unnamed persons."""
    assert [f"{found.focus} {found.message}" for found in validate_project(project=falls).findings] == []


def test_evidence_covers_every_content_word_by_language(falls: Project) -> None:
    """Function words of each text's own language may remain; no other word does."""
    seeds, facts = load_seeds(falls.seeds, falls.names), load_facts(falls.data, falls.names)
    rows = measure_coverage(facts.located, check_evidence(facts.located, seeds).spans, seeds)
    assert {row.sentence: row.uncovered for row in rows if row.uncovered} == {}
    assert [row.sentence for row in rows if row.sentence.startswith("001")] == ["001-002", "001-003", "001-005"]


def test_everything_that_the_project_describes_is_below_its_base(falls_dataset: BuiltDataset) -> None:
    """Only the shared ontology, shapes and schemes, with who made these, have IRIs of EILD."""
    own = {"seed", "entities", "claims", "relays", "evidence", "shortcuts", "editor", "links", "queries"}
    for module in own:
        for subject in set(falls_dataset.graphs[module].subjects()):
            assert str(subject).startswith(BASE), (module, subject)
    concepts = {str(subject) for subject in falls_dataset.graphs["concepts"].subjects()}
    assert {name for name in concepts if not name.startswith((f"{BASE}id/concept/", f"{SHARED}id/concept/"))} == {
        f"{SHARED}id/agent/eild"
    }


def test_shared_schemes_are_included_as_far_as_they_are_used(merged: Graph) -> None:
    """Closed lists are complete; of open ones there is what the project uses, with everything broader."""
    scheme = f"{SHARED}id/concept/"
    stances = set(merged.subjects(SKOS.inScheme, URIRef(f"{scheme}stance")))
    assert len(stances) == 8
    kinds = set(merged.subjects(SKOS.inScheme, URIRef(f"{scheme}kind")))
    assert kinds == {iri("concept", "kind/referendum"), iri("concept", "kind/poster")}
    assert (URIRef(f"{scheme}topic"), None, None) not in merged
    assert iri("concept", "action-type/ban") in set(
        merged.transitive_subjects(SKOS.broader, URIRef(f"{scheme}action-type/political-act"))
    )


def test_relays_and_contests_are_derived_as_in_the_own_dataset(merged: Graph) -> None:
    """The articles relay what others say in them; a denial and what the other text says contest each other."""
    relay = iri("claim", "000-003-0")
    assert merged.value(relay, EILD.claimant) == iri("source", "article-000")
    assert merged.value(relay, EILD.rootClaimant) == iri("agent", "falls-courier")
    assert merged.value(iri("claim", "001-002-1"), EILD.contestedBy) == iri("claim", "000-004-1")
    assert merged.value(iri("claim", "000-002-1"), EILD.aboutElection) == iri("event", "2031-bridge-referendum")
    assert iri("agent", "harbour-falls-archive") not in set(merged.objects(None, EILD.claimant))


def test_unnamed_person_is_mentioned_only_where_the_text_speaks_of_them(merged: Graph) -> None:
    """A description that begins with a lowercase letter is no name that is found everywhere."""
    found = set(merged.subjects(SCHEMA.mentions, iri("agent", "ferry-owner")))
    assert found == {iri("sentence", "000-003")}
    assert (iri("sentence", "001-003"), SCHEMA.mentions, iri("agent", "resident")) in merged


def test_dumps_abbreviate_with_the_prefixes_of_the_project(falls_build: Path, publication: Publication) -> None:
    """Turtle uses the project's prefixes, and every syntax holds the same triples."""
    turtle = (falls_build / "eild-0.1.0.ttl").read_text(encoding="utf-8")
    assert f"@prefix claim: <{BASE}id/claim/> ." in turtle
    assert f"@prefix own-act: <{BASE}id/concept/action-type/> ." in turtle
    assert "claim:000-002-1 a eild:Claim" in turtle
    assert re.search(r"eild:action own-act:ban\b", turtle)
    store = pyoxigraph.Store()
    store.load(turtle.encode(), pyoxigraph.RdfFormat.TURTLE)
    assert len(store) == publication.triples
    assert publication.graphs.keys() == MODULES.keys()
    assert {graph.iri for graph in publication.graphs.values()} == {f"{BASE}graph/{module}" for module in MODULES}
    assert (publication.title, publication.base, publication.is_eild) == ("Votes in Harbour Falls", BASE, False)


def test_catalogue_states_what_the_project_says(publication: Publication) -> None:
    """Publisher, licence, sources and base are the project's; the standards that it conforms to are shared."""
    graph = pyoxigraph.Store()
    for triple in load_catalog(publication):
        graph.add(pyoxigraph.Quad(*triple))
    dataset = NamedNode(f"{BASE}dataset")

    def values(term: URIRef, subject: str = f"{BASE}dataset") -> set[str]:
        found = graph.quads_for_pattern(NamedNode(subject), NamedNode(str(term)), None)
        return {str(getattr(quad.object, "value", "")) for quad in found}

    assert values(DCTERMS.publisher) == {str(iri("agent", "harbour-falls-archive"))}
    assert values(DCTERMS.title) == {"Votes in Harbour Falls"}
    assert values(DCTERMS.conformsTo) >= {f"{SHARED}ontology"}
    assert values(VOID.uriSpace) == {BASE}
    (words,) = {label for node in values(DCTERMS.provenance) for label in values(RDFS.label, node)}
    assert words == "Derived from “2031 Harbour Falls bridge referendum” and “Bürgerentscheid über die Brücke”."
    everything = "".join(str(quad) for quad in graph)
    assert "wikipedia" not in everything.lower()
    assert f"{SHARED}dataset" not in everything
    assert (dataset, NamedNode(str(RDF.type)), NamedNode(str(DCAT.Dataset))) in {
        (quad.subject, quad.predicate, quad.object) for quad in graph
    }


def test_nanopublications_are_trusty_and_below_the_base(falls_dataset: BuiltDataset) -> None:
    """Each has the code of its content, and names the project as creator and its article as source."""
    assert len(falls_dataset.nanopubs) == 9 + 5, "the claims of the texts, and the relays of the articles"
    for nanopub in falls_dataset.nanopubs:
        code = nanopub.iri.removeprefix(f"{BASE}np/")
        assert make_artifact_code(nanopub.quads(), code) == code
        quads = set(nanopub.quads())
        assert any(s == nanopub.iri and o == iri("agent", "harbour-falls-archive") for s, _, o, _ in quads)
        assert not any(f"{SHARED}id/agent" in str(term) or f"{SHARED}dataset" in str(term) for q in quads for term in q)


def test_published_queries_are_the_general_ones_and_run(merged: Graph, falls_build: Path) -> None:
    """No query names a resource of EILD's first article; each that is published runs over the project."""
    names = {str(node).rpartition("/")[2] for node in merged.objects(URIRef(f"{BASE}queries"), SKOS.member)}
    assert names < {example.name for example in load_examples()}
    assert {"10-who-stands-at-the-end", "42-claims-in-the-own-voice", "91-sections"} <= names
    assert {"01-statements-about-a-person", "76-page-of-an-entity", "78-module-graphs", "33-surely-in-2023"}.isdisjoint(
        names
    )
    store = pyoxigraph.Store()
    store.bulk_load(path=str(falls_build / "eild-0.1.0.nt"), format=pyoxigraph.RdfFormat.N_TRIPLES)
    answers: dict[str, list[Any]] = {}
    for example in load_examples():
        if example.name in names:
            found = store.query(example.text)
            answers[example.name] = [bool(found)] if isinstance(found, pyoxigraph.QueryBoolean) else list(found)
    assert answers["12-statements-outside-every-chain"] == [False]
    speakers = {str(row["speaker"].value) for row in answers["10-who-stands-at-the-end"]}
    assert speakers == {"Falls Courier", "town council", "election office", "engineer", "resident"}
    sections = [(row["section"].value, row["claims"].value) for row in answers["91-sections"]]
    assert sorted(sections) == [
        ("2031 Harbour Falls bridge referendum", "4"),
        ("Bürgerentscheid über die Brücke", "2"),
        ("Result", "1"),
        ("Result", "2"),
    ]
    assert [row["title"].value for row in answers["56-see-also"]] == ["Bridges of Harbour Falls"]


def test_project_adds_queries_of_its_own(falls: Project, tmp_path: Path) -> None:
    """Queries in a folder are published next to the general ones; one of the same name takes its place."""
    text = "# title: Votes\n# question: Which votes?\n# topics: vote\n"
    for name in ("01-votes.rq", "91-sections.rq"):
        (tmp_path / name).write_text(f"{text}SELECT ?vote WHERE {{ ?vote a <{EILD.Election}> }}\n", encoding="utf-8")
    project = type(falls)(falls.seeds, falls.data, tmp_path, BASE)
    graph = project.build().graphs["queries"]
    assert graph.value(URIRef(f"{BASE}queries/01-votes"), RDFS.label) == Literal("Votes", lang="en")
    assert graph.value(URIRef(f"{BASE}queries/91-sections"), RDFS.label) == Literal("Votes", lang="en")


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("claims/000.ttl", "own-act:ban ;", "own-act:bann ;", "unknown concept concept/action-type/bann"),
        ("claims/000.ttl", "act:is-a", "act:is-an", "unknown concept concept/action-type/is-an"),
        ("claims/000.ttl", "agent:engineer ;", "agent:enginer ;", "unknown resource agent/enginer"),
        (
            "entities.ttl",
            "@prefix agent: <https://data.example.org/falls/",
            "@prefix agent: <https://w3id.org/eild/",
            "belongs to EILD, but the base of this project is https://data.example.org/falls/",
        ),
        (
            "entities.ttl",
            "@prefix agent: <https://data.example.org/falls/id/",
            "@prefix agent: <https://data.example.org/falls/",
            "is not an IRI of this project",
        ),
        ("entities.ttl", "/falls/id/agent/", "/falls/id/agnet/", "has the unknown kind 'agnet'"),
        (
            "entities.ttl",
            "data.example.org/falls/id/time",
            "data.exmple.org/falls/id/time",
            "must start with the base of the project",
        ),
        ("dataset.ttl", "falls/dataset>", "fals/dataset>", "must start with the base of the project"),
        ("claims/001.ttl", '"Die Brücke wird geschlossen."', '"Brücke wird geschlossen."', "between quotation marks"),
    ],
)
def test_wrong_data_of_a_project_are_told(
    falls_folder: Path, tmp_path: Path, falls: Project, file: str, old: str, new: str, message: str
) -> None:
    """A slip is found as in EILD's own data, also one between the project's names and EILD's."""
    for path in (falls_folder / "data").rglob("*.ttl"):
        target = tmp_path / path.relative_to(falls_folder / "data")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    path = tmp_path / file
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new), encoding="utf-8")
    project = type(falls)(falls.seeds, tmp_path, base=BASE)
    with pytest.raises(ProblemsError, match=re.escape(message)):
        project.build()


def test_seed_units_have_the_language_of_their_text(merged: Graph) -> None:
    """German sentences end where German ones do."""
    anchors = [str(merged.value(iri("sentence", f"001-{number:03d}"), NIF.anchorOf)) for number in range(1, 6)]
    assert anchors == [
        "Bürgerentscheid über die Brücke",
        "Am 3. Mai 2031 verbot der Stadtrat die Plakate.",
        "Ein Anwohner sagte: „Die Brücke wird geschlossen.“",
        "Result",
        "Der Stadtrat schwieg.",
    ]


def test_manifest_keeps_the_prefixes(falls_build: Path) -> None:
    """Whoever opens the build knows what the project abbreviates."""
    manifest = json.loads((falls_build / "build.json").read_text(encoding="utf-8"))
    assert manifest["prefixes"]["own-kind"] == f"{BASE}id/concept/kind/"


def test_builds_of_a_project_are_compared_by_module_and_kind(falls_dataset: BuiltDataset, tmp_path: Path) -> None:
    """``eild diff`` names the modules and kinds of a project as it does those of EILD."""
    before = write_build(falls_dataset, tmp_path / "before")
    less = replace(falls_dataset, version="0.2.0", graphs={**falls_dataset.graphs, "relays": Graph()})
    found = compare(Dump.open(before), Dump.open(write_build(less, tmp_path / "after")))
    assert found.count_statements() == {"relays": (0, len(falls_dataset.graphs["relays"]))}
    assert {change.kind for change in found.changes} == {"claim"}


def test_dataset_of_a_project_opens_in_python(falls_build: Path) -> None:
    """Names abbreviate with the project's prefixes."""
    with eild.open(falls_build) as dataset:
        assert dataset.describe("claim:000-004-1")
        (row,) = dataset.query("SELECT ?claim { ?claim eild:stance stance:denies }").to_dicts()
        assert str(row["claim"]).endswith("000-004-1")
        assert "91-sections" in dataset.questions


def test_assistants_get_a_guide_with_the_prefixes_of_the_project(falls_build: Path) -> None:
    """The guide says whose resources its examples name, and the ontology is found in the project's graph."""
    with eild.open(falls_build) as dataset:
        source = dataset._source
        guide = read_guide(source, dataset)
        assert guide.startswith("# Votes in Harbour Falls, version 0.1.0\n")
        assert f"- `own-act:` <{BASE}id/concept/action-type/>" in guide
        assert "eild:Claim a owl:Class" in read_ontology(source)


def test_quotations_stand_between_the_marks_of_any_language(falls_folder: Path, tmp_path: Path) -> None:
    """The build and the shapes accept English, German, French, Spanish and Danish marks, and nothing between others."""
    quoted = {"One.": "“One.”", "Two.": "„Two.“", "Three.": "« Three. »", "Four.": "«Four.»", "Five.": "»Five.«"}
    quoted["Six."] = "«\u00a0Six.\u00a0»"
    text = "= Words =\n\n" + "\n\n".join(f"Il a dit : {words}" for words in quoted.values()) + "\n\nIl a dit (Seven.)\n"
    (tmp_path / "words.txt").write_text(text, encoding="utf-8")
    seeds, data = tmp_path / "seeds", tmp_path / "data"
    shutil.copytree(falls_folder / "data", data, ignore=shutil.ignore_patterns("articles", "claims", "entities.ttl"))
    about = NewText("https://example.org/words", "https://example.org/licence", label="Words", language="fr")
    add_text(tmp_path / "words.txt", about, seeds=seeds, data=data, names=choose_names(BASE))
    file = data / "claims" / "000.ttl"
    head = file.read_text(encoding="utf-8").partition("# A claim")[0]

    def cite(words: dict[int, str]) -> list[str]:
        cited = [f'evidence:000-{at:03d}-1 a eild:Quotation ; oa:hasSource sentence:000-{at:03d} ; oa:exact "{exact}" .'
                 for at, exact in words.items()]  # fmt: skip
        file.write_text("\n".join([head, *cited]), encoding="utf-8")
        findings = validate_project(project=Project(seeds, data, base=BASE)).findings
        return [finding.message for finding in findings if "quotation marks" in finding.message]

    assert cite(dict(enumerate(quoted, 2))) == []
    with pytest.raises(ProblemsError, match="between quotation marks"):
        cite({8: "Seven."})
