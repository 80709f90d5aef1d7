"""A site that another program has built."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from .built_pages import UNFINISHED, Unusable

_OURS = re.compile(r"(?:[0-9a-f]{32}\.(?:webp|avif|jpg|mp4)|instagram\.[0-9a-f]{12}\.css)")
_TEXT_FILES = {".html", ".htm", ".xml", ".json", ".js", ".css", ".txt", ".md"}


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

    def list_files(self, suffixes: set[str]) -> Iterator[tuple[Path, str]]:
        """Yield the path of each file with such an ending, and its path in the site.

        Links are not followed, and folders whose name begins with a dot are left out.
        """
        for folder, names, files in os.walk(self.folder):
            names[:] = sorted(name for name in names if not name.startswith("."))
            for name in sorted(files):
                path = Path(folder, name)
                if path.suffix.lower() in suffixes and not path.is_symlink():
                    yield path, path.relative_to(self.folder).as_posix()

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
        for path, _ in self.list_files(_TEXT_FILES) if unused else ():
            text = path.read_bytes().decode("latin-1")
            unused = {name for name in unused if name not in text}
        for name in unused:
            (folder / name).unlink()
        return len(unused)

    def remove_unfinished(self) -> None:
        """Remove what a run left that was killed."""
        for path, _ in self.list_files({UNFINISHED}):
            path.unlink()
