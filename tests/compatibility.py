"""Sites built with other plugins and themes, their feeds compared, and the table of what works.

The table is written by the run itself, with `--regenerate`; see `Results`.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
import yaml
from filelock import FileLock
from sites import Build, read_pages

EVERYTHING = Path(__file__).parent / "sites" / "everything"
TABLE = Path(__file__).parents[1] / "example-site" / "includes" / "compatibility.md"
HEAD = "| Tested with | Version | Result |\n| --- | --- | --- |"
# Few and small pictures: making them is most of a build's time.
DEMO: Mapping[str, Any] = {
    "accounts": {"demo": {"demo": True}},
    "defaults": {"limit": 2},
    "images": {"widths": [320], "format": "jpeg"},
}
QUIET = {
    "NO_MKDOCS_2_WARNING": "1",
    "DISABLE_MKDOCS_2_WARNING": "true",
    "NO_COLOR": "1",
    "PYTHONDONTWRITEBYTECODE": "",
}
THEMES: Mapping[str, Mapping[str, Any]] = {
    "material": {"name": "material", "font": False},
    "mkdocs": {"name": "mkdocs", "highlightjs": False},
    "readthedocs": {"name": "readthedocs", "highlightjs": False},
}
URLS = ("src", "href", "poster")
LIGHTBOX = {"glightbox", "off-glb"}
FOR_LIGHTBOX = {"data-type", "data-gallery", "data-title", "data-description"}


def run(
    folder: Path,
    *arguments: str,
    python: str = sys.executable,
    program: str = "mkdocs",
) -> Build:
    """Run `mkdocs build`, or another program's, in a folder with mkdocs.yml."""
    done = subprocess.run(
        [python, "-m", program, "build", *arguments],
        cwd=folder,
        env={**os.environ, **QUIET},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=240,
    )
    log = done.stdout.decode("utf-8", "replace")
    return Build(done.returncode, log, folder / "site", read_pages(folder / "site"))


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all processes of a test run share."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def build_once(folder: Path, make: Callable[[Path], Build]) -> Build:
    """Return what `make` builds in a folder; only the first process that asks calls it."""
    told = folder / "told.json"
    with FileLock(f"{folder}.lock"):
        if not told.exists():
            folder.mkdir()
            build = make(folder)
            told.write_text(json.dumps([build.status, build.log]), encoding="utf-8")
    status, log = json.loads(told.read_text(encoding="utf-8"))
    return Build(status, log, folder / "site", read_pages(folder / "site"))


@dataclass(slots=True)
class DemoSite:
    """A site of the demo account, which needs neither network nor token."""

    folder: Path
    config: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    before: list[Any] = field(default_factory=list)
    after: list[Any] = field(default_factory=list)

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def write_config(self) -> None:
        plugin = {"instagram": {**DEMO, **self.options}}
        config = {
            "site_name": "Quillmoor",
            "site_url": "https://quillmoor.example.org/docs/",
            **self.config,
            "plugins": [*self.before, plugin, *self.after],
        }
        self.write({"mkdocs.yml": yaml.safe_dump(config, allow_unicode=True, sort_keys=False)})

    def build(self, *arguments: str, **how: Any) -> Build:
        self.write_config()
        return run(self.folder, *arguments, **how)


Node = tuple[str, tuple[tuple[str, str], ...], tuple[Any, ...]]
"""A tag, its attributes and its children, which are nodes and texts."""


def find_feeds(build: Build, page: str) -> list[Node]:
    """Return a page's feeds as trees that two builds can be compared by.

    White space and boolean attributes are normalised, URLs start at the top of the site, and the
    attributes for a lightbox are left out. Every file that a feed names must be in the site.
    """
    document = html5lib.parse(build.pages[page], namespaceHTMLElements=False)
    roots = [it for it in document.iter("div") if "mk-ig" in it.get("class", "").split()]
    return [_read(root, build, page) for root in roots]


def _read(element: Element, build: Build, page: str) -> Node:
    attributes = {}
    for name, value in element.attrib.items():
        if name in URLS:
            attributes[name] = _resolve(value, build, page)
        elif name == "srcset":
            pairs = (candidate.split() for candidate in value.split(", "))
            attributes[name] = ", ".join(f"{_resolve(url, build, page)} {w}" for url, w in pairs)
        elif name == "class":
            attributes[name] = " ".join(sorted(set(value.split()) - LIGHTBOX))
        elif name not in FOR_LIGHTBOX:
            attributes[name] = value
    children: list[Any] = [_words(element.text)]
    for child in element:
        children += [_read(child, build, page), _words(child.tail)]
    return (
        str(element.tag),
        tuple(sorted(attributes.items())),
        tuple(child for child in children if child),
    )


def _words(text: str | None) -> str:
    return " ".join((text or "").split())


def _resolve(url: str, build: Build, page: str) -> str:
    """Return a URL from the top of the site, where its file must be.

    Those of other sites, and those within the page, stay as they are.
    """
    if urlsplit(url).netloc or url.startswith("#"):
        return url
    path = unquote(urlsplit(urljoin(f"/docs/{page}", url)).path).removeprefix("/docs/")
    assert (build.site / path).is_file(), f"{page}: {url}"
    return path


def find_stylesheets(build: Build, page: str) -> list[str]:
    """Return the links to our stylesheet, from the top of the site."""
    links = re.findall(
        r'<link\b[^>]*?\bhref="?([^">]*mk-ig/instagram\.[^">\s]*)', build.pages[page]
    )
    return [_resolve(link, build, page) for link in links]


def count_media(build: Build, page: str) -> list[int]:
    """Return how many media each feed of a page has."""
    return [_count(feed) for feed in find_feeds(build, page)]


def _count(node: Node) -> int:
    inner = sum(_count(child) for child in node[2] if isinstance(child, tuple))
    return inner + ("data-media" in dict(node[1]))


class Results:
    """The table: a row for each mark `works_with`, `works` if every test with it passed.

    A mark has the row's text and the distributions whose versions it shows, or what returns them.
    pytest-xdist sends the properties of a report to the process that writes the table. Rows that
    were not tried stay.
    """

    def __init__(self, *, is_writing: bool) -> None:
        self._is_writing = is_writing
        self._rows: dict[tuple[str, str], bool] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, value in report.user_properties:
            if name == "works_with" and (report.when == "call" or not report.passed):
                what, versions = str(value).split("\t")
                row = what, versions
                self._rows[row] = self._rows.get(row, True) and report.passed

    def pytest_sessionfinish(self) -> None:
        if self._is_writing and self._rows:
            rows = {row[0]: row for row in read_table()}
            for (what, versions), is_working in self._rows.items():
                rows[what] = what, versions, "works" if is_working else "fails"
            lines = (f"| {' | '.join(rows[what])} |" for what in sorted(rows))
            TABLE.write_text("\n".join((HEAD, *lines, "")), encoding="utf-8")


def read_table() -> list[tuple[str, ...]]:
    """Return the rows of the table: what, versions, result."""
    text = TABLE.read_text(encoding="utf-8").removeprefix(HEAD)
    return re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", text, re.MULTILINE)


def describe(mark: pytest.Mark) -> str:
    """Return the row of a mark, as `Results` reads it."""
    what, *distributions = mark.args
    versions = [it() if callable(it) else f"{it} {version(it)}" for it in distributions]
    return f"{what}\t{', '.join(versions)}"
