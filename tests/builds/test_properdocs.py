"""ProperDocs builds the same site, with MkDocs beside it and without."""

import pkgutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from compatibility import THEMES, DemoSite, find_feeds
from sites import Build

import mkdocs_instagram


@pytest.fixture(scope="session")
def without_mkdocs(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Python that has all packages installed here but MkDocs, as after `pip uninstall mkdocs`."""
    folder = tmp_path_factory.mktemp("properdocs") / "venv"
    venv.EnvBuilder(symlinks=True, with_pip=False).create(folder)
    scheme = sysconfig.get_paths("venv", {"base": str(folder), "platbase": str(folder)})
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if path.name != "mkdocs" and not path.name.startswith("mkdocs-1"):
            (Path(scheme["purelib"]) / path.name).symlink_to(path)
    return str(Path(scheme["scripts"]) / Path(sys.executable).name)


NEEDS_MKDOCS = {
    "mkdocs_instagram.config.option_types",
    "mkdocs_instagram.config.site_options",
    "mkdocs_instagram.plugin",
}


def by_path(build: Build) -> dict[str, bytes]:
    return {path: data for path, data in build.files().items() if "/mk-ig/" in path}


@pytest.mark.works_with("ProperDocs, with MkDocs and without", "properdocs")
def test_the_same_site_is_built(tmp_path: Path, without_mkdocs: str) -> None:
    site = DemoSite(tmp_path, config={"theme": THEMES["material"]}, before=["search"])
    site.write({"docs/index.md": "# Sky\n\n<!-- instagram {limit: 3, open: viewer} -->\n"})
    config = ("--strict", "--config-file", "mkdocs.yml")

    mkdocs = site.build(*config)
    files = by_path(mkdocs)
    beside = site.build(*config, program="properdocs")
    instead = site.build(*config, program="properdocs", python=without_mkdocs)

    feeds = find_feeds(mkdocs, "index.html")
    assert len(feeds) == 1
    for build in (beside, instead):
        assert build.status == 0, build.log
        assert "WARNING" not in build.log
        assert find_feeds(build, "index.html") == feeds
    assert by_path(instead) == files
    assert len(files) > 3


def test_only_the_shell_of_mkdocs_needs_it(without_mkdocs: str) -> None:
    names = [
        module.name
        for module in pkgutil.walk_packages(mkdocs_instagram.__path__, "mkdocs_instagram.")
    ]
    code = (
        "import importlib, sys\n"
        f"for name in {sorted({*names} - NEEDS_MKDOCS)!r}:\n"
        "    importlib.import_module(name)\n"
        "assert 'mkdocs' not in sys.modules\n"
        "try:\n"
        "    import mkdocs_instagram.config.site_options\n"
        "except ModuleNotFoundError as error:\n"
        "    print(error.name)\n"
    )

    done = subprocess.run(
        [without_mkdocs, "-W", "error", "-c", code], capture_output=True, check=True, text=True
    )

    assert done.stdout == "mkdocs\n"


def test_commands_read_the_options_without_mkdocs(tmp_path: Path, without_mkdocs: str) -> None:
    path = tmp_path / "properdocs.yml"

    def run(options: str) -> tuple[int, str]:
        path.write_text(f"plugins: [{{instagram: {options}}}]\n", encoding="utf-8")
        code = "from mkdocs_instagram.commands.cli import main; main(['status'])"
        command = [without_mkdocs, "-W", "error", "-c", code]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, text=True)
        return done.returncode, " ".join((done.stdout + done.stderr).split())

    status, text = run("{accounts: {try: {demo: true}}, cache_dir: saved}")
    assert status == 0, text
    assert f"Account try ({path})" in text
    assert f"Cache {tmp_path / 'saved'}, not created yet" in text

    status, text = run("{max_age: soon}")
    assert status == 1
    assert f"{path}: plugin 'instagram', max_age: soon is not a duration" in text
