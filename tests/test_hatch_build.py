"""The package's page on PyPI: its links are absolute, or they are left out."""

import os
import re
import runpy
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import html5lib
import markdown
import pytest
from packaging.metadata import RawMetadata, parse_email

import mkdocs_instagram

ROOT = Path(__file__).parent.parent
PACKAGE = Path(mkdocs_instagram.__file__).parent
DOCS = ROOT / "example-site" / "docs"
README = (ROOT / "README.md").read_text(encoding="utf-8")
HOOK = runpy.run_path(str(ROOT / "hatch_build.py"))

COMMIT = "0123456789abcdef0123456789abcdef01234567"
OURS = {
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "Harbour-Bakery/mkdocs-instagram",
    "GITHUB_SHA": COMMIT,
}
OTHERS = {
    "GITHUB_SERVER_URL": "https://git.example.org",
    "GITHUB_REPOSITORY": "other/distribution",
    "GITHUB_SHA": COMMIT[::-1],
}
REPOSITORY = "https://github.com/Harbour-Bakery/mkdocs-instagram"
DOCUMENTATION = "https://harbour-bakery.github.io/mkdocs-instagram/"

find_repository = partial(HOOK["find_repository"], ROOT)
complete_links = HOOK["complete_links"]


def run_hatchling(build: str, source: Path, target: Path, variables: Mapping[str, str]) -> Path:
    """Build an sdist or a wheel as pip does, without pip and its network."""
    environment = {name: it for name, it in os.environ.items() if not name.startswith("GITHUB_")}
    code = f"import sys, hatchling.build; hatchling.build.build_{build}(sys.argv[1])"
    target.mkdir()
    subprocess.run(
        [sys.executable, "-c", code, str(target)],
        cwd=source,
        env={**environment, **variables},
        check=True,
    )
    (built,) = target.iterdir()
    return built


def read_metadata(wheel: Path) -> RawMetadata:
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        raw, unknown = parse_email(archive.read(name))
    assert unknown == {}
    return raw


def build_from_sdist(folder: Path, variables: Mapping[str, str]) -> RawMetadata:
    """Return a wheel's metadata: an sdist of ours, from which somebody else's CI builds it."""
    source = folder / "source"
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE"):
        source.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, source)
    # The package itself, because tests of the installed wheel have no source.
    used = ("__init__.py", "render/assets/instagram.css", "instagram/demo_account/LICENCES.md")
    for name in used:
        target = source / PACKAGE.name / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PACKAGE / name, target)
    sdist = run_hatchling("sdist", source, folder / "dist", variables)
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (unpacked,) = (folder / "unpacked").iterdir()
    return read_metadata(run_hatchling("wheel", unpacked, folder / "wheel", OTHERS))


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> RawMetadata:
    """The metadata of a wheel from our CI."""
    return build_from_sdist(tmp_path_factory.mktemp("ours"), OURS)


@pytest.fixture(scope="module")
def unknown(tmp_path_factory: pytest.TempPathFactory) -> RawMetadata:
    """The metadata of a wheel that was not built in CI."""
    return build_from_sdist(tmp_path_factory.mktemp("unknown"), {})


def render(text: str) -> Any:
    html = markdown.markdown(text, extensions=["fenced_code", "tables", "toc"])
    return html5lib.parse(html, namespaceHTMLElements=False)


def list_links(text: str) -> list[str]:
    elements, names = render(text).iter(), ("href", "src", "srcset")
    return [element.get(name) for element in elements for name in names if element.get(name)]


def read_text(text: str) -> list[str]:
    return "".join(render(text).itertext()).split()


def test_the_page_links_to_documentation_source_issues_and_changelog(ours: RawMetadata) -> None:
    # hatchling has checked the classifiers too: one that PyPI does not know ends a build.
    assert ours["project_urls"] == {
        "Homepage": DOCUMENTATION,
        "Documentation": DOCUMENTATION,
        "Source": REPOSITORY,
        "Issues": f"{REPOSITORY}/issues",
        "Changelog": f"{REPOSITORY}/blob/HEAD/CHANGELOG.md",
    }


