"""What people get wrong, what they are told, and the exit status: a table in `golden/`.

Each row is a real build or a real command. `pytest --regenerate` writes the table; read its diff.
"""

import re
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import TOKEN
from fake import FakeInstagram, error
from goldens import check_text
from shell import Shell
from sites import Site

if sys.platform != "linux":
    pytest.skip("builds in forks", allow_module_level=True)

from forks import shared_forks

SECRET = "0123456789abcdef0123456789abcdef"
IN_MKDOCS_YML = [
    "- instagram: {limit: 6}",
    "- instagram: {count: '6'}",
    "- instagram: {demo: true}",
    "- instagram: {username: harbour.bakery}",
    "- instagram: {acounts: {demo: {demo: true}}}",
    "- instagram: {max-age: 2h}",
    "- instagram: {chache_dir: .cache/ig}",
    "- instagram: {hashtag: bread}",
    "- instagram: {width: 640}",
    "- instagram: {token: {token}}",
    "- instagram: {accounts: {demo: true}}",
    "- instagram: {accounts: {shop: SHOP_TOKEN}}",
    "- instagram: {accounts: {main: {token_env: {token}}}}",
    "- instagram: {accounts: {main: {username: '@harbour.bakery'}}}",
    "- instagram: {accounts: {main: {demo: 'yes'}}}",
    "- instagram: {images: {width: 640}}",
    "- instagram: {images: {widths: 640}}",
    "- instagram: {images: {format: jpg}}",
    "- instagram: {images: {quality: 80%}}",
    "- instagram: {max_age: 1 hour}",
    "- instagram: {videos: true}",
    "- instagram: {on_error: error}",
    "- instagram: {search: 'yes'}",
    "- instagram: {defaults: {layout: slider}}",
    "- instagram: {defaults: {max_age: 2h}}",
    "- instagram: {feeds: {limit: 6}}",
    "- instagram: {feeds: {team: {cols: 3}}}",
    "- instagram:\n  limit: 6",
    "- instagram: {media: {C0001abcDEF: {label: Shop the lamp}}}",
    (
        "- instagram:\n    media:\n      C0001abcDEF: {hide: true}\n"
        "      https://www.instagram.com/p/C0001abcDEF/: {pin: true}"
    ),
]
IN_A_TAG = [
    "{limit: '6'}",
    "{limit: 6.0}",
    "{limit: all}",
    "{caption: true}",
    "{types: [photo, video]}",
    "{types: 'image, video'}",
    "{sort: popular}",
    "{show: likes and date}",
    "{show: caption}",
    "{open: lightbox}",
    "{open: _blank}",
    "{columns: {mobile: 1, desktop: 4}}",
    "{ratio: '1:1'}",
    "{ratio: 3:4}",
    "{title: 2026}",
    "{title: Our bakery: news}",
    'title: "Bread --> cake"',
    "title: Bread --> cake",
    "limit: 3 columns: 2",
    "{include: #bread}",
    "{since: 22.7.2026}",
    "{template: cards}",
    "{template: overrides/instagram/cards.html}",
    "{limits: 6}",
    "{newTab: true}",
    "{count: 6, cols: 3}",
    "{hashtags: bread}",
    "{photo: true}",
    "{lightbox: true}",
    "{slider: true}",
    "{popular: true}",
    "{gutter: 10}",
    "{username: harbour.bakery}",
    "{feed: team}",
    "{max_age: 2h}",
    "{demo: true}",
]


class Typed(NamedTuple):
    """A command and the lines of its standard input."""

    command: str
    lines: tuple[str, ...] = ()
    variable: str = ""
    plugins: str = "[instagram]"


COMMANDS = [
    Typed("login", ("",)),
    Typed("login", ("Bearer {token}",)),
    Typed("login", ("'{token}'",)),
    Typed("login", ("INSTAGRAM_ACCESS_TOKEN={token}",)),
    Typed("login", (SECRET,)),
    Typed("login", ("990000000000001",)),
    Typed("login", ("https://localhost/?code=AQBinvented#_",)),
    Typed("login --oauth", ("harbour.bakery",)),
    Typed("login --oauth", ("990000000000001", SECRET, "{token}")),
    Typed("login {token}"),
    Typed("fetch", variable='"{token}"'),
    Typed("fetch", variable=SECRET),
    Typed("fetch", variable="$TOKEN"),
    Typed("status --check", variable="{token}"),
    Typed("status", plugins="[{instagram: , limit: 6}]"),
    Typed("doctor", variable="{token}"),
    Typed("doctor", variable="{token}", plugins="[search]"),
    Typed("doctor", variable="{token}", plugins="[mkdocs-instagram]"),
    Typed("doctor", plugins="[instagram: {demo: true}]"),
]

