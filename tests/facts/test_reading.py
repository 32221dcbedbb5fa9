"""Curated facts: everything that is wrong with them is found, with place and hint, in one run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eild.dataset import build_dataset
from eild.errors import DataError, ProblemsError
from eild.facts.reading import load_facts

if TYPE_CHECKING:
    from pathlib import Path

CLAIMS = "claims/lead.ttl"
ENTITIES = "entities.ttl"


def problems_after(folder: Path, file: str, old: str, new: str) -> list[str]:
    """Edit a file of the small dataset, build it, and return the problems found."""
    path = folder / "data" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ProblemsError) as raised:
        build_dataset(seeds=folder / "seeds", data=folder / "data")
    assert raised.value.exit_code == 3
    *lines, last = str(raised.value).splitlines()
    assert last == f"{len(lines)} problem{'s' if len(lines) > 1 else ''} in the data"
    return lines


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "words"),
    [
        (
            CLAIMS,
            "eild:claimTime",
            "eild:claimtime",
            None,
            ["unknown property eild:claimtime", "did you mean claimTime?"],
        ),
        (
            CLAIMS,
            "claim:900-002-2 a eild:Claim",
            "claim:900-002-2 a eild:Clam",
            None,
            ["unknown class eild:Clam", "did you mean Claim?"],
        ),
        (CLAIMS, "eild:claimTime", "eild:Claim", None, ["eild:Claim is not a property"]),
        (CLAIMS, "a eild:Proposition", "a eild:content", None, ["eild:content is not a class"]),
        (CLAIMS, "eild:claimTime", "oa:claimTime", None, ["oa:claimTime", "did you mean eild:claimTime?"]),
        (CLAIMS, "rdfs:label", "rdfs:lable", None, ["unknown property rdfs:lable", "did you mean label?"]),
        (
            CLAIMS,
            "eild:claimTime",
            "<https://w3id.org/eild/claimTime>",
            None,
            ["is not a term of its vocabulary", "did you mean eild:claimTime?"],
        ),
        (CLAIMS, "eild:claimTime", "eild:rootClaimant", None, ["eild:rootClaimant is derived by the build"]),
        (
            CLAIMS,
            "stance:negates",
            "stance:negate",
            None,
            ["unknown concept concept/stance/negate", "did you mean negates?"],
        ),
        (
            CLAIMS,
            "agent:official ;",
            "agent:offical ;",
            None,
            ["unknown resource agent/offical", "did you mean official?"],
        ),
        (
            CLAIMS,
            "time:may-2031",
            "<https://w3id.org/eild/id/times/may-2031>",
            None,
            ["unknown kind 'times'", "did you mean time?"],
        ),
        (CLAIMS, "time:may-2031", "<may-2031>", None, ["is not an IRI of EILD", "relative IRI"]),
        (
            CLAIMS,
            "time:may-2031",
            "<http://w3id.org/eild/id/time/may-2031>",
            None,
            ["must start with the base of EILD"],
        ),
        (
            CLAIMS,
            "eild:claimant agent:official ;",
            "",
            "claim:900-002-2 a",
            ["claim/900-002-2 must have eild:claimant"],
        ),
        (
            CLAIMS,
            "eild:evidence evidence:900-002-2 ;",
            "",
            "claim:900-002-2 a",
            ["claim/900-002-2 must have eild:evidence"],
        ),
        (CLAIMS, "eild:stance stance:affirms ;", "", "claim:900-002-2 a", ["claim/900-002-2 must have eild:stance"]),
        (CLAIMS, "time:may-2031", "[ a eild:TimeExpression ]", None, ["must not contain blank nodes"]),
        (
            ENTITIES,
            'verbatim "tens"',
            'verbatim "dozens"',
            None,
            ["the words 'dozens' of quantity/tens do not occur in any seed text"],
        ),
        (ENTITIES, "agent:gazette a eild:Organization ;", "agent:gazette", None, ["agent/gazette must have a type"]),
        (
            ENTITIES,
            "agent:gazette a ",
            "agent:mayor a eild:Person . agent:gazette a ",
            "agent:mayor a",
            ["agent/mayor is defined twice"],
        ),
        (
            "claims/reactions.ttl",
            "proposition:boats-turned-away a",
            "proposition:board-considered a eild:Proposition . proposition:boats-turned-away a",
            None,
            ["proposition/board-considered is defined twice", "first at", "lead.ttl:"],
        ),
        (
            "claims/reactions.ttl",
            'eild:hedge "may"',
            'eild:hedge "might"',
            None,
            ["the hedge 'might' does not occur in any sentence"],
        ),
    ],
)
def test_build_wrong_fact_is_found_at_its_line(
    small_copy: Path, file: str, old: str, new: str, at: str | None, words: list[str]
) -> None:
    """Each kind of wrong fact is told with file, line, and what to do."""
    before = (small_copy / "data" / file).read_text(encoding="utf-8").partition(at or old)[0]
    lines = problems_after(small_copy, file, old, new)
    found = [text for text in lines if all(word in text for word in words)]
    assert found, lines
    place = f"{file}:{before.count(chr(10)) + 1}:"
    assert any(place in text for text in found), (place, found)


def test_build_several_wrong_facts_are_all_told_at_once(small_copy: Path) -> None:
    """Problems in several files come together, in the order of their places."""
    path = small_copy / "data" / "entities.ttl"
    path.write_text(path.read_text().replace("eild:edtf", "eild:etdf"))
    lines = problems_after(small_copy, CLAIMS, "oa:exact", "oa:exakt")
    assert len(lines) >= 3
    assert lines == sorted(lines, key=lambda text: (text.split(":")[0], int(text.split(":")[1])))


def test_build_article_without_description_is_found(small_copy: Path) -> None:
    """The article that a seed is the text of must be described."""
    lines = problems_after(
        small_copy, ENTITIES, "source:article-900 a eild:SourceDocument", "source:other a eild:SourceDocument"
    )
    assert any("does not describe the article" in line for line in lines)


def test_build_identical_repetition_in_two_files_is_no_problem(small_copy: Path) -> None:
    """The same definition in two files, triple for triple, conflicts with nothing."""
    (small_copy / "data" / "again.ttl").write_text(
        "@prefix eild: <https://w3id.org/eild/ontology#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        '<https://w3id.org/eild/id/agent/mayor> a eild:Person ; rdfs:label "the mayor"@en .\n'
    )
    assert len(build_dataset(seeds=small_copy / "seeds", data=small_copy / "data").graphs["entities"]) == 40


def test_load_facts_all_syntax_errors_are_told_at_once(small_copy: Path) -> None:
    """Two files that cannot be parsed are two problems of one run."""
    for name in (CLAIMS, ENTITIES):
        path = small_copy / "data" / name
        path.write_text(path.read_text() + "\neild: eild:")
    with pytest.raises(ProblemsError) as raised:
        load_facts(small_copy / "data")
    assert len(raised.value.problems) == 2


def test_load_facts_empty_folder_fails(tmp_path: Path) -> None:
    """A folder without Turtle files is refused."""
    with pytest.raises(DataError, match="no curated data"):
        load_facts(tmp_path)


def test_build_version_or_day_of_issue_unreadable_fails(small_copy: Path) -> None:
    """The dataset's description must give a version and a day of issue."""
    path = small_copy / "data" / "dataset.ttl"
    text = path.read_text()
    for old, new, words in [('"1.2.3"', '"one"', "versionInfo"), ("xsd:date", "xsd:gYear", "issued")]:
        path.write_text(text.replace(old, new))
        with pytest.raises(DataError, match=words):
            build_dataset(seeds=small_copy / "seeds", data=small_copy / "data")
