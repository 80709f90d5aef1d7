"""Builds in forks of one process that has imported MkDocs: see `builder`."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from builder import Job
from fake import find_modules

CAN_FORK = hasattr(os, "fork")
BUILDER = Path(__file__).parent / "builder.py"


@dataclass(frozen=True, slots=True)
class Ended:
    """A build that has ended: its exit status, its duration, and its output."""

    status: int
    seconds: float
    log: str


class Forks:
    """The process; any thread may run builds in it."""

    def __init__(self) -> None:
        self._number = 0
        self._lock = threading.Lock()
        self._coming: dict[int, Future[dict[str, Any]]] = {}
        self._process = subprocess.Popen(
            [sys.executable, str(BUILDER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": find_modules()},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def close(self) -> None:
        """End the process."""
        if self._process.stdin and self._process.stdout:
            self._process.stdin.close()
            self._process.wait(120)
            self._reader.join()
            self._process.stdout.close()

    def build(
        self,
        folder: Path,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        **how: Any,
    ) -> Ended:
        """Run `mkdocs build` in `folder` with this environment; `how` as in `Job`."""
        log = folder / "build.log"
        done: Future[dict[str, Any]] = Future()
        with self._lock:
            self._number += 1
            job = Job(
                self._number, str(folder), ["build", *arguments], environment, str(log), **how
            )
            self._coming[job.number] = done
            if self._process.stdin is None:
                raise AssertionError("the process has a pipe")
            self._process.stdin.write(json.dumps(asdict(job)).encode() + b"\n")
            self._process.stdin.flush()
        answer = done.result(240)
        text = log.read_text(encoding="utf-8", errors="replace")
        return Ended(answer["status"], answer["seconds"], text)

    def _read(self) -> None:
        for line in self._process.stdout or ():
            answer = json.loads(line)
            self._coming.pop(answer["number"]).set_result(answer)


@cache
def shared_forks() -> Forks:
    """Return the process that all tests of this Python process share."""
    forks = Forks()
    atexit.register(forks.close)
    return forks
