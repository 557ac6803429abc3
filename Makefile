PY ?= python3
BIN := .venv/bin

.PHONY: install run test coverage check bench soak simulate lock clean schema

install: .venv/.stamp

# A set-up that fails takes its half environment away and says why in one line.
.venv/.stamp: requirements.lock pyproject.toml
	@sh .ci/setup "$(PY)"

run: .venv/.stamp
	@$(BIN)/commons serve --demo

test: .venv/.stamp
	@$(BIN)/python -m pytest -q -rs -n 2 --dist worksteal

coverage: .venv/.stamp
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal --cov --cov-report=term:skip-covered

check: .venv/.stamp
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: .venv/.stamp
	@$(BIN)/python -m tests.benchmarks $(BENCH)

soak: .venv/.stamp
	@$(BIN)/python -m pytest -q -m soak

# Such as: make simulate SEEDS=300 JOBS=2, or SEEDS=1 NODES=30 EDITS=1000 FIRST=7
simulate: .venv/.stamp
	@$(BIN)/python -m tests.federation.simulation --nodes $(or $(NODES),8) --edits $(or $(EDITS),200) \
		--seeds $(or $(SEEDS),20) --first $(or $(FIRST),1) --jobs $(or $(JOBS),1)

schema: .venv/.stamp
	@$(BIN)/python -m schema.sdl schema/schema.graphql
	@$(BIN)/python -m schema.dictionary docs/data-dictionary.md

lock:
	uv pip compile pyproject.toml --group test --universal --generate-hashes --no-emit-index-url --no-header -o requirements.lock

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .coverage* htmlcov .hypothesis .commons-demo .commons-demo.erasures.jsonl
