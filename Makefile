# All commands for developers. Requires Python 3.11 or newer, make and a package index.
# Paths are relative and quoted, because the path of the checkout may contain spaces.

PYTHON = python3
PORT = 8000
SERVE = 1
# Arguments of the main test run, and of the test runs on the wheel. The latter skip the tests that
# use a browser, wait for rebuilds, need other plugins or generators, build with faults, kill a
# program at many moments, measure, or run action.yml: what they find does not depend on versions.
PYTEST_ARGS = -n auto --dist worksteal
PYTEST_WHEEL_ARGS = -n auto --dist worksteal -x -q --ignore tests/browser \
	--ignore tests/builds/test_serve.py \
	--ignore tests/builds/test_compatibility.py --ignore tests/builds/test_generators.py \
	--ignore tests/builds/test_example_site.py \
	--ignore tests/faults/test_faults.py --ignore tests/long/test_benchmarks.py \
	--ignore tests/long/test_killed_builds.py --ignore tests/long/test_killed_commands.py \
	--ignore tests/long/test_killed_inject.py --ignore tests/test_action.py

LONG_TESTS = tests/long tests/faults/test_faults.py tests/browser/test_browser_editor.py
RUNS = 1000000

RUN = .venv/bin/python -m

# Hide the notice of Material for MkDocs about MkDocs 2, which this plugin does not support.
export NO_MKDOCS_2_WARNING = 1

define TOO_OLD
import sys
if sys.version_info < (3, 11):
    sys.exit(f"Python 3.11 or newer is required; this is {sys.version.split()[0]}. Try: make PYTHON=python3.12")
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
css = imported.with_name("render") / "assets" / "instagram.css"
assert b"; " not in css.read_bytes(), "the stylesheet is not minified"
print(f"mkdocs-instagram {mkdocs_instagram.__version__} comes from the installed wheel")
endef
export FROM_WHEEL

define BROWSERS_ARE_MISSING

******************************************************************************
**  A BROWSER IS MISSING: the tests that open pages in it are SKIPPED.
**  On Debian and Ubuntu: apt-get install %s
******************************************************************************

endef
export BROWSERS_ARE_MISSING

LOOK_FOR_BROWSERS = missing="$$("$(PYTHON)" tests/engines/installed.py)"; \
	[ -z "$$missing" ] || printf "$$BROWSERS_ARE_MISSING\n\n" "$$missing"

# Build these into the folder of the main site, after the main site: its build empties the folder.
define BUILD_THEMES
$(RUN) mkdocs build --strict --quiet --config-file example-site/theme-mkdocs.yml
$(RUN) mkdocs build --strict --quiet --config-file example-site/theme-readthedocs.yml
endef

.NOTPARALLEL:
.PHONY: help demo test lint types pytest coverage site format wheel test-wheel test-floors clean
.PHONY: look-for-browsers test-long fuzz bench pictures

help: ## show this list (default)
	@sed -n 's/^\([a-z-]*\):.*## /\1 /p' Makefile | while read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

demo: .venv/.docs ## build the example site and serve it (SERVE=0: build only; PORT=8000)
	$(RUN) mkdocs build --strict --config-file example-site/mkdocs.yml
	$(BUILD_THEMES)
ifneq ($(SERVE),0)
	@.venv/bin/python example-site/serve.py "$(PORT)"
endif

test: look-for-browsers lint types pytest site ## run all checks and tests
	@$(LOOK_FOR_BROWSERS)

look-for-browsers:
	@$(LOOK_FOR_BROWSERS)

lint: .venv/.dev ## check the formatting, Ruff's rules, the workflows and the action
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	.venv/bin/zizmor --offline --no-progress .github action.yml

types: .venv/.dev ## check the types of the package and the tests with mypy
	$(RUN) mypy

pytest: .venv/.dev .venv-pelican/.all .venv-eleventy/.all ## run the tests (PYTEST_ARGS="-k word")
	$(RUN) pytest $(PYTEST_ARGS)

test-long: .venv/.dev ## run the slow tests: every fault in every way, hundreds of killed builds
	$(RUN) pytest -n 0 --long $(LONG_TESTS)

