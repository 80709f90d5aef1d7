"""Who imports whom, read from the source with `ast`."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import mkdocs_instagram

PACKAGE = Path(mkdocs_instagram.__file__).parent
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__")

LEVELS = {
    "cli": 6,
    "plugin": 6,
    "doctor": 5,
    "fetch": 5,
    "login": 5,
    "purge": 5,
    "refresh": 5,
    "status": 5,
    "desk": 4,
    "pages": 4,
    "loader": 3,
    "paging": 3,
    "messages": 3,
    "session": 3,
    "upkeep": 3,
    "cache": 2,
    "cdn": 2,
    "client": 2,
    "config": 2,
    "encoding": 2,
    "entries": 2,
    "images": 2,
    "keys": 1,
    "live": 2,
    "removal": 2,
    "saved": 2,
    "sitefile": 2,
    "snapshot": 2,
    "parts": 3,
    "tidy": 3,
    "environment": 3,
    "items": 2,
    "terminal": 2,
    "thread": 1,
    "tokens": 2,
    "vetting": 2,
    "videos": 2,
    "captions": 1,
    "checks": 1,
    "formats": 1,
    "graph": 1,
    "labels": 1,
    "layouts": 1,
    "mappings": 1,
    "oauth": 1,
    "options": 1,
    "pace": 2,
    "refusals": 1,
    "selection": 1,
    "stylesheet": 0,
    "tag": 1,
    "credentials": 0,
    "errors": 0,
    "models": 0,
    "text": 0,
}
# The arrows that stay on their level; all others point down.
SIDEWAYS = {
    ("doctor", "login"),
    ("status", "login"),
    ("session", "loader"),
    ("session", "paging"),
    ("loader", "paging"),
    ("pace", "removal"),
    ("session", "messages"),
    ("session", "parts"),
    ("session", "tidy"),
    ("session", "upkeep"),
    ("messages", "upkeep"),
    ("cache", "entries"),
    ("entries", "vetting"),
    ("client", "cdn"),
    ("videos", "cache"),
    ("live", "client"),
    ("images", "encoding"),
    ("snapshot", "videos"),
    ("checks", "graph"),
    ("graph", "refusals"),
    ("labels", "checks"),
    ("layouts", "options"),
    ("mappings", "checks"),
    ("oauth", "graph"),
    ("oauth", "refusals"),
    ("options", "checks"),
    ("selection", "options"),
    ("tag", "options"),
    ("models", "errors"),
}
OUTSIDE = {
    "babel": {"formats"},
    "click": {"cli", "terminal"},
    "diskcache": {"entries", "vetting"},
    "filelock": {"tokens"},
    "httpx": {"cdn", "client"},
    "jinja2": {"environment", "pages", "plugin"},
    "markupsafe": {"plugin"},
    "mkdocs": {"config", "plugin"},
    "PIL": {"encoding"},
    "platformdirs": {"tokens"},
    "properdocs": {"desk"},
    "stamina": {"cdn"},
    "yaml": {"sitefile", "tag"},
    "yaml_env_tag": {"sitefile"},
}


def _imports(module: str) -> Iterator[tuple[int, str]]:
    """Yield the level of relative import and the name, of every import at any depth."""
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.level, node.module
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.level, alias.name) for alias in node.names)


def _find_arrows() -> set[tuple[str, str]]:
    return {(module, name) for module in MODULES for level, name in _imports(module) if level}


def _find_users() -> dict[str, set[str]]:
    users: dict[str, set[str]] = {}
    for module in MODULES:
        for level, name in _imports(module):
            top = name.partition(".")[0]
            if not level and top not in sys.stdlib_module_names:
                users.setdefault(top, set()).add(module)
    return users


def test_every_module_has_a_level() -> None:
    assert sorted(LEVELS) == MODULES


def test_imports_point_down() -> None:
    upwards = {(above, below) for above, below in _find_arrows() if LEVELS[above] <= LEVELS[below]}

    assert upwards == SIDEWAYS


def test_imports_form_no_cycle() -> None:
    left = _find_arrows()
    while left:
        importing = {above for above, _ in left}
        remaining = {(above, below) for above, below in left if below in importing}
        assert remaining != left, f"a cycle in {sorted(left)}"
        left = remaining


def test_each_outside_library_is_named_in_its_own_modules_only() -> None:
    assert _find_users() == OUTSIDE


@pytest.mark.parametrize(
    "module",
    [
        "checks",
        "loader",
        "paging",
        "graph",
        "labels",
        "mappings",
        "oauth",
        "options",
        "pages",
        "parts",
        "selection",
        "tag",
        "upkeep",
    ],
)
def test_a_module_without_an_outside_thing_names_no_network_and_no_folder(module: str) -> None:
    io = {"asyncio", "http", "os", "shutil", "socket", "sqlite3", "tempfile", "urllib"}

    assert not io & {
        name.removeprefix("urllib.parse").partition(".")[0]
        for level, name in _imports(module)
        if not level
    }


def test_a_site_without_tags_loads_neither_network_nor_pillow_nor_database() -> None:
    code = "import json, sys, mkdocs_instagram.plugin; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert not {"diskcache", "filelock", "httpx", "PIL", "platformdirs", "stamina"} & set(
        json.loads(done.stdout)
    )


def test_the_commands_are_imported_without_mkdocs_and_without_network() -> None:
    imports = "from mkdocs_instagram import cli, doctor, fetch, login, purge, refresh, status"
    code = f"import json, sys; {imports}; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert not {"diskcache", "httpx", "mkdocs", "PIL"} & set(json.loads(done.stdout))


@pytest.mark.parametrize(
    "arguments", [["--help"], ["login", "--help"], ["--version"]], ids=" ".join
)
def test_help_imports_neither_mkdocs_nor_properdocs(arguments: list[str]) -> None:
    code = (
        "import json, sys\n"
        "from mkdocs_instagram.cli import main\n"
        f"main({arguments!r}, standalone_mode=False)\n"
        "print(json.dumps(list(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert not {"httpx", "mkdocs", "PIL", "properdocs"} & set(
        json.loads(done.stdout.splitlines()[-1])
    )
