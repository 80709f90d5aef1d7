"""Commands as processes: several at once, at a terminal, and as others see them."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import LEAK, OTHER_TOKEN, TOKEN
from fake import FakeInstagram, FakeUser, hang
from sites import COMMAND, Site
from stored import stored_token

from mkdocs_instagram.instagram.secrets import Token

NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and terminals of POSIX")


@pytest.fixture
def user(fake: FakeInstagram) -> FakeUser:
    user = fake.add_user(TOKEN)
    user.add_mixed(2)
    return user


@pytest.fixture
def bare(site: Site) -> Site:
    """A site without a token in the environment."""
    del site.environment["INSTAGRAM_ACCESS_TOKEN"]
    return site


def keep(site: Site, account: str = "main", token: str = TOKEN) -> None:
    site.store.put(stored_token(token, datetime.now(UTC) - 30 * DAY, account=account))


def test_refreshes_at_once_keep_every_account(
    bare: Site, fake: FakeInstagram, user: FakeUser
) -> None:
    fake.add_user(OTHER_TOKEN, "tide.books")
    keep(bare)
    keep(bare, "shop", OTHER_TOKEN)
    for _ in range(3):
        running = [
            subprocess.Popen(
                [COMMAND, "refresh", "--account", account],
                cwd=bare.folder,
                env=bare.whole_environment(),
                stderr=subprocess.PIPE,
            )
            for account in ("main", "main", "shop")
        ]
        for process in running:
            _, told = process.communicate(timeout=60)
            # The second refresh of an account may start after the first has ended, and then fails.
            assert process.returncode == 0 or b"it is not 24 hours old" in told, told
        assert sorted(bare.store.names()) == ["main", "shop"]
        for account, token in (("main", TOKEN), ("shop", OTHER_TOKEN)):
            stored = bare.store.get(account)
            assert stored
            assert stored.token.is_same_as(Token(token))
            assert stored.expires_at - datetime.now(UTC) > 59 * DAY
        keep(bare)
        keep(bare, "shop", OTHER_TOKEN)


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="no /proc")
def test_the_list_of_processes_shows_no_token(bare: Site, fake: FakeInstagram) -> None:
    fake.add_user(TOKEN)
    fake.fail("user", hang())
    with subprocess.Popen(
        [COMMAND, "login"],
        cwd=bare.folder,
        env=bare.whole_environment(),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin
        process.stdin.write(f"{TOKEN}\n".encode())
        process.stdin.close()
        deadline = time.monotonic() + 60
        while not fake.count("user"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        shown = b"".join(
            (Path("/proc") / str(process.pid) / name).read_bytes()
            for name in ("cmdline", "environ")
        )
        process.kill()
    assert not LEAK.search(shown)


AT_A_TERMINAL = """
import fcntl, os, pty, struct, sys, termios
typed, columns, *command = sys.argv[1:]
pid, terminal = pty.fork()
if not pid:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(columns), 0, 0))
    os.execv(command[0], command)
shown = b""
try:
    while chunk := os.read(terminal, 4096):
        shown += chunk
        if typed and b": " in shown:
            os.write(terminal, os.environ[typed].encode() + b"\\n")
            typed = ""
except OSError:
    pass  # the command has closed it
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


def at_a_terminal(
    site: Site,
    *arguments: str,
    program: str = COMMAND,
    typed: str = "",
    columns: int = 80,
    **variables: str,
) -> "subprocess.CompletedProcess[bytes]":
    """Run a command at a terminal; `typed` is the variable that holds what a person types."""
    return subprocess.run(
        [sys.executable, "-c", AT_A_TERMINAL, typed, str(columns), program, *arguments],
        cwd=site.folder,
        env=site.whole_environment() | {"COLUMNS": "", "NO_COLOR": "", "TYPED": TOKEN, **variables},
        capture_output=True,
        check=False,
        timeout=60,
    )


