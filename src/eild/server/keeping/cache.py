"""Complete answers kept in memory: a version of the data does not change while it is served, nor do its answers.

One cache belongs to one version in one process, and is used in its loop alone. It forgets what was not asked for
longest when it is full; large answers are kept packed, too, which takes a tenth of the memory. An answer is found by
what it depends on, and from the third time by the bytes of the head of the request, before anything of that is parsed.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from eild.exchange.answer import Answer
from eild.exchange.packing import LEAST_BYTES, MOST_BYTES, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eild.exchange.answer import Note

Key = tuple[str | None, ...]
"""What answers depend on: path, parameters, and what the client accepts."""

_SHARE: Final = 4
_HEAD_BYTES: Final = 16 * 1024
_RECENT: Final = 8192
_OVERHEAD: Final = 1024
_PER_FIELD: Final = 240
_PER_HEAD: Final = 512
_MOST_HEADS: Final = 16


def measure_fields(key: Key, fields: list[tuple[str, str]]) -> int:
    """Return about how many bytes of memory an answer takes together with its key, but for its content."""
    texts = sum([len(part) for part in key if part]) + sum([len(value) for _, value in fields])
    return _OVERHEAD + texts + _PER_FIELD * len(fields)


def measure(key: Key, answer: Answer) -> int:
    """Return about how many bytes of memory an answer takes together with its key."""
    return measure_fields(key, answer.fields) + len(answer.body or b"")


class Known:
    """What is sent for the bytes of a head.

    :ivar key: what the answer depends on
    :ivar answer: the answer
    :ivar method: method of the request
    :ivar start: the head as sent, but for what each connection adds
    :ivar body: the content as sent
    :ivar hits: how often it was sent and not yet counted
    """

    __slots__ = ("answer", "body", "hits", "key", "method", "start")

    def __init__(self, key: Key, answer: Answer, method: str, body: bytes) -> None:
        self.key = key
        self.answer = answer
        self.method = method
        self.start = answer.start
        self.body = body
        self.hits = 0


class Packed:
    """An answer whose content is packed to take less memory.

    :ivar status: status code and reason
    :ivar fields: header fields
    :ivar content: the packed content
    :ivar note: what else is known of the answer
    """

    __slots__ = ("content", "fields", "note", "status")

    def __init__(self, status: str, fields: list[tuple[str, str]], content: bytes, note: Note) -> None:
        self.status = status
        self.fields = fields
        self.note = note
        self.content = content

    def unpack(self) -> Answer:
        """Return the answer."""
        return Answer(self.status, self.fields, unpack(self.content), self.note)


def pack_answer(answer: Answer) -> Packed | None:
    """Return an answer packed; None if that is not worth it. What was packed before is taken from the answer."""
    content, answer.packed = answer.packed or pack(answer.body or b""), None
    return None if content is None else Packed(answer.status, answer.fields, content, answer.note)


Kept = TypeVar("Kept", bound=Answer | Packed)


class _Entry(Generic[Kept]):
    """An answer that is kept, its size, and the heads that it is known by."""

    __slots__ = ("answer", "heads", "size")

    def __init__(self, answer: Kept, size: int) -> None:
        self.answer = answer
        self.size = size
        self.heads: list[bytes] = []


class _Tier(OrderedDict[Key, _Entry[Kept]], Generic[Kept]):
    """Answers of one kind, those asked for longest ago first.

    :ivar size: bytes of memory
    """

    size = 0


_AnyTier = _Tier[Answer] | _Tier[Packed]


class AnswerCache:
    """Keeps answers by key, up to a number of bytes, of which large answers together take no more than half.

    So a few large answers never drive out many small ones. Of the half, those that are packed may have three quarters.

    :param limit: maximum number of bytes of memory; 0 stores nothing
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._small: _Tier[Answer] = _Tier()
        self._large: _Tier[Answer] = _Tier()
        self._packed: _Tier[Packed] = _Tier()
        self._tiers: tuple[_AnyTier, ...] = (self._small, self._large, self._packed)
        self._heads: dict[bytes, Known] = {}
        self._hit: list[Known] = []
        self._recent: set[int] = set()
        self._before: set[int] = set()

    @property
    def size(self) -> int:
        """How many bytes are kept now."""
        return self._small.size + self._large.size + self._packed.size

    @property
    def largest(self) -> int:
        """Bytes that one answer may have: one alone must not drive out all others."""
        return min(self._limit // _SHARE, MOST_BYTES + _HEAD_BYTES)

    def recall(self, head: bytes) -> Known | None:
        """Return what is sent for the bytes of a head, and count it; None if that is not known."""
        known = self._heads.get(head)
        if known is not None:
            if not known.hits:
                self._hit.append(known)
            known.hits += 1
        return known

    def take_hits(self) -> Iterator[tuple[Known, int]]:
        """Yield what was recalled since this was asked for last, each with how often; it counts as asked for now."""
        hit, self._hit = self._hit, []
        for known in hit:
            number, known.hits = known.hits, 0
            self._touch(known.key)
            yield known, number

    def _touch(self, key: Key) -> None:
        for tier in self._tiers:
            if key in tier:
                tier.move_to_end(key)

    def _find(self, key: Key) -> tuple[_Tier[Answer], _Entry[Answer]] | None:
        for tier in (self._small, self._large):
            found = tier.get(key)
            if found is not None:
                return tier, found
        return None

    def get(self, key: Key) -> Answer | None:
        """Return an answer that is kept; one that was packed is kept as it is again."""
        tier = self._small
        entry = tier.get(key)
        if entry is None:
            tier = self._large
            entry = tier.get(key)
            if entry is None:
                return self._unpack(key) if key in self._packed else None
        tier.move_to_end(key)
        return entry.answer

    def _unpack(self, key: Key) -> Answer:
        self._packed.move_to_end(key)
        answer = self._packed[key].answer.unpack()
        self._enter(self._large, key, answer, measure(key, answer))
        return answer

    def put(self, key: Key, answer: Answer) -> None:
        """Keep an answer unless it is too large; where there are too many bytes, those asked for longest ago go."""
        for tier in self._tiers:
            self._forget(tier, key)
        size = measure(key, answer)
        if size <= self.largest:
            self._enter(self._large if size > LEAST_BYTES else self._small, key, answer, size)

    def put_packed(self, key: Key, answer: Packed) -> None:
        """Keep a large answer that is packed, also for the time when it is kept as it is no more."""
        self._forget(self._packed, key)
        size = measure_fields(key, answer.fields) + len(answer.content)
        if size <= self.largest:
            self._enter(self._packed, key, answer, size)

    def put_again(self, key: Key, answer: Answer) -> None:
        """Keep an answer if it was made before, not long ago: what is asked once is not worth the memory.

        For answers that cost no more to make than to keep.
        """
        mark = hash(key)
        if mark in self._recent or mark in self._before:
            self.put(key, answer)
            return
        if len(self._recent) >= _RECENT:
            self._recent, self._before = set(), self._recent
        self._recent.add(mark)

    def learn(self, head: bytes, known: Known) -> None:
        """Take note of what is sent for the bytes of a head, as long as its answer is kept."""
        found = self._find(known.key)
        if found is None or len(found[1].heads) >= _MOST_HEADS or head in self._heads:
            return
        tier, entry = found
        entry.heads.append(head)
        self._heads[head] = known
        size = _PER_HEAD + len(head)
        entry.size += size
        tier.size += size
        self._make_room()

    def _enter(self, tier: _Tier[Kept], key: Key, answer: Kept, size: int) -> None:
        tier[key] = _Entry(answer, size)
        tier.size += size
        self._make_room()

    def _make_room(self) -> None:
        large, packed, half = self._large, self._packed, self._limit // 2
        while large.size + packed.size > half:
            full: _AnyTier = packed if packed.size > 3 * half // 4 or not large else large
            self._forget(full, next(iter(full)))
        while self.size > self._limit:
            full = self._small or large or packed
            self._forget(full, next(iter(full)))

    def _forget(self, tier: _AnyTier, key: Key) -> None:
        """Forget an answer, if it is kept, and what belongs to it."""
        entry = tier.pop(key, None)
        if entry is not None:
            tier.size -= entry.size
            for head in entry.heads:
                del self._heads[head]
