"""Files that are written as a whole."""

import hashlib
from pathlib import Path

from .regular_files import open_file


def write_file(path: Path, data: bytes) -> bool:
    """Write a file as a whole; return `False` if it had these bytes already.

    Raises:
        OSError: It cannot be written, and is as it was.
    """
    if find_digest(path) == hashlib.sha256(data).hexdigest():
        return False
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with part.open("xb") as file:  # never through a link
        file.write(data)
    part.replace(path)
    return True


def find_digest(path: Path) -> str:
    """Return the digest of a regular file; "" without one."""
    try:
        with open_file(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