Row = tuple[str, int, str]


def fill(text: str) -> str:
    return text.replace("{token}", TOKEN)


def build(site: Site, folder: Path, plugins: str, tag: str = "") -> tuple[int, str]:
    """Build a site of one page; return the exit status and what the log warns of."""
    lines = "\n".join(f"  {line}" for line in plugins.splitlines())
    files = {
        "mkdocs.yml": "site_name: Bread\ntheme: {name: null, custom_dir: theme}\n"
        f"plugins:\n{fill(lines)}\n",
        "theme/main.html": "{{ page.content }}",
        "docs/index.md": f"# Bread\n\n{tag}\n",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    environment = {**site.whole_environment(), "INSTAGRAM_ACCESS_TOKEN": ""}
    ended = shared_forks().build(folder, [], environment)
    told = re.findall(r"^(?:WARNING|ERROR) +-  (.*(?:\n .*)*)", ended.log, re.MULTILINE)
    return ended.status, " ".join(" ".join(told).replace(str(folder), "SITE").split())


def build_rows(site: Site, folder: Path) -> list[Row]:
    """Return the rows of mkdocs.yml and of tags."""

    def run(number: int, plugins: str, tag: str) -> tuple[int, str]:
        return build(site, folder / str(number), plugins, tag)

    quiet = "- instagram: {on_error: ignore}"
    typed = [
        *((text, text, "") for text in IN_MKDOCS_YML),
        *((tag, quiet, tag) for tag in (f"<!-- instagram {text} -->" for text in IN_A_TAG)),
    ]
    with ThreadPoolExecutor(4) as pool:
        done = [
            pool.submit(run, number, plugins, tag) for number, (_, plugins, tag) in enumerate(typed)
        ]
    return [(text, *ended.result()) for (text, _, _), ended in zip(typed, done, strict=True)]


def command_rows(make_shell: Callable[[], Shell]) -> list[Row]:
    """Return the rows of commands; Instagram refuses every token as expired."""
    rows = []
    for typed in COMMANDS:
        shell = make_shell()
        shell.fake.fail("user", error(190, subcode=463))
        (shell.folder / "mkdocs.yml").write_text(f"plugins: {typed.plugins}\n", encoding="utf-8")
        shell.environment["INSTAGRAM_ACCESS_TOKEN"] = fill(typed.variable)
        done = shell.run(*fill(typed.command).split(), lines=[fill(line) for line in typed.lines])
        told = done.err if done.status else done.out
        if typed.command == "doctor":
            told = " ".join(re.findall(r"✗ .*?(?= [✓·✗]|$)", done.out))
        parts = [f"mkdocs-instagram {typed.command}", *typed.lines]
        if typed.variable:
            parts.insert(0, f"INSTAGRAM_ACCESS_TOKEN={typed.variable}")
        if typed.plugins != "[instagram]":
            parts.insert(0, f"plugins: {typed.plugins}")
        # Of click, whose versions differ.
        told = re.sub(r"^Usage: .* for help\. ", "", told)
        told = told.replace(str(shell.folder), "SITE").replace(TOKEN[-4:], "x7Qd")
        rows.append(("\n".join(parts), done.status, told))
    return rows


def write_table(sections: Mapping[str, list[Row]]) -> str:
    lines = ["# Mistakes, and what people are told", ""]
    for title, rows in sections.items():
        lines += [f"## {title}", "", "| Typed | Exit | Told |", "| --- | --- | --- |"]
        for typed, status, told in rows:
            cells = (typed.replace("\n", " ⏎ "), str(status), told)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        lines.append("")
    return "\n".join(lines)


def test_each_mistake_is_answered_with_its_own_cure(
    site: Site,
    fake: FakeInstagram,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    regenerate: bool,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(fake.ca_file))
    fake.add_user(TOKEN)
    built = build_rows(site, tmp_path)
    folders = iter(range(len(COMMANDS)))

    def make_shell() -> Shell:
        folder = tmp_path / f"command {next(folders)}"
        folder.mkdir()
        return Shell(folder, fake)

    with fake.remapped():
        commands = command_rows(make_shell)
    count = len(IN_MKDOCS_YML)
    sections = {
        "In mkdocs.yml": built[:count],
        "In a tag": built[count:],
        "At a command": commands,
    }

    assert sum(map(len, sections.values())) >= 60
    assert [typed for rows in sections.values() for typed, _, told in rows if not told] == []
    assert not [told for rows in sections.values() for _, _, told in rows if SECRET in told]
    check_text("mistakes.md", write_table(sections), regenerate=regenerate)
