"""The files of a data export: in zips, or in a folder."""

import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from mkdocs_instagram.cache.regular_files import open_file
from mkdocs_instagram.errors import ExportUnusable
from mkdocs_instagram.instagram import export_names as names
from mkdocs_instagram.text import quote

MAX_LIST = 64 * 1024 * 1024
"""Maximum size of a list of posts, in bytes."""

_LISTS = (
    names.POSTS,
    names.REELS,
    names.ARCHIVED,
    names.LABELLED,
    names.OLD,
    names.PROFILE,
)
_STEM = re.compile(r"instagram-(.+)-(\d{4}-\d\d-\d\d)-\w+|(.+)_(\d{8})(?:_part_\d+)?")
DAMAGED = (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
_LINK = 0xA
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_MOST_NAMES = 1_000_000
_AGAIN = "Download the export from Instagram again."


class _Member(NamedTuple):
    """A file of one part: in a zip, or in a folder."""

    part: zipfile.ZipFile | None
    name: str


class ExportArchive:
    """The parts of one export, of which only what is needed has a name here.

    Args:
        paths: Zips, or folders.

    Attributes:
        username: As the names of the parts say it; "" if they do not.

    Raises:
        ExportUnusable: A part cannot be read, or the parts do not belong together. Caught by `cli`.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self.username = ""
        self._stack = ExitStack()
        self._lists: list[tuple[str, _Member]] = []
        self._files: dict[str, _Member] = {}
        self._has_html = False
        self._stems: set[tuple[str, str]] = set()
        try:
            for path in paths:
                self._add_part(path)
            self._check_parts(paths)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the zips."""
        self._stack.close()

    def has(self, name: str) -> bool:
        """Tell whether a part has a file with posts' pictures or videos of this name."""
        return name in self._files

    def read_lists(self, pattern: "re.Pattern[str]") -> Iterator[tuple[str, bytes]]:
        """Yield the lists whose names match, of every part, in the order of their names.

        Raises:
            ExportUnusable: One is too large, or damaged. Caught by `cli`.
        """
        for name, member in sorted(self._lists, key=lambda found: found[0]):
            if pattern.fullmatch(name):
                try:
                    data = _read(member, MAX_LIST)
                except DAMAGED:
                    raise ExportUnusable(
                        f"The file {name} of the export is damaged, or protected by a password.",
                        _AGAIN,
                    ) from None
                if data is None:
                    raise ExportUnusable(
                        f"The file {name} of the export is larger than {MAX_LIST // 2**20} MB.",
                        "Instagram makes no such file. Nothing was written.",
                    )
                yield name, data

    def read(self, name: str, most: int) -> bytes | None:
        """Return the bytes of a file; `None` if it is damaged, or larger than `most`."""
        try:
            return _read(self._files[name], most)
        except DAMAGED:
            return None

    def open(self, name: str) -> IO[bytes]:
        """Open a file.

        Raises:
            OSError, BadZipFile, RuntimeError: It is damaged. Caught by `feed.data_import`.
        """
        return _open(self._files[name])

    def _add_part(self, path: Path) -> None:
        part: zipfile.ZipFile | None = None
        if path.is_dir():
            base = _find_base(path)
            root, members = base.name, {name: str(base / name) for name in _walk(base)}
        else:
            part = self._stack.enter_context(_open_zip(path))
            found = _list_names(part, path)
            root = _find_root(found)
            members = {name.removeprefix(root): name for name in found if name.startswith(root)}
        for stem in (path.stem if part else path.name, root.rstrip("/")):
            if match := _STEM.fullmatch(stem):
                self._stems.add((match[1] or match[3], (match[2] or match[4]).replace("-", "")))
                break
        for name, member in members.items():
            if names.FILE.fullmatch(name):
                self._files.setdefault(name, _Member(part, member))
            elif any(pattern.fullmatch(name) for pattern in _LISTS):
                self._lists.append((name, _Member(part, member)))
            self._has_html |= bool(names.HTML.fullmatch(name))

    def _check_parts(self, paths: Sequence[Path]) -> None:
        if len(self._stems) > 1:
            told = ", ".join(sorted(f"{name} of {day}" for name, day in self._stems))
            raise ExportUnusable(
                f"These are parts of different exports: {quote(told, 200)}.",
                "Give the files of one export, which have the same name and the same date.",
            )
        self.username = next(iter(self._stems), ("", ""))[0]
        found = (names.POSTS, names.LABELLED, names.OLD, names.REELS)
        if any(pattern.fullmatch(name) for name, _ in self._lists for pattern in found):
            return
        where = ", ".join(quote(path.name) for path in paths)
        if self._has_html:
            raise ExportUnusable(
                f"{where} is an export in HTML, which cannot be imported.",
                "Ask Instagram for the export again, and choose the format JSON.",
            )
        if self._lists or self._files:
            raise ExportUnusable(
                f"{where} contains no list of posts.",
                "It is a part of an export, or an export of other things. Give all the files of "
                "one export together; when you ask for it, choose Content or Media.",
            )
        raise ExportUnusable(
            f"{where} is not an Instagram export.",
            "Give the zips from Instagram as they were downloaded, or the folder that contains "
            "your_instagram_activity.",
        )


def _open_zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError:
        raise ExportUnusable(f"There is no export {path}.", "Correct its name.") from None
    except PermissionError as error:
        raise ExportUnusable(f"The export {path} cannot be read: {error.strerror}.") from None
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError, EOFError):
        raise ExportUnusable(f"{path} is not a zip, or it is damaged.", _AGAIN) from None


