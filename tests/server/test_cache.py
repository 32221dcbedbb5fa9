"""Tests of what keeps complete answers: what it forgets, what it counts, and how equal requests wait for one."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from eild.exchange.answer import Answer, Note
from eild.server.cache import AnswerCache, Flight, Key, measure

NOTE = Note("/x", "ok")


def make_answer(body: bytes | None = b"x", **fields: str) -> Answer:
    """Return an answer with header fields."""
    return Answer("200 OK", [(name.replace("_", "-"), value) for name, value in fields.items()], body, NOTE)


def list_keys(cache: AnswerCache) -> tuple[Key, ...]:
    """Return the keys of what is kept: small answers, then large ones, those asked for longest ago first."""
    return (*cache._small, *cache._large)


def test_answer_validators_read_from_its_fields() -> None:
    """Tag and date are found whatever the case, and a 304 says nothing of the content."""
    answer = make_answer(b"x", ETag='"a"', Last_Modified="then", Content_Type="text/turtle", Vary="Accept")
    assert (answer.code, answer.tag, answer.modified) == (200, '"a"', "then")
    unmodified = answer.make_unmodified()
    assert (unmodified.code, unmodified.body) == (304, b"")
    assert unmodified.fields == [("ETag", '"a"'), ("Vary", "Accept")]
    assert answer.make_unmodified() is unmodified
    assert (answer.find("vary"), answer.find("link")) == ("Accept", "")


def test_cache_full_forgets_what_was_asked_for_longest_ago() -> None:
    """An answer that is asked for stays; of the others the oldest goes first."""
    answer = make_answer(bytes(1000))
    size = measure(("a",), answer)
    cache = AnswerCache(4 * size)
    for name in "abcd":
        cache.put((name,), answer)
    assert cache.get(("a",)) is answer
    cache.put(("e",), answer)
    assert list_keys(cache) == (("c",), ("d",), ("a",), ("e",))
    assert cache.size == 4 * size


def test_cache_large_answers_leave_room_for_small_ones() -> None:
    """However many large answers come, they take turns in half of the memory, and small answers stay."""
    cache = AnswerCache(2_000_000)
    for number in range(20):
        cache.put(("small", str(number)), make_answer(bytes(1000)))
    for number in range(50):
        cache.put(("large", str(number)), make_answer(bytes(300_000)))
    kept = list_keys(cache)
    assert [key for key in kept if key[0] == "small"] == [("small", str(number)) for number in range(20)]
    assert [key for key in kept if key[0] == "large"] == [("large", str(number)) for number in (47, 48, 49)]
    assert cache.get(("large", "49")) is not None


def test_cache_answer_too_large_not_kept() -> None:
    """One answer never takes the place of all others, and a cache of no size keeps nothing."""
    cache = AnswerCache(100_000)
    cache.put(("a",), make_answer(bytes(50_000)))
    assert cache.get(("a",)) is None
    none = AnswerCache(0)
    none.put(("a",), make_answer())
    assert (none.get(("a",)), none.size) == (None, 0)


def test_cache_answer_put_twice_counted_once() -> None:
    """The later answer for a key replaces the former."""
    cache = AnswerCache(100_000)
    cache.put(("a",), make_answer(bytes(10)))
    later = make_answer(bytes(500))
    cache.put(("a",), later)
    assert cache.get(("a",)) is later
    assert cache.size == measure(("a",), later)


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.sampled_from([0, 900, 20_000, 70_000, 80_000]), st.booleans()), max_size=60
    )
)
def test_cache_any_use_stays_within_its_bound(steps: list[tuple[int, int, bool]]) -> None:
    """Whatever is asked for and kept, the sizes add up and stay below the limit, and what is found is what was put."""
    cache = AnswerCache(400_000)
    last: dict[int, Answer] = {}
    for number, size, asks in steps:
        key = (str(number),)
        if asks:
            found = cache.get(key)
            assert found is None or found is last[number]
        else:
            answer = make_answer(bytes(size))
            if measure(key, answer) <= cache.largest:
                last[number] = answer
            cache.put(key, answer)
    kept = {key: cache.get(key) for key in list_keys(cache)}
    assert cache.size == sum(measure(key, answer) for key, answer in kept.items() if answer) <= 400_000


def test_flight_first_leads_and_others_get_its_answer() -> None:
    """Who comes while an equal request is answered waits and gets the same answer; who comes later leads again."""
    cache = AnswerCache(1000)
    flight, leads = cache.join(("a",))
    other, follows = cache.join(("a",))
    elsewhere, alone = cache.join(("b",))
    assert (leads, follows, alone) == (True, False, True)
    assert other is flight
    assert elsewhere is not flight
    answer = make_answer()
    got: list[Answer | None] = []
    waiter = threading.Thread(target=lambda: got.append(other.wait(10)))
    waiter.start()
    cache.leave(("a",), flight, answer)
    waiter.join()
    assert got == [answer]
    assert cache.join(("a",))[1]


def test_flight_without_answer_tells_to_ask() -> None:
    """Where the answer is for one alone, or does not come, those who wait ask for themselves."""
    flight = Flight()
    assert flight.wait(0.01) is None
    flight.land(None)
    assert flight.wait(10) is None
