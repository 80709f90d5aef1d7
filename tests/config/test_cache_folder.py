"""A cache folder is not part of the site, and `~` is the home folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from conftest import TOKEN
from fake import FakeInstagram
from shell import Shell
from sites import Site

from mkdocs_instagram.commands.cli import main
from mkdocs_instagram.config.cache_folder import check_cache_folder
from mkdocs_instagram.config.site_options import load_options
from mkdocs_instagram.errors import OptionError, SiteFileError

FOLDERS: dict[str, str | None] = {"docs_dir": "docs", "site_dir": "site", "custom_dir": "theme"}
AT_TOP = {**FOLDERS, "docs_dir": "."}


def check(folder: Path, cache_dir: str, folders: dict[str, str | None] | None = None) -> str:
    """Return how a cache lies to a folder of the site, such as `is inside docs_dir`; "" if well."""
    cache = load_options({"cache_dir": cache_dir}, None).locate_cache(folder)
    try:
        check_cache_folder(cache, folders or FOLDERS, folder / "mkdocs.yml")
    except OptionError as error:
        said = str(error)
        start = f"{folder / 'mkdocs.yml'}: plugin 'instagram', cache_dir: {cache} "
        assert said.startswith(start)
        return said.removeprefix(start).partition(",")[0]
    return ""


@pytest.mark.parametrize(
    ("cache_dir", "said"),
    [
        (".cache/plugin/instagram", ""),
        ("saved", ""),
        ("docs2/saved", ""),
        ("docs/../saved", ""),
        ("docs/.cache", ""),
        ("docs/.cache/instagram", ""),
        ("theme/.cache", ""),
        ("/elsewhere/docs/saved", ""),
        ("docs", "is docs_dir"),
        ("docs/", "is docs_dir"),
        ("docs/saved", "is inside docs_dir"),
        ("docs/a/b/c", "is inside docs_dir"),
        ("docs/a.b/.", "is inside docs_dir"),
        ("docs/.cache/../saved", "is inside docs_dir"),
        ("saved/../docs/saved", "is inside docs_dir"),
        ("site", "is site_dir"),
        ("site/saved", "is inside site_dir"),
        ("site/.cache", "is inside site_dir"),
        ("theme/saved", "is inside custom_dir"),
        ("theme", "is custom_dir"),
        (".", "contains docs_dir"),
        ("", "contains docs_dir"),
        ("..", "contains docs_dir"),
        ("/", "contains docs_dir"),
    ],
)
def test_a_cache_is_neither_in_the_site_nor_around_it(
    tmp_path: Path, cache_dir: str, said: str
) -> None:
    assert check(tmp_path, cache_dir) == said


@pytest.mark.parametrize(
    ("cache_dir", "said"),
    [
        (".cache/plugin/instagram", ""),
        (".saved", ""),
        ("saved", "is inside docs_dir"),
        (".", "is docs_dir"),
        ("..", "contains docs_dir"),
    ],
)
def test_documents_beside_mkdocs_yml_leave_the_default_as_it_is(
    tmp_path: Path, cache_dir: str, said: str
) -> None:
    """As with the plugin same-dir: MkDocs publishes no folder whose name begins with a dot."""
    assert check(tmp_path, cache_dir, AT_TOP) == said


def test_a_link_counts_where_it_is_and_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "docs" / "saved").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "docs" / "link").symlink_to(tmp_path / "outside")
    (tmp_path / "away").symlink_to(tmp_path / "docs" / "saved")
    (tmp_path / ".hidden").symlink_to(tmp_path / "docs")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")

    assert check(tmp_path, "docs/link/x") == "is inside docs_dir"
    assert check(tmp_path, "away") == "is inside docs_dir"
    assert check(tmp_path, ".hidden/x") == "is inside docs_dir"
    assert check(tmp_path, "outside") == ""
    assert check(tmp_path, "loop/x") == ""
    assert check(tmp_path, "saved", {"docs_dir": "loop"}) == ""


@pytest.mark.parametrize(
    ("cache_dir", "config", "said"),
    [
        ("docs/ig-cache", {}, "is inside docs_dir"),
        ("pages/ig-cache", {"docs_dir": "pages"}, "is inside docs_dir"),
        ("site/ig-cache", {}, "is inside site_dir"),
        ("public", {"site_dir": "public"}, "is site_dir"),
        (
            "theme/x",
            {"theme": {"name": "mkdocs", "custom_dir": "theme"}},
            "is inside custom_dir",
        ),
        (".", {}, "contains docs_dir"),
    ],
)
def test_such_a_cache_stops_the_build_and_every_command(
    site: Site, fake: FakeInstagram, cache_dir: str, config: dict[str, Any], said: str
) -> None:
    fake.add_user(TOKEN).add_mixed(2)
    for folder in ("pages", "theme"):
        (site.folder / folder).mkdir()
    site.options["cache_dir"] = cache_dir
    site.config |= config

    build = site.build()
    shell = Shell(site.folder, fake)
    commands = [shell.run(name) for name in ("status", "fetch", "login")]

    assert build.status == 1
    assert "Traceback" not in build.log
    for text in (build.log, *(done.err for done in commands)):
        line = " ".join(text.split())
        assert f"cache_dir: {site.folder / cache_dir} {said}, " in line
        assert "Set cache_dir to a folder outside docs_dir, site_dir and custom_dir" in line
    assert [done.status for done in commands] == [1, 1, 1]
    assert fake.count() == 0
    assert not list(site.folder.rglob("cache.db"))


@pytest.mark.parametrize(
    ("exclude_docs", "status"), [("!.cache", 1), ("!.*", 1), ("!.other", 0), ("drafts/", 0)]
)
def test_a_hidden_folder_that_mkdocs_publishes_stops_the_build(
    site: Site, fake: FakeInstagram, exclude_docs: str, status: int
) -> None:
    fake.add_user(TOKEN).add_mixed(2)
    site.options["cache_dir"] = "docs/.cache"
    site.config["exclude_docs"] = exclude_docs

    build = site.build()

    assert build.status == status, build.log
    assert ("is inside docs_dir" in build.log) == bool(status)
    assert not any("cache" in name for name in site.build().files())


def test_a_command_heeds_folders_that_are_inherited(tmp_path: Path) -> None:
    base = {"docs_dir": "texts", "plugins": {"instagram": {"cache_dir": "texts/saved"}}}
    (tmp_path / "site").mkdir()
    (tmp_path / "base.yml").write_text(yaml.safe_dump(base), encoding="utf-8")
    path = tmp_path / "site" / "mkdocs.yml"
    path.write_text("INHERIT: ../base.yml\n", encoding="utf-8")

    done = CliRunner().invoke(main, ["status", "-f", str(path)])

    assert done.exit_code == 1
    # Relative to the file that inherits, as in MkDocs.
    assert f"{tmp_path}/site/texts/saved is inside docs_dir" in " ".join(done.output.split())


@pytest.mark.parametrize(
    "config",
    [
        {"docs_dir": 5, "site_dir": None, "theme": "mkdocs"},
        {"docs_dir": ["docs"], "theme": {"custom_dir": None}},
        {"docs_dir": "\0", "theme": {"custom_dir": "x" * 5000}},
        {"theme": None},
    ],
)
def test_folders_that_mkdocs_refuses_are_no_matter_of_a_command(
    tmp_path: Path, config: dict[str, Any]
) -> None:
    path = tmp_path / "mkdocs.yml"
    path.write_text(yaml.safe_dump({"plugins": ["instagram"], **config}), encoding="utf-8")

    done = CliRunner().invoke(main, ["status", "--json", "-f", str(path)])

    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert str(tmp_path / ".cache") in done.output


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))

    def locate(cache_dir: str) -> Path:
        return load_options({"cache_dir": cache_dir}, None).locate_cache(tmp_path)

    assert locate("~/saved") == tmp_path / "home" / "saved"
    assert locate("~") == tmp_path / "home"
    assert locate("a/~/b") == tmp_path / "a" / "~" / "b"
    assert check(tmp_path / "home", "~") == "contains docs_dir"


@pytest.mark.parametrize("name", ["~nobody-of-this-name/saved", "~"])
def test_a_home_folder_that_is_not_known_is_told(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pwd

    def find_nobody(_: object) -> Callable[[], None]:
        raise KeyError

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", find_nobody)

    with pytest.raises(SiteFileError) as caught:
        load_options({"cache_dir": name}, Path("mkdocs.yml"))

    assert str(caught.value) == (
        f"mkdocs.yml: plugin 'instagram', cache_dir: there is no home folder for {name}. "
        "Write the whole path."
    )


def test_a_build_saves_in_the_home_folder(site: Site, fake: FakeInstagram) -> None:
    fake.add_user(TOKEN).add_mixed(2)
    site.environment["HOME"] = str(site.folder / "home")
    site.options["cache_dir"] = "~/saved"

    build = site.build("--strict")

    assert build.status == 0, build.log
    assert (site.folder / "home" / "saved" / "cache.db").is_file()
    assert not (site.folder / "~").exists()
