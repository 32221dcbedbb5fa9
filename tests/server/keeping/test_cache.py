"""Tests of what keeps complete answers: what it forgets, what it counts, and what it knows by its head."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eild.exchange.answer import Answer, Note
from eild.server.keeping.cache import AnswerCache, Key, Known, Packed, measure, measure_fields, pack_answer

NOTE = Note("/x", "ok")


def make_answer(body: bytes | None = b"x", **fields: str) -> Answer:
    """Return an answer with header fields."""
    return Answer("200 OK", [(name.replace("_", "-"), value) for name, value in fields.items()], body, NOTE)


def list_keys(cache: AnswerCache) -> tuple[Key, ...]:
    """Return the keys of what is kept as it is: small answers, then large, those asked for longest ago first."""
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


def test_cache_large_answers_packed_more_of_them_kept() -> None:
    """A large answer that makes room for others is there again, whole, as long as it is kept packed."""
    cache = AnswerCache(2_000_000)
    cache.put(("small",), make_answer(bytes(1000)))
    for number in range(50):
        answer = make_answer(b"%d" % number * 150_000, ETag=f'"{number}"')
        packed = pack_answer(answer)
        assert packed is not None
        cache.put(("large", str(number)), answer)
        cache.put_packed(("large", str(number)), packed)
    for number in range(50):
        found = cache.get(("large", str(number)))
        assert found is not None
        assert (found.body, found.tag) == (b"%d" % number * 150_000, f'"{number}"')
        assert found is cache.get(("large", str(number)))
    assert cache.get(("small",)) is not None
    assert cache.size <= 1_000_000 + 10_000


def test_cache_packed_answer_replaced_with_the_other() -> None:
    """No former answer comes back when the one that took its place is gone."""
    cache = AnswerCache(2_000_000)
    former, later = make_answer(b"former" * 20_000), make_answer(b"later" * 20_000)
    packed = pack_answer(former)
    assert packed is not None
    cache.put(("a",), former)
    cache.put_packed(("a",), packed)
    cache.put(("a",), later)
    for number in range(20):
        cache.put((str(number),), make_answer(bytes(200_000)))
    assert cache.get(("a",)) is None


def test_pack_answer_content_packed_before_taken() -> None:
    """Content that came packed is not packed again, and held once."""
    answer = make_answer(bytes(100_000))
    answer.packed = b"packed before"
    packed = pack_answer(answer)
    assert isinstance(packed, Packed)
    assert packed.content == b"packed before"
    assert answer.packed is None
    assert pack_answer(make_answer(b"small")) is None


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
        st.tuples(
            st.integers(0, 20),
            st.sampled_from([0, 900, 20_000, 70_000, 80_000]),
            st.sampled_from(["ask", "put", "put packed"]),
        ),
        max_size=60,
    )
)
def test_cache_any_use_stays_within_its_bound(steps: list[tuple[int, int, str]]) -> None:
    """Whatever is asked for and kept, the sizes add up and stay below the limit, and what is found is what was put."""
    cache = AnswerCache(400_000)
    last: dict[int, bytes | None] = {}
    for number, size, step in steps:
        key = (str(number),)
        if step == "ask":
            found = cache.get(key)
            assert found is None or found.body == last[number]
            continue
        answer = make_answer(b"%d" % number * size)
        last[number] = answer.body
        cache.put(key, answer)
        packed = pack_answer(answer) if step == "put packed" else None
        if packed is not None:
            cache.put_packed(key, packed)
    plain = [(key, cache._find(key)) for key in list_keys(cache)]
    size = sum(measure(key, found[1].answer) for key, found in plain if found is not None)
    for name, entry in cache._packed.items():
        size += measure_fields(name, entry.answer.fields) + len(entry.answer.content)
    assert cache.size == size <= 400_000


def test_recall_known_head_counted_and_forgotten_with_its_answer() -> None:
    """What is sent for the bytes of a head is found as long as its answer is kept, and counted by number."""
    cache = AnswerCache(100_000)
    answer = make_answer(bytes(1000))
    cache.learn(b"head", Known(("a",), answer, "GET", b""))
    assert cache.recall(b"head") is None  # its answer is not kept
    cache.put(("a",), answer)
    known = Known(("a",), answer, "GET", b"body")
    cache.learn(b"head", known)
    assert cache.recall(b"head") is known
    assert cache.recall(b"head") is known
    assert cache.recall(b"other") is None
    assert [(found.key, number) for found, number in cache.take_hits()] == [(("a",), 2)]
    assert list(cache.take_hits()) == []
    size = cache.size
    cache.put(("a",), make_answer(bytes(1000)))
    assert cache.recall(b"head") is None
    assert cache.size < size


def test_recall_many_heads_of_one_answer_bounded() -> None:
    """However many heads ask for the same, few are remembered, and all count as memory."""
    cache = AnswerCache(1_000_000)
    cache.put(("a",), make_answer())
    before = cache.size
    for number in range(1000):
        cache.learn(b"head %d" % number, Known(("a",), make_answer(), "GET", b""))
    known = [number for number in range(1000) if cache.recall(b"head %d" % number)]
    assert 0 < len(known) < 100
    assert cache.size > before + 100 * len(known)


def test_recall_keeps_an_answer_in_memory() -> None:
    """An answer that is asked for by its head alone is not taken for one that nobody asks for."""
    answer = make_answer(bytes(1000))
    cache = AnswerCache(4 * measure(("a",), answer) + 1000)
    for name in "abcd":
        cache.put((name,), answer)
    cache.learn(b"head", Known(("a",), answer, "GET", b""))
    cache.recall(b"head")
    list(cache.take_hits())
    cache.put(("e",), answer)
    assert cache.recall(b"head") is not None
