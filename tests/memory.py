"""The most memory that this process has had, in MB: Linux only.

Not `ru_maxrss`, which begins with what the process that started this one had: a test run that has
once been large hides whatever is smaller.
"""

from pathlib import Path

STATUS = Path("/proc/self/status")


def read_peak() -> int:
    """Return it; at the start of a program it is the program's own."""
    lines = STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024
