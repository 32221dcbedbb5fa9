"""Tests of handing answers from one HTTP process to the others."""

from __future__ import annotations

from hashlib import shake_256
from typing import TYPE_CHECKING

import pytest

from eild.exchange.answer import Answer, Note
from eild.server.keeping.cache import Key, Packed, pack_answer
from eild.server.keeping.relay import LONGEST, Relay, Relays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEY: Key = ("/sparql", "query=ü", None, "gzip")
FIELDS = [("Content-Type", "text/plain; charset=utf-8"), ("ETag", '"ü"'), ("Content-Length", "2")]
NOTE = Note("/sparql", "ok", is_query=True, query="SELECT \ud800 'ü€'")


def make_answer(body: bytes) -> Answer:
    """Return an answer."""
    return Answer("200 OK", FIELDS, body, NOTE)


@pytest.fixture
def make_relays() -> Iterator[Callable[[int], list[Relay]]]:
    """Return a function that makes the relays of some processes."""
    made: list[Relays] = []

    def make(processes: int) -> list[Relay]:
        made.append(Relays(processes))
        return [made[-1].open(place) for place in range(processes)]

    yield make
    for relays in made:
        relays.close()


def subscribe(relay: Relay, scope: str = "a") -> list[tuple[Key, Answer | Packed]]:
    """Return a list of what comes from now on."""
    taken: list[tuple[Key, Answer | Packed]] = []
    relay.subscribe(scope, lambda key, answer: taken.append((key, answer)))
    return taken


def describe(answer: Answer | Packed) -> tuple[object, ...]:
    """Return all that an answer says."""
    whole = answer.unpack() if isinstance(answer, Packed) else answer
    return whole.status, whole.fields, whole.body, whole.note


@pytest.mark.parametrize("body", [b"", b"a\nb\0", bytes(60_000)], ids=["empty", "short", "longer"])
def test_relay_answer_the_same_in_every_other_process(body: bytes, make_relays: Callable[[int], list[Relay]]) -> None:
    """Key, head, content and note arrive at all others, and at nobody else."""
    first, second, third = make_relays(3)
    taken = [subscribe(relay) for relay in (first, second, third)]
    first.hand_over("a", KEY, make_answer(body))
    for relay in (first, second, third):
        relay.receive()
    assert taken[0] == []
    for found in taken[1:]:
        assert [(key, describe(answer)) for key, answer in found] == [(KEY, describe(make_answer(body)))]


def test_relay_large_answer_packed(make_relays: Callable[[int], list[Relay]]) -> None:
    """A large answer arrives packed."""
    first, second = make_relays(2)
    taken = subscribe(second)
    packed = pack_answer(make_answer(bytes(1_000_000)))
    assert packed is not None
    first.hand_over("a", KEY, packed)
    second.receive()
    assert isinstance(taken[0][1], Packed)
    assert describe(taken[0][1]) == describe(make_answer(bytes(1_000_000)))


def test_relay_other_version_not_taken(make_relays: Callable[[int], list[Relay]]) -> None:
    """An answer of a version that a process does not serve, or serves no more, is left."""
    first, second = make_relays(2)
    taken = subscribe(second, "a")
    first.hand_over("b", KEY, make_answer(b"x"))
    second.receive()
    second.unsubscribe("a")
    first.hand_over("a", KEY, make_answer(b"x"))
    second.receive()
    assert taken == []


def test_relay_what_cannot_be_sent_left(make_relays: Callable[[int], list[Relay]]) -> None:
    """Answers without content, too long ones, and those that come faster than they are taken do no harm."""
    first, second = make_relays(2)
    taken = subscribe(second)
    first.hand_over("a", KEY, Answer("304 NOT MODIFIED", FIELDS, None, NOTE))
    first.hand_over("a", KEY, make_answer(shake_256().digest(LONGEST)))
    first.hand_over("a", ("x" * LONGEST,), make_answer(b""))
    for _ in range(5000):
        first.hand_over("a", KEY, make_answer(bytes(1000)))
    for _ in range(1000):
        second.receive()
    assert 0 < len(taken) < 5000
    assert {key for key, _ in taken} == {KEY}
    make_relays(1)[0].hand_over("a", KEY, make_answer(b"alone"))


def test_relay_process_at_the_same_place_gets_what_comes_next() -> None:
    """A process that replaces another takes what was handed to its place."""
    relays = Relays(2)
    relays.open(1)
    relays.open(0).hand_over("a", KEY, make_answer(b"x"))
    taken = subscribe(later := relays.open(1))
    later.receive()
    relays.close()
    assert [key for key, _ in taken] == [KEY]
