# Every task is one command, each by itself from a fresh clone. `make` lists them.
.DEFAULT_GOAL := help
.PHONY: help run test check format proofs bench screenshots lock
.DELETE_ON_ERROR:

VENV := .venv
PY := $(VENV)/bin/python
INSTALL := $(PY) -m pip --disable-pip-version-check --no-input --quiet install

# Each process has servers of its own; a file's tests stay together, because they share a stack.
# Three keep two cores busy: a test of the running program waits for most of its time.
EVERY_TEST := -n 3 --dist loadfile --no-loadscope-reorder

# Needs no service and touches nobody's data.
CHECK_ENV := DATABASE_URL=sqlite://:memory: PYTHONWARNINGS=error
PRODUCTION_ENV := $(CHECK_ENV) PUBLIC_URL=https://parley.example ALLOWED_HOSTS=parley.example \
	REDIS_URL=redis://localhost WEBHOOK_TARGETS={} \
	SECRET_KEY=only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/runtime ## Start Parley on this machine (make run PORT=9000 for another port)
	@exec $(PY) manage.py runall --end-with-parent

test: check ## Check everything, then run every test (make test ARGS="tests/engine -x" for some)
	@$(PY) -m tests.machine
	@$(PY) -m pytest $(or $(ARGS),$(EVERY_TEST))

check: $(VENV)/development ## Format, lint, types, import contracts, Django's checks, migrations
	@$(PY) -m ruff format --check --quiet || { echo "Run: make format"; exit 1; }
	@$(PY) -m ruff check --quiet
	@$(PY) -m mypy --no-error-summary
	@$(PY) -c "from importlinter.cli import lint_imports_command as run; run()" > $(VENV)/contracts.log \
		|| { cat $(VENV)/contracts.log; exit 1; }
	@$(CHECK_ENV) $(PY) manage.py check
	@$(CHECK_ENV) $(PY) manage.py makemigrations --check --dry-run
	@$(PRODUCTION_ENV) $(PY) manage.py check --deploy --fail-level WARNING

format: $(VENV)/development ## Put the code in shape
	@$(PY) -m ruff format
	@$(PY) -m ruff check --fix

proofs: $(VENV)/development ## The long proofs of consent, whole: 2,000 stories, 200 verdicts on each of 50 items
	@$(PY) -m tests.machine
	@PROOFS=whole $(PY) -m pytest tests/approvals/test_machine.py tests/approvals/test_races.py -n 2

bench: $(VENV)/development ## Measure (make bench ONLY=engine for one group); writes var/bench.json
	@$(PY) -m tests.benchmarks $(ONLY)

screenshots: $(VENV)/development ## Take the pictures in docs/ from the running program
	@$(PY) -m tests.machine
	@$(PY) -m tests.browser.screenshots

lock: $(VENV)/development ## Pin again after a change in pyproject.toml (UPGRADE=--upgrade: newest versions)
	@$(INSTALL) uv
	@$(PY) -m uv pip compile --python-version 3.11 --universal --generate-hashes --no-emit-index-url \
		--no-header --quiet $(UPGRADE) -o requirements.lock pyproject.toml
	@$(PY) -m uv pip compile --python-version 3.11 --universal --generate-hashes --no-emit-index-url \
		--no-header --quiet $(UPGRADE) --group dev -c requirements.lock -o requirements-dev.lock pyproject.toml

$(VENV)/runtime: requirements.lock | $(VENV)/made
	@echo "Installing what Parley needs into $(VENV)/ …"
	@$(INSTALL) --require-hashes -r requirements.lock
	@touch $@

# The development lock holds everything of the runtime lock, at the same versions.
$(VENV)/development: requirements-dev.lock | $(VENV)/made
	@echo "Installing what Parley's development needs into $(VENV)/ …"
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/made:
	@PYTHON="$(PYTHON)" sh scripts/make-venv $(VENV)
	@touch $@
