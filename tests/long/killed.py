"""Runs a command again and again, each time killed at another moment, and checks the store.

This is a separate process without threads, so that it can fork: a command then starts in a
millisecond. Arguments: the folder, the command, and `every-line` or the number of random kills.
Standard input: what each run reads.
It prints how many runs were killed and exits 0; an error is an AssertionError.
"""

import json
import os
import random
import signal
import stat
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from click.testing import CliRunner

from mkdocs_instagram.commands import login, refresh
from mkdocs_instagram.commands.cli import main
from mkdocs_instagram.commands.context import Runtime
from mkdocs_instagram.instagram import account, client, oauth
from mkdocs_instagram.tokens import expiry, private_files, store

IMPORTED = (client, account, login, oauth, refresh, expiry)


class Killed:
    """One command, and the store that it must leave whole."""

    def __init__(self, folder: Path, command: str, lines: str) -> None:
        self.folder = folder
        self.store = store.TokenStore(folder / "config" / "mkdocs-instagram")
        self.command = command
        self.lines = lines
        self.before = self.store.path.read_bytes() if self.store.path.exists() else None

    def run(self, at_line: int = 0) -> int:
        """Run the command in a child; with `at_line`, it kills itself there. Return its pid."""
        if pid := os.fork():
            return pid
        if at_line:
            sys.settrace(_Tracer(at_line))
        outside = Runtime(self.folder, datetime.now(UTC), client.Client, lambda: self.store)
        result = CliRunner().invoke(main, [self.command], obj=outside, input=self.lines)
        os._exit(result.exit_code)

    def wait(self, pid: int) -> bool:
        """Return whether the child was killed; a command that ends must have succeeded."""
        status = os.waitpid(pid, 0)[1]
        if os.WIFSIGNALED(status):
            return True
        assert os.WEXITSTATUS(status) == 0, status
        return False

    def look(self) -> None:
        """Check that the store is as before or as after, and that no other file has a token."""
        names = {path.name for path in self.store.folder.glob("*")}
        assert names <= {"tokens.json", "tokens.json.new", "lock"}, names
        for path in self.store.folder.glob("tokens.*"):
            assert stat.S_IMODE(path.lstat().st_mode) == 0o600
        if self.store.path.exists():
            whole = json.loads(self.store.path.read_bytes())
            assert whole["accounts"]["main"]["access_token"]
            assert self.store.get("main")
        else:
            assert self.before is None

    def reset(self) -> None:
        """Put the store back to where it was."""
        if self.before is None:
            self.store.path.unlink(missing_ok=True)
        else:
            self.store.path.write_bytes(self.before)


# Before these, nothing is written.
WRITING = {"put", "_locked", "_write", "replace_file"}


class _Tracer:
    """Kills the process at a line of what writes the store, counted from the command's start."""

    def __init__(self, at_line: int) -> None:
        self._left = at_line

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        files = (store.__file__, private_files.__file__)
        if code.co_filename not in files or code.co_name not in WRITING:
            return None
        if event == "line":
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)
        return self


def kill_at_random(killed: Killed, rounds: int) -> int:
    """Kill `rounds` runs at a moment between their start and their usual end."""
    started = time.monotonic()
    killed.wait(killed.run())
    usual = time.monotonic() - started
    count = 0
    while count < rounds:
        killed.reset()
        pid = killed.run()
        time.sleep(random.uniform(0, usual))
        os.kill(pid, signal.SIGKILL)
        count += killed.wait(pid)
        killed.look()
    return count


def kill_at_every_line(killed: Killed) -> int:
    """Kill a run at the first line that writes, the next at the second, until one succeeds."""
    count = 0
    while True:
        killed.reset()
        was_killed = killed.wait(killed.run(count + 1))
        killed.look()
        if not was_killed:
            return count
        count += 1


if __name__ == "__main__":
    where, name, how = sys.argv[1:]
    subject = Killed(Path(where), name, sys.stdin.read())
    each = how == "every-line"
    count = kill_at_every_line(subject) if each else kill_at_random(subject, int(how))
    sys.stdout.write(str(count))
    subject.reset()
    subject.wait(subject.run())
    subject.look()
