# Everything that a fresh machine with Python >= 3.11 needs: each target makes its own virtual environment.
PYTHON ?= python3
PIP := -m pip --disable-pip-version-check --quiet

.PHONY: help serve build editor test test-programs lint format typecheck clean

help:
	@echo "make serve      install into .venv, build the dataset and serve it (ARGS='--port 8080')"
	@echo "make build      install into .venv and write the dumps to dist/"
	@echo "make editor     build the query editor of the pages anew, after a change in editor/"
	@echo "make test       install into .venv-test and run the whole test suite (ARGS='-k seeds')"
	@echo "make lint       check the code's style"
	@echo "make typecheck  check the code's types"
	@echo "make format     format the code"
	@echo "make clean      remove what these targets made"

serve: .venv/installed
	.venv/bin/eild serve $(ARGS)

build: .venv/installed
	.venv/bin/eild build $(ARGS)

test: test-programs .venv-test/installed .node-test/installed .editor-test/installed .axe-test/installed .ckan-test/installed
	PATH="$$PATH:/usr/sbin" .venv-test/bin/python -m pytest --numprocesses auto $(ARGS)

test-programs:
	@bash tests/install_programs.sh

lint: .venv-test/installed
	.venv-test/bin/ruff check .
	.venv-test/bin/ruff format --check .

typecheck: .venv-test/installed
	.venv-test/bin/mypy

format: .venv-test/installed
	.venv-test/bin/ruff check --fix .
	.venv-test/bin/ruff format .

clean:
	rm -rf .venv .venv-test .node-test .editor-test .axe-test .ckan-test dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "EILD needs Python 3.11 or later: make PYTHON=/path/to/python3 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	.venv/bin/python $(PIP) install --editable .
	touch $@

.venv-test/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "EILD needs Python 3.11 or later: make PYTHON=/path/to/python3 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv-test
	.venv-test/bin/python $(PIP) install --editable '.[dev]'
	touch $@

# CKAN's parser of catalogues, in an environment of its own: it wants other versions of what EILD uses too.
.ckan-test/installed: tests/catalog/ckan/requirements.txt
	$(PYTHON) -m venv .ckan-test
	.ckan-test/bin/python $(PIP) install --no-deps --requirement tests/catalog/ckan/requirements.txt
	touch $@

# JavaScript clients that the tests run; the lock file names each package by version and digest.
.node-test/installed: tests/clients/package.json tests/clients/package-lock.json
	@command -v npm >/dev/null || { echo "the tests need Node.js 20 or later, with npm"; exit 1; }
	mkdir -p .node-test
	cp tests/clients/package.json tests/clients/package-lock.json .node-test/
	cd .node-test && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

# What the query editor of the pages is built from, pinned likewise; `make editor` builds it anew into the package.
.editor-test/installed: editor/package.json editor/package-lock.json
	@command -v npm >/dev/null || { echo "the editor is built with Node.js 20 or later, with npm"; exit 1; }
	mkdir -p .editor-test
	cp editor/package.json editor/package-lock.json .editor-test/
	cd .editor-test && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

editor: .editor-test/installed
	cp -R editor/build.js editor/src .editor-test/
	node .editor-test/build.js src/eild/web/static/vendor

# The rules of accessibility that the tests in a browser apply, pinned likewise.
.axe-test/installed: tests/browser/package.json tests/browser/package-lock.json
	@command -v npm >/dev/null || { echo "the tests need Node.js 20 or later, with npm"; exit 1; }
	mkdir -p .axe-test
	cp tests/browser/package.json tests/browser/package-lock.json .axe-test/
	cd .axe-test && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@
