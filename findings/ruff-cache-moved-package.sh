#!/usr/bin/env bash
# Package:   ruff 0.17.6 (rule I001, import order)
# Guess:     the cache never changes a verdict: if a first-party package moves away, the modules that import it are
#            checked again, because their imports are now third-party and sort differently.
# Behaviour: the cache entry of a module depends on that module and the settings, not on which packages exist. After the
#            move, "ruff check" still reports "All checks passed!", while "ruff check --no-cache" finds I001.
# Seen:      exit code 0 with the warm cache, 1 without it, on the same files.
# Matters:   after packages are renamed or moved, a local run is green and a fresh checkout in CI is red.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install ruff==0.17.6
ruff=$folder/venv/bin/ruff
mkdir -p "$folder/project/alpha" "$folder/project/beta"
cd "$folder/project"
printf '[tool.ruff]\nsrc = ["."]\n[tool.ruff.lint]\nselect = ["I"]\n' >pyproject.toml
printf 'import requests\n\nimport beta\n' >alpha/__init__.py
printf '\n' >beta/__init__.py
"$ruff" check --quiet .
mv beta gamma
warm=0 cold=0
"$ruff" check . || warm=$?
"$ruff" check --no-cache . || cold=$?
echo "warm cache: exit code $warm; no cache: exit code $cold"
[ "$warm" -eq 0 ] && [ "$cold" -eq 1 ]
