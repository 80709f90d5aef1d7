"""Faults of pictures: of their downloads, and of their bytes."""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

from fake import (
    Answer,
    Reply,
    close,
    cut,
    drip,
    drip_all,
    endless,
    hang,
    hang_within,
    redirect,
    reset,
    text,
)
from fake.pictures import picture, with_scans
from PIL import Image

from .cases import Case
from .fault import Fault, Level, Shows

LOST = "could not be downloaded"
KIND = {"content-type": "image/jpeg"}
JPEG = Answer(200, picture(1, 96, 120), KIND)
EXPIRED = text(403, "URL signature expired")


def _answer(reply: Reply, times: int | None = None) -> Callable[[Case], None]:
    return lambda case: case.fake.fail("picture", reply, times)


def _lost(name: str, reply: Reply, seconds: float = 60.0) -> Fault:
    """Return a fault by which each media without a saved picture is left out."""
    return Fault(
        name,
        _answer(reply),
        ("saved", "WARNING"),
        ("nothing", "WARNING"),
        said=LOST,
        seconds=seconds,
    )


def _bytes(name: str, make: Callable[[], bytes]) -> Fault:
    return _lost(name, lambda connection: connection.send(Answer(200, make(), KIND)))


def _shown(name: str, make: Callable[[], bytes], shows: Shows = "changed") -> Fault:
    """Return a fault: the new post has an unusual picture, which is shown."""

    def plant(case: Case) -> Callable[[], None]:
        case.newest.picture = make()
        return lambda: None

    return Fault(name, plant, (shows, ""), (shows, ""), leaves=shows)


def _remove(case: Case) -> None:
    case.newest.is_removed = True


def _come_back(case: Case) -> None:
    case.newest.is_removed = False


def _removed(case: Case) -> Callable[[], None]:
    _remove(case)
    return lambda: _come_back(case)


