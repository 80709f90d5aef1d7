"""The files to make of a picture."""

from collections.abc import Sequence
from typing import NamedTuple

QUALITIES = {"webp": 80, "avif": 60, "jpeg": 75}
"""The usual quality of each format: by `tests/long/formats.py`, pictures look equally good."""

_ENOUGH = 0.9
_WIDTH_FOR_ALL = 640


class Target(NamedTuple):
    """A file to make of a picture; it is narrower if the picture is."""

    format: str
    quality: int
    width: int

    @property
    def key(self) -> str:
        """The key of the file in the entry of a picture."""
        return f"{self.format}-{self.quality}-{self.width}"

    @property
    def extension(self) -> str:
        """The end of the file's name."""
        return "jpg" if self.format == "jpeg" else self.format


class ImageSettings(NamedTuple):
    """The option `images`: ascending widths in pixels, a format, and a quality of 1 to 100."""

    widths: tuple[int, ...]
    format: str
    quality: int

    def list_targets(self, need: float) -> tuple[Target, ...]:
        """Return the files of a picture that is shown with up to `need` pixels, narrowest first.

        With AVIF, the last is a JPEG for whatever does not know AVIF.
        """
        widths = choose_widths(self.widths, need)
        targets = tuple(Target(self.format, self.quality, width) for width in widths)
        if self.format != "avif":
            return targets
        nearest = min(widths, key=lambda width: abs(width - _WIDTH_FOR_ALL))
        return *targets, Target("jpeg", QUALITIES["jpeg"], nearest)


def choose_widths(widths: Sequence[int], need: float) -> tuple[int, ...]:
    """Return those of ascending `widths` that a browser can choose, to show up to `need` pixels.

    The widest may have a tenth less, which nobody sees, as `sizes` is not more exact.
    """
    narrow = sum(width < _ENOUGH * need for width in widths)
    return tuple(widths[: narrow + 1])
