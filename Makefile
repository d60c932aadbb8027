# `make run` and `make test` are the two commands of the README; each makes its own environment.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(BIN)/uv
SOURCES := base streams models detector rules sites alerts identity cases delivery api nonsite
LOCK   := $(UV) pip compile pyproject.toml --override tools/overrides.txt --python-version 3.11 \
	--generate-hashes --exclude-newer "1 week" --custom-compile-command "make lock" --no-annotate -q
SITE   ?= samples/site.yaml

DESK   := api/desk_built/index.html
NODE   := desk/.node/bin
DESK_FILES := $(shell find desk/src desk/public desk/*.* -type f -not -name schema.d.ts 2>/dev/null)
NPM    := PATH="$(CURDIR)/$(NODE):$$PATH" npm --prefix desk --no-progress

# compiled once at installation: every process of the service starts in half the time
export UV_COMPILE_BYTECODE := 1
COMPILE = $(BIN)/python -m compileall -q

.PHONY: docs guide bench-desk setup setup-dev setup-train run test test-train fmt lint type bench bench-peers bench-twice footage faults lock apt check clean \
	desk desk-dev desk-lint clean-desk mutants

run: setup
	@$(BIN)/nonsite run $(SITE)

setup: $(VENV)/.core
	@$(COMPILE) $(SOURCES)
	@$(MAKE) -s $(DESK) || { \
		echo "the desk was not built (the reason stands above); the service runs with its plain start page"; \
		echo "\`make desk\` tries again: it needs the package registries of PyPI and npm once"; }

setup-dev: $(VENV)/.dev
	@$(COMPILE) $(SOURCES) tools tests benchmarks
setup-train: $(VENV)/.train

$(UV):
	@command -v $(PYTHON) >/dev/null || { echo "Nonsite needs Python 3.11 ($(PYTHON) not found)"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -q --disable-pip-version-check "uv>=0.9"

$(VENV)/.core: requirements.lock pyproject.toml | $(UV)
	@echo "installing Nonsite into $(VENV) …"
	@VIRTUAL_ENV=$(VENV) $(UV) pip install -q --no-deps --require-hashes -r requirements.lock
	@VIRTUAL_ENV=$(VENV) $(UV) pip install -q --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.core
	@VIRTUAL_ENV=$(VENV) $(UV) pip install -q --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

# torch is pinned to its CPU build; pip (not uv) honours a local wheel folder for it
$(VENV)/.train: $(VENV)/.dev
	@$(BIN)/pip install -q --disable-pip-version-check "torch==2.13.0"
	@VIRTUAL_ENV=$(VENV) $(UV) pip install -q --override tools/overrides.txt -e ".[train]"
	@touch $@

# the web desk: Node from PyPI, packages by lock file, one build; nothing of it runs later
desk: $(DESK)

$(NODE)/node: requirements-desk.lock | $(UV)
	@echo "fetching Node for the desk …"
	@$(UV) venv -q --clear --python $(BIN)/python desk/.node
	@VIRTUAL_ENV=desk/.node $(UV) pip install -q --no-deps --require-hashes -r requirements-desk.lock
	@touch $@

desk/node_modules/.built: desk/package.json desk/package-lock.json $(NODE)/node
	@echo "installing the desk's packages …"
	@if [ -e desk/node_modules/.dev ]; then $(NPM) ci --silent && touch desk/node_modules/.dev $@; \
		else $(NPM) ci --omit=dev --silent && touch $@; fi

desk/node_modules/.dev: desk/package.json desk/package-lock.json $(NODE)/node
	@echo "installing the desk's packages and tools …"
	@$(NPM) ci --silent && touch desk/node_modules/.built $@

$(DESK): $(DESK_FILES) | desk/node_modules/.built
	@echo "building the desk …"
	@$(NPM) run --silent build -- --logLevel warn

desk/src/api/schema.d.ts: desk/openapi.json desk/node_modules/.dev
	@$(NPM) run --silent generate

# lint, types and unit tests of the desk, when something in it has changed
desk-lint: desk/node_modules/.linted

desk/node_modules/.linted: desk/src/api/schema.d.ts $(DESK_FILES)
	@$(NPM) run --silent lint
	@$(NPM) run --silent test
	@touch $@

desk-dev: desk/node_modules/.dev
	@$(NPM) run dev

clean-desk:
	rm -rf desk/.node desk/node_modules

# most tests wait for servers, streams and processes: files run side by side
WORKERS ?= 3

test: setup-dev desk
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

test-train: setup-train
	@$(BIN)/pytest tests/training $(ARGS)

fmt: setup-dev
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix-only -q .

lint: setup-dev
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python tools/check_sizes.py && $(BIN)/python tools/check_house.py
	@$(MAKE) -s desk-lint

type: setup-dev
	@$(BIN)/mypy $(SOURCES) training tools tests benchmarks

bench: setup-dev
	@$(BIN)/python -m benchmarks.run $(ARGS)
	@$(BIN)/python -m benchmarks.live

# Nonsite beside the policies of its peers, on the same streams with the same network
bench-peers: setup-dev
	@$(BIN)/python -m benchmarks.side_by_side $(ARGS)

# the first scene of it twice over: whether two runs agree within the spread they state
bench-twice: setup-dev
	@$(BIN)/python -m benchmarks.side_by_side --only h264_busy_1 --name twice $(ARGS)

# the acceptance scenes over 100 seeds, at the measured noise and at twice of it; in pieces: SEEDS=20 ARGS="--first 40 --only car*"
scenarios: setup-dev
	@$(BIN)/python -m tests.scenes.run $(or $(SEEDS),100) $(ARGS)

# small faults put into rules/: how many do its fast tests notice? SAMPLE=400 SEED=1 draws some; it may be stopped and taken up
mutants: setup-dev
	@VIRTUAL_ENV=$(VENV) $(UV) pip install -q "mutmut==3.8.1"
	@$(BIN)/python -m tools.mutants $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED)) $(ARGS)

# 10 000 random site files, valid and spoilt: accepted, or refused with the key's path
random-sites: setup-dev
	@$(BIN)/python -m tests.sites.random_sites 10000

# how fast the desk is in a browser
bench-desk: setup-dev desk
	@$(BIN)/python -m benchmarks.desk

# the pictures of docs/guide, from the real pages
guide: setup-dev desk
	@$(BIN)/python -m tests.desk.make_guide

# the proofs on real footage that is not part of a clone: prints the figures to note
footage: setup-dev
	@$(BIN)/pytest -m shared -s $(ARGS)

# what the tests marked rtsp, postgres and redis_server and those in a browser need (Debian, root)
apt:
	apt-get update -q && apt-get install -y -q --no-install-recommends \
		gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly \
		gstreamer1.0-tools glib-networking python3-gi postgresql redis-server ffmpeg chromium-headless-shell fonts-noto-cjk

# the pages of the rules, from the catalogue
docs: setup-dev
	@$(BIN)/python tools/make_rule_docs.py

# 240 seeded runs of real processes under faults, JOBS side by side; CI runs the first six
faults: setup-dev
	@seq $(or $(FROM),0) 20 $$(( $(or $(FROM),0) + $(or $(RUNS),240) - 1 )) | xargs -P $(or $(JOBS),2) -I{} sh -c \
		'NONSITE_FAULT_FIRST={} NONSITE_FAULT_RUNS=20 $(BIN)/pytest -q tests/faults $(ARGS)'

lock: | $(UV)
	@$(LOCK) -o requirements.lock
	@$(LOCK) --group dev -o requirements-dev.lock
	@$(UV) pip compile --group desk --python-version 3.11 --generate-hashes --exclude-newer "1 week" \
		--custom-compile-command "make lock" --no-annotate -q -o requirements-desk.lock

check: lint type test

clean: clean-desk
	rm -rf $(VENV) api/desk_built build *.egg-info .mypy_cache .ruff_cache .pytest_cache
