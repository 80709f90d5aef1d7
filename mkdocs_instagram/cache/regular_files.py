"""Refuses what is no regular file or folder."""

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # opening a pipe waits for somebody who writes
    | getattr(os, "O_BINARY", 0)
)


def open_file(path: Path) -> BufferedReader:
    """Open a file for reading, at once; a link, pipe, socket or device is not opened at all.

    Raises:
        OSError: It is missing, not a regular file, or cannot be read.
    """
    _check_kind(path.lstat().st_mode, path)
    file = os.fdopen(os.open(path, _FLAGS), "rb")
    try:
        _check_kind(os.fstat(file.fileno()).st_mode, path)
    except OSError:
        file.close()
        raise
    return file


def is_other_than_file(path: Path) -> bool:
    """Tell whether there is something that is not a regular file: a link, folder, pipe, socket."""
    try:
        return not stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return False


def check_folder(folder: Path) -> None:
    """Check that a folder is missing, or is one: what is behind a link must not be changed.

    Raises:
        OSError: It is a link or a file, or cannot be looked at.
    """
    try:
        mode = folder.lstat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISLNK(mode):
        raise OSError(errno.ENOTDIR, "it is a link", str(folder))
    if not stat.S_ISDIR(mode):
        raise OSError(errno.ENOTDIR, "it is not a folder", str(folder))


def _check_kind(mode: int, path: Path) -> None:
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is not a file", str(path))
