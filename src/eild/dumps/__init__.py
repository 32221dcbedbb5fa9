"""Dumps: the published dataset as files, the same bytes on every machine and every day.

A build directory holds ``eild-<version>.{ttl,nt,jsonld,rdf}`` (the merged dataset) and ``.{trig,nq}`` (the module
graphs), ``eild-<version>-nanopubs.trig`` (a nanopublication per claim), each also as ``.gz`` and ``.zst``,
``SHA256SUMS``, and the manifest ``build.json``. Nothing in it comes from the clock, the hash seed, the time zone or the
working directory. It is written beside its place and moved there when it is whole, so that an old build is either still
there or wholly replaced. :mod:`~eild.dumps.content` makes the files, :mod:`~eild.dumps.manifest` reads what a directory
says of itself, :mod:`~eild.dumps.former` keeps what earlier builds published, :mod:`~eild.dumps.directory` writes
directories, and :mod:`~eild.dumps.cache` keeps builds of the packaged data.
"""

from eild.dumps.cache import ensure_build, user_cache_folder
from eild.store.publication import CHECKSUMS, MANIFEST

__all__ = ["CHECKSUMS", "MANIFEST", "ensure_build", "user_cache_folder"]
