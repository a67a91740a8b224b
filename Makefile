# Portail Famille. `make help` dit ce qu'on peut faire.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test check format heic bench lock clean

help: ## ce qu'on peut faire
	@grep -hE '^[a-z][a-z-]*:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.installed ## installe, prépare la base, construit l'interface et sert le portail
	@$(BIN)/portail run

test: $(VENV)/.installed-dev ## tous les tests, bases, Redis et navigateur compris
	@$(BIN)/python tests/tools/browser.py
	@$(BIN)/portail run --build-only
	@$(BIN)/pytest -n auto

check: $(VENV)/.installed-dev ## style, types, contrats d'import, code mort, cohérence
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/vulture
	@$(BIN)/pytest tests/test_consistency.py

format: $(VENV)/.installed-dev ## met en forme
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

heic: $(VENV)/.installed ## lit aussi les photos HEIC (ajoute une bibliothèque LGPL)
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements-heic.lock

bench: $(VENV)/.installed-dev ## toutes les mesures
	@for file in benchmarks/bench_*.py; do $(BIN)/python $$file || exit 1; done

bench-%: $(VENV)/.installed-dev
	@$(BIN)/python benchmarks/bench_$*.py

lock: ## recalcule les verrous
	@$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-annotate --no-header --extra dev pyproject.toml -o requirements-dev.lock
	@$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-annotate --no-header --extra heic pyproject.toml -o requirements-heic.lock

clean: ## efface ce qui se reconstruit (jamais les données)
	@rm -rf $(VENV) .web build *.egg-info .mypy_cache .ruff_cache

$(VENV)/bin/uv: requirements-uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 ou plus récent est nécessaire."; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/uv
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q $(VENV)/lib/python3*/site-packages/pypdf $(VENV)/lib/python3*/site-packages/PIL
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@$(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@
