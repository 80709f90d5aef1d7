"""Files for the site."""

from typing import NamedTuple


class Rendition(NamedTuple):
    """An image file made from an original; its sizes are in pixels."""

    digest: str
    width: int
    height: int
    extension: str

    @property
    def name(self) -> str:
        """The file's name in the site."""
        return f"{self.digest[:32]}.{self.extension}"


Renditions = tuple[Rendition, ...]
"""The renditions of one picture, narrowest first, and a JPEG after those in AVIF; never empty."""


class Video(NamedTuple):
    """An mp4 file."""

    digest: str

    @property
    def name(self) -> str:
        """The file's name in the site."""
        return f"{self.digest[:32]}.mp4"
