"""Makes the pictures of a snapshot."""

import os
import warnings
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import closing

from mkdocs_instagram.cache.encoding import encode
from mkdocs_instagram.cache.targets import Target
from mkdocs_instagram.cache.workers import Workers

_QUALITY = 85
_WORKERS = os.cpu_count() or 1
# More would only wait in memory.
_MOST_WAITING = 2 * _WORKERS


def encode_pictures(
    originals: Iterable[tuple[str, bytes]], width: int
) -> Iterator[tuple[str, bytes | None]]:
    """Yield a JPEG of each picture without its metadata; `None` where it cannot be shown.

    Args:
        originals: Ids and bytes, read when there is a thread for them.
        width: The most pixels that a JPEG is wide.
    """
    waiting: deque[tuple[str, Future[bytes]]] = deque()
    with (
        warnings.catch_warnings(),  # outside all threads, as the filters are global
        closing(Workers(_WORKERS)) as decoders,
        closing(Workers(_WORKERS)) as encoders,
    ):
        warnings.simplefilter("ignore")
        for media_id, data in originals:
            waiting.append((media_id, decoders.submit(_encode, data, width, encoders)))
            if len(waiting) >= _MOST_WAITING:
                yield _take(*waiting.popleft())
        while waiting:
            yield _take(*waiting.popleft())


def _encode(data: bytes, width: int, encoders: Workers) -> bytes:
    target = Target("jpeg", _QUALITY, width)
    ((_, encoded, _, _),) = encode(data, [target], [width], encoders)
    return encoded


def _take(media_id: str, future: "Future[bytes]") -> tuple[str, bytes | None]:
    try:
        return media_id, future.result()
    except (ValueError, OSError):  # NoPicture, or a size that the encoder refuses
        return media_id, None