def encode(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Return an image as a file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def black_png(width: int, height: int) -> bytes:
    """Return a PNG of one bit a pixel: a few kB, whatever its size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checked = name + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((1 + (width + 7) // 8) * height), 9)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", rows), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _red(mode: str = "RGB", colour: Any = (250, 0, 0)) -> Image.Image:
    return Image.new(mode, (96, 120), colour)


def _frames(kind: str, **options: Any) -> bytes:
    others = [_red(colour=(0, 0, 250)), _red(colour=(0, 250, 0))]
    return encode(_red(), kind, save_all=True, append_images=others, **options)


def _turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encode(Image.new("RGB", (120, 96), (250, 0, 0)), "JPEG", exif=exif)


@cache
def _scans(count: int, width: int, height: int) -> bytes:
    image = Image.new("RGB", (width, height), (250, 0, 0))
    return with_scans(encode(image, "JPEG", progressive=True), count)


def _arithmetic() -> bytes:
    """Return a JPEG that says of itself that it is coded arithmetically (SOF9)."""
    return encode(_red(), "JPEG").replace(b"\xff\xc0", b"\xff\xc9")


def _comments() -> bytes:
    whole = picture(1, 96, 120)
    return whole[:2] + b"\xff\xfe\0\2" * 20_000 + whole[2:]


@cache
def _bomb() -> bytes:
    return gzip.compress(bytes(200 * 2**20))


def _jpeg(share: float) -> bytes:
    whole = picture(1, 96, 120)
    return whole[: int(len(whole) * share)]


PICTURES = [
    Fault(
        "403, URL signature expired",
        _answer(EXPIRED, 1),
        ("renewed", ""),
        ("renewed", ""),
    ),
    _lost("403, every time", EXPIRED),
    _lost("404", text(404, "Not Found")),
    _lost("410", text(410, "Gone")),
    _lost("500", text(500, "Sorry")),
    _lost("503", text(503, "Later")),
    _lost("429", text(429, "Slow down")),
    _lost("206, partial content", Answer(206, JPEG.body, KIND)),
    _lost("Closed without an answer", close()),
    _lost("Reset (RST) without an answer", reset()),
    _lost("Reset (RST) in the middle of the body", cut(JPEG, 0.5, is_reset=True)),
    _lost("A redirect to http", redirect("http://scontent.cdninstagram.com/1.jpg")),
    _lost("A redirect to another host", redirect("https://evil.example/1.jpg")),
    _lost("A redirect to this computer", redirect("https://127.0.0.1/1.jpg")),
    _lost("A redirect to the API", redirect("https://graph.instagram.com/v26.0/me")),
    _lost("A redirect without end", redirect("https://scontent.cdninstagram.com/1.jpg")),
    _lost("Cut off at 1 % of its length", cut(JPEG, 0.01)),
    _lost("Cut off at half its length", cut(JPEG, 0.5)),
    _lost("Cut off at 99 % of its length", cut(JPEG, 0.99)),
    _bytes("Cut off at 1 %, with a matching length", lambda: _jpeg(0.01)),
    _bytes("Cut off at half, with a matching length", lambda: _jpeg(0.5)),
    _bytes("Cut off at 99 %, with a matching length", lambda: _jpeg(0.99)),
    _lost("A stated length that is too short", Answer(200, JPEG.body, {"content-length": "200"})),
    _lost(
        "A stated length that is not a number", Answer(200, JPEG.body, {"content-length": "many"})
    ),
    _lost("Compressed", Answer(200, b"\x1f\x8b", {"content-encoding": "gzip"})),
    _lost(
        "A gzip bomb of 200 MB",
        lambda connection: connection.send(Answer(200, _bomb(), {"content-encoding": "gzip"})),
    ),
    _lost("Without an end", endless()),
    _bytes("Empty", lambda: b""),
    _bytes("HTML", lambda: b"<!doctype html><title>Log in</title>"),
    _bytes("SVG", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'),
    _bytes("EPS", lambda: encode(_red(), "EPS")),
    _bytes("GIF", lambda: encode(_red(), "GIF")),
    _bytes("TIFF", lambda: encode(_red(), "TIFF")),
    _bytes("An mp4", lambda: b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" * 20),
    _bytes("41 megapixels in 5 kB", lambda: black_png(8200, 5000)),
    _bytes("A picture without pixels", lambda: black_png(0, 0)),
    _bytes("A JPEG of 101 scans", lambda: _scans(101, 96, 120)),
    _bytes("A JPEG of 100 scans and 20 megapixels", lambda: _scans(100, 5000, 4000)),
    _bytes("An arithmetic-coded JPEG", _arithmetic),
    _bytes("A JPEG of 20,000 comments", _comments),
    _shown("A JPEG of 100 scans", lambda: _scans(100, 96, 120)),
    _shown("CMYK", lambda: encode(_red("CMYK", (0, 250, 250, 0)), "JPEG")),
    _shown("MPO", lambda: _frames("MPO")),
    _shown("An animated WebP", lambda: _frames("WEBP", duration=50)),
    _shown("An animated PNG", lambda: _frames("PNG", duration=50)),
    _shown("16-bit gray", lambda: encode(_red("I;16", 0x8000), "PNG")),
    _shown("Half transparent", lambda: encode(_red("RGBA", (250, 0, 0, 128)), "PNG")),
    _shown("Rotated by its EXIF", _turned),
    Fault(
        "The post is deleted between list and download",
        _removed,
        ("saved", "WARNING"),
        ("saved", "WARNING"),
        said=LOST,
    ),
]

SLOW_PICTURES = [
    _lost("A picture hangs before its head", hang(), 45.0),
    _lost("A picture hangs in the middle of its head", hang_within(JPEG, 0.5), 45.0),
    _lost("A picture hangs in the middle of its body", hang_within(JPEG, 1.5), 45.0),
    _lost("A picture, a byte every 0.3 s, head and body", drip_all(JPEG), 45.0),
    _lost("A picture, a byte every 0.3 s in the body", drip(JPEG, 0.3), 45.0),
]


__all__ = ["PICTURES", "SLOW_PICTURES", "Level"]
