"""Runs `mkdocs build` again and again, each time in a fork of a process that has imported it.

This is a separate process without threads, so that it can fork. It saves each build the half second
of imports, the compiling of templates (see `templates`), and changes nothing else: a fork has its
own folder, environment, clock, output and exit status. It runs MkDocs' own command with the given
arguments and ends as Python ends: a thread that delays the end of a program delays it here too.
`test_faults` also builds one case with `python -m mkdocs` and compares page, log and exit status.

Standard input: one JSON object a line, a `Job`. Standard output: one object for each build that has
ended, with its `number`, exit `status` and `seconds`.
"""

import atexit
import functools
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import Any

from rights import drop_rights

IMPORTED = (
    "anyio._backends._asyncio",
    "certifi",
    "concurrent.futures.thread",
    "diskcache",
    "encodings.idna",
    "h11",
    "httpcore",
    "httpcore._backends.anyio",
    "httpx",
    "markdown.extensions.fenced_code",
    "markdown.extensions.tables",
    "markdown.extensions.toc",
    "mkdocs.__main__",
    "mkdocs.commands.build",
    "mkdocs.contrib.search",
    "mkdocs_instagram.cache.cache",
    "mkdocs_instagram.cache.database",
    "mkdocs_instagram.cache.database_copy",
    "mkdocs_instagram.cache.vetting",
    "mkdocs_instagram.instagram.account",
    "mkdocs_instagram.instagram.client",
    "mkdocs_instagram.instagram.demo",
    "mkdocs_instagram.plugin",
    "PIL.BmpImagePlugin",
    "PIL.GifImagePlugin",
    "PIL.ImageCms",
    "PIL.ImageOps",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "PIL.PpmImagePlugin",
    "PIL.WebPImagePlugin",
    "stamina",
    "time_machine",
)


@dataclass(frozen=True, slots=True)
class Job:
    """One build.

    Attributes:
        environment: All variables, including those that `loopback` reads.
        log: The file for standard output and standard error.
        lookup: How the look-up of a name ends: "" (as usual), `fails` or `hangs`.
        lacks: What the computer does not have: "" (nothing), `socksio`, `threads` or
            `temporary` (a folder for temporary files).
        is_plain: Root builds without root's rights, like any other user.
        kill_after: Seconds after which the build is killed (SIGKILL); 0 for never.
        times_sql: The seconds of SQLite's slowest statement, including the wait for a lock, are
            written to a file: the name of `log` and `.sql`.
    """

    number: int
    folder: str
    arguments: list[str]
    environment: Mapping[str, str] = field(repr=False)
    log: str
    lookup: str = ""
    lacks: str = ""
    is_plain: bool = False
    kill_after: float = 0.0
    times_sql: bool = False


class TimedConnection(sqlite3.Connection):
    """A connection that measures the slowest statement of the whole process."""

    seconds = 0.0

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        """Execute a statement."""
        started = time.monotonic()
        try:
            return super().execute(*arguments)
        finally:
            spent = time.monotonic() - started
            TimedConnection.seconds = max(TimedConnection.seconds, spent)

    @classmethod
    def tell(cls, path: str) -> None:
        """Write what was measured."""
        with open(path, "w", encoding="ascii") as file:  # noqa: PTH123 - as the log is
            file.write(str(cls.seconds))


