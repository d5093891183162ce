# Every task of the project. `make` alone lists them; each sets up what it needs.
#
# A fresh machine needs python3 (3.11 or later) and make, nothing else:
#     make serve     builds our site and serves it on http://127.0.0.1:8000
#     make test      runs the tests

PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 2
export NO_MKDOCS_2_WARNING := 1
PACK_SOURCES := hatch_build.py $(wildcard tools/stdpack/*.py) $(wildcard mkdocs_gomem/std/facts/*)

.PHONY: help serve site test check fix lint types layers oracle parity bench pack clean

help: ## list the tasks
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

# The stamp is touched last, so that a half-made environment is made anew.
.venv/ready: pyproject.toml tools/bootstrap.sh
	@PYTHON='$(PYTHON)' sh tools/bootstrap.sh
	@touch $@

.venv: .venv/ready

# Made by the build hook when the package was installed; made again when its sources changed.
mkdocs_gomem/std/go.pack: $(PACK_SOURCES) | .venv/ready
	@$(BIN)/python hatch_build.py

pack: .venv/ready mkdocs_gomem/std/go.pack ## pack Go's standard library (done by itself when needed)

serve: pack ## build our site and serve it, live
	$(BIN)/mkdocs serve --livereload

site: pack ## build our site into site/; any warning fails
	$(BIN)/mkdocs build --strict

test: pack ## run the tests
	$(BIN)/pytest -n $(JOBS) -m 'not slow'

check: lint types layers test site ## all that a submission must pass

fix: .venv/ready ## format, and repair what ruff can repair
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: .venv/ready ## check format and style
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/ready ## check types
	$(BIN)/mypy

layers: .venv/ready ## check that no room imports upward
	$(BIN)/lint-imports

oracle: pack ## record what real Go says of every test case
	$(BIN)/python -m tools.oracle

parity: pack ## compare with real Go on all there is, and write docs/parity.md
	$(BIN)/pytest -n $(JOBS) -m slow
	$(BIN)/python -m tools.parity

bench: pack ## measure speed
	$(BIN)/python -m benchmarks.stages

clean: ## remove everything that was made
	rm -rf .venv .cache site dist build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	rm -f mkdocs_gomem/std/go.pack
