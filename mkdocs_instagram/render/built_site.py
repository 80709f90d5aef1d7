"""A site that another program has built."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from .built_pages import UNFINISHED, Unusable

_OURS = re.compile(r"(?:[0-9a-f]{32}\.(?:webp|avif|jpg|mp4)|instagram\.[0-9a-f]{12}\.css)")
_TEXT_FILES = (".html", ".htm", ".xml", ".json", ".js", ".css", ".txt", ".md")


class BuiltSite:
    """The folder of a site: its pages, and the files of feeds in it.

    Args:
        folder: Absolute.
        assets_dir: Where the files of feeds are, relative to `folder`.

    Attributes:
        added: The names of the files that were put there.
    """

    def __init__(self, folder: Path, assets_dir: str) -> None:
        self.folder = folder
        self.assets_dir = assets_dir
        self.added: set[str] = set()
        self._published: set[str] = set()

    def list_pages(self) -> Iterator[tuple[Path, str]]:
        """Yield the path of each page, and its path in the site."""
        return self._list_files((".html", ".htm"))

    def _list_files(self, endings: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
        """Yield the path of each file with such an ending, and its path in the site.

        Links are not followed, and folders whose name begins with a dot are left out.

        Raises:
            OSError: A folder cannot be read.
        """
        yield from _walk(str(self.folder), "", endings)

    def check_assets(self) -> None:
        """Check that files of feeds stay in the site.

        Raises:
            Unusable: A folder on the way is a link, or no folder.
        """
        path = self.folder
        for part in Path(self.assets_dir).parts:
            path /= part
            if path.is_symlink() or (path.exists() and not path.is_dir()):
                raise Unusable(
                    f"{path} is a link, or not a folder. Remove it, or set `assets_dir`."
                )

    def publish(self, name: str, write: Callable[[Path], bool]) -> bool:
        """Put a file into the site as a whole, unless it is there; return whether it is there."""
        path = self.folder / self.assets_dir / name
        if name not in self._published and not (path.is_file() and not path.is_symlink()):
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_name(f".{name}{UNFINISHED}")
            unfinished.unlink(missing_ok=True)
            if not write(unfinished):
                return False
            unfinished.replace(path)
            self.added.add(name)
        self._published.add(name)
        return True

    def remove_unused(self) -> int:
        """Remove files of earlier feeds to which nothing refers; return how many."""
        folder = self.folder / self.assets_dir
        old = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
        unused = {name for name in old if _OURS.fullmatch(name)} - self._published
        for path, _ in self._list_files(_TEXT_FILES) if unused else ():
            try:
                text = path.read_bytes()
            except OSError:  # it may refer to all
                return 0
            unused = {name for name in unused if name.encode() not in text}
        for name in unused:
            (folder / name).unlink(missing_ok=True)
        return len(unused)

    def remove_added(self) -> None:
        """Remove the files that were put there, because no page shows them."""
        for name in self.added:
            (self.folder / self.assets_dir / name).unlink(missing_ok=True)

    def remove_unfinished(self) -> None:
        """Remove what a run left that was killed."""
        for path, _ in self._list_files((UNFINISHED,)):
            path.unlink(missing_ok=True)


def _walk(folder: str, above: str, endings: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except FileNotFoundError:  # it was just removed
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith("."):
                yield from _walk(entry.path, f"{above}{entry.name}/", endings)
        elif entry.name.lower().endswith(endings) and entry.is_file(follow_symlinks=False):
            yield Path(entry.path), f"{above}{entry.name}"
