"""Video files, downloaded once and published unchanged."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mkdocs_instagram.instagram.models import JSON, DownloadFailure, OfferedVideo

from .keys import has_failed_lately, read_digest, video_key
from .models import Video

if TYPE_CHECKING:
    from .cache import Cache
    from .media_folder import MediaFile

# ISO/IEC 14496-12, section 4.3: the first box has a size, and names brands of four letters.
_TYPE_BOX = b"ftyp"
_LONGEST_BOX = 1024
_ANSWERS_BELIEVED = 3
_BRANDS = {b"mp41", b"mp42", b"avc1", b"isom", *(b"iso%d" % number for number in range(2, 10))}


DownloadVideos = Callable[
    [Sequence[OfferedVideo], "Callable[[], CheckedFile]"],
    Iterable[tuple[OfferedVideo, str | DownloadFailure]],
]
"""Writes each video to a file, and returns its digest or the reason of a failure."""


@dataclass(eq=False, repr=False, slots=True)
class VideoResults:
    """The files and failures, without the videos that Instagram does not offer."""

    videos: dict[OfferedVideo, Video] = field(default_factory=dict)
    failures: dict[OfferedVideo, DownloadFailure] = field(default_factory=dict)
    downloaded: set[OfferedVideo] = field(default_factory=set)

    @property
    def has_expired(self) -> bool:
        """Whether a signed URL has expired, so that new ones must be fetched."""
        return DownloadFailure.EXPIRED in self.failures.values()


def list_digests(entry: JSON) -> set[str]:
    """Return the digests in a saved entry of a video."""
    return {read_digest(entry.get("digest"))}


def keep_videos(
    videos: Sequence[OfferedVideo],
    download: DownloadVideos,
    store: "Cache",
    now: float,
    withdrawn: frozenset[str] = frozenset(),
) -> VideoResults:
    """Return the files of `videos`, saved or downloaded.

    Each is downloaded once. It goes when Instagram has withdrawn it in three builds. One that
    failed is not tried again for an hour.

    Args:
        videos: Videos, each once.
        download: Called only for videos that are not saved.
        store: The cache.
        now: Unix seconds.
        withdrawn: Ids of videos that Instagram withholds, as it said in this build.
    """
    results = VideoResults()
    missing = []
    for video in videos:
        entry = _read_entry(video, store, now, is_withdrawn=video.media_id in withdrawn)
        digest = read_digest(entry.get("digest"))
        if store.find_media(digest):
            results.videos[video] = Video(digest)
        elif video.url and has_failed_lately(entry, now):
            results.failures[video] = DownloadFailure.FAILED
        elif video.url:
            missing.append(video)
    downloads = download(missing, lambda: CheckedFile(store)) if missing else ()
    for video, outcome in downloads:
        if isinstance(outcome, DownloadFailure):
            results.failures[video] = outcome
            if outcome is DownloadFailure.FAILED:
                store.put(video_key(video), {"failed_at": now})
        else:
            results.videos[video] = Video(outcome)
            results.downloaded.add(video)
            store.put(video_key(video), {"digest": outcome})
    return results


def _read_entry(video: OfferedVideo, store: "Cache", now: float, *, is_withdrawn: bool) -> JSON:
    """Return a video's entry; delete one that was withdrawn three times.

    The saved file is then a copy of a withdrawn work. All that is read at one `now` counts once.
    """
    key = video_key(video)
    entry = store.get(key) or {}
    counted = entry.get("withdrawn")
    answers = counted if isinstance(counted, list) else []
    if not is_withdrawn:
        if answers and video.url:
            store.put(key, {"digest": entry.get("digest")})
        return entry
    if "digest" not in entry or now in answers:
        return entry
    if len(answers) + 1 >= _ANSWERS_BELIEVED:
        store.delete(key)
        return {}
    store.put(key, {**entry, "withdrawn": [*answers, now]})
    return entry


class CheckedFile:
    """A file in the cache, which is created once the first bytes are those of an mp4."""

    def __init__(self, store: "Cache") -> None:
        self._store = store
        self._head = b""
        self._file: MediaFile | None = None

    def write(self, chunk: bytes) -> bool:
        """Add bytes; return whether to go on, which is false when this is not an mp4.

        Raises:
            OSError: They cannot be saved. Caught by `downloads`; `keep` raises this too.
        """
        if self._file is None:
            self._head += chunk
            is_mp4 = begins_as_mp4(self._head)
            if not is_mp4:
                return is_mp4 is None
            chunk, self._file = self._head, self._store.open_media()
        self._file.write(chunk)
        return True

    def keep(self) -> str:
        """Keep the file and return its digest; "" when it is not an mp4."""
        return self._file.keep() if self._file else ""

    def discard(self) -> None:
        """Delete the file, unless it was kept."""
        if self._file:
            self._file.discard()


def begins_as_mp4(head: bytes) -> bool | None:
    """Tell whether a file that begins so is an mp4; `None` when there are too few bytes."""
    size = int.from_bytes(head[:4], "big")
    if len(head) < 8:
        return None if _TYPE_BOX.startswith(head[4:8]) else False
    if head[4:8] != _TYPE_BOX or not 16 <= size <= _LONGEST_BOX or size % 4:
        return False
    if len(head) < size:
        return None
    # The version of the first brand follows it, in four bytes.
    brands = {head[8:12], *(head[start : start + 4] for start in range(16, size, 4))}
    return bool(brands & _BRANDS)
