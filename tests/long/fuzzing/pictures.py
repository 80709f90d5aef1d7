"""Any bytes, as a picture of the site."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from PIL import Image

from mkdocs_instagram.cache.images import make_renditions
from mkdocs_instagram.cache.targets import ImageSettings
from mkdocs_instagram.instagram.models import JSON, DownloadFailure, Picture

SETTINGS = ImageSettings((8, 16), "webp", 50)
PICTURE = Picture("1", "media_url", "")


@dataclass
class _Store:
    """Entries and bytes in memory."""

    entries: dict[str, JSON] = field(default_factory=dict)
    media: dict[str, bytes] = field(default_factory=dict)

    def get(self, key: str) -> JSON | None:
        return self.entries.get(key)

    def put(self, key: str, entry: JSON) -> None:
        self.entries[key] = entry

    def read_media(self, digest: str) -> bytes | None:
        return self.media.get(digest)

    def may_have_media(self, digest: str) -> bool:
        return digest in self.media

    def write_media(self, data: bytes) -> str:
        digest = sha256(data).hexdigest()
        self.media[digest] = data
        return digest


@dataclass
class _Source:
    data: bytes

    def download(
        self, pictures: Sequence[Picture]
    ) -> Iterator[tuple[Picture, bytes | DownloadFailure]]:
        return ((picture, self.data) for picture in pictures)


def publish(data: bytes) -> int:
    """Return how many files are made from `data`.

    Raises:
        AssertionError: A file contains more than pixels, or has a wrong format or size.
    """
    store = _Store()
    made = make_renditions({PICTURE: 1000.0}, _Source(data).download, store, SETTINGS, 0.0)
    assert (PICTURE in made.renditions) != (PICTURE in made.failures)
    renditions = made.renditions.get(PICTURE, ())
    for rendition in renditions:
        with Image.open(io.BytesIO(store.media[rendition.digest])) as image:
            assert (image.format, image.mode) == ("WEBP", "RGB")
            assert image.size == (rendition.width, rendition.height)
            assert not {"exif", "icc_profile", "xmp"} & set(image.info)
    return len(renditions)