def test_every_link_of_the_description_is_absolute(ours: RawMetadata) -> None:
    assert ours["description_content_type"] == "text/markdown"
    links = list_links(ours["description"])
    headings = {element.get("id") for element in render(ours["description"]).iter("h2")}
    known = ("https://github.com/Harbour-Bakery/", DOCUMENTATION)
    relative = [it for it in list_links(README) if not it.startswith(("https://", "#"))]

    assert [it for it in links if not it.startswith("https://") and it[1:] not in headings] == []
    assert len(links) == len(list_links(README))
    assert sum(link.startswith(known) for link in links) == len(relative) > 5
    assert "git.example.org" not in str(ours)


def test_links_to_the_documentation_lead_to_its_pages(ours: RawMetadata) -> None:
    uris = [
        link.removeprefix(DOCUMENTATION).partition("#")[0]
        for link in list_links(ours["description"])
        if link.startswith(DOCUMENTATION)
    ]

    assert len(uris) > 2
    for uri in uris:
        assert not uri or uri.endswith("/")
        assert (DOCS / f"{uri}index.md").exists() or (DOCS / f"{uri[:-1]}.md").exists()


def test_pictures_and_files_are_those_of_the_commit(ours: RawMetadata) -> None:
    links = list_links(ours["description"])

    assert any(re.match(rf"{REPOSITORY}/raw/{COMMIT}/example-site/", link) for link in links)
    assert f"{REPOSITORY}/blob/{COMMIT}/LICENSE" in links


def test_badges_are_at_the_top(ours: RawMetadata) -> None:
    badges = re.findall(r"^\[!\[.+?\]\((.+?)\)\]\((.+?)\)$", ours["description"], re.MULTILINE)

    assert [page for _, page in badges] == [
        "https://pypi.org/project/mkdocs-instagram/",
        f"{REPOSITORY}/blob/{COMMIT}/LICENSE",
        f"{REPOSITORY}/actions/workflows/ci.yml",
    ]
    assert badges[2][0] == f"{REPOSITORY}/actions/workflows/ci.yml/badge.svg"


def test_without_a_repository_links_and_pictures_are_left_out(unknown: RawMetadata) -> None:
    text = unknown["description"]
    kept = [link for link in list_links(README) if link.startswith(("https://", "#"))]

    assert "project_urls" not in unknown
    assert list_links(text) == kept
    assert "git.example.org" not in str(unknown)


def test_only_links_change(ours: RawMetadata, unknown: RawMetadata) -> None:
    assert read_text(ours["description"]) == read_text(README)
    assert read_text(unknown["description"]) == read_text(README)


@pytest.mark.parametrize(
    "changed",
    [
        {"GITHUB_SERVER_URL": ""},
        {"GITHUB_SERVER_URL": "http://github.com"},
        {"GITHUB_SERVER_URL": "https://github.com@evil.example"},
        {"GITHUB_SERVER_URL": "https://github.com/evil?"},
        {"GITHUB_SERVER_URL": "https://github.com\n"},
        {"GITHUB_SERVER_URL": "javascript:alert(1)//"},
        {"GITHUB_REPOSITORY": ""},
        {"GITHUB_REPOSITORY": "harbour"},
        {"GITHUB_REPOSITORY": "harbour/.."},
        {"GITHUB_REPOSITORY": "../harbour"},
        {"GITHUB_REPOSITORY": "harbour/bakery/x"},
        {"GITHUB_REPOSITORY": "harbour/bakery\n"},
        {"GITHUB_REPOSITORY": "harbour\n/bakery"},
        {"GITHUB_REPOSITORY": "harbour/bak ery"},
        {"GITHUB_REPOSITORY": "harbour/bakery)](https://evil.example"},
        {"GITHUB_REPOSITORY": "harbour/bäckerei"},
        {"GITHUB_WORKSPACE": str(ROOT.parent)},
        {"GITHUB_WORKSPACE": str(ROOT / "tests")},
    ],
    ids=str,
)
def test_variables_of_another_shape_or_folder_name_no_repository(changed: dict[str, str]) -> None:
    assert find_repository({**OURS, **changed}) is None


