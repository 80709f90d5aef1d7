"""Start and end the processes of a browser."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def start(
    arguments: Sequence[str],
    home: Path,
    environment: Mapping[str, str] | None = None,
    kept: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a program that writes only below `home`; it keeps the open files in `kept`."""
    xdg = ("CACHE_HOME", "CONFIG_HOME", "DATA_HOME", "RUNTIME_DIR")
    folders: Mapping[str, str] = {"HOME": str(home), **{f"XDG_{name}": str(home) for name in xdg}}
    return subprocess.Popen(
        arguments,
        env={**os.environ, **folders, **(environment or {})},
        pass_fds=kept,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """End a program and wait for it."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
