# make run     serve a demonstration city on http://127.0.0.1:8000
# make test    prove all that is promised, on SQLite and PostgreSQL side by side, and in Chromium
# make soak    what takes long besides: races of hundreds of rounds, the benchmarks
# make check   the fast part of it: style, types, imports
# make lock    fix the libraries' releases again; UPGRADE=--upgrade for newer ones

SHELL := /bin/bash
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
  $(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
PIP := .venv/bin/python -m pip --quiet --disable-pip-version-check

.PHONY: run test soak check lock

run:
	$(call install,requirements.lock)
	.venv/bin/python -m server serve --demo

test: check
	.ci/browser
	.venv/bin/python -m tests

soak: check
	.venv/bin/python -m pytest -m soak --db=sqlite
	.venv/bin/python -m pytest -m soak --db=postgres

check:
	$(call install,requirements-dev.lock)
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports

COMPILE = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-header --no-annotate $(UPGRADE) pyproject.toml --group build

lock:
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --group dev --constraint requirements.lock --output-file requirements-dev.lock
	@! grep -n '://' requirements.lock requirements-dev.lock

# An environment with what a lock names and nothing newer, and `sixones` in its bin. Made again
# where the checkout was moved or Python went away; left alone while lock and pyproject are the same.
define install
@if [ -e .venv/where ] && ! grep -qxF '$(CURDIR)' .venv/where; then rm -rf .venv; fi
@.venv/bin/python -c 'import pip' 2>/dev/null || { rm -rf .venv; $(if $(PYTHON),\
  $(PYTHON) -m venv .venv,echo 'Six Ones needs Python 3.11 or newer as python3.' >&2; exit 1); }
@echo '$(CURDIR)' > .venv/where
@cat $(1) pyproject.toml | cmp -s - .venv/$(1) || { echo 'Installing $(1)' && \
  $(PIP) install --require-hashes --requirement $(1) && \
  $(PIP) install --no-build-isolation --no-deps --editable . && \
  cat $(1) pyproject.toml > .venv/$(1); }
endef
