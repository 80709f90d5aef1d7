"""A hook of MkDocs: what another process may do to the cache while a site is built.

It runs in the build's own process, between two of our steps. `AT` names an event, at which the
account is purged, or one of the functions below, for after the pictures and videos of a feed were
found and before they are copied. `TIMES` says how often.
"""

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from mkdocs.plugins import event_priority

from mkdocs_instagram.cache import videos
from mkdocs_instagram.cache.cache import Cache
from mkdocs_instagram.feed import cleanup, pictures

HOOK = Path(__file__)
AT = os.environ.get("AT", "")
TURNS = iter(range(int(os.environ.get("TIMES", "0"))))
FOLDER = Path(".cache/plugin/instagram")
ELSEWHERE = Path("elsewhere.webp")


def purge(*_: Any, **__: Any) -> None:
    """Remove everything that is saved for the account."""
    if next(TURNS, None) is not None:
        cache = Cache(FOLDER)
        cleanup.purge(cache, "main")
        cache.close()


def remove_files(path: Path) -> None:
    """Remove a file."""
    path.unlink()


def empty_files(path: Path) -> None:
    """Remove its content."""
    path.write_bytes(b"")


def swap_files(path: Path) -> None:
    """Give it other content of the same size."""
    path.write_bytes(path.read_bytes()[::-1])


def link_files(path: Path) -> None:
    """Put a link to the right content in its place."""
    path.replace(ELSEWHERE)
    path.symlink_to(ELSEWHERE.absolute())


def change(alter: Callable[[Path], None]) -> None:
    """Alter all files."""
    if next(TURNS, None) is not None:
        for path in FOLDER.glob("media/*/*"):
            alter(path)


def disturb(keep_videos: Callable[..., Any]) -> Callable[..., Any]:
    """Return the last step before files are copied, with the disturbance after it."""

    @wraps(keep_videos)
    def keep_and_disturb(*arguments: Any) -> Any:
        kept = keep_videos(*arguments)
        if AT == "purge":
            purge()
        else:
            change(globals()[AT])
        return kept

    return keep_and_disturb


if AT.startswith("on_"):
    # After our plugin, which removes old files at the end of a build.
    globals()[AT] = event_priority(75 if AT == "on_post_build" else -50)(purge)
elif AT:
    setattr(pictures, "keep_videos", disturb(videos.keep_videos))  # noqa: B010 - for mypy
