# Everything a developer runs. Needs Python 3.11 or newer, make and a package index.
# Paths are relative and quoted: a checkout may lie in a folder with spaces.

PYTHON = python3
PORT = 8000
SERVE = 1
# Arguments of the main run of the tests, and of those on the wheel, which leave out what looks at
# pages in a browser, what waits for rebuilds, what needs the other plugins, and the faults.
PYTEST_ARGS = -n auto --dist worksteal
PYTEST_WHEEL_ARGS = -n auto -x -q --ignore-glob 'tests/test_browser*.py' --ignore tests/test_serve.py \
	--ignore tests/test_compatibility.py --ignore tests/test_faults.py

LONG_TESTS = tests/test_faults.py tests/test_killed_builds.py tests/test_processes.py tests/test_fuzz.py
RUNS = 1000000

RUN = .venv/bin/python -m

# Material for MkDocs prints a notice about MkDocs 2, which this plugin does not support anyway.
export NO_MKDOCS_2_WARNING = 1

define TOO_OLD
import sys
if sys.version_info < (3, 11):
    sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. Try: make PYTHON=python3.12")
endef
export TOO_OLD

# Reads `name>=version` as `name==version`.
define FLOORS
import re, tomllib
with open("pyproject.toml", "rb") as file:
    for requirement in tomllib.load(file)["project"]["dependencies"]:
        print(re.sub(r">=([\w.]+).*", r"==\1", requirement))
endef
export FLOORS

define FROM_WHEEL
import pathlib, sysconfig
import mkdocs_instagram
imported = pathlib.Path(mkdocs_instagram.__file__)
assert imported.is_relative_to(sysconfig.get_path("purelib")), f"imported from {imported}"
print(f"mkdocs-instagram {mkdocs_instagram.__version__} comes from the installed wheel")
endef
export FROM_WHEEL

define NO_CHROMIUM

******************************************************************************
**  CHROMIUM IS MISSING: the tests that look at pages in a browser are       **
**  SKIPPED. On Debian and Ubuntu: apt-get install chromium                  **
******************************************************************************

endef
export NO_CHROMIUM

FIND_CHROMIUM = { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null

# Into the main site, whose build clears its folder.
define BUILD_THEMES
$(RUN) mkdocs build --strict --quiet --config-file example-site/theme-mkdocs.yml
$(RUN) mkdocs build --strict --quiet --config-file example-site/theme-readthedocs.yml
endef

.NOTPARALLEL:
.PHONY: help demo test lint types pytest coverage site format wheel test-wheel test-floors clean
.PHONY: look-for-chromium test-long fuzz bench

help: ## show this list (the default)
	@sed -n 's/^\([a-z-]*\):.*## /\1 /p' Makefile | while read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

demo: .venv/.docs ## build the example site and serve it (SERVE=0: build only; PORT=8000)
	$(RUN) mkdocs build --strict --config-file example-site/mkdocs.yml
	$(BUILD_THEMES)
ifneq ($(SERVE),0)
	@printf '\nThe example site is at http://127.0.0.1:%s/ (stop with Ctrl+C)\n\n' "$(PORT)"
	@$(RUN) http.server "$(PORT)" --bind 127.0.0.1 --directory example-site/site
endif

test: look-for-chromium lint types pytest site ## every check and every test
	@$(FIND_CHROMIUM) || printf '%s\n' "$$NO_CHROMIUM"

look-for-chromium:
	@$(FIND_CHROMIUM) || printf '%s\n' "$$NO_CHROMIUM"

lint: .venv/.dev ## formatting, Ruff's rules, and the workflows
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	.venv/bin/zizmor --offline --no-progress .github

types: .venv/.dev ## mypy over package and tests
	$(RUN) mypy

pytest: .venv/.dev ## the tests (PYTEST_ARGS="-k word")
	$(RUN) pytest $(PYTEST_ARGS)

test-long: .venv/.dev ## what takes many minutes: every fault in every way, hundreds of kills
	$(RUN) pytest -n 0 --long $(LONG_TESTS)

fuzz: .venv/.dev ## atheris looks for answers of the API that break a rule (RUNS=1000000)
	$(RUN) pip install -qq --group fuzz
	cd tests && PYTHONPATH=. ../.venv/bin/python -m fuzzing -runs=$(RUNS) -max_len=4096 -len_control=0 ../.fuzz

bench: .venv/.dev ## what the plugin costs, beside others (BENCH_ARGS=--quick: once each, nothing is written)
	cd tests && PYTHONPATH=. ../.venv/bin/python -m benchmarks $(BENCH_ARGS)

coverage: .venv/.dev ## the tests, with the branches they do not visit
	$(RUN) pytest $(PYTEST_ARGS) --cov

site: .venv/.dev ## build the example site, warnings count as errors
	$(RUN) mkdocs build --strict --quiet --config-file example-site/mkdocs.yml
	$(BUILD_THEMES)

format: .venv/.dev ## format, and repair what Ruff can repair
	$(RUN) ruff format .
	$(RUN) ruff check --fix .

wheel: .venv/.dev ## sdist and wheel, into dist/
	rm -rf dist
	$(RUN) build --outdir dist .

# The copy lacks mkdocs_instagram/, so a file that is missing from the wheel is missing here too.
define TEST_INSTALLED_WHEEL
copy="$$(mktemp -d)" && trap 'rm -rf "$$copy"' EXIT && python="$$PWD/$(1)/bin/python" && \
tar -cf - --exclude './.git' --exclude './.venv*' --exclude './mkdocs_instagram' . | tar -xf - -C "$$copy" && \
cd "$$copy" && "$$python" -c "$$FROM_WHEEL" && "$$python" -m pytest $(PYTEST_WHEEL_ARGS)
endef

test-wheel: wheel .venv-wheel/.venv ## the tests on the installed wheel and the newest dependencies
	.venv-wheel/bin/python -m pip install -qq --group tests dist/*.whl
	.venv-wheel/bin/python -m pip install -qq --force-reinstall --no-deps dist/*.whl
	$(call TEST_INSTALLED_WHEEL,.venv-wheel)

test-floors: wheel .venv-floors/.venv ## the same on the oldest dependencies that pyproject.toml admits
	.venv-floors/bin/python -c "$$FLOORS" > .venv-floors/floors.txt
	.venv-floors/bin/python -m pip install -qq --constraint .venv-floors/floors.txt --group tests dist/*.whl
	.venv-floors/bin/python -m pip install -qq --force-reinstall --no-deps dist/*.whl
	@cat .venv-floors/floors.txt
	$(call TEST_INSTALLED_WHEEL,.venv-floors)

clean: ## remove what make made
	rm -rf .venv .venv-wheel .venv-floors dist screenshots example-site/site example-site/.cache
	rm -rf .coverage .coverage.* .fuzz htmlcov .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# pip 25.1 is the first that knows --group.
%/.venv:
	"$(PYTHON)" -c "$$TOO_OLD"
	"$(PYTHON)" -m venv "$*"
	"$*/bin/python" -m pip install -qq --upgrade "pip>=25.1"
	touch "$@"

.venv/.docs: pyproject.toml | .venv/.venv
	$(RUN) pip install -qq --group docs --editable .
	touch "$@"

.venv/.dev: pyproject.toml | .venv/.venv
	$(RUN) pip install -qq --group dev --editable .
	touch .venv/.docs "$@"