def test_a_token_that_is_typed_or_pasted_is_not_shown(bare: Site, user: FakeUser) -> None:
    done = at_a_terminal(bare, "login", typed="TYPED")

    assert done.returncode == 0, done.stdout
    assert b"Token: " in done.stdout
    assert b"Stored for main" in done.stdout
    assert not LEAK.search(done.stdout)


def test_a_narrow_terminal_gets_narrow_lines(bare: Site) -> None:
    done = at_a_terminal(bare, "status", columns=40)

    lines = done.stdout.decode().splitlines()
    assert len(lines) > 4
    assert [line for line in lines if len(line) > 40 and " " in line.strip()] == []


@pytest.mark.parametrize(("value", "is_coloured"), [("", True), ("1", False)])
def test_colours_are_left_out_where_no_color_says_so(
    bare: Site, *, value: str, is_coloured: bool
) -> None:
    done = at_a_terminal(bare, "doctor", NO_COLOR=value, TERM="xterm")

    assert (b"\x1b[3" in done.stdout) is is_coloured
    assert "✗".encode() in done.stdout


SLOW = [(COMMAND, "fetch"), (sys.executable, "-m", "mkdocs", "build")]


@pytest.mark.parametrize("command", SLOW, ids=["fetch", "build"])
def test_long_work_shows_itself_at_a_terminal(
    site: Site, user: FakeUser, command: tuple[str, ...]
) -> None:
    site.write_config()
    site.fake.fail("media", hang(2.6), times=1)

    shown = at_a_terminal(site, *command[1:], program=command[0])

    assert shown.returncode == 0, shown.stdout
    progress, *rest = [part for part in shown.stdout.split(b"\r") if b"Instagram (" in part]
    assert progress.strip() == b"Waiting for Instagram (2 s)"
    assert all(part.startswith(b"Waiting for Instagram (") for part in rest)
    assert shown.stdout.count(b"2 posts") == 1, "a line of its own"


@pytest.mark.parametrize("command", [("status", "--check"), ("refresh",), ("doctor",)])
def test_a_command_shows_that_it_waits(
    bare: Site, user: FakeUser, command: tuple[str, ...]
) -> None:
    keep(bare)
    for kind in ("user", "token"):
        bare.fake.fail(kind, hang(2.6), times=1)

    shown = at_a_terminal(bare, *command)

    assert shown.returncode == 0, shown.stdout
    assert b"Waiting for Instagram (2 s)" in shown.stdout


@pytest.mark.parametrize("command", SLOW, ids=["fetch", "build"])
def test_short_work_shows_nothing(site: Site, user: FakeUser, command: tuple[str, ...]) -> None:
    site.write_config()

    shown = at_a_terminal(site, *command[1:], program=command[0])

    assert shown.returncode == 0, shown.stdout
    assert b"Waiting for Instagram" not in shown.stdout
    assert b" s)" not in shown.stdout


def test_a_quiet_build_shows_no_progress(site: Site, user: FakeUser) -> None:
    site.write_config()
    site.fake.fail("media", hang(2.6), times=1)

    shown = at_a_terminal(site, "-m", "mkdocs", "build", "--quiet", program=sys.executable)

    assert (shown.returncode, shown.stdout) == (0, b"")


def test_help_needs_no_mkdocs_and_a_command_says_that_it_is_broken(bare: Site) -> None:
    (bare.folder / "mkdocs").mkdir()
    (bare.folder / "mkdocs" / "__init__.py").write_text("raise ImportError('broken')", "utf-8")
    bare.environment["PYTHONPATH"] = os.pathsep.join(
        [str(bare.folder), bare.whole_environment()["PYTHONPATH"]]
    )

    assert bare.command("status", "--help").returncode == 0
    done = bare.command("status")
    said = " ".join(done.stderr.split())
    assert done.returncode == 1
    assert "MkDocs cannot be imported: broken. Install it again" in said
