"""The commands with settings of the environment with which no request can be sent."""

import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from conftest import TOKEN
from fake import FakeInstagram
from fake.instagram import PROXY_VARIABLES
from shell import DAY, Done, Shell

from mkdocs_instagram.commands import login as login_module

if sys.platform != "linux":
    pytest.skip("needs pipes and devices", allow_module_level=True)

from faults.settings import PROXY_PASSWORD, SETTINGS, Setting

STATE = "invented-state"
APP = ["990000000000001", "0inventedAppSecret5e1f", "https://localhost/"]
LOGIN = [*APP, f"https://localhost/?code=inventedCode&state={STATE}"]
COMMANDS: dict[str, list[str]] = {
    "fetch": [],
    "login": [TOKEN],
    "login --oauth": LOGIN,
    "refresh": [],
    "status --check": [],
    "doctor": [],
}


@pytest.fixture
def shell(tmp_path: Path, fake: FakeInstagram, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A site whose next fetch asks Instagram, in an environment that works."""
    fake.add_user(TOKEN).add_mixed(2)
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(fake.ca_file))
    monkeypatch.setattr(login_module, "make_state", lambda: STATE)
    shell = Shell(tmp_path, fake)
    shell.configure(max_age=0)
    return shell


def test_doctor_says_what_keeps_pictures_away(shell: Shell) -> None:
    def inspect_from_now_on(answer: dict[str, Any]) -> dict[str, Any]:
        shell.fake.certificate = "of an unknown authority"
        return answer

    shell.environment["INSTAGRAM_ACCESS_TOKEN"] = TOKEN
    shell.fake.alter["media"] = inspect_from_now_on
    with shell.fake.remapped():
        done = shell.run("doctor")

    assert done.status == 1
    assert "✓ media" in done.out
    assert "✗ picture: The certificate of " in done.out
    assert "is not trusted: its authority is unknown. Add the authority to the" in done.out


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_each_command_ends_in_a_sentence(
    shell: Shell, setting: Setting, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shell.fake.remapped():
        shell.environment["INSTAGRAM_ACCESS_TOKEN"] = TOKEN
        assert shell.run("fetch").status == 0
        shell.environment.clear()
        shell.fake.clear()
        shell.now += DAY
        apply(setting, shell.folder, stack, monkeypatch)

        run_all(shell, setting)
        shutil.rmtree(shell.cache)
        run_all(shell, setting)

        assert shell.fake.count() == 0


def apply(
    setting: Setting, folder: Path, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Change this process as `builder` changes a build's."""
    for name, value in setting.prepare(folder / "settings", stack).items():
        monkeypatch.setenv(name, value)
    if setting.lacks == "socksio":
        monkeypatch.setitem(sys.modules, "socksio", None)
    elif setting.lacks == "threads":
        start = threading.Thread.start

        def refuse(thread: threading.Thread) -> None:
            if thread.name.startswith("mkdocs-instagram"):
                raise RuntimeError("can't start new thread")
            start(thread)

        monkeypatch.setattr(threading.Thread, "start", refuse)


def run_all(shell: Shell, setting: Setting) -> None:
    for command, lines in COMMANDS.items():
        if command.startswith("login"):
            shutil.rmtree(shell.store.folder, ignore_errors=True)
        else:
            shell.keep(TOKEN)
        check(shell.run(*command.split(), lines=lines), setting, command)
        assert shell.store.path.exists() != command.startswith("login")


def check(done: Done, setting: Setting, command: str) -> None:
    shown = f"{command}: {done.out} {done.err}"
    assert done.status == 1, shown
    assert setting.blames in shown, shown
    assert setting.mends_itself or setting.cure in shown, shown
    assert PROXY_PASSWORD not in shown
    if command == "doctor":
        assert "✗ user" in done.out


def test_there_are_enough_settings() -> None:
    assert len(SETTINGS) >= 31
