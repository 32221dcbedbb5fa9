#!/usr/bin/env bash
# Package:   pyoxigraph 0.5.13 (Oxigraph, an RDF store on RocksDB), on Linux
# Guess:     once Store.read_only() has returned, the process has every file of the store open. A server may then lower
#            the limit of open files to none, as sandboxes do, and go on answering queries.
# Behaviour: of the tables (.sst) of a store, the engine opens at most sixteen at first. Each of the others is opened by
#            the first query that needs it.
# Seen:      67 tables, of which 16 are open after read_only() and 30 after a few queries.
# Matters:   a sandbox made on the guess works with all test data, for small stores have fewer tables, and fails with
#            some queries over some ten million triples: "Too many open files".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install pyoxigraph==0.5.13
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import os
import sys
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Store

EX = "http://example.org/"
place = Path(sys.argv[1]) / "store"
for part in range(12):
    store = Store(str(place))
    store.bulk_extend(
        Quad(NamedNode(f"{EX}{part}-{n}"), NamedNode(f"{EX}p{n % 7}"), Literal(f"{part} {n}"), NamedNode(f"{EX}g{part}"))
        for n in range(200)
    )
    del store
tables = {path.stat().st_ino for path in place.glob("*.sst")}


def count_open():
    descriptors = os.listdir("/proc/self/fd")
    found = {os.stat(f"/proc/self/fd/{number}").st_ino for number in descriptors if os.path.exists(f"/proc/self/fd/{number}")}
    return len(tables & found)


store = Store.read_only(str(place))
first = count_open()
for pattern in ("?s ?p ?o", f"?s <{EX}p1> ?o", "?s ?p '3 7'", f"<{EX}2-9> ?p ?o"):
    list(store.query(f"SELECT * {{ {{ {pattern} }} UNION {{ GRAPH ?g {{ {pattern} }} }} UNION {{ GRAPH <{EX}g5> {{ {pattern} }} }} }}"))
print(f"tables: {len(tables)}; open after read_only(): {first}; open after queries: {count_open()}")
sys.exit(not (first < count_open() <= len(tables)))
PYTHON
