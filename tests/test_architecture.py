"""Which module imports which, read from the source with `ast`."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import mkdocs_instagram

PACKAGE = Path(mkdocs_instagram.__file__).parent
MODULES = sorted(
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
    for path in PACKAGE.rglob("*.py")
    if path.stem != "__init__"
)

# Imports go down only, also inside functions; folders in one row do not import each other.
ORDER = (
    ("plugin", "commands"),
    ("render",),
    ("feed",),
    ("tokens",),
    ("cache", "config"),
    ("instagram",),
    ("errors", "text"),
)
OUTSIDE = {
    "babel": {"render.formats"},
    "click": {
        "commands.cli",
        "commands.command_line",
        "commands.common_options",
        "commands.terminal",
    },
    "diskcache": {"cache.database"},
    "filelock": {"commands.inject", "tokens.store"},
    "httpx": {
        "instagram.client",
        "instagram.connection_failures",
        "instagram.downloads",
        "instagram.network_settings",
    },
    "jinja2": {
        "commands.injection",
        "plugin",
        "render.editor",
        "render.environment",
        "render.pages",
    },
    "markupsafe": {"plugin", "render.editor", "render.environment"},
    "mkdocs": {"config.option_types", "config.site_options", "plugin"},
    "PIL": {"cache.encoding"},
    "platformdirs": {"tokens.store"},
    "properdocs": {"commands.context"},
    "stamina": {"instagram.retries"},
    "yaml": {"config.cures", "config.site_file", "render.tag"},
    "yaml_env_tag": {"config.site_file"},
}


def _imports(module: str) -> Iterator[str]:
    """Yield the full names that a module imports, at any depth."""
    package = ["mkdocs_instagram", *module.split(".")]
    path = PACKAGE.joinpath(*module.split(".")).with_suffix(".py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = [*(package[: -node.level] if node.level else ()), node.module]
            prefix = ".".join(filter(None, source))
            yield from (f"{prefix}.{alias.name}" for alias in node.names)


def _find_arrows() -> dict[str, set[str]]:
    """Return, by module, the modules of ours that it imports."""
    ours = {f"mkdocs_instagram.{module}": module for module in MODULES}
    return {
        module: {
            ours[found]
            for name in _imports(module)
            for found in (name, name.rpartition(".")[0])
            if found in ours
        }
        for module in MODULES
    }


def test_every_folder_has_its_place() -> None:
    assert {module.partition(".")[0] for module in MODULES} == {n for row in ORDER for n in row}


def test_imports_point_down() -> None:
    floor = {name: number for number, names in enumerate(ORDER) for name in names}
    upwards = [
        (above, below)
        for above, all_below in _find_arrows().items()
        for below in all_below
        if (start := above.partition(".")[0]) != (end := below.partition(".")[0])
        and floor[start] >= floor[end]
    ]

    assert upwards == []


def test_modules_form_no_cycle() -> None:
    TopologicalSorter(_find_arrows()).prepare()  # raises a CycleError that names them


def test_each_outside_library_is_named_in_its_own_modules_only() -> None:
    users: dict[str, set[str]] = {}
    for module in MODULES:
        for name in _imports(module):
            top = name.partition(".")[0]
            if top not in {"mkdocs_instagram", *sys.stdlib_module_names}:
                users.setdefault(top, set()).add(module)

    assert users == OUTSIDE


@pytest.mark.parametrize("module", ["graph", "oauth", "refusals"])
def test_the_protocol_names_no_network_and_no_folder(module: str) -> None:
    io = {"asyncio", "http", "os", "shutil", "socket", "sqlite3", "tempfile", "urllib"}

    assert not io & {
        name.removeprefix("urllib.parse").partition(".")[0]
        for name in _imports(f"instagram.{module}")
    }


def _import_in_a_process(name: str) -> set[str]:
    code = f"import json, sys, {name}; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    return set(json.loads(done.stdout))


def test_a_site_without_tags_loads_neither_network_nor_pillow_nor_database() -> None:
    loaded = _import_in_a_process("mkdocs_instagram.plugin")

    assert not {"diskcache", "filelock", "httpx", "PIL", "platformdirs", "stamina"} & loaded


def test_a_build_that_saves_nothing_loads_neither_diskcache_nor_an_encoder() -> None:
    loaded = _import_in_a_process("mkdocs_instagram.plugin, mkdocs_instagram.cache.cache")

    assert not {"diskcache", "mkdocs_instagram.cache.encoding", "PIL"} & loaded


def test_the_commands_are_imported_without_mkdocs_and_without_network() -> None:
    commands = [module for module in MODULES if module.startswith("commands.")]
    loaded = _import_in_a_process(", ".join(f"mkdocs_instagram.{name}" for name in commands))

    assert not {"diskcache", "httpx", "mkdocs", "PIL"} & loaded


@pytest.mark.parametrize(
    "arguments", [["--help"], ["login", "--help"], ["--version"]], ids=" ".join
)
def test_help_imports_neither_mkdocs_nor_properdocs(arguments: list[str]) -> None:
    code = (
        "import json, sys\n"
        "from mkdocs_instagram.commands.cli import main\n"
        f"main({arguments!r}, standalone_mode=False)\n"
        "print(json.dumps(list(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert not {"httpx", "mkdocs", "PIL", "properdocs"} & set(
        json.loads(done.stdout.splitlines()[-1])
    )
