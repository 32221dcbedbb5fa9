# All targets work on a fresh machine with Python 3.11 or later. Each creates the virtual environment that it needs.
PYTHON ?= python3
PIP := -m pip --disable-pip-version-check --quiet

.PHONY: help serve build editor test test-programs lint format typecheck clean

help:
	@echo "make serve      install into .venv, build the dataset and serve it (ARGS='--port 8080')"
	@echo "make build      install into .venv and write the dumps to dist/"
	@echo "make editor     rebuild the SPARQL editor after a change in editor/"
	@echo "make test       install into .venv-test and run the test suite (ARGS='-k seeds')"
	@echo "make lint       check style and formatting"
	@echo "make typecheck  check types"
	@echo "make format     format the code"
	@echo "make clean      remove everything that these targets created"

serve: .venv/installed
	.venv/bin/eild serve $(ARGS)

build: .venv/installed
	.venv/bin/eild build $(ARGS)

# Modules stay compiled: the tests start thousands of processes.
test: test-programs .venv-test/installed .node-test/installed .editor-test/installed .axe-test/installed .ckan-test/installed .portal-test/installed
	PATH="$$PATH:/usr/sbin" PYTHONDONTWRITEBYTECODE= .venv-test/bin/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

test-programs:
	@bash tests/install_programs.sh

lint: .venv-test/installed
	.venv-test/bin/ruff check .
	.venv-test/bin/ruff format --check .
	.venv-test/bin/python -m tools.deadcode

typecheck: .venv-test/installed
	.venv-test/bin/mypy

format: .venv-test/installed
	.venv-test/bin/ruff check --fix .
	.venv-test/bin/ruff format .

clean:
	rm -rf .venv .venv-test .node-test .editor-test .axe-test .ckan-test .portal-test dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "EILD requires Python 3.11 or later: make PYTHON=/path/to/python3 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	.venv/bin/python $(PIP) install --editable .
	touch $@

.venv-test/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "EILD requires Python 3.11 or later: make PYTHON=/path/to/python3 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv-test
	.venv-test/bin/python $(PIP) install --editable '.[dev]'
	touch $@

# CKAN's catalogue parser, in a separate environment, because it needs other versions of shared dependencies.
.ckan-test/installed: tests/catalog/ckan/requirements.txt
	$(PYTHON) -m venv .ckan-test
	.ckan-test/bin/python $(PIP) install --no-deps --requirement tests/catalog/ckan/requirements.txt
	touch $@

# Readers of catalogues, pages, sitemaps and ontologies, also in a separate environment.
.portal-test/installed: tests/catalog/portals/requirements.txt
	$(PYTHON) -m venv .portal-test
	.portal-test/bin/python $(PIP) install --no-deps --requirement tests/catalog/portals/requirements.txt
	touch $@

# JavaScript clients for the tests. The lock file pins every package by version and digest.
.node-test/installed: tests/clients/package.json tests/clients/package-lock.json
	@command -v npm >/dev/null || { echo "the tests require Node.js 20 or later, with npm"; exit 1; }
	mkdir -p .node-test
	cp tests/clients/package.json tests/clients/package-lock.json .node-test/
	cd .node-test && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

# Sources of the SPARQL editor, also pinned. `make editor` rebuilds the editor into the package.
.editor-test/installed: editor/package.json editor/package-lock.json
	@command -v npm >/dev/null || { echo "building the editor requires Node.js 20 or later, with npm"; exit 1; }
	mkdir -p .editor-test
	cp editor/package.json editor/package-lock.json .editor-test/
	cd .editor-test && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

editor: .editor-test/installed
	cp -R editor/build.js editor/src .editor-test/
	node .editor-test/build.js src/eild/web/static/vendor

# Accessibility rules for the browser tests, also pinned.
.axe-test/installed: tests/browser/package.json tests/browser/package-lock.json
	@command -v npm >/dev/null || { echo "the tests require Node.js 20 or later, with npm"; exit 1; }
	mkdir -p .axe-test
	cp tests/browser/package.json tests/browser/package-lock.json .axe-test/
	cd .axe-test && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@
