"""The memory of a program, and a disk in memory. Linux only."""

import os
import shutil
from pathlib import Path

STATUS = Path("/proc/self/status")
_SHARED = Path("/dev/shm")  # noqa: S108 - only folders of random names are made there


def read_peak() -> int:
    """Return the most memory that this process has had, in MB.

    Not `ru_maxrss`, which starts at the memory of the parent process: after a test run has once
    been large, it hides everything smaller.
    """
    lines = STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024


def find_disk(megabytes: int) -> Path | None:
    """Return a folder with that much space on a disk that syncs quickly, if there is one."""
    if not os.access(_SHARED, os.W_OK):
        return None
    return _SHARED if shutil.disk_usage(_SHARED).free > megabytes * 2**20 else None
