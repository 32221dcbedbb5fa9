"""Several sites of one server: each request goes to the desk of the site whose path it begins with.

A site sees its own part of the path only, as behind a reverse proxy, so nothing in it depends on where it is mounted.
All other requests go to the desk of the list of sites.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eild.errors import EildError
    from eild.server.desk import Desk
    from eild.server.keeping.cache import Known
    from eild.server.request import Request


class Switchboard:
    """Takes the requests to several sites.

    :param root: answers what belongs to no site
    """

    def __init__(self, root: Desk) -> None:
        self._root = root
        self._desks: dict[str, Desk] = {}
        self._starts: list[tuple[str, bytes, Desk]] = []

    def put(self, path: str, desk: Desk) -> None:
        """Have a desk answer all requests below a path from now on.

        :param path: the path, without slashes around
        """
        self._desks[path] = desk
        longest_first = sorted(self._desks.items(), key=lambda item: -len(item[0]))
        self._starts = [(f"/{name}/", f"/{name}/".encode(), found) for name, found in longest_first]

    def recall(self, data: bytes) -> Known | None:
        """Return what is sent for the bytes of a head, if that is known; see :attr:`eild.server.desk.Desk.recall`."""
        target = data[data.find(b" ") + 1 :]
        for _, start, desk in self._starts:
            if target.startswith(start):
                return desk.recall(data)
        return self._root.recall(data)

    def count_recalled(self) -> None:
        """Count what was recalled since this was done last."""
        for desk in (self._root, *self._desks.values()):
            desk.count_recalled()

    def refuse(self, request: Request, problem: EildError) -> None:
        """Answer what cannot be read as a request, so that no route sees it."""
        self._root.refuse(request, problem)

    def take(self, request: Request) -> None:
        """Answer a request, now or later."""
        environ = request.environ
        path: str = environ["PATH_INFO"]
        if path.removeprefix("/") in self._desks:  # the list leads from here to the site
            self._root.take(request)
            return
        for start, _, desk in self._starts:
            if path.startswith(start):
                environ["SCRIPT_NAME"], environ["PATH_INFO"] = start[:-1], path[len(start) - 1 :]
                desk.take(request)
                return
        self._root.take(request)
