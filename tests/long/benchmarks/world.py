"""The account and the site of the benchmarks.

The photographs are those of the demo account, enlarged to the size that Instagram sends, in several
crops. All are different, and take about as long to encode as photographs of that size.
"""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from fake import FakeInstagram, FakeUser
from PIL import Image, ImageOps
from sites import Site

from mkdocs_instagram.instagram.demo import demo_folder

TOKEN = "IGAAbenchmarkOnly"
SIZE = (1080, 1350)
TAG = "# One\n\n<!-- instagram -->\n"
MANY = 24
CROPS = ((0.0, 0.0, 1.0, 1.0), (0.0, 0.1, 0.8, 0.9), (0.2, 0.0, 1.0, 0.8))


@dataclass(frozen=True, slots=True)
class Line:
    """The line to Instagram: seconds before every answer, megabits per second of all together."""

    latency: float = 0.0
    megabits: float = 0.0

    @property
    def name(self) -> str:
        """Its name in a table."""
        parts = [f"{self.latency * 1000:.0f} ms"]
        return ", ".join(parts + ([f"{self.megabits:.0f} Mbit/s"] if self.megabits else []))


class PictureFile(NamedTuple):
    """A picture of the site; `format` as in the option of this name."""

    path: Path
    format: str
    width: int
    size: int


@dataclass(frozen=True, slots=True)
class World:
    """A fake with one account, and a site that shows it."""

    fake: FakeInstagram
    user: FakeUser
    site: Site
    is_enlarged: bool = True

    def publish(self, count: int, *, newest: bool = False) -> None:
        """Add media with one photograph each."""
        for _ in range(count):
            pictures = photographs(is_enlarged=self.is_enlarged)
            picture = pictures[len(self.user.media) % len(pictures)]
            number = len(self.user.media)
            caption = f"Rye is back, for the {number}th time #bread"
            self.user.add_media(caption=caption, size=SIZE, picture=picture, newest=newest)

    def show(self, limit: int, options: dict[str, Any] | None = None, **more: Any) -> None:
        """Give the site's page a feed of `limit` media.

        Args:
            limit: Above `MANY`, the others are behind "Show more".
            options: More feed options.
            more: Options of the site.
        """
        folded = {"more": MANY} if limit > MANY else {}
        defaults = {"limit": limit, **folded, **(options or {})}
        self.site.options = {"defaults": defaults, **more}
        self.site.write_config()
        self.site.write({"index.md": TAG})

    @property
    def built(self) -> Path:
        """The folder of the built site."""
        return self.site.folder / "site"

    def list_pictures(self) -> list[PictureFile]:
        """Return the pictures of the built site."""
        found = []
        for path in sorted((self.built / "assets" / "mk-ig").iterdir()):
            if path.suffix != ".css":
                with Image.open(path) as image:
                    kind = str(image.format).lower()
                    found.append(PictureFile(path, kind, image.width, path.stat().st_size))
        return found

    def forget(self) -> None:
        """Remove cache and site, as on a machine that never built the site."""
        for name in (".cache", "site"):
            shutil.rmtree(self.site.folder / name, ignore_errors=True)

    def set_line(self, line: Line) -> None:
        """Set how slow the line to Instagram is."""
        self.fake.latency = line.latency
        self.fake.bandwidth = line.megabits * 1e6 / 8


@contextmanager
def open_world(count: int, *, is_enlarged: bool = True) -> Iterator[World]:
    """Give a world with `count` media; their photographs are enlarged, or have their own size."""
    with tempfile.TemporaryDirectory() as folder, FakeInstagram() as fake:
        user = fake.add_user(TOKEN)
        site = Site(Path(folder), fake, {"INSTAGRAM_ACCESS_TOKEN": TOKEN})
        world = World(fake, user, site, is_enlarged)
        world.publish(count)
        yield world


@cache
def photographs(*, is_enlarged: bool = True) -> tuple[bytes, ...]:
    """Return the bytes of 24 different JPEGs, of `SIZE` or smaller."""
    paths = sorted(Path(str(demo_folder()), "pictures").glob("179*.jpg"))[:8]
    return tuple(_photograph(path, crop, is_enlarged) for path in paths for crop in CROPS)


def _photograph(path: Path, crop: tuple[float, float, float, float], is_enlarged: bool) -> bytes:
    with Image.open(path) as image:
        left, top, right, bottom = crop
        width, height = image.size
        part = image.crop(
            (int(left * width), int(top * height), int(right * width), int(bottom * height))
        )
        fitted = ImageOps.fit(part.convert("RGB"), SIZE) if is_enlarged else part.convert("RGB")
    buffer = io.BytesIO()
    fitted.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
