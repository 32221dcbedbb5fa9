"""The recordings of behaviour: what they mask, and how they are compared."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tools.behaviour import main
from tools.comparison import find_differences, report_differences
from tools.masking import MASK, mask_durations, mask_fields, mask_log, mask_metrics, mask_places
from tools.recorder import MOST_TEXT_BYTES, Recorder
from tools.routes import choose_sample, find_template, group_of

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATES = ["/", "/{name}", "/doc/{name}", "/dumps/{name}", "/dumps/latest/{name}", "/catalog.{suffix}"]


def make_record(*answers: tuple[str, int, bytes]) -> dict[str, Any]:
    """Return a record of answers, each given by its name, status and body."""
    recorder = Recorder()
    for name, status, body in answers:
        recorder.add(name, {"status": status, "headers": [["vary", "Accept"]], "body": recorder.keep(body)})
    return recorder.dump()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("ended after 1.5 s; the limit is 3 s", f"ended after {MASK} s; the limit is {MASK} s"),
        ("in 12 ms", f"in {MASK} ms"),
        ("12ms", f"{MASK}ms"),
        ("2 seconds", f"{MASK} seconds"),
        ("RFC 9110 section 5, 3 stances, v1.5 s", "RFC 9110 section 5, 3 stances, v1.5 s"),
    ],
)
def test_mask_durations_hides_only_numbers_with_a_unit_of_time(text: str, masked: str) -> None:
    """Other numbers are behaviour and remain."""
    assert mask_durations(text) == masked


def test_mask_metrics_hides_values_and_keeps_series() -> None:
    """The series with their labels are behaviour, their values are not; the order of lines does not matter."""
    text = '# TYPE b counter\nb{route="/x y"} 1.5e-05\na 3 1700000000\n'
    assert mask_metrics(text) == f'# TYPE b counter\na {MASK}\nb{{route="/x y"}} {MASK}\n'


def test_mask_log_hides_time_and_duration_alone() -> None:
    """A line of the request log keeps method, path, status and size."""
    line = json.dumps({"time": "2026-01-01T00:00:00Z", "path": "/", "status": 200, "duration": 1.25, "bytes": 7})
    assert json.loads(mask_log(line)) == {"time": MASK, "path": "/", "status": 200, "duration": MASK, "bytes": 7}


def test_mask_places_replaces_the_longer_path_first() -> None:
    """A folder within a folder keeps its own role."""
    assert mask_places("/a/b/c /a/d", (("/a/b", "WORK"), ("/a", "CHECKOUT"))) == "WORK/c CHECKOUT/d"


def test_mask_fields_sorts_names_and_keeps_the_order_of_repeated_fields() -> None:
    """The order of different fields and of methods has no meaning, that of fields with the same name does."""
    fields = [("Vary", "Accept"), ("Allow", "OPTIONS, GET,HEAD"), ("Link", "<b>"), ("Date", "today"), ("Link", "<a>")]
    assert mask_fields(fields) == [
        ["allow", "GET, HEAD, OPTIONS"],
        ["date", MASK],
        ["link", "<b>"],
        ["link", "<a>"],
        ["vary", "Accept"],
    ]


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/", "/"),
        ("/doc/agent/x.ttl", "/doc/{name}"),
        ("/dumps/latest/eild.ttl", "/dumps/latest/{name}"),
        ("/catalog.ttl", "/catalog.{suffix}"),
        ("/elsewhere", "/{name}"),
    ],
)
def test_find_template_takes_the_most_specific(path: str, template: str) -> None:
    """A path belongs to the template that has most of its characters."""
    assert find_template(path, TEMPLATES) == template


def test_sample_has_first_and_last_of_each_group() -> None:
    """Kinds of resources, extensions and query parameters make groups of addresses."""
    documents = [f"/doc/{kind}/{number}" for kind in ("agent", "claim") for number in range(5)]
    others = ["/doc/agent/0.ttl", "/doc/agent/0?page=2", "/doc/agent/1?page=3"]
    ends = {f"/doc/{kind}/{number}" for kind in ("agent", "claim") for number in (0, 4)}
    assert set(choose_sample(documents + others, TEMPLATES)) == ends | set(others)
    assert group_of("/doc/agent/1?page=3", TEMPLATES) == group_of("/doc/agent/0?page=2", TEMPLATES)


def test_recorder_numbers_repetitions_and_loses_none() -> None:
    """The same request sent again is an entry too: it may be answered from the cache."""
    record = make_record(("a", 200, b"x"), ("a", 304, b""), ("a", 304, b""))
    assert {name: entry["status"] for name, entry in record["entries"].items()} == {"a": 200, "a #2": 304, "a #3": 304}


@pytest.mark.parametrize("content", [b"\xff\x00", b"x" * (MOST_TEXT_BYTES + 1)])
def test_recorder_keeps_digests_of_what_is_long_or_no_text(content: bytes) -> None:
    """A difference in such a body is seen, though not shown."""
    recorder = Recorder()
    assert str(len(content)) in recorder.keep(content)
    assert recorder.texts == {}


def test_equal_records_have_no_difference() -> None:
    """What is recorded twice alike is equal."""
    assert find_differences(make_record(("a", 200, b"x")), make_record(("a", 200, b"x"))) == {}


def test_differences_of_one_kind_are_reported_once_with_their_entries() -> None:
    """A change that shows in a hundred answers is printed once, with some of them."""
    names = [f"GET /{number}" for number in range(100)]
    old = make_record(*((name, 200, b"same\nold line\n") for name in names), ("GET /z", 200, b"z"))
    new = make_record(*((name, 200, b"same\nnew line\n") for name in names), ("GET /z", 404, b"z"))
    report = "\n".join(report_differences(find_differences(old, new)))
    assert report.startswith("100 × GET /0\n")
    assert "… and 94 more" in report
    assert report.count("-old line") == report.count("+new line") == 1
    assert "1 × GET /z\n  - status 200\n  + status 404" in report


def test_missing_and_added_entries_are_differences() -> None:
    """An address that is no longer asked for is not passed over."""
    found = find_differences(
        make_record(("a", 200, b""), ("b", 200, b"")), make_record(("b", 200, b""), ("c", 200, b""))
    )
    assert found == {"only in the old record": ["a"], "only in the new record": ["c"]}


def test_difference_in_one_header_field_shows_that_field_alone() -> None:
    """Equal fields are left out of the report."""
    old, new = make_record(("a", 200, b"")), make_record(("a", 200, b""))
    new["entries"]["a"]["headers"].append(["etag", '"x"'])
    assert find_differences(old, new) == {"+ headers ['etag', '\"x\"']": ["a"]}


def test_long_body_that_differs_shows_its_digests() -> None:
    """A body that is not kept as text still counts."""
    old, new = make_record(("a", 200, b"\xff")), make_record(("a", 200, b"\xfe"))
    ((text, names),) = find_differences(old, new).items()
    assert names == ["a"]
    assert text.count(" 1 bytes") == 2


def test_compare_command_exits_with_1_if_anything_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code serves scripts, the text serves people."""
    for name, body in (("old", b"x"), ("same", b"x"), ("other", b"y")):
        (tmp_path / name).write_text(json.dumps(make_record(("a", 200, body))), encoding="utf-8")
    assert main(["compare", str(tmp_path / "old"), str(tmp_path / "same")]) == 0
    assert capsys.readouterr().out == "no difference\n"
    assert main(["compare", str(tmp_path / "old"), str(tmp_path / "other")]) == 1
    assert "-x" in capsys.readouterr().out
