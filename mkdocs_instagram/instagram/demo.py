"""Media read from a folder instead of the API.

Its outside thing is that folder: `user.json`, `media.json`, `pictures/`, `videos/`. A picture's or
video's file is named by the id of the node that owns it. The bundled demo is such a folder.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

from . import graph
from .models import Batch, DownloadFailure, OfferedVideo, Picture, User

if TYPE_CHECKING:
    from .downloads import VideoFile

_PIECE = 1024 * 1024


def demo_folder() -> Traversable:
    """Return the folder of the bundled demo."""
    return files(__package__) / "demo_account"


class Demo:
    """A user and media saved in `folder` in the API's shape."""

    def __init__(self, folder: Traversable) -> None:
        self._folder = folder
        self.notes: list[str] = []

    def first_batch(self, limit: int) -> tuple[User, Batch]:
        """Return the user and all media."""
        user, media = (
            json.loads((self._folder / name).read_bytes()) for name in ("user.json", "media.json")
        )
        return graph.decipher_user(user), graph.decipher_batch(media)

    def next_batch(self, limit: int, after: str) -> Batch:
        """Return nothing: the first batch is all."""
        return Batch((), None, 0)

    def is_gone(self, media_id: str) -> bool:
        """Tell that a media is still there."""
        return False

    def download_videos(
        self, videos: Sequence[OfferedVideo], open_file: "Callable[[], VideoFile]"
    ) -> Iterator[tuple[OfferedVideo, str | DownloadFailure]]:
        """Yield the digest of each video that the folder has, once its file is kept."""
        for video in videos:
            file = self._folder / "videos" / f"{video.media_id}.mp4"
            copy = open_file()
            try:
                is_read = file.is_file() and _copy(file, copy)
                yield video, (copy.keep() if is_read else "") or DownloadFailure.FAILED
            finally:
                copy.discard()

    def download(
        self, pictures: Sequence[Picture]
    ) -> Iterator[tuple[Picture, bytes | DownloadFailure]]:
        """Yield the bytes of each picture that the folder has."""
        for picture in pictures:
            file = self._folder / "pictures" / f"{picture.media_id}.jpg"
            yield picture, file.read_bytes() if file.is_file() else DownloadFailure.FAILED


def _copy(file: Traversable, copy: "VideoFile") -> bool:
    """Write a file piece by piece; return whether all of it was wanted."""
    with file.open("rb") as opened:
        return all(copy.write(chunk) for chunk in iter(lambda: opened.read(_PIECE), b""))
