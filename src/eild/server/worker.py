"""An HTTP process from inside, and what all of them share."""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from eild.exchange.accounts import Accounts
from eild.exchange.metrics import Metrics
from eild.exchange.requestlog import OFF, RequestLog
from eild.memory import keep_small, settle_down
from eild.process import die_with_parent, name_process
from eild.query.engine import query_limits
from eild.server.desk import Desk
from eild.server.front import Front, allow_connections
from eild.server.keeping.cache import AnswerCache
from eild.server.mounts import find_common_settings
from eild.server.queries import QueryHost
from eild.server.rehearsal import rehearse
from eild.server.releases import count_drain_seconds, count_stop_seconds
from eild.server.switch import ActiveRelease, LoadedRelease, Switch, read_release
from eild.server.switchboard import Switchboard
from eild.server.version import load_version, open_version, serve_queries
from eild.web.sitelist import create_list_app
from eild.web.warming import start_warming

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping, Sequence

    from eild.query.engine import QueryLimits
    from eild.server.keeping.relay import Relay
    from eild.server.mounts import Mount
    from eild.server.shares import Share
    from eild.server.version import Version
    from eild.web.frame.site import Site

_SWITCH_SECONDS: Final = 0.001


@dataclass(frozen=True)
class Prepared:
    """What copies of the process that has loaded all versions do.

    :ivar serve: serves at the listening socket, in a HTTP process
    :ivar hosts: by number of the site, its fork server, if it is to be a copy of this process
    """

    serve: Callable[[socket.socket, Share, Relay], int]
    hosts: Mapping[int, QueryHost]


def _host_queries(version: Version, limits: QueryLimits) -> QueryHost | None:
    address = version.release.queries
    if address is None or not version.release.hosted:
        return None
    return QueryHost(address, partial(serve_queries, version, limits))


def prepare(mounts: Sequence[Mount], numbers: str) -> Prepared:
    """Load the versions in service, and return what copies of this process do.

    :param mounts: the sites
    :param numbers: folder in which the processes leave their numbers for each other
    :raises DataError: if a version is damaged
    """
    settings = find_common_settings(mounts)
    accounts = Accounts(Metrics(Path(numbers)), None if settings.log == OFF else RequestLog(settings.log))
    firsts = [(mount, load_version(read_release(mount.control), mount.settings, accounts)) for mount in mounts]
    for _, first in firsts:
        rehearse(first)
    settle_down()

    def serve(listener: socket.socket, share: Share, relay: Relay) -> int:
        die_with_parent()
        name_process("eild-http")
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        keep_small()
        sys.setswitchinterval(_SWITCH_SECONDS)  # the loop waits for threads of the application no longer than that
        front = Front(listener, share, accounts.metrics, settings.body_bytes, allow_connections())
        relay.watch(front.loop)
        floor = Floor(front, accounts, relay, several=bool(mounts[0].path))
        switches = [floor.open(mount, first) for mount, first in firsts]

        def start() -> None:
            for switch in switches:
                switch.start()

        front.run(front.desk, count_stop_seconds(settings), start)
        return 0

    hosts = {
        number: host
        for number, (mount, first) in enumerate(firsts)
        if (host := _host_queries(first, query_limits(mount.settings))) is not None
    }
    return Prepared(serve, hosts)


class Floor:
    """The sites of an HTTP process.

    :param front: takes its connections
    :param accounts: counts and logs answers
    :param relay: hands answers to the other processes
    :param several: whether there are several sites, so that requests have to be told apart
    """

    def __init__(self, front: Front, accounts: Accounts, relay: Relay, *, several: bool) -> None:
        self._front = front
        self._relay = relay
        self._accounts = accounts
        self._sites: dict[str, Site] = {}
        self._board: Switchboard | None = None
        if several:
            application = create_list_app(lambda: self._sites, accounts)
            self._board = Switchboard(Desk(application, bridge=front.bridge, cache=AnswerCache(0), accounts=accounts))
            front.desk = self._board

    def open(self, mount: Mount, first: Version) -> Switch:
        """Serve a site, and return what follows its versions.

        :param first: the version that is loaded already
        """

        def make(release: ActiveRelease) -> LoadedRelease:
            return self._open(mount, load_version(release, mount.settings, self._accounts))

        def use(desk: Desk) -> None:
            if self._board is None:
                self._front.desk = desk
            else:
                self._board.put(mount.path, desk)

        drain = count_drain_seconds(query_limits(mount.settings))
        return Switch(mount.control, make, use, drain, (first.release, self._open(mount, first)))

    def _open(self, mount: Mount, version: Version) -> LoadedRelease:
        opened = open_version(version, self._front, self._accounts, self._relay, mount.path)
        self._sites[mount.path] = version.site
        start_warming(version.site)
        return opened