def run(job: Job) -> None:
    """Build, in the fork; end it by SystemExit."""
    os.chdir(job.folder)
    os.environ.clear()
    os.environ.update(job.environment)
    output = os.open(job.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.close(output)
    if job.is_plain:
        drop_rights()
    importlib.import_module("sitecustomize").start(os.environ)
    if job.lookup:
        socket.getaddrinfo = {"fails": _fail, "hangs": _hang}[job.lookup]
    _take_away(job.lacks)
    if job.times_sql:
        timed = functools.partial(sqlite3.connect, factory=TimedConnection)
        sqlite3.connect = timed  # type: ignore[assignment]
        atexit.register(TimedConnection.tell, f"{job.log}.sql")
    main = importlib.import_module("mkdocs.__main__")
    main.cli(job.arguments, prog_name="mkdocs")


def _end(ending: SystemExit) -> None:
    """End as Python does, but leave the memory that the fork shares to the system.

    Python would take modules apart, which copies most of it: a quarter of a build's time.
    """
    if not isinstance(ending.code, int):
        raise ending
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    gc.collect()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(ending.code)


def _take_away(what: str) -> None:
    if what == "socksio":
        sys.modules["socksio"] = None  # type: ignore[assignment]
    elif what == "threads":
        setattr(threading.Thread, "start", _start_no_thread)  # noqa: B010 - mypy allows no other way
    elif what == "temporary":
        tempfile.tempdir = "/nonexistent"


def _start_no_thread(_: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def _fail(*_: Any, **__: Any) -> Any:
    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


def _hang(*_: Any, **__: Any) -> Any:
    time.sleep(90)
    _fail()


class Builder:
    """The running builds; each has a pipe that closes when the build ends."""

    def __init__(self) -> None:
        self._ready = selectors.DefaultSelector()
        self._ready.register(sys.stdin.fileno(), selectors.EVENT_READ)
        self._answers = os.fdopen(os.dup(1), "w")
        self._unread = b""
        self._doomed: dict[int, float] = {}

    def serve(self) -> None:
        """Start the requested builds and report those that have ended, until the input ends."""
        while True:
            for key, _ in self._ready.select(self._kill()):
                if key.data is not None:
                    self._tell(key.fd, *key.data)
                elif not self._read():
                    return

    def _kill(self) -> float | None:
        """Kill the builds whose time is up; return the seconds until the next, `None` without."""
        now = time.monotonic()
        for pid in [pid for pid, moment in self._doomed.items() if moment <= now]:
            del self._doomed[pid]
            os.kill(pid, signal.SIGKILL)
        return min(self._doomed.values()) - now if self._doomed else None

    def _read(self) -> bool:
        chunk = os.read(0, 1 << 16)
        *lines, self._unread = (self._unread + chunk).split(b"\n")
        for line in lines:
            self._start(Job(**json.loads(line)))
        return bool(chunk)

    def _start(self, job: Job) -> None:
        reading, writing = os.pipe()
        started = time.monotonic()
        if pid := os.fork():
            os.close(writing)
            if job.kill_after:
                self._doomed[pid] = started + job.kill_after
            self._ready.register(reading, selectors.EVENT_READ, (job.number, pid, started))
            return
        os.set_inheritable(writing, True)
        try:
            run(job)
        except SystemExit as ending:
            _end(ending)

    def _tell(self, pipe: int, number: int, pid: int, started: float) -> None:
        self._ready.unregister(pipe)
        os.close(pipe)
        self._doomed.pop(pid, None)
        _, status = os.waitpid(pid, 0)
        answer = {
            "number": number,
            "status": os.waitstatus_to_exitcode(status),
            "seconds": time.monotonic() - started,
        }
        self._answers.write(json.dumps(answer) + "\n")
        self._answers.flush()


if __name__ == "__main__":
    for name in IMPORTED:
        importlib.import_module(name)
    # The installed plugins, themes and Markdown extensions, and the names of months in English, are
    # looked up once, not in each build.
    look_up = functools.cache(entry_points)
    for name in ("mkdocs.plugins", "mkdocs.utils"):
        setattr(importlib.import_module(name), "entry_points", look_up)  # noqa: B010 - for mypy
    importlib.import_module("mkdocs.plugins").get_plugins()
    importlib.import_module("mkdocs.utils").get_themes()
    importlib.import_module("markdown.util").get_installed_extensions()
    importlib.import_module("babel.localedata").load("en")
    importlib.import_module("templates").keep_code()
    importlib.import_module("templates").compile_for_builds()
    gc.collect()
    gc.freeze()
    Builder().serve()
