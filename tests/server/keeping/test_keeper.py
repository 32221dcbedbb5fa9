"""Tests of keeping answers and of handing them to other processes."""

from __future__ import annotations

from hashlib import shake_256
from typing import TYPE_CHECKING, Any

import pytest

from eild.exchange.answer import Answer, Note
from eild.exchange.packing import pack
from eild.server.keeping.cache import AnswerCache, Key, Packed
from eild.server.keeping.keeper import CHEAP_SECONDS, QUICK_SECONDS, Keeper

if TYPE_CHECKING:
    from collections.abc import Callable

KEY: Key = ("/x", "", None, None)
NOTE = Note("/x", "ok")


class AtOnce:
    """A bridge that does everything at once."""

    def run(self, step: Callable[[], Any], take: Callable[[Any], None]) -> None:
        """Do something and hand its result over."""
        take(step())


def make_keeper() -> tuple[Keeper, AnswerCache, list[Answer | Packed]]:
    """Return a keeper, its cache, and a list of what it hands over."""
    cache, handed = AnswerCache(32 * 1024 * 1024), list[Answer | Packed]()
    bridge: Any = AtOnce()
    return Keeper(cache, bridge, lambda _, answer: handed.append(answer)), cache, handed


@pytest.mark.parametrize(
    ("body", "packs"),
    [(b"small", False), (bytes(200_000), True), (shake_256().digest(100_000), False)],
    ids=["small", "large", "coded"],
)
def test_keep_answer_kept_and_handed_over_packed_if_that_is_worth_it(body: bytes, *, packs: bool) -> None:
    """Other processes get every answer that was kept: a large one packed, and one that is compressed as it is."""
    keeper, cache, handed = make_keeper()
    answer = Answer("200 OK", [], body, NOTE)
    keeper.keep(KEY, answer)
    assert cache.get(KEY) is answer
    assert [isinstance(found, Packed) for found in handed] == [packs]
    taker, other, _ = make_keeper()
    taker.take_over(KEY, handed[0])
    found = other.get(KEY)
    assert found is not None
    assert found.body == body


def test_keep_answer_packed_before_handed_over_without_packing_again() -> None:
    """What a query process has packed is handed over so."""
    keeper, _, handed = make_keeper()
    answer = Answer("200 OK", [], bytes(200_000), NOTE)
    answer.packed = pack(bytes(200_000))
    sent = answer.packed
    keeper.keep(KEY, answer)
    assert isinstance(handed[0], Packed)
    assert handed[0].content is sent


def test_keep_cheap_answer_and_tag_alone_not_handed_over() -> None:
    """What costs nothing to make, and a tag without its content, stay here."""
    keeper, cache, handed = make_keeper()
    keeper.keep(KEY, Answer("304 NOT MODIFIED", [], None, NOTE))
    keeper.keep(("/cheap",), Answer("200 OK", [], b"x", NOTE), CHEAP_SECONDS / 2)
    assert handed == []
    assert cache.get(KEY) is not None
    assert cache.get(("/cheap",)) is None


def test_keep_quick_answer_handed_over_when_asked_for_again() -> None:
    """What is made in little time is kept at once, but other processes get it only from its second client on."""
    keeper, cache, handed = make_keeper()
    answer = Answer("200 OK", [], b"x", NOTE)
    keeper.keep(KEY, answer, QUICK_SECONDS / 2)
    assert cache.get(KEY) is answer
    assert answer.is_held_back
    assert handed == []
    keeper.share(KEY, answer)
    assert handed == [answer]
    assert not answer.is_held_back


def test_keep_quick_answer_that_is_large_handed_over_at_once() -> None:
    """What is packed costs so little to hand over that nobody waits with it."""
    keeper, _, handed = make_keeper()
    answer = Answer("200 OK", [], bytes(200_000), NOTE)
    keeper.keep(KEY, answer, QUICK_SECONDS / 2)
    assert len(handed) == 1
    assert not answer.is_held_back
