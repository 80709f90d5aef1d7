"""Renditions of good, damaged and hostile pictures."""

import gc
import io
import os
import random
import re
import struct
import subprocess
import sys
import threading
import warnings
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import inf
from pathlib import Path
from typing import Any

import pytest
from fake.pictures import with_scans
from memory import STATUS
from PIL import AvifImagePlugin, Image, ImageCms, PngImagePlugin

from mkdocs_instagram.cache import encoding, images
from mkdocs_instagram.cache.cache import Cache
from mkdocs_instagram.cache.images import PictureResults, make_renditions
from mkdocs_instagram.cache.keys import picture_key
from mkdocs_instagram.cache.models import Rendition
from mkdocs_instagram.cache.picture_entries import list_digests
from mkdocs_instagram.cache.targets import ImageSettings, Target, choose_widths
from mkdocs_instagram.instagram.models import DownloadFailure, Picture

NOW = 1784800000.0
HOUR = 3600.0
WEBP = ImageSettings((32, 64), "webp", 80)
JPEG = ImageSettings((32, 64), "jpeg", 80)
AVIF = ImageSettings((32, 64), "avif", 60)
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
PICTURE = Picture("17900000000000001", "media_url", "https://scontent.cdninstagram.com/1.jpg")


@dataclass
class Source:
    """Pictures by media id, as in a CDN, with a list of requests."""

    pictures: dict[str, bytes | DownloadFailure]
    asked: list[str] = field(default_factory=list)

    def download(
        self, pictures: Sequence[Picture]
    ) -> Iterator[tuple[Picture, bytes | DownloadFailure]]:
        for picture in pictures:
            self.asked.append(picture.media_id)
            yield picture, self.pictures[picture.media_id]


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    cache = Cache(tmp_path / "cache")
    yield cache
    cache.close()


def make(
    source: Source,
    cache: Cache,
    settings: ImageSettings = WEBP,
    now: float = NOW,
    *,
    need: float = inf,
) -> PictureResults:
    pictures = {replace(PICTURE, media_id=media_id): need for media_id in source.pictures}
    return make_renditions(pictures, source.download, cache, settings, now)


def count_cached(made: PictureResults) -> int:
    return sum(map(len, made.renditions.values())) - len(made.encoded)


def publish(data: bytes, cache: Cache, settings: ImageSettings = WEBP) -> list[bytes]:
    """Return the files made from one picture, narrowest first."""
    made = make(Source({PICTURE.media_id: data}), cache, settings)
    assert made.failures == {}
    return [cache.locate_media(item.digest).read_bytes() for item in made.renditions[PICTURE]]


