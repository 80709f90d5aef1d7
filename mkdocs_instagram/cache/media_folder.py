"""The files of a cache folder, and temporary ones."""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from io import BufferedReader
from pathlib import Path
from threading import Lock

from .keys import read_digest
from .regular_files import check_folder, open_file

MAX_FILE = 128 * 1024 * 1024
"""Maximum size of a file, in bytes: more than any picture or video that is kept."""

_NEW = ".new-"
_CHUNK = 1024 * 1024


class NotSaved(OSError):
    """Neither the cache folder nor a temporary one can hold a file. Caught by `images`."""


class MediaFolder:
    """Files named by the SHA-256 of their bytes, in folders named by its first two letters.

    A file that cannot be saved there is in a temporary folder until this is closed.

    Args:
        folder: `media` in the cache folder.
        prepare: Creates the folder, or raises `OSError`.
        note: Told why something could not be read, saved or deleted. Called in any thread.
    """

    def __init__(
        self, folder: Path, prepare: Callable[[], None], note: Callable[[Exception], None]
    ) -> None:
        self.folder = folder
        self._prepare = prepare
        self._note = note
        self._lock = Lock()
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._in_temporary: set[str] = set()
        self._lost: set[str] = set()

    def locate(self, digest: str) -> Path:
        """Return the path of the file of `digest`, without a check of its bytes."""
        name = read_digest(digest)
        if name in self._in_temporary:
            return self._open_temporary() / name
        return self.folder / name[:2] / name

    def read(self, digest: str) -> bytes | None:
        """Return the bytes of `digest`; `None` when the file is missing, changed, or no file."""
        try:
            with self._open(digest) as file:
                data = file.read(MAX_FILE)
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == digest else None

    def may_have(self, digest: str) -> bool:
        """Tell whether the file of `digest` was not yet found to be missing, changed, or no file.

        It is looked at when it is copied.
        """
        return bool(digest) and digest not in self._lost

    def find(self, digest: str) -> Path | None:
        """Return the file of `digest`; `None` when it is missing, changed, or no file."""
        try:
            with self._open(digest) as file:
                is_whole = hashlib.file_digest(file, "sha256").hexdigest() == digest
        except OSError:
            is_whole = False
        return self.locate(digest) if self._note_whole(digest, is_whole=is_whole) else None

    def copy(self, digest: str, path: Path) -> bool:
        """Copy the file of `digest` to `path`; return whether there is one.

        The copied bytes are checked.

        Raises:
            OSError: `path` cannot be written.
        """
        copied = hashlib.sha256()
        with path.open("wb") as copy:
            for chunk in self._read_chunks(digest):
                copied.update(chunk)
                copy.write(chunk)
        is_whole = self._note_whole(digest, is_whole=copied.hexdigest() == digest)
        if not is_whole:
            path.unlink()
        return is_whole

    def write(self, data: bytes) -> str:
        """Save bytes and return their digest.

        Raises:
            NotSaved: There is no place for them.
        """
        digest = hashlib.sha256(data).hexdigest()
        if self.find(digest) is None:
            try:
                self._write(data)
            except OSError as error:
                self._note(error)
                try:
                    self._write(data, is_temporary=True)
                except OSError as failure:
                    raise NotSaved(failure.errno, failure.strerror) from None
        return digest

    def open_new(self) -> "MediaFile":
        """Open a new file for bytes that are too many for the memory.

        Raises:
            OSError: There is no place for it. Caught by `videos`.
        """
        try:
            return MediaFile(self)
        except OSError as error:
            self._note(error)
            return MediaFile(self, is_temporary=True)

    def make_unnamed(self, *, is_temporary: bool = False) -> tuple[int, str]:
        """Return the descriptor and the path of a new file.

        Raises:
            OSError: It cannot be created.
        """
        folder = self._open_temporary() if is_temporary else self.folder
        if not is_temporary:
            self._prepare()
        return tempfile.mkstemp(dir=folder, prefix=_NEW)

    def adopt(self, path: Path, digest: str) -> None:
        """Give a new file its name.

        Raises:
            OSError: There is no place for it.
        """
        self._lost.discard(digest)
        if path.parent == self.folder:
            target = self.folder / digest[:2] / digest
            try:
                target.parent.mkdir(mode=0o700, exist_ok=True)
                check_folder(target.parent)
                path.replace(target)
            except OSError as error:
                self._note(error)
            else:
                self._in_temporary.discard(digest)
                return
        shutil.move(path, self._open_temporary() / digest)
        self._in_temporary.add(digest)

    def delete(self, digest: str) -> bool:
        """Delete the file of `digest`; return whether there was one."""
        path = self.locate(digest)
        try:
            self._check_parents(path)
            path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            self._note(error)
            return False
        self._in_temporary.discard(digest)
        return True

    def remove_old(self, named: set[str], before: float) -> int:
        """Delete the files that are not `named` and were written before a time; return how many."""
        removed = 0
        for path in self._list_files():
            with self._passing_over_errors():
                if path.name not in named and path.lstat().st_mtime < before:
                    path.unlink()
                    removed += 1
        return removed

    def close(self) -> None:
        """Delete the temporary files."""
        if self._temporary:
            self._temporary.cleanup()

    def _note_whole(self, digest: str, *, is_whole: bool) -> bool:
        (self._lost.discard if is_whole else self._lost.add)(digest)
        return is_whole

    def _write(self, data: bytes, *, is_temporary: bool = False) -> None:
        file = MediaFile(self, is_temporary=is_temporary)
        try:
            file.write(data)
            file.keep()
        finally:
            file.discard()

    def _open(self, digest: str) -> BufferedReader:
        path = self.locate(digest)
        try:
            self._check_parents(path)
            file = open_file(path)
        except PermissionError as error:
            self._note(error)
            raise
        if os.fstat(file.fileno()).st_size > MAX_FILE:
            file.close()
            raise OSError(errno.EFBIG, "too large")
        return file

    def _read_chunks(self, digest: str) -> Iterator[bytes]:
        """Yield the content of a file up to where it cannot be read."""
        with suppress(OSError), self._open(digest) as file:
            yield from iter(partial(file.read, _CHUNK), b"")

    def _check_parents(self, path: Path) -> None:
        if path.parent.parent == self.folder:
            for folder in (self.folder.parent, self.folder, path.parent):
                check_folder(folder)

    def _list_files(self) -> Iterator[Path]:
        paths: list[Path] = []
        with self._passing_over_errors():
            self._check_parents(self.folder / "00" / "0")
            paths += self.folder.iterdir()
        for path in paths:
            with self._passing_over_errors():
                if path.is_symlink() or not path.is_dir():
                    yield path
                else:
                    yield from list(path.iterdir())
                    if path.name.startswith(_NEW):
                        path.rmdir()

    @contextmanager
    def _passing_over_errors(self) -> Iterator[None]:
        """Note what a person must mend; the rest is that another build was first."""
        try:
            yield
        except PermissionError as error:
            self._note(error)
        except OSError:
            pass

    def _open_temporary(self) -> Path:
        with self._lock:
            if self._temporary is None:
                self._temporary = tempfile.TemporaryDirectory(
                    prefix="mkdocs-instagram-", ignore_cleanup_errors=True
                )
            return Path(self._temporary.name)


class MediaFile:
    """A new file, which is named by its digest when it is complete.

    Raises:
        OSError: It cannot be written. `write` and `keep` raise this too.
    """

    def __init__(self, media: MediaFolder, *, is_temporary: bool = False) -> None:
        handle, name = media.make_unnamed(is_temporary=is_temporary)
        self._media = media
        self._path = Path(name)
        self._file = os.fdopen(handle, "wb")
        self._sum = hashlib.sha256()

    def write(self, chunk: bytes) -> None:
        """Add bytes."""
        self._sum.update(chunk)
        self._file.write(chunk)

    def keep(self) -> str:
        """Name the file by its digest and return the digest."""
        self._file.close()
        digest = self._sum.hexdigest()
        self._media.adopt(self._path, digest)
        return digest

    def discard(self) -> None:
        """Delete the file, unless it was kept."""
        with suppress(OSError):  # A full disk also fails here.
            self._file.close()
        with suppress(OSError):
            self._path.unlink()
