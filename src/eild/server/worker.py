"""An HTTP process from inside, and what all of them share."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from eild.exchange.accounts import Accounts
from eild.exchange.metrics import Metrics
from eild.exchange.requestlog import OFF, RequestLog
from eild.process import die_with_parent
from eild.query.engine import query_limits
from eild.server.front import Front
from eild.server.memory import keep_small, settle_down
from eild.server.releases import count_drain_seconds, count_stop_seconds
from eild.server.switch import ActiveRelease, LoadedRelease, Switch, read_release
from eild.server.version import load_version, open_version
from eild.web.warming import start_warming

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from eild.config import Settings
    from eild.server.desk import Desk

_SWITCH_SECONDS: Final = 0.001


def prepare(settings: Settings, control: str, numbers: str) -> Callable[[socket.socket], int]:
    """Load the version in service, and return what a copy of this process does with the listening socket.

    :param control: the directory that says which version is in service
    :param numbers: folder in which the processes leave their numbers for each other
    :raises DataError: if the version is damaged
    """
    accounts = Accounts(Metrics(Path(numbers)), None if settings.log == OFF else RequestLog(settings.log))
    first = load_version(read_release(Path(control)), settings, accounts)
    settle_down()

    def serve(listener: socket.socket) -> int:
        die_with_parent()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        keep_small()
        sys.setswitchinterval(_SWITCH_SECONDS)  # the loop waits for threads of the application no longer than that
        front = Front(listener, accounts.metrics, settings.body_bytes)

        def make(release: ActiveRelease) -> LoadedRelease:
            version = load_version(release, settings, accounts)
            start_warming(version.site)
            return open_version(version, front, accounts)

        def use(desk: Desk) -> None:
            front.desk = desk

        opened = open_version(first, front, accounts)
        start_warming(first.site)
        drain = count_drain_seconds(query_limits(settings))
        switch = Switch(Path(control), make, use, drain, (first.release, opened))
        front.run(front.desk, count_stop_seconds(settings), switch.start)
        return 0

    return serve
