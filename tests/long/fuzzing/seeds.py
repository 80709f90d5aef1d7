"""Good answers and pictures, to start with."""

from __future__ import annotations

import io
import json
import random
from contextlib import suppress
from pathlib import Path

from PIL import Image

SAMPLES = Path(__file__).parents[2] / "samples"


def write_answers(folder: Path) -> None:
    """Write the recorded answers, and small ones with every field."""
    for number, path in enumerate(sorted(SAMPLES.glob("*.json"))):
        (folder / f"sample-{number}").write_bytes(b"\x00" + bytes([number]) + path.read_bytes())
    for media_type in ("IMAGE", "VIDEO", "CAROUSEL_ALBUM"):
        child = {"id": "2", "media_type": "VIDEO", "thumbnail_url": _url(2)}
        node = {
            "id": "1",
            "media_type": media_type,
            "caption": "<script>#bread {{ 7 }} -->\u202e",
            "permalink": "https://www.instagram.com/p/C0001abcDEF/",
            "timestamp": "2026-07-22T10:45:00+0000",
            "like_count": 7,
            "media_url": _url(1),
            "thumbnail_url": _url(3),
            "children": {"data": [child]},
        }
        body = {"data": [node], "paging": {"cursors": {"after": "x"}, "next": "y"}}
        data = json.dumps({**body, "id": "1", "username": "harbour.bakery"}).encode()
        for way in range(5):
            (folder / f"{media_type}-{way}").write_bytes(b"\x00" + bytes([way]) + data)


def _url(number: int) -> str:
    return f"https://scontent.cdninstagram.com/v/{number}.jpg?oh=1&oe=6A6AB2D0"


def make_pictures() -> list[bytes]:
    """Return a small picture of each format and mode that is read."""
    image = Image.linear_gradient("L").resize((24, 16))
    exif = Image.Exif()
    exif[0x0112] = 6
    made = []
    for mode in ("RGB", "L", "CMYK", "RGBA", "P", "LA", "1"):
        for kind in ("JPEG", "PNG", "WEBP"):
            buffer = io.BytesIO()
            with suppress(OSError, ValueError):  # a format does not have every mode
                image.convert(mode).save(buffer, kind, exif=exif)
                made.append(buffer.getvalue())
    return made


def spoil(data: bytes, chance: random.Random) -> bytes:
    """Return `data` with some bytes changed, removed or doubled."""
    spoilt = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        start = chance.randrange(len(spoilt) + 1)
        end = min(len(spoilt), start + chance.choice((1, 1, 2, 4, 16, 64)))
        part = bytes(spoilt[start:end])
        spoilt[start:end] = chance.choice(
            (chance.randbytes(len(part)), b"", part * 2, b"\xff" * len(part), bytes(len(part)))
        )
    return bytes(spoilt)
