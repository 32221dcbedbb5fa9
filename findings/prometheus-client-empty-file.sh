#!/usr/bin/env bash
# Package:   prometheus_client 0.26.0 (multiprocess mode)
# Guess:     a scrape ignores a metrics file that is still empty, because every process creates its file empty and sets
#            its size in a second step.
# Behaviour: MultiProcessCollector raises struct.error for an empty file in its folder, and so does generate_latest.
# Seen:      struct.error: unpack_from requires a buffer of at least 4 bytes.
# Matters:   a process that is killed between the two steps, or a full disk, leaves an empty file behind. Every later
#            scrape of all processes then fails until somebody deletes that file.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install prometheus_client==0.26.0
mkdir "$folder/metrics"
touch "$folder/metrics/counter_1.db"
"$folder/venv/bin/python" - "$folder/metrics" <<'PYTHON'
import struct
import sys

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

registry = CollectorRegistry()
MultiProcessCollector(registry, path=sys.argv[1])
try:
    print(f"scraped: {generate_latest(registry)!r}")
except struct.error as error:
    print(f"struct.error: {error}")
    sys.exit(0)
sys.exit(1)
PYTHON
