"""No picture costs five seconds of a processor. The slowest that the bounds let through are tried.

Only with `--long`. A test that measures processor time gives the same on a machine that others use.
"""

import io
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake.pictures import with_scans
from PIL import Image

from mkdocs_instagram.instagram.downloads import MAX_PICTURE

MEASURE = """
import sys, time
from long.fuzzing.pictures import PICTURE, _Source, _Store
from mkdocs_instagram.cache.targets import ImageSettings
from mkdocs_instagram.cache.images import make_renditions
settings = ImageSettings((320, 640, 1080), sys.argv[1], 80)
data = sys.stdin.buffer.read()
began = time.process_time()
made = make_renditions({PICTURE: 2000.0}, _Source(data).download, _Store(), settings, 0.0)
assert made.renditions
print(time.process_time() - began)
"""


def encode(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def noise(mode: str, width: int, height: int) -> Image.Image:
    size = width * height * len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, (width, height), random.Random(1).randbytes(size))


def flat(mode: str, width: int, height: int) -> Image.Image:
    return Image.new(mode, (width, height), 120 if mode == "L" else (120,) * len(mode))


COSTLY: dict[str, Callable[[], bytes]] = {
    "100 scans": lambda: with_scans(encode(flat("L", 5600, 3550), "JPEG", progressive=True), 100),
    "50 scans": lambda: with_scans(encode(flat("L", 8000, 4990), "JPEG", progressive=True), 50),
    "22 scans of three colours": lambda: with_scans(
        encode(flat("RGB", 8000, 3740), "JPEG", progressive=True, subsampling=0), 22
    ),
    "noise, as high as it may be": lambda: encode(noise("RGB", 1080, 7400), "JPEG", quality=60),
    "noise of four colours": lambda: encode(noise("CMYK", 1080, 7400), "JPEG", quality=50),
    "40 megapixels of a palette": lambda: encode(flat("L", 8000, 5000).convert("P"), "PNG"),
    "40 megapixels with alpha": lambda: encode(flat("RGBA", 8000, 5000), "PNG", compress_level=1),
    "WebP without loss": lambda: encode(
        noise("RGB", 500, 375).resize((3200, 2400)), "WEBP", lossless=True, method=0
    ),
    "WebP of noise": lambda: encode(noise("RGBA", 4000, 3000), "WEBP", quality=50, method=0),
}


@pytest.mark.parametrize("kind", ["webp", "avif", "jpeg"])
@pytest.mark.parametrize("build", COSTLY.values(), ids=list(COSTLY))
def test_no_picture_costs_five_seconds(
    request: pytest.FixtureRequest, build: Callable[[], bytes], kind: str
) -> None:
    if not request.config.getoption("--long"):
        pytest.skip("with --long only")
    data = build()
    assert len(data) <= MAX_PICTURE

    done = subprocess.run(
        [sys.executable, "-c", MEASURE, kind],
        input=data,
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[1],
    )

    assert done.stderr == b""
    assert float(done.stdout) < 5
    sys.stdout.write(f"{float(done.stdout):.1f} s\n")
