"""An account that is read from a folder."""

import json
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

from . import graph
from .models import Batch, DownloadFailure, OfferedVideo, Picture, User

if TYPE_CHECKING:
    from .downloads import VideoFile

_CHUNK = 1024 * 1024


def demo_folder() -> Traversable:
    """Return the folder of the bundled demo."""
    return files(__package__) / "demo_account"


class Demo:
    """Reads `user.json` and `media.json`, in the API's shape, and the files beside them.

    A file in `pictures/` or `videos/` is named after the id of the node that owns it. A media
    without a `permalink` has no address on Instagram, also if it has a `shortcode`.
    """

    def __init__(self, folder: Traversable) -> None:
        self._folder = folder
        self.batch_limit = graph.MAX_LIMIT
        self.notes: list[str] = []

    def first_batch(self, limit: int) -> tuple[User, Batch]:
        """Return the user and all media."""
        user, media = (
            json.loads((self._folder / name).read_bytes()) for name in ("user.json", "media.json")
        )
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
            file = self._folder / "pictures" / f"{picture.media_id}.jpg"
            yield picture, file.read_bytes() if file.is_file() else DownloadFailure.FAILED

    def download_videos(
        self, videos: Sequence[OfferedVideo], open_file: "Callable[[], VideoFile]"
    ) -> Iterator[tuple[OfferedVideo, str | DownloadFailure]]:
        """Yield the digest of each video that the folder has, once its file is kept."""
        for video in videos:
            file = self._folder / "videos" / f"{video.media_id}.mp4"
            copy = open_file()
            try:
                is_copied = file.is_file() and _copy(file, copy)
                yield video, (copy.keep() if is_copied else "") or DownloadFailure.FAILED
            finally:
                copy.discard()


def _copy(file: Traversable, copy: "VideoFile") -> bool:
    """Copy a file in chunks; return whether `copy` took all of them."""
    with file.open("rb") as opened:
        return all(copy.write(chunk) for chunk in iter(lambda: opened.read(_CHUNK), b""))
