"""Metadata in videos."""

import io

import pytest
from fake import pictures

from mkdocs_instagram.cache.video_metadata import NoVideo, remove_metadata
from mkdocs_instagram.cache.videos import begins_as_mp4

PLACE = b"+54.3123+013.0987/"


def box(name: bytes, content: bytes, *, is_long: bool = False) -> bytes:
    if is_long:
        return b"\0\0\0\1" + name + (16 + len(content)).to_bytes(8, "big") + content
    return (8 + len(content)).to_bytes(4, "big") + name + content


def clean(data: bytes) -> bytes:
    file = io.BytesIO(data)
    remove_metadata(file)
    return file.getvalue()


@pytest.mark.parametrize("is_long", [False, True])
@pytest.mark.parametrize("name", [b"udta", b"meta", b"uuid", b"free", b"skip"])
@pytest.mark.parametrize("where", ["top", "moov", "trak"])
def test_what_names_a_place_or_a_device_is_overwritten_in_place(
    name: bytes, where: str, *, is_long: bool
) -> None:
    told = box(name, PLACE, is_long=is_long)
    inner = {"top": told, "moov": box(b"moov", told), "trak": box(b"moov", box(b"trak", told))}
    film = pictures.video(1)
    data = film + inner[where] + box(b"mdat", b"after")

    cleaned = clean(data)

    assert PLACE not in cleaned
    assert len(cleaned) == len(data)
    assert cleaned.startswith(film)
    assert cleaned.endswith(box(b"mdat", b"after"))
    assert begins_as_mp4(cleaned)


def test_the_last_box_may_have_no_size() -> None:
    assert PLACE not in clean(pictures.video(1) + b"\0\0\0\0uuid" + PLACE)


@pytest.mark.parametrize(
    "data",
    [
        b"\0\0\0",
        b"\0\0\0\4ftyp",
        b"\0\0\1\0ftyp",
        b"\0\0\0\1ftyp\xff\xff\xff\xff\xff\xff\xff\xff",
        box(b"moov", b"\0\0\1\0udta"),
        box(b"mdat", b"") * 10_001,
    ],
    ids=["cut off", "too short", "too long", "far too long", "too long inside", "too many"],
)
def test_what_is_not_made_of_boxes_is_refused(data: bytes) -> None:
    with pytest.raises(NoVideo):
        clean(data)
