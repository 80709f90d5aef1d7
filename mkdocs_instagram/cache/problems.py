"""What is wrong with a cache folder, and the cure."""

import errno
import os
import shutil
import sqlite3
from pathlib import Path

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_LITTLE = 100_000  # bytes; with less, SQLite cannot open a database
_DENIED = {errno.EACCES, errno.EPERM}


def describe_problem(folder: Path, error: Exception) -> str:
    """Return the warning about what could not be read or saved."""
    return (
        f"the cache folder {folder} cannot be used as it is ({describe_reason(folder, error)}). "
        "What cannot be read is fetched again, and what cannot be saved is kept in a temporary "
        f"folder until this build ends. {find_cure(folder, error)}"
    )


def describe_reason(folder: Path, error: Exception) -> str:
    """Return why, with the name of the file in the folder if it is known."""
    reason = os.strerror(number) if (number := _find_number(folder, error)) else ""
    if isinstance(error, OSError):
        reason = error.strerror or reason
    reason = reason or str(error)
    name = getattr(error, "filename2", None) or getattr(error, "filename", None)
    path = Path(name) if isinstance(name, str) else folder
    if path != folder and path.is_relative_to(folder):
        return f"{reason}: {path.relative_to(folder)}"
    return reason


def find_cure(folder: Path, error: Exception) -> str:
    """Return what the person can do."""
    number = _find_number(folder, error)
    if number in _FULL:
        return "Free some space on the disk, or set `cache_dir` to a folder on another one."
    if number in _DENIED and os.name == "posix":
        return _find_cure_of_rights(folder)
    if number in (errno.ENOTDIR, errno.EISDIR):
        return "Remove it, or set `cache_dir`."
    if not isinstance(error, OSError):
        return "If no other build runs, look for a program that has the database open."
    return "Make the folder writable, or set `cache_dir`."


def _find_cure_of_rights(folder: Path) -> str:
    import shlex

    quoted = shlex.quote(str(folder))
    closed = [parent for parent in folder.parents if not os.access(parent, os.X_OK)]
    if closed and os.path.lexists(closed[-1]):
        return f"Let the user who builds open {closed[-1]}, or set `cache_dir`."
    if not os.path.lexists(folder):
        return f'Run `sudo install -d -o "$(id -un)" {quoted}`, or set `cache_dir`.'
    return (
        f'It must belong to the user who builds: run `sudo chown -R "$(id -un)" {quoted}`, or set '
        "`cache_dir`."
    )


def describe_broken_cache(folder: Path) -> str:
    """Return the warning about a damaged database."""
    return (
        f"the saved feeds in {folder} are damaged, so feeds are fetched again. When the first one "
        "is saved, the database is renamed to broken-cache.db and a new one is created. Nothing to "
        "do, unless it happens again: then check the disk."
    )


def _find_number(folder: Path, error: Exception) -> int | None:
    """Return the `errno` of an error; SQLite only has words, the same for several causes."""
    if isinstance(error, OSError):
        return error.errno
    if isinstance(error, sqlite3.OperationalError):
        if _is_full(folder):
            return errno.ENOSPC
        if "readonly" in str(error) or "unable to open" in str(error):
            return errno.EACCES
    return None


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _LITTLE
    except OSError:
        return False
