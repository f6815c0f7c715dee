# The commands of the house. `make` alone lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# A shell that is not a login shell often lacks it.
export PATH := $(HOME)/.cargo/bin:$(PATH)
# The browser comes from the system (scripts/setup), not from npm.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

NPM_CI := npm ci --no-audit --no-fund --loglevel=error
EDITOR_SOURCES := $(shell find editor -name node_modules -prune -o -path editor/dist -prune -o -type f -print 2>/dev/null)

.PHONY: help demo test e2e bench chaos fuzz lint deny docs setup samples examples editor image image-root clean

help: ## List the commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1\t/' | while IFS=$$'\t' read -r name what; do printf '  make %-10s %s\n' "$$name" "$$what"; done

demo: ## Build everything and start the demo: a portal with sample documents and the document server
	@scripts/setup run
	@$(MAKE) samples editor/dist/api.js
	@echo 'demo: building the server (the first time takes some minutes)'
	@cargo build --release --locked -p recto
	@exec target/release/recto demo --data data/demo --samples samples/out

test: ## Check and test everything, from the formatting to two browsers that write together
	@scripts/test

e2e: editor/dist/api.js e2e/node_modules/.installed samples examples ## Run the browser tests alone; ARGS='-g "wrong secret"' picks some
	@cargo build --locked -p recto
	@cd e2e && npx playwright test $(ARGS)

bench: editor/dist/api.js samples crates/bench/node/node_modules/.installed target/venv-bench/.installed ## Measure tokens, commands, conversions, start-up, opening and co-editing; ARGS=services, large or "beside PROGRAM" picks some
	@cargo build --release --locked -p recto
	@cargo run --release --locked -p recto-bench -- $(ARGS)

lint: editor/dist/api.js e2e/node_modules/.installed ## Formatting and linters alone
	@cargo fmt --all --check
	@cargo clippy --workspace --all-targets --locked -- -D warnings
	@cd editor && npm run --silent lint && npm run --silent check
	@cd e2e && npm run --silent lint && npm run --silent check

chaos: ## Kill, stop and break things while people write, MINUTES=5 long; SEED=… repeats a run
	@cargo test -p recto --test chaos --locked -- --ignored --nocapture --exact chaos

deny: ## Check the dependencies: licences, sources, bans, and advisories when their database can be reached
	@scripts/deny

fuzz: ## Fuzz explain and the verifiers, FUZZ_SECONDS=600 each (needs cargo-fuzz)
	@command -v cargo-fuzz >/dev/null || { echo 'cargo-fuzz is missing. Get it with: cargo install --locked cargo-fuzz' >&2; exit 1; }
	@for target in explain verify; do \
	  mkdir -p fuzz/corpus/$$target && \
	  RUSTC_BOOTSTRAP=1 cargo fuzz run $$target fuzz/corpus/$$target fuzz/seeds/$$target -- -max_total_time=$(or $(FUZZ_SECONDS),600) -max_len=8192 || exit 1; \
	done

# LibreOffice's bridge to Python is unpacked, not installed: beside the office it would give documents a
# way to run Python.
target/venv-bench/.installed: crates/bench/requirements.txt
	@echo 'bench: preparing unoserver in target/venv-bench'
	@python3 -m venv --clear target/venv-bench
	@target/venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: -r $<
	@cd target/venv-bench && apt-get download -qq python3-uno 2>/dev/null && dpkg-deb -x python3-uno_*.deb uno
	@touch $@

docs: ## Build the book into docs/book (needs mdbook)
	@command -v mdbook >/dev/null || { echo 'mdbook is missing. Get it with: cargo install --locked mdbook' >&2; exit 1; }
	@rm -rf target/book && mkdir -p target/book && tar -C docs --exclude ./book -cf - . | tar -C target/book -xf -
	@cargo run --quiet --locked -p recto-token --example pages -- target/book
	@mdbook build target/book --dest-dir "$(CURDIR)/docs/book"

examples: examples/node/node_modules/.installed target/venv-examples/.installed examples/react/dist/index.html examples/vue/dist/index.html ## Install what the examples need, and build those of the browser

examples/%/dist/index.html: examples/%/node_modules/.installed $(wildcard examples/react/*.* examples/react/src/* examples/vue/*.* examples/vue/src/*)
	@echo 'examples/$*: building'
	@cd examples/$* && npm run --silent build -- --logLevel warn
	@touch $@

target/venv-examples/.installed: examples/python/requirements.txt
	@echo 'examples: preparing Python packages in target/venv-examples'
	@python3 -m venv --clear target/venv-examples
	@target/venv-examples/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: -r $<
	@touch $@

setup: ## Install what demo and tests need from the system
	@scripts/setup test

samples: ## Make the sample documents
	@scripts/samples

editor: editor/dist/api.js ## Build the browser side

image: ## Build the container image (needs docker, or podman as CONTAINER=podman)
	@$(or $(CONTAINER),docker) build -t recto --build-arg REVISION=$$(git rev-parse HEAD 2>/dev/null || echo unknown) .

image-root: editor/dist/api.js samples ## Make the image's system without a container engine, and try it (as root)
	@cargo build --locked -p recto
	@scripts/container/smoke

# They stand between an example's sources and its build, and are kept.
.PRECIOUS: %/node_modules/.installed

# npm ci only when the lock file has changed or the modules are gone.
%/node_modules/.installed: %/package-lock.json
	@echo '$*: installing npm packages'
	@cd $* && $(NPM_CI)
	@touch $@

# The server embeds editor/dist, so it is built before any crate.
editor/dist/api.js: editor/node_modules/.installed $(EDITOR_SOURCES)
	@echo 'editor: building'
	@cd editor && npm run --silent build
	@touch $@

clean: ## Remove what was built; documents of the demo in data/ stay
	@rm -rf editor/dist editor/node_modules examples/node/node_modules examples/react/node_modules examples/react/dist examples/vue/node_modules examples/vue/dist crates/bench/node/node_modules e2e/node_modules e2e/results samples/out docs/book
	@if command -v cargo >/dev/null; then cargo clean; else rm -rf target; fi
