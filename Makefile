# Every target is safe on a fresh clone: each installs what it needs first, which is quick when nothing changed.
.PHONY: help install demo test lint bench lock clean
.DEFAULT_GOAL := help

BIN := .venv/bin
# Two workers suit two cores; each has a database of its own on one server.
TEST_PROCESSES ?= 2

help:
	@echo "make demo     start everything with a demo day (TOWER_PORT, TOWER_HOME are respected; Ctrl-C stops it)"
	@echo "make test     run all tests             make lint    style, types, layers, templates, production settings"
	@echo "make bench    run all measurements      make install build .venv (PYTHON=... picks the interpreter)"
	@echo "make lock     pin requirements anew     make clean   remove .venv and caches; the data folder stays"

install:
	@.ci/install

demo: install
	@$(BIN)/python manage.py up --demo

test: install
	$(BIN)/pytest -n $(TEST_PROCESSES) --dist loadfile

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/pytest -q tests/guards -k template
	.ci/check-deploy
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

bench: install
	$(BIN)/python manage.py benchmark --all

lock: install
	@command -v $(BIN)/uv >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet --universal --no-header --no-annotate --python-version 3.11 --upgrade \
		pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --no-header --no-annotate --python-version 3.11 --upgrade \
		--extra test --constraint requirements.txt pyproject.toml -o tests/requirements.txt
	@{ echo "-r ../requirements.txt"; grep -vxFf requirements.txt tests/requirements.txt || true; } > tests/.lock
	@mv tests/.lock tests/requirements.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
