"""One process, measured."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Run:
    """One process.

    Attributes:
        wall: Seconds of the whole process.
        cpu: Seconds of all processors, user and system.
        told: The last line of its standard output, read as JSON.
    """

    wall: float
    cpu: float
    told: Any


def run(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], given: Any = None
) -> Run:
    """Run a program that must succeed and print JSON in its last line.

    Args:
        command: The program and its arguments.
        folder: Where it runs.
        environment: All of its variables.
        given: Its standard input, sent as JSON.
    """
    with (
        tempfile.TemporaryFile() as source,
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as errors,
    ):
        source.write(json.dumps(given).encode())
        source.seek(0)
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=source,
            stdout=output,
            stderr=errors,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            raise SystemExit(f"{command[0]} failed:\n{errors.read().decode(errors='replace')}")
        told = json.loads(output.read().splitlines()[-1])
    return Run(wall, usage.ru_utime + usage.ru_stime, told)
