"""Complete answers kept in memory: a version of the data does not change while it is served, nor do its answers.

One cache belongs to one version in one process, and is used in its loop alone. It forgets what was not asked for
longest when it is full. An answer is found by what it depends on, and from the third time by the bytes of the head of
the request, before anything of that is parsed.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eild.exchange.answer import Answer

Key = tuple[str | None, ...]
"""What answers depend on: path, parameters, and what the client accepts."""

LARGE_BYTES: Final = 64 * 1024
"""An answer that takes more is large."""

_SHARE: Final = 4
_RECENT: Final = 8192
_OVERHEAD: Final = 1024
_PER_FIELD: Final = 240
_PER_HEAD: Final = 512
_MOST_HEADS: Final = 16


def measure(key: Key, answer: Answer) -> int:
    """Return about how many bytes of memory an answer takes together with its key."""
    texts = sum([len(part) for part in key if part]) + sum([len(value) for _, value in answer.fields])
    return _OVERHEAD + texts + _PER_FIELD * len(answer.fields) + len(answer.body or b"")


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


class _Entry:
    """An answer that is kept, its size, and the heads that it is known by."""

    __slots__ = ("answer", "heads", "size")

    def __init__(self, answer: Answer, size: int) -> None:
        self.answer = answer
        self.size = size
        self.heads: list[bytes] = []


class AnswerCache:
    """Keeps answers by key, up to a number of bytes, of which large answers together take no more than half.

    So a few large answers never drive out many small ones.

    :param limit: maximum number of bytes of memory; 0 stores nothing
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._small: OrderedDict[Key, _Entry] = OrderedDict()
        self._large: OrderedDict[Key, _Entry] = OrderedDict()
        self._large_size = 0
        self._heads: dict[bytes, Known] = {}
        self._hit: list[Known] = []
        self._recent: set[int] = set()
        self._before: set[int] = set()
        self.size = 0
        """How many bytes are kept now."""

    @property
    def largest(self) -> int:
        """Bytes that one answer may have: one alone must not drive out all others."""
        return self._limit // _SHARE

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
            self.get(known.key)
            yield known, number

    def _find(self, key: Key) -> tuple[OrderedDict[Key, _Entry], _Entry] | None:
        for answers in (self._small, self._large):
            found = answers.get(key)
            if found is not None:
                return answers, found
        return None

    def get(self, key: Key) -> Answer | None:
        """Return an answer that is kept."""
        answers = self._small
        entry = answers.get(key)
        if entry is None:
            answers = self._large
            entry = answers.get(key)
            if entry is None:
                return None
        answers.move_to_end(key)
        return entry.answer

    def put(self, key: Key, answer: Answer) -> None:
        """Keep an answer, and forget those asked for longest ago where there are too many bytes."""
        size = measure(key, answer)
        if size > self.largest:
            return
        found = self._find(key)
        if found is not None:
            self._forget(found[0], found[0].pop(key))
        kept = self._large if size > LARGE_BYTES else self._small
        kept[key] = _Entry(answer, size)
        self._count(kept, size)
        self._make_room()

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
        answers, entry = found
        entry.heads.append(head)
        self._heads[head] = known
        size = _PER_HEAD + len(head)
        entry.size += size
        self._count(answers, size)
        self._make_room()

    def _make_room(self) -> None:
        while self.size > self._limit or self._large_size > self._limit // 2:
            full = self._large if self._large_size > self._limit // 2 or not self._small else self._small
            self._forget(full, full.popitem(last=False)[1])

    def _forget(self, answers: OrderedDict[Key, _Entry], entry: _Entry) -> None:
        """Forget what belongs to an answer that is no longer kept."""
        for head in entry.heads:
            del self._heads[head]
        self._count(answers, -entry.size)

    def _count(self, answers: OrderedDict[Key, _Entry], change: int) -> None:
        """Note that what is kept takes more or fewer bytes."""
        self.size += change
        if answers is self._large:
            self._large_size += change
