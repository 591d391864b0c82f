# Everything a newcomer needs: `make test` and `make demo` prepare .venv by themselves.

PYTHON ?= python3
BIN := .venv/bin
UV_VERSION := 0.13.9

.PHONY: help test cover demo check fuzz simulate soak mutants bench scale format lock clean

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

# Exact versions, tried together; --no-deps because the list is complete and libp2p's own pins are not installable as wheels.
.venv/ready: .ci/requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Folkmoot needs Python 3.11 or newer; this is %d.%d. Try: make PYTHON=python3.12" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv==$(UV_VERSION)'
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --no-deps --requirement .ci/requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@# trio-typing, a dependency of libp2p, brings stubs that hide trio's own types from the type checker.
	rm -rf .venv/lib/python*/site-packages/trio-stubs
	@touch $@

test: check ## every check that must hold before a change lands
	$(BIN)/pytest --numprocesses auto --dist loadfile

cover: .venv/ready ## the tests again, and which lines and branches they reach
	$(BIN)/pytest --cov --cov-report=term:skip-covered

check: .venv/ready ## format, lint, types, import contracts, vectors up to date
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python tests/vectors/make.py --check

fuzz: .venv/ready ## the same odd inputs for two clients; N=200000 SEED=1 CLIENT="node …"
	$(BIN)/python tests/fuzz/differential.py --count $(or $(N),20000) --seed $(or $(SEED),1) \
	  -- $(or $(CLIENT),$(BIN)/node examples/js-client/bin/conformance.mjs)

simulate: .venv/ready ## a simulated network, with a page of pictures; ARGS="--nodes 50 --records 10000 --rough"
	$(BIN)/folkmoot simulate --out simulation.html $(ARGS)

soak: .venv/ready ## a thousand seeds of the roughest weather; SEEDS=1000 SEED=1 JOBS=2
	$(BIN)/folkmoot simulate --rough --nodes 10 --records 100 --seed $(or $(SEED),1) --seeds $(or $(SEEDS),1000) \
	  --jobs $(or $(JOBS),2)

mutants: .venv/ready ## bugs planted on purpose, each of which the simulator has to find
	$(BIN)/python tests/simulation/mutants/run.py

bench: .venv/ready tests/benchmarks/negentropy/node_modules/.package-lock.json ## what sync costs, in tables and in bench-output; ARGS=--quick
	@$(BIN)/python tests/benchmarks/run.py $(ARGS)

tests/benchmarks/negentropy/node_modules/.package-lock.json: tests/benchmarks/negentropy/package-lock.json .venv/ready
	cd tests/benchmarks/negentropy && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent

scale: .venv/ready ## simulate networks of several sizes anew, and write the tables of spec/scale.md from them
	$(BIN)/python tests/benchmarks/fit_scale.py

demo: .venv/ready ## five real nodes on this machine form a team; RESUME=path takes your own
	@$(BIN)/folkmoot demo $(if $(RESUME),--resume "$(RESUME)")

format: .venv/ready ## rewrite the sources in the one format
	$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

lock: .venv/ready ## choose exact versions anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header \
	  --override .ci/overrides.txt --extra node --group dev pyproject.toml --output-file .ci/requirements.txt

clean: ## remove what make made
	rm -rf .venv demo-output bench-output simulation.html
