"""Removes metadata from an mp4."""

from typing import BinaryIO

# ISO/IEC 14496-12: places, devices and names are in these boxes. They become free space, so that
# nothing moves.
_METADATA = {b"udta", b"meta", b"uuid", b"free", b"skip"}
_CONTAINERS = {b"moov", b"trak"}
_MOST_BOXES = 10_000
_CHUNK = 1024 * 1024


class NoVideo(ValueError):
    """The file does not consist of boxes. Caught by `feed.data_import`."""


def remove_metadata(file: BinaryIO) -> None:
    """Overwrite the metadata in an mp4 that is open for reading and writing.

    Raises:
        NoVideo: It is damaged.
    """
    boxes = [(0, file.seek(0, 2))]
    count = 0
    while boxes:
        start, end = boxes.pop()
        while start < end:
            count += 1
            name, content, after = _read_box(file, start, end)
            if count > _MOST_BOXES:
                raise NoVideo("too many boxes")
            if name in _METADATA:
                file.seek(start + 4)
                file.write(b"free")
                _overwrite(file, content, after)
            elif name in _CONTAINERS:
                boxes.append((content, after))
            start = after


def _read_box(file: BinaryIO, start: int, end: int) -> tuple[bytes, int, int]:
    """Return the name of a box, where its content begins, and where it ends."""
    file.seek(start)
    head = file.read(16)
    size, name, content = int.from_bytes(head[:4], "big"), head[4:8], start + 8
    if size == 1:
        size, content = int.from_bytes(head[8:], "big"), start + 16
    after = start + size if size else end
    if len(head) < 8 or not content <= after <= end:
        raise NoVideo("a box is longer than what contains it")
    return name, content, after


def _overwrite(file: BinaryIO, start: int, end: int) -> None:
    file.seek(start)
    file.writelines(bytes(min(_CHUNK, end - at)) for at in range(start, end, _CHUNK))
