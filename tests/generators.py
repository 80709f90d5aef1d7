"""Small sites built by other generators, for tests of `inject`.

Each generator is a program on the PATH, in this environment, or where `make` puts it. One that is
missing skips its test with a line that says how to install it.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import pytest
from sites import COMMAND, Build, read_pages

ROOT = Path(__file__).parents[1]
PLACES = (
    Path(sys.executable).parent,
    ROOT / ".venv-pelican" / "bin",
    ROOT / ".venv-eleventy" / "node_modules" / ".bin",
)
TAGS = """\
Before.

<!-- instagram {limit: 2, open: none} -->

* A list

    <!-- instagram
    limit: 1
    caption: below
    -->

<template data-instagram="team"></template>

`<!-- instagram -->`
"""
FEEDS = 3
LAYOUT = (
    "<!doctype html><html lang=en><head><title>x</title></head><body><main>{}</main></body></html>"
)
OPTIONS = """\
accounts: {demo: {demo: true}}
feeds: {team: {limit: 1}}
images: {widths: [320], format: jpeg}
"""
HUGO = """\
baseURL = "https://example.org/docs/"
markup.goldmark.renderer.unsafe = true
minify.tdewolff.html.keepComments = true
"""


class Generator(NamedTuple):
    """A generator, and a site for it.

    Attributes:
        name: As the table of what was tested has it.
        program: What builds.
        arguments: Its arguments.
        output: The folder of the built site.
        page: The page with the tags, in `output`.
        files: The sources by path.
        cure: How to install it.
        distributions: Whose versions are shown; without them, what `--version` says.
    """

    name: str
    program: str
    arguments: Sequence[str]
    output: str
    page: str
    files: Mapping[str, str]
    cure: str
    distributions: Sequence[str] = ()


GENERATORS = {
    it.name: it
    for it in (
        Generator(
            "Zensical",
            "zensical",
            ["build"],
            "site",
            "index.html",
            {
                "zensical.toml": "[project]\nsite_name = 'x'\n[project.plugins.instagram]\n"
                "accounts = {demo = {demo = true}}\nfeeds = {team = {limit = 1}}\n"
                "images = {widths = [320], format = 'jpeg'}\n",
                "docs/index.md": f"# Home\n\n{TAGS}",
            },
            "make pytest",
            ["zensical"],
        ),
        Generator(
            "Sphinx with MyST",
            "sphinx-build",
            ["-q", ".", "_build/html"],
            "_build/html",
            "index.html",
            {"conf.py": "extensions = ['myst_parser']\n", "index.md": f"# Home\n\n{TAGS}"},
            "make pytest",
            ["Sphinx", "myst-parser"],
        ),
        Generator(
            "Pelican",
            "pelican",
            ["-q", "content", "-s", "conf.py"],
            "output",
            "pages/home.html",
            {
                "conf.py": "SITENAME = 'x'\nTIMEZONE = 'UTC'\n",
                "content/pages/home.md": f"Title: Home\nSlug: home\n\n{TAGS}",
            },
            "make pytest",
        ),
        Generator(
            "Eleventy",
            "eleventy",
            ["--quiet"],
            "_site",
            "index.html",
            {"index.md": f"# Home\n\n{TAGS}"},
            "npm install --prefix .venv-eleventy @11ty/eleventy",
        ),
        Generator(
            "Hugo",
            "hugo",
            ["--quiet", "--minify"],
            "public",
            "index.html",
            {
                "config.toml": HUGO,
                "content/_index.md": f"---\ntitle: Home\n---\n{TAGS}",
                "layouts/index.html": LAYOUT.format("{{ .Content }}"),
            },
            "apt-get install hugo",
        ),
        Generator(
            "Jekyll",
            "jekyll",
            ["build", "--quiet"],
            "_site",
            "index.html",
            {"_config.yml": "title: x\n", "index.md": f"---\n---\n# Home\n\n{TAGS}"},
            "apt-get install jekyll",
        ),
    )
}


def find_program(generator: Generator) -> str:
    """Return the path of a generator's program; skip the test if it is missing."""
    path = os.pathsep.join([*map(str, PLACES), os.environ["PATH"]])
    if found := shutil.which(generator.program, path=path):
        return found
    pytest.skip(f"{generator.name} is missing: {generator.cure}")


def read_version(generator: Generator) -> str:
    """Return what the table shows."""
    program = find_program(generator)
    if generator.distributions:
        return ", ".join(f"{name} {metadata.version(name)}" for name in generator.distributions)
    said = run(ROOT, program, "version" if generator.program == "hugo" else "--version")
    number = re.search(r"\d+\.\d+\.\d+", said)
    assert number
    return f"{generator.program} {number[0]}"


def build(generator: Generator, folder: Path) -> Path:
    """Write the sources, build, and return the folder of the built site."""
    for name, text in generator.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    run(folder, find_program(generator), *generator.arguments)
    return folder / generator.output


def inject(folder: Path, site: Path, *arguments: str, status: int = 0) -> Build:
    """Run `inject`, and return the site; white space in the output is folded."""
    log = run(folder, COMMAND, "inject", str(site), *arguments, status=status)
    return Build(status, " ".join(log.split()), site, read_pages(site))


def run(folder: Path, *command: str, status: int = 0) -> str:
    """Run a program, which must end with this status, and return its output."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
        timeout=240,
    )
    assert done.returncode == status, done.stdout
    return done.stdout
