"""The files that a site gets; performs no I/O."""

from typing import NamedTuple


class Rendition(NamedTuple):
    """A derived file: its name is its digest; sizes in pixels."""

    digest: str
    width: int
    height: int
    extension: str

    @property
    def name(self) -> str:
        """The file's name in the site."""
        return f"{self.digest[:32]}.{self.extension}"


Renditions = tuple[Rendition, ...]
"""The widths of one picture, narrowest first; never empty."""


class Video(NamedTuple):
    """An mp4 of the site's own: its name is its digest."""

    digest: str

    @property
    def name(self) -> str:
        """The file's name in the site."""
        return f"{self.digest[:32]}.mp4"
