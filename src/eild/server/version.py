"""One version of the data as an HTTP process serves it: loaded once for all processes, opened in each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from eild.memory import settle_down
from eild.publication.manifest import choose_prefixes, load_publication
from eild.query.embedded import EmbeddedEngine
from eild.query.engine import query_limits
from eild.query.inside import InsideEngine
from eild.query.remote import RemoteEngine, make_remote_engine
from eild.query.workers import forkserver
from eild.query.workers.pool import PooledEngine
from eild.server.desk import Desk
from eild.server.keeping.cache import AnswerCache
from eild.server.switch import LoadedRelease
from eild.web.app import create_app, list_common_fields
from eild.web.endpoint.asking import QuickQueries
from eild.web.frame.languages import list_asked_languages
from eild.web.frame.site import load_site

if TYPE_CHECKING:
    from flask import Flask

    from eild.config import Settings
    from eild.exchange.accounts import Accounts
    from eild.query.engine import QueryLimits
    from eild.server.front import Front
    from eild.server.keeping.relay import Relay
    from eild.server.switch import ActiveRelease
    from eild.web.frame.site import Site

MEBIBYTE: Final = 1024 * 1024
"""Bytes of a mebibyte."""


@dataclass(frozen=True)
class Version:
    """A version that is loaded, and belongs to no loop yet.

    :ivar release: which version it is
    :ivar site: its data
    :ivar application: answers requests
    :ivar quick: understands queries in the place of the application
    :ivar inside: evaluates cheap queries; None if another server has the data, or it is too large for all processes
    """

    release: ActiveRelease
    site: Site
    application: Flask
    quick: QuickQueries
    inside: InsideEngine | None


def load_version(release: ActiveRelease, settings: Settings, accounts: Accounts) -> Version:
    """Load a version.

    :raises DataError: if it is damaged
    """
    engine: RemoteEngine | PooledEngine
    if release.queries is None:
        engine = make_remote_engine(settings, choose_prefixes(load_publication(release.folder)))
    else:
        engine = PooledEngine(release.queries, query_limits(settings), settings.query_workers)
    site = load_site(release.folder, settings, engine)
    inside = None
    if release.queries is not None:
        inside = InsideEngine.load(
            site.publication,
            prefixes=site.prefixes,
            result_bytes=settings.result_bytes,
            public_url=site.urls.absolute(""),
        )
    quick = QuickQueries(site, list_common_fields(site), inside)
    return Version(release, site, create_app(site, accounts), quick, inside)


def serve_queries(version: Version, limits: QueryLimits, control: int, output: int) -> int:
    """Serve as the fork server of a version, in a copy of the process that has loaded it; return the exit code.

    Data that is too large for all processes is loaded here.

    :param control: descriptor that tells it to stop; see :func:`eild.query.workers.forkserver.serve`
    :param output: descriptor that it tells that it is ready
    :raises DataError: if a dump is missing or damaged
    """
    site, address = version.site, version.release.queries
    if address is None:
        return 0
    if version.inside is not None:
        engine = version.inside.share(limits.result_bytes)
    else:
        engine = EmbeddedEngine.load(
            site.publication,
            prefixes=site.prefixes,
            result_bytes=limits.result_bytes,
            public_url=site.urls.absolute(""),
        )
        engine.learn()  # once for all copies
        settle_down()
    forkserver.serve(engine, limits, address, control, output)
    return 0


def _read_languages(site: Site, field: str) -> str:
    return ",".join(list_asked_languages(site, field))


def open_version(version: Version, front: Front, accounts: Accounts, relay: Relay, path: str = "") -> LoadedRelease:
    """Return a version ready to answer in the loop of this process.

    :param relay: hands answers to the other processes
    :param path: where the paths of the site begin, if the server has several
    """
    site, metrics = version.site, accounts.metrics
    cache = AnswerCache(0 if site.live else site.settings.cache_memory * MEBIBYTE)
    scope = f"{path} {version.release.queries or version.release.generation}"
    metrics.watch_cache(lambda: cache.size, path)
    engine = site.engine
    read_languages = lru_cache(maxsize=256)(partial(_read_languages, site)) if site.is_multilingual else None
    processes = engine if isinstance(engine, PooledEngine) else None
    if processes is not None:
        processes.attach(front.loop)
        metrics.watch(processes.count, path)
    desk = Desk(
        version.application,
        bridge=front.bridge,
        cache=cache,
        accounts=accounts,
        quick=version.quick,
        processes=processes,
        hand_over=partial(relay.hand_over, scope),
        read_languages=read_languages,
    )
    relay.subscribe(scope, desk.keeper.take_over)

    def close() -> None:
        relay.unsubscribe(scope)
        engine.close()

    return LoadedRelease(desk, close)
