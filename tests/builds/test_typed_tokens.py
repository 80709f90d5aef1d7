"""A token that is typed where something else belongs is repeated by no message."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner
from fake import FakeInstagram, FakeUser
from mkdocs.config import load_config
from mkdocs.exceptions import Abort
from shell import Shell
from sites import Site

from mkdocs_instagram.commands.cli import main
from mkdocs_instagram.config.feed_options import NAMES

# Not the tokens of conftest, as mkdocs.yml names folders and files after it. It could be a
# shortcode too, and the name of a preset.
TYPED = "IGAAr4Tw6Yp1Zs8Qd3Fg5Hj7Kl9Xc2Vb0Nm4Pz6Lk8Jh1Gf3"
PIECES = {TYPED[start : start + 12] for start in range(len(TYPED) - 11)}

ALL: dict[str, Any] = {
    "accounts": {
        "main": {"token_env": "MAIN_TOKEN", "username": "harbour.bakery", "demo": False},
        "try": {"demo": True},
    },
    "defaults": {
        "account": "main",
        "columns": {"small": 2, "medium": 3, "large": 4},
        "post": ["C0001abcDEF"],
    },
    "feeds": {"team": {"limit": 6, "include": ["#team"]}},
    "media": {"C0001abcDEF": {"alt": "x", "link": "https://x.example/", "pin": True, "hide": True}},
    "max_age": "1h",
    "max_stale": "7d",
    "on_error": "warn",
    "cache_dir": "saved",
    "assets_dir": "assets",
    "images": {"widths": [320], "format": "webp", "quality": 80},
    "videos": "poster",
    "labels": {"more": "More", "de": {"more": "Mehr"}},
    "search": True,
    "enabled": True,
}


def repeats(text: str) -> bool:
    """Tell whether a text contains a part of the token."""
    folded = "".join(text.split())  # commands break lines
    return any(piece in folded for piece in PIECES)


def misuse(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield `value` with the token in each place once, as a value or a key, and a name for it."""
    yield "text", TYPED
    yield "address", f"https://www.instagram.com/p/{TYPED}/"
    yield "list", [TYPED]
    yield "mapping", {TYPED: TYPED}
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{key} as key", {**value, TYPED: inner}
            for name, changed in misuse(inner):
                yield f"{key} {name}", {**value, key: changed}
    if isinstance(value, list):
        for index, inner in enumerate(value):
            for name, changed in misuse(inner):
                yield f"{index} {name}", [*value[:index], changed, *value[index + 1 :]]


PLACES = dict(misuse(ALL))
PLACES |= {f"defaults {name} text": {"defaults": {name: TYPED}} for name in NAMES}


def test_places_are_found() -> None:
    assert len(PLACES) > 150


@pytest.mark.parametrize("options", PLACES.values(), ids=list(PLACES))
def test_no_message_about_mkdocs_yml_repeats_a_token(
    options: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "docs").mkdir()
    path = tmp_path / "mkdocs.yml"
    config = {"site_name": "Harbour Bakery", "plugins": [{"instagram": options}]}
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    caplog.set_level(logging.DEBUG)

    try:
        load_config(str(path))
    except Abort as error:
        caplog.records.append(logging.makeLogRecord({"msg": str(error)}))
    told = CliRunner().invoke(main, ["status", "-f", str(path)]).output
    told += CliRunner().invoke(main, ["status", "--json", "-f", str(path)]).output

    assert not repeats(caplog.text)
    assert not repeats(told)


BROKEN = [
    f"plugins:\n  - instagram:\n      videos: [{TYPED}\n",
    f"plugins:\n  - instagram:\n      videos: @{TYPED}\n",
    f"plugins:\n  - instagram:\n      {TYPED}: {TYPED}: {TYPED}\n",
    f"plugins:\n  - instagram: {TYPED}\n",
    f"plugins:\n  - instagram: *{TYPED}\n",
    f"plugins:\n  - instagram: !!int {TYPED}\n",
    f"plugins:\n  - instagram: !{TYPED} x\n",
    f"plugins:\n  - instagram:\n      videos: !ENV [NOT_SET, {TYPED}]\n",
    f"INHERIT: {TYPED}\n",
    f"{TYPED}\n",
]


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_no_command_repeats_a_token_in_a_file_that_it_cannot_use(text: str, tmp_path: Path) -> None:
    path = tmp_path / "mkdocs.yml"
    path.write_text(text, encoding="utf-8")

    assert not repeats(CliRunner().invoke(main, ["status", "-f", str(path)]).output)


