# PulseCRM. `make demo` shows it; `make test` proves it. Both set up what they need.

# The first Python that runs, not merely stands on the path, and is new enough.
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
BIN := .venv/bin
FRONT := $(wildcard ui_builder/elements/*.ts ui_builder/elements/*/*.ts ui_builder/styles/*.css) ui_builder/package-lock.json ui_builder/vite.config.ts

.PHONY: demo test check screens bench setup clean

# Packages and screens are set up side by side: half the wait on two cores.
demo:
	@$(MAKE) --no-print-directory --jobs=2 .venv/run ui_builder/dist/manifest.json
	@$(BIN)/pulse demo

test: .venv/dev ui_builder/dist/manifest.json
	@bash tests/setup.sh
	$(BIN)/python -m pytest

check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	@test ! -d ui_builder/node_modules || (cd ui_builder && npx --no-install tsc --noEmit)
	$(BIN)/python -m pytest tests/architecture

screens: .venv/dev ui_builder/dist/manifest.json
	@bash tests/setup.sh
	SCREENSHOTS=1 $(BIN)/python -m pytest tests/journeys/test_looks.py

bench: .venv/dev
	$(BIN)/python -m tests.bench

setup: .venv/dev ui_builder/dist/manifest.json

.venv/run: pyproject.toml
	@test -n "$(PYTHON)" || { echo "PulseCRM needs Python 3.11 or newer."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -e .
	@touch $@

.venv/dev: .venv/run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

# Without a Node of its own, the machine gets one as a package.
NODE := $(shell command -v npm >/dev/null 2>&1 && node -p 'process.versions.node.split(".")[0] >= 20' 2>/dev/null)
ui_builder/dist/manifest.json: $(FRONT) | $(if $(filter true,$(NODE)),,.venv/run)
	@bash ui_builder/build.sh

clean:
	rm -rf .venv ui_builder/dist ui_builder/node_modules build *.egg-info