def _list_names(part: zipfile.ZipFile, path: Path) -> list[str]:
    """Return the names in a zip that can be needed.

    Raises:
        ExportUnusable: A name leads out of the zip. Instagram makes no such zip.
    """
    members = part.infolist()
    if len(members) > _MOST_NAMES:
        raise ExportUnusable(f"{path} contains too many files.", _AGAIN)
    found = []
    for member in members:
        name = member.orig_filename
        steps = PurePosixPath(name.replace("\\", "/")).parts
        is_link = member.external_attr >> 28 == _LINK
        if is_link or ".." in steps or name.startswith(("/", "\\")):
            raise ExportUnusable(
                f"{path} contains a link, or a name that leads out of it: {quote(name)}.",
                f"Instagram makes no such file. Nothing was written. {_AGAIN}",
            )
        if _is_needed(name) and member.compress_type in _METHODS:
            found.append(name)
    return found


def _is_needed(name: str) -> bool:
    first = name.partition("/")[0]
    is_mac = first == "__MACOSX" or name.rpartition("/")[2].startswith("._")
    return name.isascii() and not is_mac and not set(name) & {"\\", ":", "\0"}


def _find_base(folder: Path) -> Path:
    """Return the folder that has those of an export: this one, or one in it."""
    for base in (folder, *sorted(path for path in folder.iterdir() if path.is_dir())):
        if any((base / top).is_dir() for top in names.TOPS) or (base / "media.json").is_file():
            return base
    return folder


def _walk(base: Path) -> Iterator[str]:
    """Yield the names of files that can be needed; no link is followed, no other folder opened."""
    for root, folders, files in os.walk(base):
        place = Path(root).relative_to(base)
        folders[:] = [it for it in folders if names.FOLDER.fullmatch((place / it).as_posix())]
        yield from filter(_is_needed, ((place / name).as_posix() for name in files))


def _find_root(found: Iterable[str]) -> str:
    """Return what stands before the names of an export, such as `instagram-anna-2026-07-23-x/`."""
    tops = {tuple(name.split("/")[:2]) for name in found if "/" in name}
    if any(top[0] in names.TOPS for top in tops):
        return ""
    return next((f"{top[0]}/" for top in sorted(tops) if top[1] in names.TOPS), "")


def _open(member: _Member) -> IO[bytes]:
    if member.part is None:
        return open_file(Path(member.name))
    return member.part.open(member.name)


def _read(member: _Member, most: int) -> bytes | None:
    """Return at most `most` bytes; what a zip says of the size may be wrong."""
    with _open(member) as file:
        data = file.read(most + 1)
    return data if len(data) <= most else None
