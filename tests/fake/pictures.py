"""Invented pictures and videos, one for each number."""

from __future__ import annotations

import colorsys
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont, ImageOps

GOLDEN_RATIO = 0.618034


@cache
def picture(number: int, width: int, height: int) -> bytes:
    """Return a JPEG of that many pixels: a gradient in the number's colour, and the number."""
    colour = tuple(int(255 * part) for part in colorsys.hsv_to_rgb(_hue(number), 0.7, 0.9))
    gradient = Image.linear_gradient("L").resize((width, height))
    image = ImageOps.colorize(gradient, black=(24, 24, 32), white=colour)
    font = ImageFont.load_default(size=max(8, min(width, height) // 4))
    centre = (width / 2, height / 2)
    ImageDraw.Draw(image).text(centre, str(number), fill="white", font=font, anchor="mm")
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=70)
    return buffer.getvalue()


def with_scans(jpeg: bytes, count: int) -> bytes:
    """Return a progressive JPEG whose last scan is repeated until it has so many scans."""
    scan = jpeg[jpeg.rindex(b"\xff\xda") : -2]
    return jpeg[:-2] + scan * (count - jpeg.count(b"\xff\xda")) + jpeg[-2:]


def video(number: int) -> bytes:
    """Return 4 kB that begin like an mp4, but cannot be played."""
    payload = str(number).encode().rjust(16, b"0") * 256
    return b"".join(
        (
            b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
            (len(payload) + 8).to_bytes(4, "big"),
            b"mdat",
            payload,
        )
    )


def _hue(number: int) -> float:
    return number * GOLDEN_RATIO % 1.0