def test_the_folder_of_the_workflow_is_found_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(ROOT)
    assert find_repository({**OURS, "GITHUB_WORKSPACE": str(tmp_path / "link")}).address


@pytest.mark.parametrize("commit", ["", "main", COMMIT.upper(), f"{COMMIT}\n", "../" * 13 + "a"])
def test_a_commit_that_is_none_is_the_newest(commit: str) -> None:
    assert find_repository({**OURS, "GITHUB_SHA": commit}).commit == "HEAD"


@pytest.mark.parametrize(
    ("server", "repository", "documentation"),
    [
        ("https://github.com", "Bakery/Site", "https://bakery.github.io/Site/"),
        ("https://github.com", "Bakery/bakery.github.io", "https://bakery.github.io/"),
        ("https://github.com", "a/b.github.io", "https://a.github.io/b.github.io/"),
        ("https://git.example.org:8443", "bakery/site", ""),
    ],
)
def test_only_github_s_own_server_has_a_known_address_of_pages(
    server: str, repository: str, documentation: str
) -> None:
    found = find_repository({"GITHUB_SERVER_URL": server, "GITHUB_REPOSITORY": repository})
    urls = found.list_urls()

    assert found.documentation == documentation
    assert urls.get("Documentation", "") == documentation
    assert urls["Homepage"] == (documentation or f"{server}/{repository}")


@pytest.mark.parametrize(
    ("written", "known", "unknown"),
    [
        (
            "[a](example-site/docs/index.md)",
            "[a](https://x.github.io/y/)",
            "a",
        ),
        (
            "[a\nb](example-site/docs/feeds/index.md#c)",
            "[a\nb](https://x.github.io/y/feeds/#c)",
            "a\nb",
        ),
        (
            "[`a`](example-site/docs/guide/myindex.md)",
            "[`a`](https://x.github.io/y/guide/myindex/)",
            "`a`",
        ),
        ("![a](b.webp)", "![a](https://github.com/x/y/raw/HEAD/b.webp)", ""),
        (
            "[![a](b.webp)](example-site/)",
            "[![a](https://github.com/x/y/raw/HEAD/b.webp)](https://github.com/x/y/tree/HEAD/example-site/)",
            "",
        ),
        (
            "[![a](https://z/b.svg)](LICENSE)",
            "[![a](https://z/b.svg)](https://github.com/x/y/blob/HEAD/LICENSE)",
            "![a](https://z/b.svg)",
        ),
        (
            "[![a](b.webp)](https://c)",
            "[![a](https://github.com/x/y/raw/HEAD/b.webp)](https://c)",
            "",
        ),
        ("[a](../../issues)", "[a](https://github.com/x/y/issues)", "a"),
        ("[a](#b) [c](https://d/e)", "[a](#b) [c](https://d/e)", "[a](#b) [c](https://d/e)"),
        ("`[a](b.md)` ``` [c](d) ```", "`[a](b.md)` ``` [c](d) ```", "`[a](b.md)` ``` [c](d) ```"),
        (
            "- x\n\n  ```md\n  [a](b.md)\n  ```\n",
            "- x\n\n  ```md\n  [a](b.md)\n  ```\n",
            "- x\n\n  ```md\n  [a](b.md)\n  ```\n",
        ),
        ("`[type]`; a list [x] (y)", "`[type]`; a list [x] (y)", "`[type]`; a list [x] (y)"),
    ],
)
def test_links_outside_code_become_absolute(written: str, known: str, unknown: str) -> None:
    repository = find_repository(
        {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "x/y"}
    )

    assert complete_links(written, repository) == known
    assert complete_links(written, None) == unknown