fuzz: .venv/.dev ## search for API answers that break a rule, with atheris (RUNS=1000000)
	$(RUN) pip install -qq --group fuzz
	cd tests/long && PYTHONPATH=..:. ../../.venv/bin/python -m fuzzing -runs=$(RUNS) -max_len=4096 -len_control=0 ../../.fuzz

bench: .venv/.dev ## measure the plugin and other tools (BENCH_ARGS=--quick: once each, write nothing)
	cd tests/long && PYTHONPATH=..:. ../../.venv/bin/python -m benchmarks $(BENCH_ARGS)

pictures: .venv/.dev ## make the pictures of the README and of the themes, with Chromium
	PYTHONPATH=tests $(RUN) pictures

coverage: .venv/.dev ## run the tests and show the branches that they do not visit
	$(RUN) pytest $(PYTEST_ARGS) --cov

site: .venv/.dev ## build the example site; warnings are errors
	$(RUN) mkdocs build --strict --quiet --config-file example-site/mkdocs.yml
	$(BUILD_THEMES)

format: .venv/.dev ## format the code and fix what Ruff can fix
	$(RUN) ruff format .
	$(RUN) ruff check --fix .

wheel: .venv/.dev ## build sdist and wheel into dist/
	rm -rf dist
	$(RUN) build --outdir dist .

# The copy has no mkdocs_instagram/, so the tests fail if a file is missing from the wheel.
define TEST_INSTALLED_WHEEL
copy="$$(mktemp -d)" && trap 'rm -rf "$$copy"' EXIT && python="$$PWD/$(1)/bin/python" && \
tar -cf - --exclude './.git' --exclude './.venv*' --exclude './mkdocs_instagram' . | tar -xf - -C "$$copy" && \
cd "$$copy" && "$$python" -c "$$FROM_WHEEL" && "$$python" -m pytest $(PYTEST_WHEEL_ARGS)
endef

test-wheel: wheel .venv-wheel/.venv ## run the tests on the installed wheel with the newest dependencies
	.venv-wheel/bin/python -m pip install -qq --group tests dist/*.whl
	.venv-wheel/bin/python -m pip install -qq --force-reinstall --no-deps dist/*.whl
	$(call TEST_INSTALLED_WHEEL,.venv-wheel)

test-floors: wheel .venv-floors/.venv ## the same with the oldest dependencies that pyproject.toml allows
	.venv-floors/bin/python -c "$$FLOORS" > .venv-floors/floors.txt
	.venv-floors/bin/python -m pip install -qq --constraint .venv-floors/floors.txt --group tests dist/*.whl
	.venv-floors/bin/python -m pip install -qq --force-reinstall --no-deps dist/*.whl
	@cat .venv-floors/floors.txt
	$(call TEST_INSTALLED_WHEEL,.venv-floors)

clean: ## remove all generated files
	rm -rf .venv .venv-wheel .venv-floors .venv-pelican .venv-eleventy dist screenshots example-site/site example-site/.cache
	rm -rf .coverage .coverage.* .fuzz htmlcov .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# pip 25.1 is the first version with --group.
%/.venv:
	"$(PYTHON)" -c "$$TOO_OLD"
	"$(PYTHON)" -m venv "$*"
	"$*/bin/python" -m pip install -qq --upgrade "pip>=25.1"
	touch "$@"

# Generators for tests of `inject` that cannot be in .venv. Without npm, the test is skipped.
.venv-pelican/.all: pyproject.toml | .venv-pelican/.venv
	.venv-pelican/bin/python -m pip install -qq --group pelican
	touch "$@"

.venv-eleventy/.all:
	mkdir -p .venv-eleventy
	! command -v npm > /dev/null || npm install --silent --no-audit --no-fund --prefix .venv-eleventy @11ty/eleventy@3
	touch "$@"

.venv/.docs: pyproject.toml | .venv/.venv
	$(RUN) pip install -qq --group docs --editable .
	touch "$@"

.venv/.dev: pyproject.toml | .venv/.venv
	$(RUN) pip install -qq --group dev --editable .
	touch .venv/.docs "$@"
