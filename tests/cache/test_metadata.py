"""Metadata is separated from the pixels before anything is decoded."""

import io
import random
import struct
import zlib
from contextlib import suppress
from typing import Any

import pytest
from fake.pictures import with_scans
from PIL import Image

from mkdocs_instagram.cache.metadata import (
    MAX_PROFILE,
    MAX_SCANS,
    NoPicture,
    read_orientation,
    take_apart,
)

MARKER = b"\xff\xda\0\x08\x01\x01\0\0\x3f\0"  # a scan, if it was read as one


def encode(kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((64, 48), 80).save(buffer, kind, **options)
    return buffer.getvalue()


def segment(marker: int, content: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + bytes(4)


def look(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        return image.tobytes()


PLAIN = encode("JPEG")
SCANS = encode("JPEG", progressive=True)
PNG = encode("PNG")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("progressive", [False, True])
def test_the_pixels_stay_as_they_are(kind: str, *, progressive: bool) -> None:
    data = encode(kind, progressive=progressive)

    assert look(take_apart(data).pixels) == look(data)


@pytest.mark.parametrize(
    "inserted",
    [
        segment(0xE1, b"Exif\0\0" + PLAIN),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PLAIN),
        segment(0xE2, b"MPF\0" + MARKER * 20),
        segment(0xED, b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0\0\0\0\0" * 1000),
        segment(0xFE, MARKER * 200),
        segment(0xE0, MARKER * 1000),
        b"\xff" * 5000,
        b"\xff\0" * 5000,
        b"\xff\xd0\xff\x01" * 5000,
        b"junk" * 5000,
    ],
    ids=["EXIF", "XMP", "MPF", "Photoshop", "comment", "APP0", "fill", "stuffed", "RST", "junk"],
)
def test_what_no_decoder_needs_is_left_out_and_its_scans_are_not_counted(inserted: bytes) -> None:
    data = PLAIN[:20] + inserted + PLAIN[20:]  # behind the first segment

    parts = take_apart(data)

    assert parts.scans == 1
    assert len(parts.pixels) == len(PLAIN)


def test_another_picture_behind_the_first_is_left_out() -> None:
    parts = take_apart(SCANS + with_scans(SCANS, 200))

    assert parts == take_apart(SCANS)
    assert parts.scans == SCANS.count(b"\xff\xda") > 1


@pytest.mark.parametrize("before", [b"", b"\xff" * 3, b"\xff\0", b"\xff\xd5", b"\xff\x01"])
def test_every_scan_is_counted(before: bytes) -> None:
    scan = before + SCANS[SCANS.rindex(b"\xff\xda") : -2]
    missing = MAX_SCANS - SCANS.count(b"\xff\xda")

    assert take_apart(SCANS[:-2] + scan * missing + SCANS[-2:]).scans == MAX_SCANS
    for end in (SCANS[-2:], b""):
        with pytest.raises(NoPicture, match="too many scans"):
            take_apart(SCANS[:-2] + scan * (missing + 1) + end)


@pytest.mark.parametrize(
    "marker", [0x02, 0xBF, 0xC3, 0xC5, 0xC8, 0xC9, 0xCA, 0xCC, 0xCF, 0xD8, 0xDE, 0xDF, 0xF0, 0xFD]
)
def test_a_segment_that_decoders_refuse_is_refused(marker: int) -> None:
    """libjpeg searches behind some of them for the next marker, which they could hide."""
    for place in (2, len(PLAIN) - 2):
        with pytest.raises(NoPicture):
            take_apart(PLAIN[:place] + segment(marker, b"1234") + PLAIN[place:])


@pytest.mark.parametrize("length", [0, 1])
def test_a_segment_without_room_for_its_length_is_refused(length: int) -> None:
    with pytest.raises(NoPicture):
        take_apart(PLAIN[:2] + b"\xff\xc4\0" + bytes([length]) + PLAIN[2:])


@pytest.mark.parametrize("data", [PLAIN, SCANS, PNG], ids=["baseline", "progressive", "png"])
def test_a_cut_file_is_taken_apart_or_refused(data: bytes) -> None:
    for length in range(len(data)):
        with suppress(NoPicture):
            assert data.startswith(take_apart(data[:length]).pixels)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_profile_and_exif_are_returned(kind: str) -> None:
    profile = random.Random(1).randbytes(200_000)
    exif = Image.Exif()
    exif[0x0112] = 6

    parts = take_apart(encode(kind, icc_profile=profile, exif=exif))

    assert parts.profile == profile
    assert read_orientation(parts.exif) == 6
    assert len(parts.pixels) < 10_000


def test_only_the_first_profile_of_a_png_is_unpacked() -> None:
    first, second = (b"name\0\0" + zlib.compress(profile) for profile in (b"first", b"second"))
    data = PNG[:33] + chunk(b"iCCP", first) + chunk(b"iCCP", second) + PNG[33:]

    assert take_apart(data).profile == b"first"


@pytest.mark.parametrize(
    "packed",
    [b"", b"no zlib", b"name", b"name\0\1" + zlib.compress(b"profile"), b"name\0\0" + b"x" * 99],
)
def test_a_damaged_profile_is_none(packed: bytes) -> None:
    assert take_apart(PNG[:33] + chunk(b"iCCP", packed) + PNG[33:]).profile == b""


def test_a_profile_is_not_unpacked_to_any_size() -> None:
    packed = b"name\0\0" + zlib.compress(bytes(10 * MAX_PROFILE))

    profile = take_apart(PNG[:33] + chunk(b"iCCP", packed) + PNG[33:]).profile

    assert len(profile) <= MAX_PROFILE + 1


@pytest.mark.parametrize("numbers", [[(1, 3), (2, 3)], [(1, 1), (2, 1)], [(2, 2)]])
def test_a_profile_with_a_missing_piece_is_none(numbers: list[tuple[int, int]]) -> None:
    pieces = [segment(0xE2, b"ICC_PROFILE\0" + bytes(number) + b"piece") for number in numbers]

    assert take_apart(PLAIN[:2] + b"".join(pieces) + PLAIN[2:]).profile == b""


def tiff(order: str, *entries: tuple[int, int, int]) -> bytes:
    """Return a TIFF of tags with a type and one short value."""
    rows = [struct.pack(f"{order}HHIHH", tag, kind, 1, value, 0) for tag, kind, value in entries]
    count = struct.pack(f"{order}H", len(rows))
    mark = b"II*\0\x08\0\0\0" if order == "<" else b"MM\0*\0\0\0\x08"
    return mark + count + b"".join(rows)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("prefix", [b"", b"Exif\0\0"])
def test_the_orientation_is_read(order: str, prefix: bytes) -> None:
    exif = tiff(order, (0x010F, 3, 3), (0x0112, 3, 8), (0x0128, 3, 2))

    assert read_orientation(prefix + exif) == 8


@pytest.mark.parametrize(
    "exif",
    [
        b"",
        b"no TIFF at all",
        tiff("<"),
        tiff("<", (0x010F, 3, 3)),
        tiff("<", (0x0112, 3, 6))[:12],
        b"II*\0\xff\xff\xff\xff",
        b"MM\0*\xff\xff\xff\xff",
        b"II*\0\x08\0\0\0\xff\xff",
    ],
)
def test_exif_without_an_orientation_is_upright(exif: bytes) -> None:
    assert read_orientation(exif) in {0, 1}


def test_what_is_left_out_joins_nothing_to_a_scan() -> None:
    """A comment, or a scan's header that is too long, between the two bytes of a marker."""
    scan = SCANS[SCANS.rindex(b"\xff\xda") : -2]
    for between in (segment(0xFE, b"comment"), segment(0xDA, bytes(5000))):
        parts = take_apart(SCANS[:-2] + (b"\xff" + between + scan[1:]) * 20 + SCANS[-2:])

        assert parts.pixels.count(b"\xff\xda") <= parts.scans


def test_the_pixels_of_any_file_have_the_scans_that_were_counted() -> None:
    chance = random.Random(5)
    pieces = [b"\xff", b"\xda", b"\xff\xda", b"\0\x08\x01\x01\0\0\x3f\0", b"\xff\xd9", b"\xff\0"]
    pieces += [
        b"\xff\xfe\0\x02",
        b"\xff\xfe\0\x06",
        b"\xff\xc4\0\x03",
        b"\xff\xda\x13\0",
        bytes(5000),
    ]
    read = 0
    for _ in range(3000):
        noise = b"".join(chance.choices(pieces, k=chance.randrange(40)))
        place = chance.choice([2, 20, SCANS.index(b"\xff\xda"), len(SCANS) - 40, len(SCANS) - 2])
        with suppress(NoPicture):
            parts = take_apart(SCANS[:place] + noise + SCANS[place:])
            again = take_apart(parts.pixels)
            assert again.pixels == parts.pixels
            assert again.scans <= parts.scans
            read += 1
    assert read > 500
