"""Runs `inject` on a site again and again, each time killed at another moment, and checks the site.

This is a separate process without threads, so that it can fork: the command then starts in a
millisecond. Arguments: an empty folder, and the number of kills. It prints how many runs were
killed; an error is an AssertionError.
"""

import os
import random
import re
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from click.testing import CliRunner

from mkdocs_instagram.cache import encoding, entries
from mkdocs_instagram.commands import injection
from mkdocs_instagram.commands.cli import main
from mkdocs_instagram.commands.context import Runtime
from mkdocs_instagram.config import site_options
from mkdocs_instagram.instagram import client, demo
from mkdocs_instagram.render.built_pages import UNFINISHED
from mkdocs_instagram.tokens.store import TokenStore

IMPORTED = (client, demo, encoding, entries, injection, site_options)
PAGES = 30
PAGE = "<html><head></head><body>{}\n<!-- instagram {{limit: 3}} --></body></html>"
OPTIONS = "accounts: {{try: {{demo: true}}}}\nimages: {{widths: [320], quality: {}}}\n"
FILE = re.compile(r"assets/mk-ig/([\w.]+)")


class Killed:
    """A site whose feeds change in each run, because the quality of their pictures does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.site = folder / "site"
        self.site.mkdir()
        for number in range(PAGES):
            text = PAGE.format("x" * 1000 * number)
            (self.site / f"{number}.html").write_text(text, encoding="utf-8")
        self.states = [self.read()]
        for quality in (40, 60):
            self.start(quality)
            assert self.wait() == 0
            self.states.append(self.read())
        assert all(len(state) > 3 + bool(i) * 30 for i, state in enumerate(self.states))

    def read(self) -> dict[str, bytes]:
        """Return all files of the site."""
        paths = [path for path in self.site.rglob("*") if path.is_file()]
        return {path.relative_to(self.site).as_posix(): path.read_bytes() for path in paths}

    def start(self, quality: int) -> None:
        """Run the command in a child."""
        (self.folder / "instagram.yml").write_text(OPTIONS.format(quality), encoding="utf-8")
        self.pid = os.fork()
        if not self.pid:
            store = TokenStore(self.folder / "config")
            outside = Runtime(self.folder, datetime.now(UTC), client.Client, lambda: store)
            result = CliRunner().invoke(main, ["inject", str(self.site)], obj=outside)
            os._exit(result.exit_code)

    def wait(self) -> int:
        """Return the exit status of the child; negative if it was killed."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def look(self) -> None:
        """Check that each page is as it was or as it becomes, and has all its files."""
        files = self.read()
        for number in range(PAGES):
            name = f"{number}.html"
            assert files[name] in [state[name] for state in self.states], name
            for asset in FILE.findall(files[name].decode()):
                path = f"assets/mk-ig/{asset}"
                assert files[path] in [state.get(path) for state in self.states], (name, path)


def kill(folder: Path, rounds: int) -> int:
    """Kill runs at a moment between their start and their usual end; return how many."""
    killed = Killed(folder)
    started = time.monotonic()
    killed.start(40)
    killed.wait()
    usual = time.monotonic() - started
    count = tries = 0
    while count < rounds:
        tries += 1
        killed.start(40 if tries % 2 else 60)
        time.sleep(random.uniform(0, usual))
        os.kill(killed.pid, signal.SIGKILL)
        count += killed.wait() == -signal.SIGKILL
        killed.look()
    killed.start(60)
    assert killed.wait() == 0
    assert killed.read() == killed.states[2]
    assert not list(killed.site.rglob(f"*{UNFINISHED}"))
    return count


if __name__ == "__main__":
    sys.stdout.write(str(kill(Path(sys.argv[1]), int(sys.argv[2]))))