def encode(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def decode(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
    return image


def list_files(folder: Path) -> list[Path]:
    """Return the media files in a cache."""
    return [path for path in (folder / "cache" / "media").rglob("*") if path.is_file()]


def photo(width: int = 100, height: int = 80, shift: int = 0) -> Image.Image:
    """Return a picture with four colours in its corners, and a background for each `shift`."""
    image = Image.new("RGB", (width, height), (shift * 20, 90, 90))
    half = (width // 2, height // 2)
    places = [(0, 0), (half[0], 0), (0, half[1]), half]
    for colour, (left, top) in zip([RED, GREEN, BLUE, WHITE], places, strict=True):
        image.paste(colour, (left, top, left + half[0] - 10, top + half[1] - 10))
    return image


def is_near(colour: object, expected: Sequence[int], slack: int = 12) -> bool:
    assert isinstance(colour, tuple)
    return all(abs(part - whole) <= slack for part, whole in zip(colour, expected, strict=True))


def test_no_more_pictures_are_taken_than_are_encoded(cache: Cache) -> None:
    data = encode(photo(400, 500))
    waiting = []

    class Quick(Source):
        def download(self, pictures: Sequence[Picture]) -> Iterator[tuple[Picture, bytes]]:
            for taken, picture in enumerate(pictures):
                waiting.append(taken - len(cache.keys("picture/")))
                yield picture, data

    made = make(Quick(dict.fromkeys(map(str, range(40)), data)), cache)

    assert len(made.renditions) == 40
    assert max(waiting) <= 2 * (os.cpu_count() or 1)


def test_no_picture_waits_in_memory_for_the_collector_of_cycles(cache: Cache) -> None:
    def count_images() -> int:
        return sum(issubclass(type(it), Image.Image) for it in gc.get_objects())

    source = Source({f"{number}": encode(photo(800, 500, number)) for number in range(12)})
    gc.collect()
    before = count_images()
    gc.disable()
    try:
        make(source, cache)
        left = count_images() - before
    finally:
        gc.enable()

    assert left < 12  # a thread may still hold its last


def test_the_renditions_of_one_picture_are_encoded_together(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(2, timeout=30)
    write = encoding._bytes_of

    def meet(image: Image.Image, target: Target) -> bytes:
        together.wait()
        return write(image, target)

    monkeypatch.setattr(encoding, "_bytes_of", meet)
    monkeypatch.setattr(images, "_WORKERS", 2)

    made = make(Source({PICTURE.media_id: encode(photo(400, 500))}), cache)

    assert [item.width for item in made.renditions[PICTURE]] == [32, 64]


def test_an_interruption_waits_for_no_decoder_and_leaves_nothing(
    tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = threading.enumerate()
    go_on = threading.Event()

    def decode(*_: object) -> Iterator[tuple[Target, bytes, int, int]]:
        assert go_on.wait(60)
        yield Target("webp", 80, 32), b"file", 32, 26

    monkeypatch.setattr(encoding, "encode", decode)

    class Interrupted(Source):
        def download(self, pictures: Sequence[Picture]) -> Iterator[tuple[Picture, bytes]]:
            yield from ((picture, b"") for picture in pictures[:2])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(Interrupted(dict.fromkeys("123", b"")), cache)

    left = [thread for thread in threading.enumerate() if thread not in before]
    assert left
    assert all(thread.daemon for thread in left)
    go_on.set()
    for thread in left:
        thread.join(30)
        assert not thread.is_alive()
    assert list_files(tmp_path) == []


@pytest.mark.parametrize(
    ("need", "chosen"),
    [
        (1, (320,)),
        (320, (320,)),
        (355, (320,)),  # a tenth less is enough
        (356, (320, 640)),
        (654, (320, 640)),
        (712, (320, 640, 1080)),
        (3200, (320, 640, 1080)),
        (inf, (320, 640, 1080)),
    ],
)
def test_widths_are_chosen_that_a_browser_can_ask_for(need: float, chosen: tuple[int, ...]) -> None:
    assert choose_widths((320, 640, 1080), need) == chosen


@pytest.mark.parametrize(
    ("size", "sizes"),
    [
        ((100, 80), [(32, 26), (64, 51)]),
        ((64, 64), [(32, 32), (64, 64)]),
        ((50, 100), [(32, 64), (50, 100)]),
        ((20, 10), [(20, 10)]),
        ((1, 1), [(1, 1)]),
        ((1000, 1), [(32, 1), (64, 1)]),
    ],
)
def test_nothing_is_enlarged_and_sizes_are_told_as_they_are(
    cache: Cache, size: tuple[int, int], sizes: list[tuple[int, int]]
) -> None:
    made = make(Source({PICTURE.media_id: encode(photo(*size))}), cache)

    renditions = made.renditions[PICTURE]
    assert [(item.width, item.height) for item in renditions] == sizes
    files = [cache.locate_media(item.digest).read_bytes() for item in renditions]
    assert [decode(file).size for file in files] == sizes
    assert {decode(file).format for file in files} == {"WEBP"}
    assert len(made.encoded) == len(sizes)


def test_jpeg_is_made_when_asked_for(cache: Cache) -> None:
    made = make(Source({PICTURE.media_id: encode(photo())}), cache, JPEG)

    for item in made.renditions[PICTURE]:
        assert item.name == f"{item.digest[:32]}.jpg"
        file = cache.locate_media(item.digest).read_bytes()
        assert decode(file).format == "JPEG"
        assert len(segments(file)) > 0


Transpose = Image.Transpose
# How a camera stores an upright picture, by orientation.
STORED = {
    1: None,
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_90,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_270,
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", STORED)
def test_pictures_stand_upright(cache: Cache, orientation: int, kind: str) -> None:
    turn = STORED[orientation]
    stored = photo() if turn is None else photo().transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation

    file = decode(publish(encode(stored, kind, exif=exif), cache)[-1])

    assert file.size == (64, 51)
    corners = [file.getpixel(place) for place in [(10, 8), (42, 8), (10, 34), (42, 34)]]
    for colour, expected in zip(corners, [RED, GREEN, BLUE, WHITE], strict=True):
        assert is_near(colour, expected, 40)


def profile(red: Sequence[float], green: Sequence[float], blue: Sequence[float]) -> bytes:
    """Return an ICC profile with these primaries (XYZ under D50) and a gamma of 2.2."""

    def number(value: float) -> bytes:
        return struct.pack(">i", round(value * 65536))

    def xyz(values: Sequence[float]) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(map(number, values))

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    name = b"SECRET-PROFILE\0"
    text = b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(79)
    white = (0.9642, 1.0, 0.8249)
    tags = {
        b"desc": text + bytes(-len(text) % 4),
        b"wtpt": xyz(white),
        b"rXYZ": xyz(red),
        b"gXYZ": xyz(green),
        b"bXYZ": xyz(blue),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, data, start = b"", b"", 128 + 4 + 12 * len(tags)
    for tag, content in tags.items():
        table += tag + struct.pack(">II", start + len(data), len(content))
        data += content
    size = struct.pack(">I", start + len(data))
    head = size + bytes(4) + b"\x02\x10\0\0mntrRGB XYZ " + bytes(12) + b"acsp" + bytes(28)
    return (
        (head + b"".join(map(number, white))).ljust(128, b"\0")
        + struct.pack(">I", len(tags))
        + table
        + data
    )


ADOBE_RGB = profile(
    (0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)
)


def test_a_wide_gamut_becomes_the_numbers_of_srgb(cache: Cache) -> None:
    image = Image.new("RGB", (40, 40), (128, 200, 128))

    file = decode(publish(encode(image, icc_profile=ADOBE_RGB), cache)[-1])

    # From the definitions of both spaces. Without conversion it would be (128, 200, 128).
    assert is_near(file.getpixel((20, 20)), (77, 201, 125), 5)


def icc(colours: bytes, tags: dict[bytes, bytes]) -> bytes:
    """Return an ICC profile of RGB, GRAY or CMYK with these tags."""
    table, data, start = b"", b"", 128 + 4 + 12 * len(tags)
    for tag, content in tags.items():
        table += tag + struct.pack(">II", start + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    target = b"Lab " if {b"A2B0", b"D2B0"} & set(tags) else b"XYZ "
    kind = b"\x04\x20\0\0" + (b"prtr" if colours == b"CMYK" else b"mntr")
    head = struct.pack(">I", start + len(data)) + bytes(4) + kind + colours + target
    white = struct.pack(">3i", 63190, 65536, 54061)
    head = (head + bytes(12) + b"acsp" + bytes(28) + white).ljust(128, b"\0")
    return head + struct.pack(">I", len(tags)) + table + data


def swapped() -> bytes:
    """Return a profile by which red is blue, and blue is red."""
    whole = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = whole.index(b"rXYZ"), whole.index(b"bXYZ")
    whole[red : red + 4], whole[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(whole)


def all_green() -> bytes:
    """Return a profile of four colours by which every picture is green, by a table of two steps."""
    ramp = bytes(range(256))
    green = bytes((200, 80, 180)) * 2**4  # L, a, b
    unit = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    table = b"mft1\0\0\0\0\x04\x03\x02\0" + unit + ramp * 4 + green + ramp * 3
    return icc(b"CMYK", {b"wtpt": WHITE_POINT, b"A2B0": table})


def chained() -> bytes:
    """Return a profile with a chain of one step, by which every picture is gray."""
    step = b"matf\0\0\0\0" + struct.pack(">HH12f", 3, 3, *[0] * 9, 50, 0, 0)
    chain = b"mpet\0\0\0\0" + struct.pack(">HHIII", 3, 3, 1, 24, len(step))
    return icc(b"RGB ", {b"wtpt": WHITE_POINT, b"D2B0": chain + step})


WHITE_POINT = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
# A gray profile without gamma: half of the light is 188 in sRGB.
LINEAR = icc(b"GRAY", {b"wtpt": WHITE_POINT, b"kTRC": b"curv" + bytes(8)})
SWAPPED = swapped()
GREEN_INK = all_green()
ORANGE, BLUISH = (220, 90, 30), (30, 90, 220)


def coloured(mode: str, kind: str = "PNG", icc_profile: bytes = SWAPPED) -> bytes:
    image = Image.new("RGB", (40, 40), ORANGE).convert(mode, palette=Image.Palette.ADAPTIVE)
    return encode(image, kind, icc_profile=icc_profile, lossless=kind == "WEBP")


def half_clear(colour: tuple[int, ...], icc_profile: bytes) -> bytes:
    mode = "RGBA" if len(colour) == 4 else "LA"
    return encode(Image.new(mode, (40, 40), colour), icc_profile=icc_profile)


def clear_palette(alpha: int) -> bytes:
    image = Image.new("RGB", (40, 40), ORANGE).convert("P", palette=Image.Palette.ADAPTIVE)
    return encode(image, icc_profile=SWAPPED, transparency=bytes([alpha] * 256))


def gray_with_alpha() -> bytes:
    """Return a PNG that Pillow cannot write: two bytes for gray, two for alpha."""
    header = struct.pack(">IIBBBBB", 40, 40, 16, 4, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80\x80\xff\xff" * 40) * 40)
    profile = chunk(b"iCCP", b"gray\0\0" + zlib.compress(LINEAR))
    chunks = chunk(b"IHDR", header) + profile + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def gray(mode: str, kind: str = "PNG", icc_profile: bytes = LINEAR) -> bytes:
    image = Image.new(mode, (40, 40), 0x8000 if mode == "I;16" else 128)
    return encode(image, kind, icc_profile=icc_profile)


PROFILED: dict[str, tuple[Callable[[], bytes], Sequence[int]]] = {
    "rgb png": (lambda: coloured("RGB"), BLUISH),
    "rgb jpeg": (lambda: coloured("RGB", "JPEG"), BLUISH),
    "rgb webp": (lambda: coloured("RGB", "WEBP"), BLUISH),
    "rgba png": (lambda: coloured("RGBA"), BLUISH),
    "rgba webp": (lambda: half_clear_webp(SWAPPED), (142, 172, 237)),
    "palette": (lambda: coloured("P"), BLUISH),
    "opaque palette": (lambda: clear_palette(255), BLUISH),
    "half clear palette": (lambda: clear_palette(128), (142, 172, 237)),
    "clear palette": (lambda: clear_palette(0), WHITE),
    "half clear": (lambda: half_clear((*ORANGE, 128), SWAPPED), (142, 172, 237)),
    "clear": (lambda: half_clear((*ORANGE, 0), SWAPPED), WHITE),
    "gray png": (lambda: gray("L"), (188, 188, 188)),
    "gray jpeg": (lambda: gray("L", "JPEG"), (188, 188, 188)),
    "16-bit gray": (lambda: gray("I;16"), (188, 188, 188)),
    "gray with alpha": (lambda: half_clear((128, 255), LINEAR), (188, 188, 188)),
    "16-bit gray with alpha": (gray_with_alpha, (188, 188, 188)),
    "half clear gray": (lambda: half_clear((128, 128), LINEAR), (221, 221, 221)),
    "cmyk jpeg": (lambda: coloured("CMYK", "JPEG", GREEN_INK), (115, 216, 88)),
    # What does not fit is ignored.
    "gray, rgb profile": (lambda: gray("L", icc_profile=SWAPPED), (128, 128, 128)),
    "rgb, gray profile": (lambda: coloured("RGB", icc_profile=LINEAR), ORANGE),
    "palette, gray profile": (lambda: coloured("P", icc_profile=LINEAR), ORANGE),
    "rgb, cmyk profile": (lambda: coloured("RGB", icc_profile=GREEN_INK), ORANGE),
    "cmyk, rgb profile": (lambda: coloured("CMYK", "JPEG"), ORANGE),
    "rgb, a chain of steps": (lambda: coloured("RGB", icc_profile=chained()), ORANGE),
    "cut profile": (lambda: coloured("RGBA", icc_profile=SWAPPED[:200]), ORANGE),
}


def half_clear_webp(icc_profile: bytes) -> bytes:
    image = Image.new("RGBA", (40, 40), (*ORANGE, 128))
    return encode(image, "WEBP", lossless=True, exact=True, icc_profile=icc_profile)


@pytest.mark.parametrize(("build", "colour"), PROFILED.values(), ids=list(PROFILED))
def test_every_kind_of_picture_is_converted_by_its_profile(
    cache: Cache, build: Callable[[], bytes], colour: Sequence[int]
) -> None:
    file = decode(publish(build(), cache)[-1])

    assert is_near(file.getpixel((20, 20)), colour, 8)


def palette(*, is_clear: bool) -> bytes:
    image = Image.new("P", (40, 40), 1)
    image.putpalette([0, 0, 255, 255, 0, 0])
    return encode(image, transparency=1) if is_clear else encode(image)


def frames(kind: str) -> bytes:
    first, *others = (Image.new("RGB", (40, 40), colour) for colour in (RED, BLUE, GREEN))
    return encode(first, kind, save_all=True, append_images=others, duration=50, lossless=True)


def broken_profile() -> bytes:
    return encode(Image.new("RGB", (40, 40), RED), icc_profile=b"no profile at all")


def broken_exif(exif: bytes = b"II*\0\x08\0\0\0\x05\0", kind: str = "JPEG") -> bytes:
    """Return a picture whose EXIF is cut off, so that Pillow warns, or is not EXIF at all."""
    return encode(Image.new("RGB", (40, 40), RED), kind, exif=b"Exif\0\0" + exif)


MODES: dict[str, tuple[Callable[[], bytes], Sequence[int]]] = {
    "rgb jpeg": (lambda: encode(Image.new("RGB", (40, 40), RED), "JPEG"), (254, 0, 0)),
    "cmyk": (lambda: encode(Image.new("CMYK", (40, 40), (0, 255, 255, 0)), "JPEG"), RED),
    "gray": (lambda: encode(Image.new("L", (40, 40), 100), "JPEG"), (100, 100, 100)),
    "black and white": (lambda: encode(Image.new("1", (40, 40), 1)), WHITE),
    "16-bit": (lambda: encode(Image.new("I;16", (40, 40), 0x8000)), (128, 128, 128)),
    "palette": (lambda: palette(is_clear=False), RED),
    "palette, clear": (lambda: palette(is_clear=True), WHITE),
    "half clear": (lambda: encode(Image.new("RGBA", (40, 40), (0, 0, 0, 128))), (127, 127, 127)),
    "half clear gray": (lambda: encode(Image.new("LA", (40, 40), (0, 128))), (127, 127, 127)),
    "clear webp": (lambda: encode(Image.new("RGBA", (40, 40), (9, 9, 9, 0)), "WEBP"), WHITE),
    "animated webp": (lambda: frames("WEBP"), RED),
    "animated png": (lambda: frames("PNG"), RED),
    "broken profile": (broken_profile, RED),
    "cut exif": (broken_exif, RED),
    "other exif": (lambda: broken_exif(b"no TIFF at all"), RED),
    "other exif in a png": (lambda: broken_exif(b"no TIFF at all", "PNG"), RED),
}


@pytest.mark.parametrize("settings", [WEBP, JPEG, AVIF], ids=["webp", "jpeg", "avif"])
@pytest.mark.parametrize(("build", "colour"), MODES.values(), ids=list(MODES))
def test_every_mode_becomes_one_opaque_frame(
    cache: Cache, build: Callable[[], bytes], colour: Sequence[int], settings: ImageSettings
) -> None:
    for file in publish(build(), cache, settings):
        image = decode(file)
        assert image.mode == "RGB"
        assert getattr(image, "n_frames", 1) == 1
        assert is_near(image.getpixel((10, 10)), colour, 6)


PROFILES = {"good profile": ADOBE_RGB, "broken profile": b"SECRET-BROKEN", "no profile": None}


def marked(kind: str, icc_profile: bytes | None = ADOBE_RGB) -> bytes:
    """Return a picture with every kind of private metadata."""
    exif = Image.Exif()
    exif[0x010F] = "SECRET-MAKER"
    exif[0x8298] = "SECRET-OWNER"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 30.0, 0.5)
    exif.get_ifd(0x8825)[29] = "SECRET-GPS"
    options: dict[str, Any] = {
        "exif": exif,
        "icc_profile": icc_profile,
        "xmp": b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>SECRET-XMP</x:xmpmeta>",
    }
    if kind == "JPEG":
        options["comment"] = b"SECRET-COMMENT"
        options["extra"] = b"\xff\xed\x00\x1cPhotoshop 3.0\0SECRET-IPTC"
    if kind == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Author", "SECRET-TEXT")
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", "SECRET-XMP", zip=False)
        del options["xmp"]
    return encode(photo(), kind, **options)


def segments(jpeg: bytes) -> list[int]:
    """Return the markers of a JPEG up to its first scan."""
    found, place = [], 2
    while jpeg[place + 1] != 0xDA:
        assert jpeg[place] == 0xFF
        found.append(jpeg[place + 1])
        place += 2 + int.from_bytes(jpeg[place + 2 : place + 4], "big")
    return found


def chunks(webp: bytes) -> list[bytes]:
    """Return the names of a WebP's chunks."""
    found, place = [], 12
    while place < len(webp):
        found.append(webp[place : place + 4])
        size = int.from_bytes(webp[place + 4 : place + 8], "little")
        place += 8 + size + size % 2
    return found


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_marked_pictures_of_these_tests_are_marked(kind: str) -> None:
    data = marked(kind)

    assert {b"SECRET-MAKER", b"SECRET-GPS"} <= set(re.findall(rb"SECRET-\w+", data))
    assert {"exif", "icc_profile"} <= set(decode(data).info)


@pytest.mark.parametrize("settings", [WEBP, JPEG], ids=["webp", "jpeg"])
@pytest.mark.parametrize("icc_profile", PROFILES.values(), ids=list(PROFILES))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_pixels_survives(
    cache: Cache, kind: str, icc_profile: bytes | None, settings: ImageSettings
) -> None:
    files = publish(marked(kind, icc_profile), cache, settings)

    assert len(files) == 2
    for file in files:
        assert not re.search(rb"SECRET|Exif|EXIF|XMP|ns.adobe|ICC|Photoshop|GPS", file)
        image = decode(file)
        assert not {"exif", "icc_profile", "xmp", "comment", "photoshop"} & set(image.info)
        assert dict(image.getexif()) == {}
        if settings is WEBP:
            assert chunks(file) == [b"VP8 "]
        else:
            # Only what a decoder needs: JFIF, quantisation, frame and Huffman tables.
            assert set(segments(file)) <= {0xE0, 0xDB, 0xC0, 0xC2, 0xC4}


def whole_jpeg(mode: str, height: int) -> bytes:
    """Return a progressive JPEG 8,000 pixels wide, without subsampling."""
    return encode(Image.new(mode, (8000, height)), "JPEG", subsampling=0, progressive=True)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def black_png(width: int, height: int) -> bytes:
    """Return a PNG with one bit for each pixel: a few kB at any size."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((1 + (width + 7) // 8) * height), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def lying_png() -> bytes:
    """Return a small PNG with ten gigapixels in its header."""
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    data = black_png(8, 8)
    crc = struct.pack(">I", zlib.crc32(b"IHDR" + header))
    return data[:16] + header + crc + data[33:]


def progressive(width: int, height: int) -> bytes:
    return encode(Image.new("L", (width, height), 200), "JPEG", progressive=True)


def arithmetic() -> bytes:
    """Return a JPEG that says of itself that it is coded arithmetically (SOF9)."""
    return encode(photo(), "JPEG").replace(b"\xff\xc0", b"\xff\xc9")


def insert(data: bytes, place: int, new: bytes) -> bytes:
    return data[:place] + new + data[place:]


NO_PICTURES: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "html": lambda: b"<!doctype html><title>Log in</title><p>Sorry</p>" * 100,
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>',
    "eps": lambda: encode(photo(), "EPS"),
    "gif": lambda: encode(photo(), "GIF"),
    "bmp": lambda: encode(photo(), "BMP"),
    "tiff": lambda: encode(photo(), "TIFF"),
    "mp4": lambda: b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" * 200,
    "jpeg cut at 1 %": lambda: encode(photo(), "JPEG")[:12],
    "jpeg cut in half": lambda: encode(photo(), "JPEG")[:700],
    "jpeg cut at the end": lambda: encode(photo(), "JPEG")[:-40],
    "png cut in half": lambda: encode(photo())[:200],
    "webp cut in half": lambda: encode(photo(), "WEBP")[:200],
    "41 megapixels": lambda: black_png(8200, 5000),
    "1 pixel too many": lambda: black_png(40_000_001, 1),
    "65,536 pixels wide": lambda: black_png(65_536, 1),
    "ten gigapixels": lying_png,
    "no pixels": lambda: black_png(0, 0),
    "higher than a webp can be": lambda: black_png(30, 20_000),
    "101 scans": lambda: with_scans(progressive(40, 30), 101),
    "100 scans of 21 megapixels": lambda: with_scans(progressive(6000, 3500), 100),
    "arithmetic coding": arithmetic,
    "10,000 comments": lambda: insert(encode(photo(), "JPEG"), 2, b"\xff\xfe\0\2" * 10_000),
    "10,000 chunks": lambda: insert(encode(photo()), 33, chunk(b"teSt", b"") * 10_000),
}


@pytest.mark.parametrize("build", NO_PICTURES.values(), ids=list(NO_PICTURES))
def test_what_is_no_picture_is_not_published(
    tmp_path: Path, cache: Cache, build: Callable[[], bytes]
) -> None:
    data = build()
    assert len(data) < 200_000

    assert_unpublished(data, tmp_path, cache)


@pytest.mark.parametrize(("mode", "height"), [("RGB", 3840), ("CMYK", 2880)])
def test_a_jpeg_of_too_many_coefficients_is_not_published(
    tmp_path: Path, cache: Cache, mode: str, height: int
) -> None:
    assert_unpublished(whole_jpeg(mode, height), tmp_path, cache)


def assert_unpublished(data: bytes, tmp_path: Path, cache: Cache) -> None:
    made = make(Source({PICTURE.media_id: data}), cache)

    assert (made.renditions, made.failures) == ({}, {PICTURE: DownloadFailure.FAILED})
    assert list_files(tmp_path) == []


@pytest.mark.parametrize("size", [(40, 30), (5000, 3900)])
def test_a_hundred_scans_are_a_picture(cache: Cache, size: tuple[int, int]) -> None:
    file = decode(publish(with_scans(progressive(*size), 100), cache)[-1])

    assert is_near(file.getpixel((5, 5)), (200, 200, 200))


def test_65535_pixels_may_be_in_a_row(cache: Cache) -> None:
    (_, large) = publish(black_png(65_535, 1), cache)

    assert decode(large).size == (64, 1)


def test_what_is_encoded_has_eight_megapixels_at_most(cache: Cache) -> None:
    settings = ImageSettings((1080,), "webp", 80)

    (file,) = publish(black_png(1080, 14_800), cache, settings)

    assert decode(file).size == (540, 7400)


def test_forty_megapixels_are_a_picture(cache: Cache) -> None:
    (small, large) = publish(black_png(8000, 5000), cache)

    assert (decode(small).size, decode(large).size) == ((32, 20), (64, 40))


def test_another_version_of_a_picture_is_fetched_and_the_older_kept_till_then(
    cache: Cache,
) -> None:
    first, second = (replace(PICTURE, version=version) for version in ("1.jpg", "2.jpg"))
    old, new = encode(photo()), encode(photo(50, 40))
    source = Source({PICTURE.media_id: old})

    def show(picture: Picture, now: float) -> tuple[Rendition, ...]:
        made = make_renditions({picture: inf}, source.download, cache, WEBP, now)
        return made.renditions[picture]

    shown = show(first, NOW)
    source.pictures[PICTURE.media_id] = DownloadFailure.FAILED
    assert show(second, NOW) == shown
    source.pictures[PICTURE.media_id] = new
    assert show(second, NOW + 60) == shown
    assert len(source.asked) == 2

    assert show(second, NOW + 3601) != shown
    assert show(second, NOW + 3602) == show(second, NOW + 3601)
    assert len(source.asked) == 3


def test_one_bad_picture_takes_no_other_with_it(cache: Cache) -> None:
    good = encode(photo())
    source = Source(
        {
            "1": good,
            "2": b"<html>",
            "3": DownloadFailure.EXPIRED,
            "4": good,
            "5": DownloadFailure.WAITING,
        }
    )

    made = make(source, cache)

    assert {picture.media_id for picture in made.renditions} == {"1", "4"}
    assert {picture.media_id: failure for picture, failure in made.failures.items()} == {
        "2": DownloadFailure.FAILED,
        "3": DownloadFailure.EXPIRED,
        "5": DownloadFailure.WAITING,
    }
    assert len(made.downloaded) == 3


def test_the_filters_of_warnings_are_left_as_they_were(cache: Cache) -> None:
    before = list(warnings.filters)
    publish(broken_exif(), cache)

    assert warnings.filters == before


class TestAgain:
    """A picture is downloaded once, and a rendition made once."""

    @pytest.fixture
    def source(self) -> Source:
        return Source({str(number): encode(photo(shift=number)) for number in (1, 2, 3)})

    def test_a_second_build_downloads_and_encodes_nothing(
        self, tmp_path: Path, cache: Cache, source: Source
    ) -> None:
        first = make(source, cache)
        files = self._files(tmp_path)
        source.asked.clear()

        second = make(source, cache)

        assert (len(first.downloaded), len(first.encoded)) == (3, 6)
        assert (len(second.downloaded), len(second.encoded)) == (0, 0)
        assert source.asked == []
        assert second.renditions == first.renditions
        assert self._files(tmp_path) == files

    def _files(self, tmp_path: Path) -> dict[str, int]:
        media = (tmp_path / "cache" / "media").rglob("*")
        return {path.name: path.stat().st_mtime_ns for path in media if path.is_file()}

    def test_a_new_url_is_no_new_picture(self, cache: Cache, source: Source) -> None:
        make(source, cache)
        resigned = replace(PICTURE, media_id="1", url="https://other.xx.fbcdn.net/1.jpg?oh=2")

        made = make_renditions({resigned: inf}, Source({}).download, cache, WEBP, NOW)

        assert (len(made.renditions[resigned]), len(made.encoded)) == (2, 0)

    def test_poster_and_media_of_one_id_are_two_pictures(self, cache: Cache) -> None:
        make(Source({PICTURE.media_id: encode(photo())}), cache)
        poster = replace(PICTURE, field_name="thumbnail_url")
        source = Source({PICTURE.media_id: encode(photo(shift=5))})

        made = make_renditions({poster: inf}, source.download, cache, WEBP, NOW)

        assert len(made.downloaded) == 1
        assert picture_key(poster) != picture_key(PICTURE)

    @pytest.mark.parametrize(
        "settings",
        [
            ImageSettings((16, 48), "webp", 80),
            ImageSettings((32, 64), "webp", 50),
            ImageSettings((32, 64), "jpeg", 80),
        ],
        ids=["widths", "quality", "format"],
    )
    def test_other_settings_are_met_from_the_saved_originals(
        self, cache: Cache, source: Source, settings: ImageSettings
    ) -> None:
        first = make(source, cache)
        source.asked.clear()

        changed = make(source, cache, settings)
        back = make(source, cache)

        assert source.asked == []
        assert (len(changed.downloaded), len(changed.encoded)) == (0, 6)
        for made, wanted in ((changed, settings), (back, WEBP)):
            for renditions in made.renditions.values():
                assert tuple(item.width for item in renditions) == wanted.widths
                endings = {target.extension for target in wanted.list_targets(inf)}
                assert {item.extension for item in renditions} == endings
        assert (len(back.encoded), back.renditions) == (0, first.renditions)

    @pytest.mark.parametrize("damage", ["lost", "cut", "other"])
    def test_a_damaged_rendition_is_made_again_from_the_original(
        self, tmp_path: Path, cache: Cache, source: Source, damage: str
    ) -> None:
        first = make(source, cache)
        source.asked.clear()
        item = first.renditions[replace(PICTURE, media_id="2")][0]
        path = cache.locate_media(item.digest)
        whole = path.read_bytes()
        if damage == "lost":
            path.unlink()
        else:
            path.write_bytes(whole[:-1] if damage == "cut" else b"?" * len(whole))

        assert make(source, cache).renditions == first.renditions  # It is not looked at.
        assert not cache.copy_media(item.digest, tmp_path / "copy")
        second = make(source, cache)

        assert source.asked == []
        assert second.renditions == first.renditions
        assert path.read_bytes() == whole
        assert len(second.encoded) == 1
        assert make(source, cache).encoded == set()

    def test_a_lost_original_is_missed_only_when_it_is_needed(
        self, cache: Cache, source: Source
    ) -> None:
        make(source, cache)
        entry = cache.get("picture/2/media_url") or {}
        cache.locate_media(entry["original"]).unlink()
        source.asked.clear()

        make(source, cache)
        assert source.asked == []
        make(source, cache, JPEG)
        assert source.asked == ["2"]

    @pytest.mark.parametrize(
        "outcome", [DownloadFailure.FAILED, b"<html>"], ids=["download", "decoding"]
    )
    def test_a_failed_picture_is_tried_again_after_an_hour(
        self, cache: Cache, outcome: bytes | DownloadFailure
    ) -> None:
        source = Source({PICTURE.media_id: outcome})
        make(source, cache)
        asked = []
        for seconds in (1.0, HOUR - 1, HOUR + 1, HOUR + 2):
            source.asked.clear()
            made = make(source, cache, now=NOW + seconds)
            assert made.failures == {PICTURE: DownloadFailure.FAILED}
            asked.append(len(source.asked))

        assert asked == [0, 0, 1, 0]

        source.pictures[PICTURE.media_id] = encode(photo())
        assert make(source, cache, now=NOW + 3 * HOUR).failures == {}
        assert count_cached(make(source, cache, now=NOW + 3 * HOUR)) == 2

    def test_a_clock_set_back_forgives_a_failure(self, cache: Cache) -> None:
        source = Source({PICTURE.media_id: DownloadFailure.FAILED})
        make(source, cache)
        make(source, cache, now=NOW - 10)

        assert len(source.asked) == 2

    @pytest.mark.parametrize("failure", [DownloadFailure.EXPIRED, DownloadFailure.WAITING])
    def test_what_is_late_or_expired_is_tried_at_once(
        self, cache: Cache, failure: DownloadFailure
    ) -> None:
        source = Source({PICTURE.media_id: failure})

        assert make(source, cache).failures == make(source, cache).failures == {PICTURE: failure}
        assert len(source.asked) == 2

    def test_only_missing_widths_are_made_and_of_the_saved_original(
        self, cache: Cache, source: Source
    ) -> None:
        narrow = make(source, cache, need=30)
        source.asked.clear()

        wide = make(source, cache)
        narrow_again = make(source, cache, need=30)
        at_once = make(source, cache, ImageSettings((32, 64), "webp", 80), need=64)

        assert source.asked == []
        assert (len(narrow.encoded), len(wide.encoded), len(narrow_again.encoded)) == (3, 3, 0)
        for picture, renditions in wide.renditions.items():
            assert [item.width for item in renditions] == [32, 64]
            assert narrow.renditions[picture] == narrow_again.renditions[picture] == renditions[:1]
        assert at_once.renditions == wide.renditions

    def test_a_file_does_not_depend_on_what_is_made_with_it(self, tmp_path: Path) -> None:
        source = Source({PICTURE.media_id: encode(photo(1400, 1000))})
        made = []
        for number, needs in enumerate([(inf,), (30, inf)]):
            cache = Cache(tmp_path / str(number))
            made.append([make(source, cache, need=need) for need in needs][-1].renditions)
            cache.close()

        assert made[0] == made[1]

    def test_a_narrow_picture_has_one_file_for_all_that_is_wider(self, cache: Cache) -> None:
        source = Source({PICTURE.media_id: encode(photo(50, 40))})
        settings = ImageSettings((32, 64, 128), "webp", 80)

        made = [make(source, cache, settings, need=need) for need in (64, 128, 30)]

        widths = [[item.width for item in one.renditions[PICTURE]] for one in made]
        assert widths == [[32, 50], [32, 50], [32]]
        assert [len(one.encoded) for one in made] == [2, 0, 0]

    @pytest.mark.parametrize("failure", list(DownloadFailure))
    def test_the_widths_there_are_must_do_without_original_and_network(
        self, cache: Cache, failure: DownloadFailure
    ) -> None:
        source = Source({PICTURE.media_id: encode(photo())})
        make(source, cache, need=30)
        cache.locate_media((cache.get(picture_key(PICTURE)) or {})["original"]).unlink()
        good = source.pictures[PICTURE.media_id]
        source.pictures[PICTURE.media_id] = failure

        for _ in range(2):
            made = make(source, cache)
            assert [item.width for item in made.renditions[PICTURE]] == [32]
            assert made.failures == {}

        source.pictures[PICTURE.media_id] = good
        later = make(source, cache, now=NOW + 2 * HOUR)
        assert [item.width for item in later.renditions[PICTURE]] == [32, 64]

    @pytest.mark.parametrize("width", [100, 50, 20])
    def test_the_widths_of_version_0_1_0_are_read(self, cache: Cache, width: int) -> None:
        source = Source({PICTURE.media_id: encode(photo(width, 80))})
        first = make(source, cache)
        entry = cache.get(picture_key(PICTURE)) or {}
        rows = [[item.digest, item.width, item.height] for item in first.renditions[PICTURE]]
        cache.put(picture_key(PICTURE), {**entry, "renditions": {"webp-80-32-64": rows}})

        again = make(source, cache)

        assert (len(again.encoded), again.renditions) == (0, first.renditions)
        assert len(make(source, cache, need=30).renditions[PICTURE]) == 1

    def test_a_failed_download_keeps_the_renditions_there_are(self, cache: Cache) -> None:
        source = Source({PICTURE.media_id: encode(photo())})
        first = make(source, cache)
        cache.locate_media((cache.get(picture_key(PICTURE)) or {})["original"]).unlink()
        source.pictures[PICTURE.media_id] = DownloadFailure.FAILED

        assert make(source, cache, JPEG).failures == {PICTURE: DownloadFailure.FAILED}
        assert make(source, cache).renditions == first.renditions

    def test_the_same_bytes_make_the_same_files(self, tmp_path: Path, source: Source) -> None:
        made = []
        for number, pictures in enumerate(
            [source.pictures, dict(reversed(source.pictures.items()))]
        ):
            cache = Cache(tmp_path / str(number))
            made.append(make(Source(pictures), cache).renditions)
            cache.close()

        assert made[0] == made[1]
        assert len({item.digest for items in made[0].values() for item in items}) == 6


class TestAvif:
    @pytest.mark.parametrize(
        ("widths", "need", "targets"),
        [
            ((320, 640, 1080), inf, ["avif-60-320", "avif-60-640", "avif-60-1080", "jpeg-75-640"]),
            ((320, 640, 1080), 640, ["avif-60-320", "avif-60-640", "jpeg-75-640"]),
            ((320, 640, 1080), 160, ["avif-60-320", "jpeg-75-320"]),
            ((500, 900), inf, ["avif-60-500", "avif-60-900", "jpeg-75-500"]),
            ((1080,), inf, ["avif-60-1080", "jpeg-75-1080"]),
        ],
    )
    def test_one_jpeg_of_about_640_pixels_is_for_older_browsers(
        self, widths: tuple[int, ...], need: float, targets: list[str]
    ) -> None:
        settings = ImageSettings(widths, "avif", 60)

        assert [target.key for target in settings.list_targets(need)] == targets

    def test_the_files_are_what_their_names_say(self, cache: Cache) -> None:
        made = make(Source({PICTURE.media_id: encode(photo())}), cache, AVIF)

        kinds = []
        for item in made.renditions[PICTURE]:
            with Image.open(cache.locate_media(item.digest)) as image:
                kinds.append((item.extension, image.format, image.size))
                assert image.size == (item.width, item.height)
        assert kinds == [
            ("avif", "AVIF", (32, 26)),
            ("avif", "AVIF", (64, 51)),
            ("jpg", "JPEG", (64, 51)),
        ]

    def test_another_format_is_made_of_the_saved_original(self, cache: Cache) -> None:
        source = Source({PICTURE.media_id: encode(photo())})
        make(source, cache)

        made = make(source, cache, AVIF)

        assert (source.asked, len(made.encoded)) == ([PICTURE.media_id], 3)
        assert len(make(source, cache, AVIF).encoded) == 0

    def test_no_two_files_are_encoded_from_one_object(
        self, cache: Cache, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Pillow keeps the options in it: an AVIF was written in the quality of the JPEG."""
        write = encoding._bytes_of
        seen = []

        def note(image: Image.Image, target: Target) -> bytes:
            seen.append(image)
            return write(image, target)

        monkeypatch.setattr(encoding, "_bytes_of", note)
        make(Source({PICTURE.media_id: encode(photo())}), cache, AVIF)

        assert len({id(image) for image in seen}) == len(seen) == 3

    def test_a_high_picture_is_narrower_than_asked_for(self, cache: Cache) -> None:
        source = Source({PICTURE.media_id: black_png(1080, 7000)})
        settings = ImageSettings((640, 1080), "avif", 60)

        made = make(source, cache, settings)

        widths = [(item.extension, item.width) for item in made.renditions[PICTURE]]
        assert widths == [("avif", 633), ("jpg", 640)]
        assert len(make(source, cache, settings).encoded) == 0

    def test_without_an_encoder_the_jpeg_must_do(
        self, cache: Cache, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(AvifImagePlugin, "SUPPORTED", False)
        source = Source({PICTURE.media_id: encode(photo())})

        for _ in range(2):
            made = make(source, cache, AVIF)
            assert [item.extension for item in made.renditions[PICTURE]] == ["jpg"]
        assert len(source.asked) == 1


DIGEST = "ab" * 32
KEY = "webp-80-64"
ROW = [DIGEST, 32, 26]
ENTRIES: dict[str, Any] = {
    "nothing": {},
    "numbers": {"original": 5, "renditions": 5, "failed_at": "yesterday"},
    "lists": {"original": [], "renditions": [ROW], "failed_at": []},
    "no list of rows": {"renditions": {KEY: 5}},
    "rows as text": {"renditions": {KEY: "rows"}},
    "row as number": {"renditions": {KEY: [5]}},
    "row as null": {"renditions": {KEY: [None]}},
    "empty row": {"renditions": {KEY: [[]]}},
    "short row": {"renditions": {KEY: [[DIGEST]]}},
    "long row": {"renditions": {KEY: [[*ROW, 1]]}},
    "width as text": {"renditions": {KEY: [[DIGEST, "wide", 26]]}},
    "width null": {"renditions": {KEY: [[DIGEST, None, 26]]}},
    "width infinite": {"renditions": {KEY: [[DIGEST, float("inf"), 26]]}},
    "a digest that is a path": {
        "original": "../../../etc/passwd",
        "renditions": {KEY: [["../../../etc/passwd", 32, 26]]},
    },
    "a digest in capitals": {"original": DIGEST.upper()},
    "a digest too short": {"original": "ab"},
    "a digest with a line": {"original": DIGEST[:-1] + "\n"},
    "files that are not there": {"original": DIGEST, "renditions": {KEY: [ROW]}},
    "failed in the future": {"failed_at": NOW + 10},
    "failed never": {"failed_at": float("nan")},
}


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=list(ENTRIES))
def test_an_entry_of_another_shape_is_no_picture(cache: Cache, entry: dict[str, Any]) -> None:
    cache.put(picture_key(PICTURE), entry)

    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in list_digests(entry))
    made = make(Source({PICTURE.media_id: encode(photo())}), cache)

    assert (len(made.downloaded), len(made.encoded), made.failures) == (1, 2, {})
    assert count_cached(make(Source({PICTURE.media_id: b""}), cache)) == 2


def test_an_entry_names_all_the_files_it_needs(tmp_path: Path, cache: Cache) -> None:
    source = Source({PICTURE.media_id: encode(photo())})
    make(source, cache)
    make(source, cache, JPEG)

    named = list_digests(cache.get(picture_key(PICTURE)) or {})

    files = {path.name for path in (tmp_path / "cache" / "media").rglob("*") if path.is_file()}
    assert named == files
    assert len(files) == 5


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA", "CMYK", "1"])
def test_a_picture_far_too_large_is_the_same_small_one(cache: Cache, kind: str, mode: str) -> None:
    if (kind == "JPEG" and mode in {"P", "RGBA"}) or (kind == "PNG" and mode == "CMYK"):
        pytest.skip("there are none")
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = photo(1307, 1045).transpose(Transpose.ROTATE_90).convert(mode)

    file = decode(publish(encode(stored, kind, exif=exif), cache)[-1])

    assert file.size == (64, 51)
    if mode not in {"L", "1"}:
        corners = [file.getpixel(place) for place in [(10, 8), (48, 8), (10, 40), (48, 40)]]
        for colour, expected in zip(corners, [RED, GREEN, BLUE, WHITE], strict=True):
            assert is_near(colour, expected, 60)


MEMORY = """
import io, sys
from long.fuzzing.pictures import PICTURE, _Source, _Store
from memory import read_peak
from mkdocs_instagram.cache.targets import QUALITIES, ImageSettings
from mkdocs_instagram.cache.images import make_renditions
from PIL import Image
settings = ImageSettings((320, 640, 1080), sys.argv[1], QUALITIES[sys.argv[1]])
def publish(data):
    source, store = _Source(data), _Store()
    return make_renditions({PICTURE: 2000.0}, source.download, store, settings, 0.0).renditions
small = io.BytesIO()
Image.new("RGB", (64, 64)).save(small, "JPEG")
publish(small.getvalue())
data = sys.stdin.buffer.read()
before = read_peak()
assert publish(data)
print(read_peak() - before)
"""


SIDEWAYS = Image.Exif()
SIDEWAYS[0x0112] = 6
LARGE: dict[str, Any] = {"exif": SIDEWAYS, "icc_profile": ADOBE_RGB}
LARGEST: dict[str, Callable[[], bytes]] = {
    "jpeg without subsampling": lambda: whole_jpeg("RGB", 3740),
    "jpeg of four colours": lambda: whole_jpeg("CMYK", 2800),
    "wide jpeg": lambda: encode(Image.new("RGB", (9300, 4300)), "JPEG", **LARGE),
    "jpeg that stays whole": lambda: whole_jpeg("CMYK", 2000),
    "png": lambda: encode(Image.new("RGBA", (8000, 5000)), compress_level=1, **LARGE),
    "webp": lambda: encode(Image.new("RGBA", (4000, 3000)), "WEBP", method=0, **LARGE),
    "jpeg of noise": lambda: encode(make_noise(1080, 7400), "JPEG", quality=95, subsampling=0),
}


@lru_cache(maxsize=1)
def make_largest(name: str) -> bytes:
    return LARGEST[name]()


def make_noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), random.Random(1).randbytes(width * height * 3))


@pytest.mark.skipif(not STATUS.exists(), reason="no /proc")
@pytest.mark.parametrize("name", LARGEST)
@pytest.mark.parametrize("kind", ["webp", "avif"])
def test_the_largest_pictures_cost_less_than_250_mb(name: str, kind: str) -> None:
    data = make_largest(name)

    done = subprocess.run(
        [sys.executable, "-c", MEMORY, kind],
        input=data,
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[1],
    )

    assert done.stderr == b""
    assert int(done.stdout) < 250


def test_a_webp_has_a_lower_bound(cache: Cache) -> None:
    data = encode(Image.new("L", (4001, 3000)), "WEBP", method=0, quality=10)

    made = make(Source({PICTURE.media_id: data}), cache)

    assert made.failures == {PICTURE: DownloadFailure.FAILED}
