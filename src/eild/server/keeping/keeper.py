"""Keeps what an HTTP process answers, packs what is large, and exchanges it with the other processes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from eild.exchange.packing import LEAST_BYTES
from eild.server.keeping.cache import Packed, pack_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from eild.exchange.answer import Answer
    from eild.server.bridge import Bridge
    from eild.server.keeping.cache import AnswerCache, Key


def hand_to_nobody(_: Key, __: Answer | Packed) -> None:
    """Do nothing, where there are no other processes."""


class Keeper:
    """Keeps answers in a cache; to be used in the loop.

    :param cache: the cache
    :param bridge: has large answers packed in a thread
    :param hand_over: hands an answer to the other processes
    """

    def __init__(self, cache: AnswerCache, bridge: Bridge, hand_over: Callable[[Key, Answer | Packed], None]) -> None:
        self._cache = cache
        self._bridge = bridge
        self._hand_over = hand_over

    def keep(self, key: Key, answer: Answer, *, cheap: bool = False) -> None:
        """Keep an answer, here and in the other processes.

        :param cheap: whether it cost no more to make than to keep, so that it is kept only if it is asked for again
        """
        if cheap:
            self._cache.put_again(key, answer)
            return
        self._cache.put(key, answer)
        if answer.body is None:
            return  # the others cannot tell its tag from what the client sent
        if answer.packed is not None:
            self._take_packed(key, answer, pack_answer(answer))
        elif len(answer.body) > LEAST_BYTES:
            self._bridge.run(partial(pack_answer, answer), partial(self._take_packed, key, answer))
        else:
            self._hand_over(key, answer)

    def _take_packed(self, key: Key, answer: Answer, packed: Packed | None) -> None:
        """Keep an answer packed, too, and hand it over so; as it is where that is not worth it."""
        if packed is None:
            self._hand_over(key, answer)
        else:
            self._cache.put_packed(key, packed)
            self._hand_over(key, packed)

    def take_over(self, key: Key, answer: Answer | Packed) -> None:
        """Keep an answer that another process has made."""
        if isinstance(answer, Packed):
            self._cache.put_packed(key, answer)
        else:
            self._cache.put(key, answer)
