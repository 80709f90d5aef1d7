"""Harmful content for a cache, for its own tests and for the faults of builds."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path


class Bomb:
    """Makes a folder when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self._marker = marker

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self._marker),)


def make_journal(path: Path, victim: Path) -> bytes:
    """Return a journal that SQLite plays, and then deletes the file that it names.

    The format: https://www.sqlite.org/fileformat2.html#the_rollback_journal
    """
    page = path.read_bytes()[:4096]
    nonce, sector = 7, 512
    pages = path.stat().st_size // 4096
    head = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + struct.pack(">5I", 1, nonce, pages, sector, 4096)
    checksum = (nonce + sum(page[at] for at in range(4096 - 200, 0, -200))) % 2**32
    record = struct.pack(">I", 1) + page + struct.pack(">I", checksum)
    name = str(victim).encode()
    end = struct.pack(">I", 2**30 // 4096 + 1) + name
    end += struct.pack(">2I", len(name), sum(name)) + b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
    return head.ljust(sector, b"\0") + record + end
