"""One version of the data on disk: dumps, documents, catalogue, statistics, and the manifest that lists them.

A build directory holds ``eild-<version>.{ttl,nt,jsonld,rdf}`` (the merged dataset) and ``.{trig,nq}`` (the module
graphs), ``eild-<version>-nanopubs.trig`` (a nanopublication per claim), each also as ``.gz`` and ``.zst``,
``SHA256SUMS``, and the manifest ``build.json``. The same content produces the same bytes: nothing depends on the clock,
the hash seed, the time zone or the working directory. A build is written to a temporary directory and renamed when it
is complete, so a directory holds either the previous build or the new one, never a mixture.
"""
