"""Separates the pixels of a picture from its metadata."""

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

MAX_SCANS = 100
# Of a file. Each costs a few microseconds, here and in Pillow: 20 MB could have five million.
MAX_PARTS = 10_000
# Printers' profiles of four colours have up to three megabytes.
MAX_PROFILE = 4 * 1024 * 1024

_JPEG = b"\xff\xd8\xff"
_PNG = b"\x89PNG\r\n\x1a\n"

# ITU-T T.81, section B.1.1. FF 00 is a byte of the picture, FF FF fills; RST and TEM have no
# content. So the next match is where libjpeg sees the next marker, behind a scan too.
_MARKER = re.compile(rb"\xff[\x02-\xcf\xd8-\xfe]")
_SOS, _EOI, _APP1, _APP2 = 0xDA, 0xD9, 0xE1, 0xE2
# SOF0 to SOF2, DHT, SOS, DQT, DRI, and what says how colours are stored: JFIF and Adobe.
_DECODED = {0xC0, 0xC1, 0xC2, 0xC4, _SOS, 0xDB, 0xDD, 0xE0, 0xEE}
# DNL, which libjpeg skips, application data and comments. A decoder reads no others, and those of
# arithmetic coding, which no browser shows, let a few bytes cost seconds.
_SKIPPED = {0xDC, *range(0xE1, 0xF0), 0xFE}
# No segment that a decoder needs is longer.
_LONGEST = 4096

_ORIENTATION = 0x0112
# The colour types of IHDR, the first chunk, for gray without and with alpha.
_GRAY = {b"\0", b"\4"}
_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}


class NoPicture(ValueError):
    """The bytes are not a picture that may be published. Caught by `images`."""


class Parts(NamedTuple):
    """A picture, taken apart.

    Attributes:
        pixels: A file with nothing except what a decoder needs; of a WebP, the whole file.
        profile: The ICC profile; empty for none.
        exif: Empty for none.
        scans: How often the decoder goes over a JPEG.
        is_gray: Whether a PNG has no colours, so that its profile must have none.
    """

    pixels: bytes
    profile: bytes = b""
    exif: bytes = b""
    scans: int = 1
    is_gray: bool = False


def take_apart(data: bytes) -> Parts:
    """Return the parts of a file, of which nothing is decoded.

    Pillow's readers of metadata cost seconds, or gigabytes, if a file is made for it.

    Raises:
        NoPicture: The file has too many parts, or some that no decoder of ours may see.
    """
    if data.startswith(_JPEG):
        return _take_jpeg_apart(data)
    if data.startswith(_PNG):
        return _take_png_apart(data)
    return Parts(data)


def _take_jpeg_apart(data: bytes) -> Parts:
    kept, exif, scans, is_scan = [data[:2]], b"", 0, False
    profile: list[bytes] = []
    for marker, segment, before in _read_segments(data):
        # Only behind the header of a scan. Elsewhere, two halves could join to a hidden header.
        if is_scan:
            kept.append(before)
        if marker == _EOI:
            return Parts(b"".join([*kept, segment]), _join_profile(profile), exif, scans)
        scans += marker == _SOS
        if scans > MAX_SCANS:
            raise NoPicture("too many scans")
        is_kept = marker in _DECODED and len(segment) <= _LONGEST
        is_scan = is_kept and marker == _SOS
        if is_kept:
            kept.append(segment)
        elif marker == _APP2 and segment[4:16] == b"ICC_PROFILE\0":
            profile.append(segment[16:])
        elif marker == _APP1 and segment[4:10] == b"Exif\0\0":
            exif = exif or segment[10:]
    raise NoPicture("too many segments")


def _read_segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield the marker and the bytes of each segment, and the bytes that stand before it.

    The last one is the end, EOI, even if it is missing. Behind it are other pictures, or nothing.
    """
    end = 2
    for _ in range(MAX_PARTS):
        found = _MARKER.search(data, end)
        start = found.start() if found else len(data)
        if found is None or data[start + 1] == _EOI:
            yield _EOI, data[start : start + 2], data[end:start]
            return
        marker, length = data[start + 1], int.from_bytes(data[start + 2 : start + 4])
        if marker not in _DECODED | _SKIPPED or length < 2:
            raise NoPicture("a segment that decoders do not read")
        yield marker, data[start : start + 2 + length], data[end:start]
        end = start + 2 + length


def _join_profile(pieces: list[bytes]) -> bytes:
    """Return a profile from its pieces; each begins with its number and their count."""
    pieces.sort()
    profile = b"".join(piece[2:] for piece in pieces)
    is_whole = pieces and int.from_bytes(pieces[0][1:2]) == len(pieces)
    return profile if is_whole else b""


def _take_png_apart(data: bytes) -> Parts:
    kept, found, end = [data[:8]], {b"iCCP": b"", b"eXIf": b""}, 8
    for _ in range(MAX_PARTS):
        start, name = end, data[end + 4 : end + 8]
        end = start + 12 + int.from_bytes(data[start : start + 4])
        if name in _CHUNKS:
            kept.append(data[start:end])
        elif name in found:
            found[name] = found[name] or data[start + 8 : end - 4]
        if name == b"IEND" or end >= len(data):
            profile, is_gray = _unpack_profile(found[b"iCCP"]), data[25:26] in _GRAY
            return Parts(b"".join(kept), profile, found[b"eXIf"], is_gray=is_gray)
    raise NoPicture("too many chunks")


def _unpack_profile(chunk: bytes) -> bytes:
    """Return the profile of an iCCP chunk: a name, 0, the method 0 and the packed profile."""
    packed = chunk.partition(b"\0\0")[2]
    with suppress(zlib.error):
        return zlib.decompressobj().decompress(packed, MAX_PROFILE + 1)
    return b""


def read_orientation(exif: bytes) -> int:
    """Return how a picture is stored, from 1 (upright) to 8; 1 if its EXIF does not say it.

    EXIF is a TIFF (revision 6.0, section 2): only its first directory is read.
    """
    exif = exif.removeprefix(b"Exif\0\0")
    is_little = exif.startswith(b"II")

    def read(start: int, length: int) -> int:
        return int.from_bytes(exif[start : start + length], "little" if is_little else "big")

    directory = read(4, 4)
    first = directory + 2
    for entry in range(first, first + 12 * read(directory, 2), 12):
        if read(entry, 2) == _ORIENTATION:
            return read(entry + 8, 2)
    return 1
