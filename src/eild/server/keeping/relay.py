"""Answers that one HTTP process has made, handed to the others, so that none of them is made twice.

Only answers that take longer to make than to hand over are worth it; large ones go packed. Nothing depends on an answer
that does not arrive: who has no room for it now or serves another version of the data makes it anew.
"""

from __future__ import annotations

import contextlib
import json
import socket
from typing import TYPE_CHECKING, Final

from eild.exchange.answer import Answer, Note
from eild.server.keeping.cache import Packed

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from eild.server.keeping.cache import Key

    Take = Callable[[Key, Answer | Packed], None]

LONGEST: Final = 192 * 1024
"""Bytes of a message; a longer one is not sent."""

_BUFFER: Final = 1024 * 1024
_MOST_AT_ONCE: Final = 16
_END: Final = b"\n"


class Relays:
    """Where each HTTP process gets the answers of the others, made before the first of them starts.

    :param processes: how many there are at most
    """

    def __init__(self, processes: int) -> None:
        self._pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(processes)]
        for inbox, entrance in self._pairs:
            inbox.settimeout(0)
            entrance.settimeout(0)
            entrance.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)  # as much as the system allows

    def close(self) -> None:
        """Close all sockets of this process."""
        for end in (end for pair in self._pairs for end in pair):
            end.close()

    def open(self, place: int) -> Relay:
        """Return what the process at a place, or the one that replaces it there, takes and sends answers by."""
        others = [entrance for number, (_, entrance) in enumerate(self._pairs) if number != place]
        return Relay(self._pairs[place][0], others)


class Relay:
    """Takes the answers of other processes, and hands them those of this one.

    :param inbox: the socket where answers come in
    :param others: the sockets of the other processes
    """

    def __init__(self, inbox: socket.socket, others: Sequence[socket.socket]) -> None:
        self._inbox = inbox
        self._others = others
        self._takers: dict[str, Take] = {}

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take what comes, in a loop."""
        loop.add_reader(self._inbox, self.receive)

    def subscribe(self, scope: str, take: Take) -> None:
        """Have the answers of one version of a site handed over.

        :param scope: the version; other processes use the same name for it
        :param take: called in the loop with each answer and what it depends on
        """
        self._takers[scope] = take

    def unsubscribe(self, scope: str) -> None:
        """Take no more answers of a version."""
        self._takers.pop(scope, None)

    def hand_over(self, scope: str, key: Key, answer: Answer | Packed) -> None:
        """Hand an answer with content to all other processes that take it now."""
        packed = isinstance(answer, Packed)
        content = answer.content if isinstance(answer, Packed) else answer.body
        if not self._others or content is None or len(content) > LONGEST:
            return
        note = answer.note
        about = [note.route, note.outcome, note.is_query, note.query]
        head = json.dumps([scope, key, answer.status, answer.fields, about, packed], separators=(",", ":"))
        message = b"%b%b%b" % (head.encode(), _END, content)
        if len(message) <= LONGEST:
            for other in self._others:
                with contextlib.suppress(OSError):  # it has not read the last ones yet, or is being replaced
                    other.send(message)

    def receive(self) -> None:
        """Take some of the answers that have come."""
        for _ in range(_MOST_AT_ONCE):
            try:
                message = self._inbox.recv(LONGEST)
            except OSError:
                return
            head, _, content = message.partition(_END)
            scope, key, status, pairs, about, packed = json.loads(head)
            take = self._takers.get(scope)
            if take is not None:
                fields, note = [(name, value) for name, value in pairs], Note(*about)
                make = Packed if packed else Answer
                take(tuple(key), make(status, fields, content, note))
