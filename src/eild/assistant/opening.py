"""Opening a dataset whose queries run in processes with limits, as those of the HTTP service do."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING

from eild.access.opening import FileReading, open_local
from eild.access.sources import LocalSource, RemoteSource
from eild.errors import UsageError
from eild.publication.addresses import is_endpoint
from eild.publication.manifest import choose_prefixes
from eild.query.engine import query_limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eild.access.sources import Source
    from eild.config import Settings
    from eild.publication.manifest import Publication
    from eild.query.engine import QueryEngine


@contextlib.contextmanager
def _run_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Run a loop in a thread of its own until the context ends; that of the assistant's server is not ours to use."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="queries", daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def open_bounded(stack: contextlib.ExitStack, files: Sequence[str], settings: Settings, base: str) -> Source:
    """Return EILD's own data, those of files, a build, a store or an endpoint.

    :param stack: releases what is held when it closes
    :param files: RDF files; none for what the settings name, or EILD's own
    :param settings: the build, the store or endpoint, and the limits of queries
    :param base: IRI that relative IRIs in the files resolve against
    :raises UsageError: if the arguments do not fit
    :raises DataError: if data are missing, damaged or cannot be parsed
    :raises EnvironmentFailure: if the query processes cannot be started
    """
    if settings.store and (files or base or settings.dist is not None):
        raise UsageError("name files, a build or a store, but not several", hint="leave out all but one")
    if settings.dist is not None and files:
        raise UsageError("name files or a build, but not both", hint="leave out one")
    if is_endpoint(settings.store):
        from eild.query.remote import make_remote_engine

        remote = RemoteSource(make_remote_engine(settings, {}), None)
        stack.callback(remote.close)
        return remote

    def start(publication: Publication) -> QueryEngine:
        from eild.query.workers.keeper import ForkServerProcess
        from eild.query.workers.pool import PooledEngine

        limits = query_limits(settings)
        keeper = stack.enter_context(
            ForkServerProcess(publication.folder, choose_prefixes(publication), limits, public_url="")
        )
        keeper.keep_running()
        engine = PooledEngine(keeper.address, limits, settings.query_workers)
        engine.attach(stack.enter_context(_run_loop()))
        stack.callback(engine.close)
        return engine

    names = [str(settings.dist)] if settings.dist is not None else list(files)
    publication, paths = open_local(stack, names, settings.store or None, FileReading(base))
    return LocalSource(publication, paths, {}, stack, engine=start(publication))