@pytest.fixture
def user(fake: FakeInstagram, site: Site) -> FakeUser:
    user = fake.add_user(site.environment["INSTAGRAM_ACCESS_TOKEN"])
    user.add_mixed(2)
    return user


TAGS = {
    "preset": f"<!-- instagram {TYPED} {{limit: 3}} -->",
    "comment": f"<!-- instagram {TYPED} -->",
    "name": f"<!-- instagram {{{TYPED}: 1}} -->",
    "value": f"<!-- instagram {{limit: {TYPED}}} -->",
    "account": f"<!-- instagram {{account: {TYPED}}} -->",
    "post": f"<!-- instagram {{post: {TYPED}}} -->",
    "template": f"<!-- instagram {{template: {TYPED}.html}} -->",
    "yaml": f"<!-- instagram {{limit: [{TYPED} -->",
    "lines": f"<!-- instagram\nlimit: 3\n{TYPED}: {TYPED}: 1\n-->",
    "another preset": "<!-- instagram nothing {limit: 3} -->",
}
OPTIONS: dict[str, Any] = {
    "pin": {"media": {TYPED: {"pin": True}}},
    "pinned address": {"media": {f"https://www.instagram.com/p/{TYPED}/": {"pin": True}}},
    "preset": {"feeds": {TYPED: {"limit": 3}}},
    "preset's account": {"feeds": {TYPED: {"account": "nobody"}}},
    "folder": {"cache_dir": f"docs/index.md/{TYPED}"},
}


@pytest.mark.parametrize("tag", TAGS.values(), ids=list(TAGS))
@pytest.mark.usefixtures("user")
def test_no_message_about_a_tag_repeats_a_token(site: Site, tag: str) -> None:
    site.options = {"feeds": {TYPED.lower(): {"limit": 2}}}
    site.write({"index.md": tag})

    build = site.build("--verbose")

    assert "index.md" in build.log
    assert not repeats(build.log)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=list(OPTIONS))
@pytest.mark.usefixtures("user")
def test_no_message_of_a_build_repeats_a_token_of_mkdocs_yml(
    site: Site, options: dict[str, Any]
) -> None:
    site.options = options
    site.write({"index.md": "<!-- instagram -->", "a.md": "<!-- instagram nothing {limit: 3} -->"})

    assert not repeats(site.build("--verbose").log)


def command_lines() -> Iterator[list[str]]:
    """Yield command lines with the token in each place."""
    yield [TYPED]
    yield ["--", TYPED]
    yield [f"--{TYPED}"]
    yield [f"--version={TYPED}"]
    yield [f"--version{TYPED}"]
    for name, command in main.commands.items():
        yield [name, TYPED]
        yield [name, "--", TYPED, TYPED]
        yield [name, TYPED[:10], TYPED[10:]]
        yield [name, f"Bearer {TYPED}"]
        yield [name, f"--{TYPED}"]
        yield [name, f"-{TYPED}"]
        yield [name, "--token", TYPED]
        yield [name, f"--token={TYPED}"]
        for option in command.params:
            if isinstance(option, click.Option) and option.is_flag:
                yield [name, f"{option.opts[-1]}={TYPED}"]
            else:
                yield from ([name, spelled, TYPED] for spelled in option.opts)
                yield [name, option.opts[-1], f"{TYPED}/{TYPED}"]


@pytest.mark.parametrize("arguments", list(command_lines()), ids=" ".join)
def test_no_command_repeats_a_token_that_is_typed(
    arguments: list[str], tmp_path: Path, fake: FakeInstagram
) -> None:
    done = Shell(tmp_path, fake).run(*arguments)

    assert done.status == 2 or arguments[1:2] == ["--output"]
    assert done.err
    assert not repeats(done.out + done.err)
    assert list(tmp_path.iterdir()) == []
    assert fake.requests == []


def test_a_person_who_types_a_token_is_told_where_it_belongs(
    tmp_path: Path, fake: FakeInstagram
) -> None:
    for arguments in (["login", TYPED], [TYPED], ["refresh", "--output", TYPED]):
        told = Shell(tmp_path, fake).run(*arguments).err

        assert "`mkdocs-instagram login` asks for it." in told
