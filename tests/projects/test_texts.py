"""Adding a text to a project."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from eild.dataset.project import Project
from eild.errors import SeedError, UsageError
from eild.names import choose_names
from eild.projects.texts import AddedText, NewText, add_text
from eild.seed.seeds import load_seeds
from eild.validation.project import leave_out_vacuous
from eild.validation.published import validate_project

if TYPE_CHECKING:
    from pathlib import Path

BASE = "https://data.example.org/falls/"
NAMES = choose_names(BASE)
ABOUT = NewText(source="https://example.org/page", licence="https://example.org/licence")


def add(folder: Path, content: str | bytes, about: NewText = ABOUT, name: str = "The Vote.txt") -> AddedText:
    """Add a text to the folders ``seeds`` and ``data`` of a directory."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return add_text(path, about, seeds=folder / "seeds", data=folder / "data", names=NAMES)


def test_added_text_is_a_seed_with_number_and_checksum(tmp_path: Path) -> None:
    """The text is copied byte for byte, and is a seed at once."""
    content = b"= Vote =\r\n\r\nOne \xe2\x80\x9csentence\xe2\x80\x9d. Two."
    added = add(tmp_path, content)
    (seed,) = load_seeds(tmp_path / "seeds", NAMES)
    assert (added.number, added.sha256, added.open_units) == ("000", hashlib.sha256(content).hexdigest(), 2)
    assert seed.path.name == "000_the-vote.txt"
    assert seed.path.read_bytes() == content
    assert str(seed.document) == f"{BASE}id/source/article-000"


def test_added_texts_are_numbered_in_their_order(tmp_path: Path) -> None:
    """A number follows the highest one in use, also one whose text was removed."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "006.ttl").touch()
    assert [add(tmp_path, f"= Vote {part} =\n\nText.").number for part in "ab"] == ["007", "008"]


def test_skeleton_has_a_place_for_each_sentence_and_conforms(falls_folder: Path, tmp_path: Path) -> None:
    """Right after a text was added, the project is valid, and its skeleton shows what is to be done."""
    shutil.copytree(falls_folder / "seeds", tmp_path / "seeds", ignore=shutil.ignore_patterns("0*"))
    (tmp_path / "data").mkdir()
    for name in ("dataset.ttl", "publisher.ttl"):
        shutil.copy(falls_folder / "data" / name, tmp_path / "data")
    add(tmp_path, '= Vote on "bridges" =\n\nOne\nline. Two.\n\n== More ==\n- entry')
    skeleton = (tmp_path / "data" / "claims" / "000.ttl").read_text(encoding="utf-8")
    assert skeleton.count("To do: claim:000-") == 3
    assert "# 002 To do: claim:000-002-1\n# One line.\n" in skeleton
    report = validate_project(project=Project(tmp_path / "seeds", tmp_path / "data", base=BASE))
    assert leave_out_vacuous(report).findings == ()


def test_text_without_a_title_needs_one(tmp_path: Path) -> None:
    """A title is taken from the option if the text has none."""
    with pytest.raises(UsageError, match="no title") as raised:
        add(tmp_path, "Only a sentence.")
    assert "--title" in raised.value.hint
    assert add(tmp_path, "Only a sentence.", replace(ABOUT, title="Vote")).open_units == 1


def test_text_in_another_language_needs_an_english_label(tmp_path: Path) -> None:
    """Labels are in English, whatever the text is in."""
    german = replace(ABOUT, language="de")
    with pytest.raises(UsageError, match="labels are in English") as raised:
        add(tmp_path, "= Wahl =\n\nText.", german)
    assert "--label" in raised.value.hint
    add(tmp_path, "= Wahl =\n\nText.", replace(german, label="Election"))
    article = (tmp_path / "data" / "articles" / "000.ttl").read_text(encoding="utf-8")
    assert 'rdfs:label "Election"@en ; skos:altLabel "Wahl"@de' in article


@pytest.mark.parametrize(
    ("content", "about", "error", "message"),
    [
        (b"= T =\n\n\xff", ABOUT, SeedError, "must be UTF-8: cannot decode byte 7"),
        (b"\xef\xbb\xbf= T =\n\nA.", ABOUT, SeedError, "byte order mark"),
        (b" \n", ABOUT, SeedError, "between 1 and 999"),
        (b"= T =\n\n" + b"A.\n\n" * 999, ABOUT, SeedError, "not 1000"),
        (b"= T =\n\nA.", replace(ABOUT, source="page"), UsageError, "--source must be an http or https IRI"),
        (b"= T =\n\nA.", replace(ABOUT, licence="CC BY"), UsageError, "--licence must be an http or https IRI"),
    ],
)
def test_wrong_text_is_refused_and_nothing_written(
    tmp_path: Path, content: bytes, about: NewText, error: type[Exception], message: str
) -> None:
    """The error says what is wrong and what to do."""
    with pytest.raises(error, match=message) as raised:
        add(tmp_path, content, about)
    assert raised.value.hint  # type: ignore[attr-defined]
    assert not (tmp_path / "seeds").exists()
    assert not (tmp_path / "data").exists()


def test_text_that_is_a_seed_is_not_added_again(tmp_path: Path) -> None:
    """The same bytes are recognized under another name."""
    add(tmp_path, "= Vote =\n\nText.")
    with pytest.raises(SeedError, match="already the seed 000"):
        add(tmp_path, "= Vote =\n\nText.", name="other.txt")


def test_missing_text_is_told(tmp_path: Path) -> None:
    """A file that does not exist cannot be added."""
    with pytest.raises(SeedError, match="No such file"):
        add_text(tmp_path / "none.txt", ABOUT, seeds=tmp_path, data=tmp_path, names=NAMES)


def test_file_in_the_way_is_kept(tmp_path: Path) -> None:
    """Data that exist are not overwritten, and the text is not added."""
    path = tmp_path / "data" / "claims" / "000.ttl"
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    with pytest.raises(UsageError, match="not overwritten"):
        add(tmp_path, "= Vote =\n\nText.")
    assert path.read_text() == "mine"
    assert not (tmp_path / "seeds").exists()
