"""Tests of reading a build directory."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eild.catalog.inventory import EarlierVersion, File, NamedGraph
from eild.errors import DataError
from eild.facts.retired import Retired
from eild.publication.manifest import (
    MANIFEST,
    Manifest,
    Publication,
    find_build,
    load_publication,
    parse_manifest,
    render_manifest,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_load_publication_no_build_data_error(tmp_path: Path) -> None:
    """A directory without a manifest is no build, and the remedy is named."""
    with pytest.raises(DataError, match="there is no build here") as caught:
        load_publication(tmp_path)
    assert "eild build" in caught.value.hint


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"version": "1", "issued": "never", "files": []}'])
def test_load_publication_damaged_manifest_data_error(text: str, tmp_path: Path) -> None:
    """A manifest that cannot be read is told as damaged."""
    (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="manifest is corrupt"):
        load_publication(tmp_path)


def test_load_publication_missing_file_data_error(publication: Publication) -> None:
    """A file that the manifest lists must be there."""
    (publication.folder / publication.find_dump(".ttl").name).unlink()
    with pytest.raises(DataError, match="missing"):
        load_publication(publication.folder)


@pytest.mark.parametrize("damage", ["flip", "truncate"])
def test_read_dump_damaged_data_error(damage: str, publication: Publication) -> None:
    """A dump with one bit changed, or shorter, is refused with its path."""
    path = publication.folder / publication.find_dump(".nt").name
    content = bytearray(path.read_bytes())
    if damage == "flip":
        content[10] ^= 1
    else:
        del content[-1]
    path.write_bytes(content)
    with pytest.raises(DataError, match="corrupt") as caught:
        publication.check_dumps()
    assert caught.value.location is not None
    assert caught.value.location.path == str(path)


def test_find_dump_unknown_extension_data_error(publication: Publication) -> None:
    """A dump that the build does not have is told."""
    with pytest.raises(DataError, match=r"a \.hdt file"):
        publication.find_dump(".hdt")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
NAMES = st.from_regex(r"[a-z0-9.-]{0,8}[a-z0-9]", fullmatch=True)
SIZES = st.integers(0, 2**40)
DIGESTS = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
DAYS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001


def files_of(types: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, File]]:
    """Return some files by name."""
    listed = st.lists(st.builds(File, NAMES, types, SIZES, DIGESTS), max_size=3)
    return listed.map(lambda files: {file.name: file for file in files})


DUMPS = files_of(TEXTS)
GRAPHS = st.dictionaries(TEXTS, st.tuples(TEXTS, SIZES), max_size=3).map(
    lambda rows: {name: NamedGraph(name, iri, triples) for name, (iri, triples) in rows.items()}
)
MANIFESTS = st.builds(
    Manifest,
    version=TEXTS,
    issued=DAYS,
    base=TEXTS,
    title=TEXTS,
    graphs=GRAPHS,
    files=DUMPS,
    prefixes=st.dictionaries(TEXTS, TEXTS, max_size=3),
    foreign=st.just(value=True),
    union=st.booleans(),
    triples=st.none() | SIZES,
    store_files=files_of(st.just("")).map(lambda files: tuple(files.values())),
    documents=DUMPS,
    earlier=st.lists(st.builds(EarlierVersion, TEXTS, DAYS, DUMPS), max_size=2).map(tuple),
    retired=st.dictionaries(TEXTS, st.tuples(st.dates(), TEXTS, TEXTS), max_size=2).map(
        lambda rows: {iri: Retired(iri, *row) for iri, row in rows.items()}
    ),
)


@given(MANIFESTS)
def test_parse_manifest_reads_what_render_manifest_writes(manifest: Manifest) -> None:
    """Whatever a manifest says is read again as it was."""
    assert parse_manifest(render_manifest(manifest)) == manifest


def test_render_manifest_of_the_own_dataset_writes_days() -> None:
    """EILD's own dataset is released on a day; files have a moment."""
    moment = datetime(2031, 6, 1, tzinfo=UTC)
    own = Manifest(version="1", issued=moment, base="b", title="t", earlier=(EarlierVersion("0", moment),))
    content = json.loads(render_manifest(own))
    assert (content["issued"], content["former"][0]["issued"]) == ("2031-06-01", "2031-06-01")
    assert parse_manifest(render_manifest(own)) == own


WHOLE = {
    "type": "eild-build",
    "version": "1.0.0",
    "issued": "2031-06-01",
    "base": "https://example.org/",
    "title": "Things",
    "graphs": {"g": {"iri": "https://example.org/g", "triples": 1}},
    "files": [{"name": "a.nt", "media_type": "application/n-triples", "bytes": 1, "sha256": "0" * 64}],
    "retired": [{"iri": "x", "date": str(date(2031, 1, 1)), "reason": "why", "renamed_to": ""}],
}
FILE = {"name": "a.nt", "bytes": 1, "sha256": ""}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"version": 1}, "'version' must be a string, not 1"),
        ({"version": None}, "'version' is missing"),
        ({"issued": "soon"}, "Invalid isoformat string: 'soon'"),
        ({"graphs": []}, r"'graphs' must be an object, not \[\]"),
        ({"graphs": {"g": 1}}, "1 must be an object"),
        ({"graphs": {"g": {"iri": "x", "triples": True}}}, "'triples' must be an integer, not True"),
        ({"files": 7}, "'files' must be an array, not 7"),
        ({"files": [FILE | {"bytes": "1"}]}, "'bytes' must be an integer, not '1'"),
        ({"files": [FILE | {"name": "../a.nt"}]}, "'../a.nt' in 'files' must be a file name without a directory"),
        ({"documents": [FILE | {"name": "/etc/passwd"}]}, "'/etc/passwd' in 'documents' must be a file name"),
        ({"former": [{}]}, "'version' is missing"),
        ({"foreign": "yes"}, "'foreign' must be true or false, not 'yes'"),
        ({"retired": [{"iri": "x"}]}, "a row of 'retired' is corrupt: 'date'"),
        ({"store": [FILE]}, "its checksum does not match its content"),
    ],
)
def test_damaged_manifest_is_reported_with_the_member(change: dict[str, object], expected: str, tmp_path: Path) -> None:
    """Every reader names the file, the member, what it must be and what it is."""
    (tmp_path / MANIFEST).write_text(json.dumps(WHOLE | change), encoding="utf-8")
    for read in (load_publication, find_build):
        with pytest.raises(DataError, match=f"the manifest is corrupt: {expected}") as caught:
            read(tmp_path)
        assert str(caught.value).startswith(str(tmp_path / MANIFEST))


@pytest.mark.parametrize("text", [None, "", "no JSON", "[]", "{}", '{"type": "other"}'])
def test_find_build_in_a_directory_of_another_kind_is_none(text: str | None, tmp_path: Path) -> None:
    """A directory that holds no build of EILD's dataset is told from one that holds a damaged one."""
    if text is not None:
        (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
    assert find_build(tmp_path) is None
