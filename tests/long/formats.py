"""Compares formats and qualities by the bytes, processor time and looks of their files.

    python formats.py FOLDER [WIDTH]

FOLDER has photographs. Looks are SSIMULACRA2, by the package `ssimulacra2`: 70 is high quality, 90
cannot be told from the original. The third column compares the bytes with those of the first row.
"""

import io
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import mean
from typing import NamedTuple

from PIL import Image

YARDSTICK = "WEBP quality=80 method=4"


class Outcome(NamedTuple):
    """What one picture became."""

    size: int
    seconds: float
    looks: float


def list_options() -> Iterator[tuple[str, Mapping[str, int | bool]]]:
    """Yield Pillow's name of each format, and its options."""
    yield "WEBP", {"quality": 80, "method": 4}
    for quality in (50, 55, 60, 62, 65, 70):
        yield "AVIF", {"quality": quality, "speed": 9, "max_threads": 1}
    for speed in (10, 8, 6):
        yield "AVIF", {"quality": 60, "speed": speed, "max_threads": 1}
    for quality in (75, 80, 85):
        yield "JPEG", {"quality": quality, "optimize": True, "progressive": True}


def main() -> None:
    """Print a row for each format and its options."""
    folder, width = Path(sys.argv[1]), int((*sys.argv, "640")[2])
    pictures = [_shrink(path, width) for path in sorted(folder.glob("*.jpg"))]
    say(f"{len(pictures)} pictures of {width} pixels")
    say("| Format and options | kB | of WebP | ms | mean | minimum |")
    say("| --- | --- | --- | --- | --- | --- |")
    yardstick = 0
    for kind, options in list_options():
        name = " ".join([kind, *(f"{key}={value}" for key, value in options.items())])
        found = [_measure(picture, kind, options) for picture in pictures]
        size = sum(one.size for one in found)
        yardstick = size if name == YARDSTICK else yardstick
        seconds, looks = mean(one.seconds for one in found), [one.looks for one in found]
        say(
            f"| {name} | {size / len(found) / 1000:.1f} | {size / yardstick:.2f} "
            f"| {seconds * 1000:.0f} | {mean(looks):.1f} | {min(looks):.1f} |"
        )


def say(row: str) -> None:
    """Print a row at once."""
    sys.stdout.write(f"{row}\n")
    sys.stdout.flush()


def _shrink(path: Path, width: int) -> Image.Image:
    with Image.open(path) as opened:
        image = opened.convert("RGB")
    if image.width <= width:
        return image
    height = round(image.height * width / image.width)
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _measure(picture: Image.Image, kind: str, options: Mapping[str, int | bool]) -> Outcome:
    from ssimulacra2 import compute_ssimulacra2  # type: ignore[import-not-found]

    times = []
    buffer = io.BytesIO()
    for _ in range(2):
        buffer = io.BytesIO()
        began = time.process_time()
        picture.save(buffer, kind, **options)
        times.append(time.process_time() - began)
    with tempfile.TemporaryDirectory() as folder:
        original, made = Path(folder, "original.png"), Path(folder, "made.png")
        picture.save(original, compress_level=1)
        Image.open(buffer).convert("RGB").save(made, compress_level=1)
        looks = compute_ssimulacra2(str(original), str(made))
    return Outcome(len(buffer.getvalue()), min(times), looks)


if __name__ == "__main__":
    main()
