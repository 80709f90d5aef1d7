"""Compares formats and qualities by the bytes, processor time and looks of their files.

    python formats.py FOLDER

FOLDER has photographs. The results are written into `example-site/`; after it,
`make bench BENCH_ARGS=--page` writes them into the page. Looks are SSIMULACRA2, by the package
`ssimulacra2`: 70 is high quality, 90 cannot be told from the original.
"""

import io
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple

from PIL import Image, features

FIGURES = Path(__file__).parents[2] / "example-site" / "docs" / "assets" / "formats.json"
WIDTHS = (640, 320)


class Outcome(NamedTuple):
    """What one picture became."""

    size: int
    seconds: float
    looks: float


def list_options() -> Iterator[tuple[str, Mapping[str, int | bool]]]:
    """Yield Pillow's name of each format, and its options."""
    for method in (4, 2):
        yield "WEBP", {"quality": 80, "method": method}
    for quality in (50, 55, 60, 62, 65, 70):
        yield "AVIF", {"quality": quality, "speed": 9, "max_threads": 1}
    for speed in (10, 8, 6):
        yield "AVIF", {"quality": 60, "speed": speed, "max_threads": 1}
    for quality in (75, 80, 85):
        yield "JPEG", {"quality": quality, "optimize": True, "progressive": True}


def main() -> None:
    """Measure each format and its options, and write the figures."""
    paths = sorted(Path(sys.argv[1]).glob("*.jpg"))
    packages = [f"{name} {version(name)}" for name in ("Pillow", "ssimulacra2")]
    figures = {
        "pictures": len(paths),
        "packages": ", ".join([*packages, f"libavif {features.version('avif')}"]),
        "rows": [row for width in WIDTHS for row in _compare(paths, width)],
    }
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _compare(paths: list[Path], width: int) -> Iterator[dict[str, Any]]:
    """Yield a row for each format and its options: means of all pictures."""
    pictures = [_shrink(path, width) for path in paths]
    for kind, options in list_options():
        found = [_measure(picture, kind, options) for picture in pictures]
        looks = [one.looks for one in found]
        row = {
            "width": width,
            "format": kind,
            "options": options,
            "bytes": round(mean(one.size for one in found)),
            "seconds": round(mean(one.seconds for one in found), 4),
            "mean": round(mean(looks), 1),
            "minimum": round(min(looks), 1),
        }
        sys.stderr.write(f"{row}\n")
        yield row


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
        looks = float(compute_ssimulacra2(str(original), str(made)))
    return Outcome(len(buffer.getvalue()), min(times), looks)


if __name__ == "__main__":
    main()
