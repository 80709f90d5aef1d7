"""Writes snapshots."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, TypeVar

from mkdocs_instagram.cache.whole_files import find_digest, write_file
from mkdocs_instagram.errors import SnapshotUnusable
from mkdocs_instagram.instagram import graph
from mkdocs_instagram.instagram.models import JSON, Child, Media, User
from mkdocs_instagram.text import pluralize

from .snapshot import FOLDERS, INDEX, VERSION, Snapshot, read_snapshot

Node = TypeVar("Node", Media, Child)
_OURS = re.compile(r"\d+\.(?:jpg|mp4)(?:\.part)?")
_ADDRESSES = {"media_url", "thumbnail_url", "profile_picture_url"}
# Only says that there is a file.
_HERE = "https://scontent.cdninstagram.com/"
_LISTS = ("user.json", "media.json", INDEX)
_FEW_LOST, _TENTH = 3, 10


class Files(NamedTuple):
    """The files of posts, by the ids of their nodes.

    Attributes:
        make_pictures: Returns the JPEG of each of these nodes; `None` where there is none.
        make_video: Writes the video of a node to a new file; returns whether it could.
    """

    pictures: Sequence[str]
    make_pictures: Callable[[Sequence[str]], Iterable[tuple[str, bytes | None]]]
    videos: Sequence[str] = ()
    make_video: Callable[[str, Path], bool] = lambda *_: False


class Written(NamedTuple):
    """How many posts and pictures a snapshot has, and how many files were written or removed."""

    posts: int
    pictures: int
    changed: int


def find_snapshot(folder: Path) -> Snapshot | None:
    """Return the snapshot that may be replaced; `None` for an empty folder, or a damaged one.

    Raises:
        SnapshotUnusable: There is something else in the folder. Caught by `cli`.
    """
    found: set[str] = set()
    with suppress(OSError):  # which `read_snapshot` describes
        found = {path.name for path in folder.iterdir()}
    if found and not found & {*_LISTS, *FOLDERS}:
        raise SnapshotUnusable(
            f"{folder} is not empty, and it is not a snapshot.", "Name a folder of its own."
        )
    try:
        return read_snapshot(folder)
    except SnapshotUnusable as error:
        if error.is_damage:
            return None
        raise


def check_replacement(old: Snapshot | None, user: User, items: Sequence[Media]) -> None:
    """Check that posts may replace those of a snapshot: same user, and not far fewer.

    Raises:
        SnapshotUnusable: They may not; the snapshot stays. Caught by `cli`.
    """
    if old is None:
        return
    if not user.is_same_as(old.user):
        raise SnapshotUnusable(
            f"The snapshot {old.folder} is of {old.user.username or old.user.id}, not of "
            f"{user.username or user.id}. It stays as it was.",
            "Name another folder, or delete this one.",
        )
    is_whole = user.media_count is not None and user.media_count <= len(items)
    if are_far_fewer(len(items), len(old.items)) and not is_whole:
        raise SnapshotUnusable(
            f"Only {pluralize(len(items), 'post')} would replace the {len(old.items)} of the "
            f"snapshot {old.folder}. It stays as it was.",
            "If this is right, delete the folder, and run the command again.",
        )


def are_far_fewer(new: int, old: int) -> bool:
    """Tell whether so many posts are lost that an answer is probably incomplete."""
    lost = old - new
    return lost > 0 and (not new or (lost > _FEW_LOST and lost * _TENTH >= old))


def write_snapshot(
    folder: Path,
    user: User,
    items: Iterable[Media],
    files: Files,
    *,
    width: int,
    now: datetime,
) -> Written:
    """Write a snapshot, and remove what it no longer needs.

    The pictures are written before the lists that name them, each file whole, and unneeded ones are
    removed last: wherever it is interrupted, what is there can be shown. A file that would not
    change is not written; pictures that were made as wide as `width` stay as they are.

    Args:
        folder: A folder that `find_snapshot` accepted.
        user: The user.
        items: The posts; one without a picture is left out.
        files: Their pictures and videos.
        width: The most pixels that a picture is wide.
        now: In UTC.

    Raises:
        SnapshotUnusable: The folder cannot be written. Caught by `cli`.
    """
    writer = _Writer(folder, find_snapshot(folder), width)
    try:
        writer.write_files(files)
        return writer.write_lists(user, items, now)
    except OSError as error:
        raise SnapshotUnusable(
            f"The snapshot {folder} cannot be written: {error.strerror}.",
            "Make sure that you may write there, and that the disk is not full. Then run the "
            "command again.",
        ) from None


class _Writer:
    """A folder that becomes a new snapshot."""

    def __init__(self, folder: Path, old: Snapshot | None, width: int) -> None:
        self._folder = folder
        self._old = old
        self._width = width
        self._digests: dict[str, str] = {}
        self._videos: set[str] = set()
        self._changed = 0

    def write_files(self, files: Files) -> None:
        """Write the pictures and videos that the folder does not have."""
        if files.pictures:
            (self._folder / "pictures").mkdir(parents=True, exist_ok=True)
        known = _list_digests(self._old) if self._old and self._old.width == self._width else {}
        missing = []
        for node_id in files.pictures:
            if known.get(node_id) and find_digest(self._locate(node_id)) == known[node_id]:
                self._digests[node_id] = known[node_id]
            else:
                missing.append(node_id)
        for node_id, data in files.make_pictures(missing) if missing else ():
            if data is not None:
                self._digests[node_id] = hashlib.sha256(data).hexdigest()
                self._changed += write_file(self._locate(node_id), data)
        if files.videos:
            (self._folder / "videos").mkdir(parents=True, exist_ok=True)
        for node_id in files.videos:
            if self._write_video(node_id, files.make_video):
                self._videos.add(node_id)

    def write_lists(self, user: User, items: Iterable[Media], now: datetime) -> Written:
        """Write the user, the posts and the index; remove other files before the index."""
        self._folder.mkdir(parents=True, exist_ok=True)
        picture_id = user.user_id or user.id
        owner = user._replace(
            picture_digest=self._digests.get(picture_id, ""), profile_picture_url=""
        )
        marked = (self._mark_files(media) for media in items)
        shown = sorted((media for media in marked if media.picture), key=_order, reverse=True)
        data = [_drop_addresses(graph.encode_media(media)) for media in shown]
        self._write_json("user.json", graph.encode_user(owner))
        self._write_json("media.json", {"data": data})
        self._prune()
        if self._changed or self._old is None:
            moment = now.isoformat(timespec="seconds")
            index = {"version": VERSION, "written_at": moment, "width": self._width}
            self._write_json(INDEX, index)
        return Written(len(shown), len(self._digests), self._changed)

    def _locate(self, node_id: str) -> Path:
        return self._folder / "pictures" / f"{node_id}.jpg"

    def _mark_files(self, media: Media) -> Media:
        children = tuple(self._mark(child) for child in media.children)
        return self._mark(media)._replace(children=children)

    def _mark(self, node: Node) -> Node:
        """Return a node with its digest, and an address of the files that it has, and no other."""
        digest, is_video = self._digests.get(node.id, ""), node.media_type == "VIDEO"
        return node._replace(
            picture_digest=digest,
            thumbnail_url=_HERE if digest and is_video else "",
            media_url=_HERE if node.id in self._videos or (digest and not is_video) else "",
        )

    def _write_video(self, node_id: str, make_video: Callable[[str, Path], bool]) -> bool:
        path = self._folder / "videos" / f"{node_id}.mp4"
        if self._old and path.is_file() and not path.is_symlink():
            return True  # it was renamed when it was whole
        part = path.with_name(f"{path.name}.part")
        part.unlink(missing_ok=True)
        if not make_video(node_id, part):
            part.unlink(missing_ok=True)
            return False
        part.replace(path)
        self._changed += 1
        return True

    def _write_json(self, name: str, value: JSON) -> None:
        text = json.dumps(value, ensure_ascii=False, indent=2)
        self._changed += write_file(self._folder / name, f"{text}\n".encode())

    def _prune(self) -> None:
        needed = {f"{node_id}.jpg" for node_id in self._digests}
        needed |= {f"{node_id}.mp4" for node_id in self._videos}
        for name in FOLDERS:
            folder = self._folder / name
            for path in folder.iterdir() if folder.is_dir() else ():
                if _OURS.fullmatch(path.name) and path.name not in needed:
                    path.unlink()
                    self._changed += 1


def _order(media: Media) -> tuple[float, str]:
    return media.timestamp.timestamp() if media.timestamp else 0.0, media.id


def _list_digests(snapshot: Snapshot) -> dict[str, str]:
    user, nodes = snapshot.user, list_nodes(snapshot.items)
    digests = {node.id: node.picture_digest for node in nodes}
    return {**digests, user.user_id or user.id: user.picture_digest}


def list_nodes(items: Iterable[Media]) -> list[Media | Child]:
    """Return posts, each followed by its children."""
    nodes: list[Media | Child] = []
    for media in items:
        nodes += [media, *media.children]
    return nodes


def _drop_addresses(node: JSON) -> JSON:
    for name in _ADDRESSES:
        node.pop(name, None)
    for child in node.get("children", {}).get("data", []):
        _drop_addresses(child)
    return node
