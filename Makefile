# Everything a person types. Each target sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= data

.PHONY: setup demo test lint docs bench serve lock clean

setup: $(VENV)/.ready

# The lock holds hashes, so what is installed is what was tested.
$(VENV)/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: setup  ## crawl the bundled sample portal, build the archive, serve it
	$(BIN)/nianbao demo --data $(DATA)

test: setup  ## the whole suite
	$(BIN)/pytest -n 2

lint: setup  ## style, types, layers, freshness of generated documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cog --check README.md CODEBOOK.md
	$(BIN)/python -m archive.metadata --check datasette-metadata.json

docs: setup  ## write the generated documents anew
	$(BIN)/cog -r README.md CODEBOOK.md
	$(BIN)/python -m archive.metadata datasette-metadata.json

bench: setup  ## print ratios against named baselines
	$(BIN)/python benchmarks/read_reports.py
	$(BIN)/python -m benchmarks.renderings --reports 4000 --jobs 2

serve: setup  ## serve the published archive
	$(BIN)/nianbao serve --data $(DATA)

lock:  ## resolve the dependencies anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra dev \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header pyproject.toml -o requirements.lock
	sed -i '1i # Every dependency, pinned by hash. Made by `make lock` from pyproject.toml; do not edit.' requirements.lock

clean:
	rm -rf $(VENV)
