"""Accounts whose posts are files of a folder."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from mkdocs_instagram.cache.keys import read_moment
from mkdocs_instagram.cache.regular_files import check_folder, open_file
from mkdocs_instagram.config.models import Account
from mkdocs_instagram.errors import InstagramError, SnapshotUnusable
from mkdocs_instagram.instagram import graph
from mkdocs_instagram.instagram.demo import Demo, demo_folder
from mkdocs_instagram.instagram.models import JSON, Media, User
from mkdocs_instagram.text import describe_wait, pluralize, quote

INDEX = "snapshot.json"
"""The file that is written last: `{"version": 1, "written_at": "2026-07-23T12:00:00+00:00",
"width": 1080}`, with the most pixels that a picture is wide."""
VERSION = 1
FOLDERS = ("pictures", "videos")

_WRITE = (
    "Write it with `mkdocs-instagram fetch --snapshot` or `mkdocs-instagram import`, and commit "
    "all of its files."
)


class Snapshot(NamedTuple):
    """What a folder contains.

    Attributes:
        folder: `None` for the demo.
        items: The newest first.
        written_at: When it last changed; `None` for the demo.
        width: The most pixels that a picture is wide.
        source: Reads the files.
    """

    folder: Path | None
    user: User
    items: tuple[Media, ...]
    written_at: datetime | None
    width: int
    source: Demo

    @property
    def obstacle(self) -> InstagramError:
        """Why a file is not shown, for the log."""
        return SnapshotUnusable(
            f"In the snapshot {self.folder}, such a file is missing, or is not what was expected.",
            _WRITE,
        )


def open_folder(account: Account) -> Snapshot:
    """Return the folder of an account that needs no token.

    Raises:
        SnapshotUnusable: It cannot be shown. Caught by `loader`.
    """
    if not account.demo:
        return read_snapshot(Path(account.snapshot), account.username)
    source = Demo(demo_folder())
    user, batch = source.first_batch(graph.MAX_LIMIT)
    return Snapshot(None, user, batch.items, None, 0, source)


def read_snapshot(folder: Path, username: str = "") -> Snapshot:
    """Return the snapshot in a folder, of which no picture is opened.

    The folder may come with a pull request of a stranger: links and pipes are refused.

    Args:
        folder: The snapshot's.
        username: Whose it must be; "" for anybody.

    Raises:
        SnapshotUnusable: There is none that can be shown. Caught by `loader` and `cli`.
    """
    try:
        snapshot = _read(folder)
    except OSError as error:
        name = Path(error.filename or folder).name
        raise SnapshotUnusable(
            f"The snapshot {folder} cannot be read: {quote(name)}: {error.strerror}.", _WRITE
        ) from None
    except SnapshotUnusable:
        raise
    except (ValueError, RecursionError, InstagramError):
        raise SnapshotUnusable(
            f"The snapshot {folder} is damaged: a file is not in the documented form.",
            _WRITE,
            is_damage=True,
        ) from None
    user = snapshot.user
    if username and username.lower() != user.username.lower():
        raise SnapshotUnusable(
            f"The snapshot {folder} is of {quote(user.username or user.id)}, but this feed is "
            f"{username}'s.",
            "Correct `username` or `snapshot` in mkdocs.yml.",
        )
    return snapshot


def describe_snapshot(snapshot: Snapshot | SnapshotUnusable, now: datetime) -> str:
    """Return what a person wants to know of a snapshot: its folder, its posts and its age."""
    if isinstance(snapshot, SnapshotUnusable):
        return f"{snapshot.what} {snapshot.cure}"
    posts = pluralize(len(snapshot.items), "post")
    if snapshot.written_at is None:
        return posts
    age = describe_wait((now - snapshot.written_at).total_seconds())
    return (
        f"{snapshot.folder}, {posts}, changed {snapshot.written_at:%Y-%m-%d %H:%M} UTC, {age} ago"
    )


def _read(folder: Path) -> Snapshot:
    for path in (folder, *(folder / name for name in FOLDERS)):
        check_folder(path)
    if not folder.exists():
        raise SnapshotUnusable(f"There is no snapshot in {folder}.", _WRITE, is_damage=True)
    if not (folder / INDEX).exists():
        raise SnapshotUnusable(
            f"The snapshot {folder} is not complete: it has no {INDEX}.", _WRITE, is_damage=True
        )
    source = Demo(folder, open_file)
    written_at, width = _read_index(folder, source.read_json(INDEX))
    user, batch = source.first_batch(graph.MAX_LIMIT)
    if batch.items and not any(media.picture for media in batch.items):
        raise SnapshotUnusable(
            f"The snapshot {folder} is not complete: it has no picture of a post.",
            _WRITE,
            is_damage=True,
        )
    return Snapshot(folder, user, batch.items, written_at, width, source)


def _read_index(folder: Path, index: JSON) -> tuple[datetime, int]:
    version, width = index.get("version"), index.get("width")
    written_at = read_moment(index.get("written_at"))
    if isinstance(version, int) and version > VERSION:
        raise SnapshotUnusable(
            f"The snapshot {folder} was written by a newer version of this plugin.",
            "Update it: `pip install --upgrade mkdocs-instagram`.",
        )
    if version != VERSION or written_at is None or not isinstance(width, int):
        raise ValueError(INDEX)
    return written_at, width
