"""Keeps the videos that Instagram gives, as they are; performs no I/O of its own.

A video is found by the id of its media or child, and stays when Instagram later withdraws its
address. Its bytes are published only when they begin as an mp4 does.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mkdocs_instagram.instagram.models import JSON, DownloadFailure, OfferedVideo

from .keys import has_failed_lately, video_key
from .models import Video

if TYPE_CHECKING:
    from .cache import Cache, MediaFile

# ISO/IEC 14496-12, section 4.3: the box in front, of a size, names brands of four letters.
_TYPE_BOX = b"ftyp"
_LONGEST_BOX = 1024
_BRANDS = {b"mp41", b"mp42", b"avc1", b"isom", *(b"iso%d" % number for number in range(2, 10))}


DownloadVideos = Callable[
    [Sequence[OfferedVideo], "Callable[[], CheckedFile]"],
    Iterable[tuple[OfferedVideo, str | DownloadFailure]],
]
"""Writes each video to a file of its own, and gives that file's digest, or why there is none."""


@dataclass(eq=False, repr=False, slots=True)
class VideoResults:
    """What came of the videos asked for.

    Attributes:
        videos: By video; one that could not be had is not in it.
        troubles: Why, by video; without those that Instagram does not give.
        downloaded: The videos that were fetched.
    """

    videos: dict[OfferedVideo, Video] = field(default_factory=dict)
    failures: dict[OfferedVideo, DownloadFailure] = field(default_factory=dict)
    downloaded: set[OfferedVideo] = field(default_factory=set)

    @property
    def has_expired(self) -> bool:
        """Whether the signed URL of one has expired, so that a new one must be asked for."""
        return DownloadFailure.EXPIRED in self.failures.values()


def list_digests(entry: JSON) -> set[str]:
    """Return the digests that a saved entry of a video names."""
    digest = entry.get("digest")
    return {digest} if isinstance(digest, str) else set()


def keep_videos(
    videos: Sequence[OfferedVideo], download: DownloadVideos, store: "Cache", now: float
) -> VideoResults:
    """Return the files of `videos`, from the store, or downloaded.

    Each is downloaded once for all builds; one that failed is not tried again for an hour.

    Args:
        videos: Without repetition.
        download: Called only for videos that are not saved.
        store: Where entries and files are kept.
        now: Unix seconds.
    """
    kept = VideoResults()
    missing = []
    for video in videos:
        entry = store.get(video_key(video)) or {}
        digest = next(iter(list_digests(entry)), "")
        if store.find_media(digest):
            kept.videos[video] = Video(digest)
        elif video.url and has_failed_lately(entry, now):
            kept.failures[video] = DownloadFailure.FAILED
        elif video.url:
            missing.append(video)
    arriving = download(missing, lambda: CheckedFile(store)) if missing else ()
    for video, outcome in arriving:
        if isinstance(outcome, DownloadFailure):
            kept.failures[video] = outcome
            if outcome is DownloadFailure.FAILED:
                store.put(video_key(video), {"failed_at": now})
        else:
            kept.videos[video] = Video(outcome)
            kept.downloaded.add(video)
            store.put(video_key(video), {"digest": outcome})
    return kept


class CheckedFile:
    """A file of the store that is begun when the first bytes have shown to be an mp4's."""

    def __init__(self, store: "Cache") -> None:
        self._store = store
        self._head = b""
        self._file: MediaFile | None = None

    def write(self, chunk: bytes) -> bool:
        """Add bytes; return whether more are wanted, which is not so where they are no mp4."""
        try:
            if self._file is None:
                self._head += chunk
                is_mp4 = begins_as_mp4(self._head)
                if not is_mp4:
                    return is_mp4 is None
                chunk, self._file = self._head, self._store.open_media()
            self._file.write(chunk)
        except OSError:
            return False
        return True

    def keep(self) -> str:
        """Keep the whole file and return its digest; "" when it is no mp4 or cannot be kept."""
        try:
            return self._file.keep() if self._file else ""
        except OSError:
            return ""

    def discard(self) -> None:
        """Remove what was written, unless it was kept."""
        if self._file:
            self._file.discard()


def begins_as_mp4(head: bytes) -> bool | None:
    """Tell whether a file with these first bytes is an mp4; `None` when there are too few."""
    size = int.from_bytes(head[:4], "big")
    if len(head) < 8:
        return None if _TYPE_BOX.startswith(head[4:8]) else False
    if head[4:8] != _TYPE_BOX or not 16 <= size <= _LONGEST_BOX or size % 4:
        return False
    if len(head) < size:
        return None
    # Behind the first brand stands its version, four bytes.
    brands = {head[8:12], *(head[start : start + 4] for start in range(16, size, 4))}
    return bool(brands & _BRANDS)
