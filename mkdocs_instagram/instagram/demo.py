"""An account that is read from a folder: the demo, or a snapshot."""

import json
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import IO, TYPE_CHECKING, Any

from . import graph
from .models import JSON, Batch, DownloadFailure, OfferedVideo, Picture, User

if TYPE_CHECKING:
    from .downloads import VideoFile

MAX_LIST = 64 * 1024 * 1024
MAX_PICTURE = 20 * 1024 * 1024
"""Maximum size of a file with posts, and of a picture, in bytes."""

_CHUNK = 1024 * 1024
# Nothing is downloaded from there: it only says that there is a file.
_ADDRESS = "https://scontent.cdninstagram.com/"


def demo_folder() -> Traversable:
    """Return the folder of the bundled demo."""
    return files(__package__) / "demo_account"


def _open(file: Traversable) -> IO[bytes]:
    return file.open("rb")


class Demo:
    """Reads `user.json` and `media.json`, in the API's shape, and the files beside them.

    A file in `pictures/` or `videos/` is named after the id of the node that owns it. A media
    without a `permalink` has no address on Instagram, also if it has a `shortcode`.

    Args:
        folder: Has these files.
        open_file: Opens one of them; for a folder that is not ours, it refuses links and pipes.
    """

    def __init__(self, folder: Traversable, open_file: Callable[[Any], IO[bytes]] = _open) -> None:
        self._folder = folder
        self._open_file = open_file
        self.batch_limit = graph.MAX_LIMIT
        self.notes: list[str] = []

    def first_batch(self, limit: int) -> tuple[User, Batch]:
        """Return the user and all media.

        Raises:
            OSError, ValueError, RecursionError, InstagramError: A file is missing or damaged.
                Caught by `feed.snapshot`.
        """
        user, media = self.read_json("user.json"), self.read_json("media.json")
        files = {*self._list_names("pictures"), *self._list_names("videos")}
        data = media.get("data")
        nodes = data if isinstance(data, list) else []
        children = [child for node in nodes for child in _list_children(node)]
        for node in [user, *nodes, *children]:
            _write_addresses(node, files)
        picture = f"{graph.read_id(user, 'user_id') or graph.read_id(user, 'id')}.jpg"
        if picture in files:
            user["profile_picture_url"] = _ADDRESS + picture
        return graph.decipher_user(user), graph.decipher_batch(media, kind="")

    def next_batch(self, limit: int, after: str) -> Batch:
        """Return an empty batch: the first one has all media."""
        return Batch((), None, 0)

    def is_gone(self, media_id: str) -> bool:
        """Return `False`: no media of the folder is ever deleted."""
        return False

    def download(
        self, pictures: Sequence[Picture]
    ) -> Iterator[tuple[Picture, bytes | DownloadFailure]]:
        """Yield the bytes of each picture that the folder has."""
        for picture in pictures:
            try:
                data = self._read(f"pictures/{picture.media_id}.jpg", MAX_PICTURE)
            except (OSError, ValueError):
                yield picture, DownloadFailure.FAILED
            else:
                yield picture, data

    def download_videos(
        self, videos: Sequence[OfferedVideo], open_file: "Callable[[], VideoFile]"
    ) -> Iterator[tuple[OfferedVideo, str | DownloadFailure]]:
        """Yield the digest of each video that the folder has, once its file is kept."""
        for video in videos:
            copy = open_file()
            try:
                is_copied = self._copy(f"videos/{video.media_id}.mp4", copy)
                yield video, (copy.keep() if is_copied else "") or DownloadFailure.FAILED
            finally:
                copy.discard()

    def read_json(self, name: str) -> JSON:
        """Return the JSON object in a file.

        Raises:
            OSError, ValueError, RecursionError: There is none. Caught by `feed.snapshot`.
        """
        value = json.loads(self._read(name, MAX_LIST))
        if not isinstance(value, dict):
            raise ValueError("it is not a JSON object")  # noqa: TRY004 - as of damaged JSON
        return value

    def _list_names(self, name: str) -> list[str]:
        folder = self._folder / name
        return [entry.name for entry in folder.iterdir()] if folder.is_dir() else []

    def _read(self, name: str, most: int) -> bytes:
        with self._open_file(self._folder / name) as file:
            data = file.read(most + 1)
        if len(data) > most:
            raise ValueError("it is too large")
        return data

    def _copy(self, name: str, copy: "VideoFile") -> bool:
        """Copy a file in chunks; return whether `copy` took all of them."""
        try:
            with self._open_file(self._folder / name) as file:
                return all(copy.write(chunk) for chunk in iter(lambda: file.read(_CHUNK), b""))
        except OSError:
            return False


def _list_children(node: object) -> list[Any]:
    children = node.get("children") if isinstance(node, dict) else None
    data = children.get("data") if isinstance(children, dict) else None
    return data if isinstance(data, list) else []


def _write_addresses(node: object, files: set[str]) -> None:
    """Give a node an address for each of its files, and no other."""
    if not isinstance(node, dict):
        return
    for name in ("media_url", "thumbnail_url", "profile_picture_url"):
        node.pop(name, None)
    picture, video = (f"{graph.read_id(node, 'id')}.{end}" for end in ("jpg", "mp4"))
    still = "thumbnail_url" if node.get("media_type") == "VIDEO" else "media_url"
    if picture in files:
        node[still] = _ADDRESS + picture
    if video in files:
        node["media_url"] = _ADDRESS + video
