"""Links to the documentation, if the package's metadata has its address."""

import sys
from pathlib import Path

import pytest
from addresses import write_metadata
from click.testing import CliRunner
from conftest import TOKEN
from fake import FakeInstagram, error
from shell import Shell
from sites import Site

from mkdocs_instagram.commands.cli import main
from mkdocs_instagram.config.documentation import add_link, find_command, find_messages

ADDRESS = "https://harbour-bakery.github.io/mkdocs-instagram/"
TROUBLESHOOTING = f"{ADDRESS}guide/troubleshooting/"


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Metadata with the address, as in a wheel from our CI."""
    folder = tmp_path / "known"
    write_metadata(folder, f"Homepage, {ADDRESS}home/", f"Documentation, {ADDRESS}")
    monkeypatch.syspath_prepend(str(folder))
    return folder


def test_pages_are_below_the_address(known: Path) -> None:
    assert find_messages() == TROUBLESHOOTING
    assert find_command("") == f"{ADDRESS}guide/commands/"
    assert find_command("login") == f"{ADDRESS}guide/commands/#login"
    assert add_link("It failed.") == f"It failed. More: {TROUBLESHOOTING}"


def test_an_address_needs_no_slash_at_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_metadata(tmp_path, f"Documentation, {ADDRESS.rstrip('/')}")
    monkeypatch.syspath_prepend(str(tmp_path))

    assert find_messages() == TROUBLESHOOTING


@pytest.mark.parametrize(
    "urls",
    [[], [f"Homepage, {ADDRESS}"], ["Documentation, http://example.org"], ["Documentation, docs"]],
    ids=str,
)
def test_without_an_address_nothing_is_said(
    urls: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_metadata(tmp_path, *urls)
    monkeypatch.syspath_prepend(str(tmp_path))

    assert find_command("login") == find_messages() == ""
    assert add_link("It failed.") == "It failed."


def test_without_an_installation_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])

    assert find_messages() == ""


@pytest.mark.parametrize("name", ["", *sorted(main.commands)])
def test_help_ends_with_the_address_of_the_command_s_description(name: str, known: Path) -> None:
    shown = CliRunner().invoke(main, [*filter(None, [name]), "--help"]).stdout

    page = f"{ADDRESS}guide/commands/" + (f"#{name}" if name else "")
    assert shown.endswith(f"\n\nDocumentation: {page}\n")


def test_help_without_an_address_ends_as_click_writes_it() -> None:
    shown = CliRunner().invoke(main, ["login", "--help"]).stdout

    assert shown.endswith("Show this message and exit.\n")


def test_a_command_that_fails_names_the_page_of_all_messages(
    known: Path, tmp_path: Path, fake: FakeInstagram
) -> None:
    shell = Shell(tmp_path, fake)
    fake.fail("user", error(190, subcode=463))
    shell.keep(TOKEN)

    with fake.remapped():
        done = shell.run("doctor")

    assert done.err.endswith(f"checks failed. More: {TROUBLESHOOTING}")
    assert done.out.count(ADDRESS) == 0


@pytest.fixture
def knowing(site: Site, known: Path) -> Site:
    """The site; its builds run in forks, so a hook of MkDocs shows them the metadata."""
    hook = site.folder / "hook.py"
    code = f"import sys\ndef on_config(config):\n    sys.path.insert(0, {str(known)!r})\n"
    hook.write_text(code, encoding="utf-8")
    site.config["hooks"] = ["hook.py"]
    return site


def test_an_error_that_stops_a_build_ends_with_the_link(knowing: Site) -> None:
    knowing.write({"index.md": "<!-- instagram {limit: 0} -->\n"})
    built = knowing.build()

    assert built.status == 1
    assert f"from 1 to 1000. More: {TROUBLESHOOTING}\n" in built.log
    assert built.log.count(ADDRESS) == 1


def test_the_last_line_of_a_build_with_warnings_is_the_link(knowing: Site) -> None:
    knowing.write({"index.md": "<!-- instagram -->\n", "b.md": "<!-- instagram {limit: 2} -->\n"})
    knowing.environment["INSTAGRAM_ACCESS_TOKEN"] = ""
    built = knowing.build()

    assert built.warnings
    assert built.lines("INFO")[-1] == f"More about the warnings above: {TROUBLESHOOTING}"
    assert built.log.count(ADDRESS) == 1


def test_a_build_without_warnings_has_no_link(knowing: Site, fake: FakeInstagram) -> None:
    fake.add_user(TOKEN)
    built = knowing.build()

    assert built.status == 0
    assert ADDRESS not in built.log
