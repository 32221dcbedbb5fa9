"""Keeps what an HTTP process answers, packs what is large, and exchanges it with the other processes.

To keep an answer costs a little, and to hand it over some 0.1 ms in all. So what was made in less is kept only when it
was asked for twice, and what was made in little more is handed over only then.
"""

from __future__ import annotations

from functools import partial
from math import inf
from typing import TYPE_CHECKING, Final

from eild.exchange.packing import LEAST_BYTES
from eild.server.keeping.cache import Packed, pack_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from eild.exchange.answer import Answer
    from eild.server.bridge import Bridge
    from eild.server.keeping.cache import AnswerCache, Key

CHEAP_SECONDS: Final = 0.0003
"""In less time than this an answer is made so cheaply that it is kept only if it is asked for again."""
QUICK_SECONDS: Final = 0.003
"""In less time than this an answer is made so cheaply that it is handed over only if it is asked for again."""


def hand_to_nobody(_: Key, __: Answer | Packed) -> None:
    """Do nothing, where there are no other processes."""


class Keeper:
    """Keeps answers in a cache; to be used in the loop.

    :param cache: the cache
    :param bridge: has large answers packed in a thread
    :param hand_over: hands an answer to the other processes
    :param cheap_seconds: in less an answer is made as cheaply as it is kept
    """

    def __init__(
        self,
        cache: AnswerCache,
        bridge: Bridge,
        hand_over: Callable[[Key, Answer | Packed], None],
        cheap_seconds: float = CHEAP_SECONDS,
    ) -> None:
        self._cheap_seconds = cheap_seconds
        self._cache = cache
        self._bridge = bridge
        self._hand_over = hand_over

    def keep(self, key: Key, answer: Answer, seconds: float = inf) -> None:
        """Keep an answer, here and in the other processes, as far as that is cheaper than to make it again.

        :param seconds: how long it took to make
        """
        if seconds < self._cheap_seconds:
            self._cache.put_again(key, answer)
            return
        self._cache.put(key, answer)
        if answer.body is None:
            return  # the others cannot tell its tag from what the client sent
        if answer.packed is not None:
            self._take_packed(key, answer, pack_answer(answer))
        elif len(answer.body) > LEAST_BYTES:
            self._bridge.run(partial(pack_answer, answer), partial(self._take_packed, key, answer))
        elif seconds < QUICK_SECONDS:
            answer.is_held_back = True
        else:
            self._hand_over(key, answer)

    def share(self, key: Key, answer: Answer) -> None:
        """Hand over an answer that was held back and is asked for again."""
        answer.is_held_back = False
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
