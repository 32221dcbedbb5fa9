"""Tests of reading reconciliation and data extension queries: what is malformed is told with its place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eild.errors import RequestError
from eild.reconcile.queries import (
    MOST_CANDIDATES,
    Condition,
    EntityValue,
    ExtensionProperty,
    ReconciliationQuery,
    read_batch,
    read_extension,
)


def test_read_batch_every_member() -> None:
    """All that the API defines is read; a single type and a single value are arrays of one."""
    batch = {
        "q0": {"query": "sheep"},
        "q1": {
            "query": "cattle",
            "type": "skos:Concept",
            "type_strict": "should",
            "limit": 3.0,
            "properties": [
                {"pid": "skos:broader", "v": [{"id": "ex:a", "name": "A"}, "b"]},
                {"pid": "ex:p", "v": True},
            ],
        },
        "q2": {
            "type": ["ex:A", {"id": "ex:B", "name": "B"}],
            "limit": 10**9,
            "properties": [{"pid": "ex:p", "v": 1.5}],
        },
    }
    assert read_batch(json.dumps(batch)) == {
        "q0": ReconciliationQuery("sheep"),
        "q1": ReconciliationQuery(
            "cattle",
            ("skos:Concept",),
            "should",
            3,
            (Condition("skos:broader", (EntityValue("ex:a"), "b")), Condition("ex:p", (True,))),
        ),
        "q2": ReconciliationQuery("", ("ex:A", "ex:B"), "any", MOST_CANDIDATES, (Condition("ex:p", (1.5,)),)),
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "queries is not JSON: Expecting value at line 1, column 1"),
        ('{"q": {"query": NaN}}', "queries is not JSON: NaN is not JSON"),
        ('{"q": {"query": "a"}, "q": {"query": "b"}}', 'the member "q" occurs twice'),
        ("[" * 100_000, "queries is nested too deeply"),
        ('{"q": ' + "9" * 5000 + "}", "queries is not JSON"),
        ('["a"]', 'queries must be an object, not ["a"]'),
        ('{"q": "a"}', 'queries.q must be an object, not "a"'),
        ('{"q": {}}', "queries.q must be an object with 'query' or 'properties', not {}"),
        ('{"q": {"query": 7}}', "queries.q.query must be a string, not 7"),
        ('{"q": {"query": "a", "typ": "b"}}', 'queries.q has the unknown member "typ"'),
        ('{"q": {"query": "a", "limit": 0}}', "queries.q.limit must be a positive integer, not 0"),
        ('{"q": {"query": "a", "limit": true}}', "queries.q.limit must be a positive integer, not true"),
        ('{"q": {"query": "a", "limit": 1e999}}', "queries.q.limit must be a positive integer"),
        ('{"q": {"query": "a", "type": [7]}}', "queries.q.type must be a string, not 7"),
        ('{"q": {"query": "a", "type": " "}}', 'queries.q.type must be an identifier, not " "'),
        ('{"q": {"query": "a", "type_strict": "maybe"}}', "queries.q.type_strict must be any, all or should"),
        ('{"q": {"query": "a", "properties": {}}}', "queries.q.properties must be an array, not {}"),
        ('{"q": {"properties": [{"pid": "p"}]}}', "queries.q.properties[0] must be an object with 'pid' and 'v'"),
        ('{"q": {"properties": [{"pid": "p", "v": []}]}}', "queries.q.properties[0].v must be a value"),
        ('{"q": {"properties": [{"pid": "p", "v": null}]}}', "queries.q.properties[0].v must be a string, not null"),
        ('{"q": {"query": "\\ud800"}}', "queries.q.query must be Unicode text without lone surrogates"),
        (json.dumps({"q": {"query": "a" * 10_001}}), "queries.q.query must have at most 10000 characters, not 10001"),
        (json.dumps({"q": {"query": "a", "type": ["t"] * 21}}), "queries.q.type must have at most 20 items, not 21"),
    ],
)
def test_read_batch_malformed_place_reported(text: str, message: str) -> None:
    """The message names the query, the member and what must be there."""
    with pytest.raises(RequestError) as caught:
        read_batch(text)
    assert message in str(caught.value)
    assert caught.value.hint


MEMBERS = st.sampled_from(("query", "type", "limit", "properties", "type_strict", "pid", "v", "id"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(MEMBERS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_read_batch_any_json_read_or_refused(value: object) -> None:
    """No JSON raises anything but the error that names what is wrong."""
    try:
        read_batch(json.dumps({"q": value}))
    except RequestError as error:
        str(error).encode()


def test_read_extension_properties_with_settings() -> None:
    """Identifiers are read once each, settings as they are."""
    text = json.dumps({"ids": ["ex:a", "ex:a"], "properties": [{"id": "ex:p", "settings": {"limit": 1}}]})
    query = read_extension(text, 10)
    assert query.ids == ("ex:a",)
    assert query.properties == (ExtensionProperty("ex:p", {"limit": 1}),)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "extend must be an object with 'ids' and 'properties', not []"),
        ({"ids": "a", "properties": []}, 'extend.ids must be an array, not "a"'),
        ({"ids": ["a"] * 11, "properties": []}, "extend.ids must have at most 10 items, not 11"),
        ({"ids": [], "properties": ["p"]}, "extend.properties[0] must be an object with 'id', not \"p\""),
        ({"ids": [], "properties": [{"id": "p", "settings": 1}]}, "extend.properties[0].settings must be an object"),
        ({"ids": [], "properties": [{"id": "p"}, {"id": "p"}]}, 'extend.properties names "p" twice'),
    ],
)
def test_read_extension_malformed_place_reported(value: object, message: str) -> None:
    """The message names the member and what must be there."""
    with pytest.raises(RequestError) as caught:
        read_extension(json.dumps(value), 10)
    assert message in str(caught.value)
