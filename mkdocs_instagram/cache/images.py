"""Has renditions of pictures made, once, and keeps book of them.

No outside thing of its own: pictures are downloaded and kept by what it is given.
"""

import os
import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from mkdocs_instagram.instagram.models import JSON, DownloadFailure, Picture

from .encoding import ImageSettings, encode, load_pillow
from .keys import has_failed_lately, picture_key
from .models import Rendition, Renditions

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

_WORKERS = os.cpu_count() or 1
# Pictures in work, for each of them: the bytes of more would only wait in the memory.
_IN_WORK = 2


DownloadPictures = Callable[[Sequence[Picture]], Iterable[tuple[Picture, bytes | DownloadFailure]]]
"""Gives the bytes of each picture, or why there are none."""


class MediaStore(Protocol):
    """Where entries and bytes are kept."""

    def get(self, key: str) -> JSON | None:
        """Return an entry."""

    def put(self, key: str, entry: JSON) -> None:
        """Save an entry."""

    def read_media(self, digest: str) -> bytes | None:
        """Return the bytes of a digest."""

    def find_media(self, digest: str) -> Path | None:
        """Return the file of a digest, checked."""

    def write_media(self, data: bytes) -> str:
        """Save bytes under their digest."""


@dataclass(eq=False, repr=False, slots=True)
class PictureResults:
    """What came of the pictures asked for.

    Attributes:
        renditions: By picture; one that could not be had is not in it.
        troubles: Why, by picture.
        encoded: How many files were made.
        downloaded: The pictures that were fetched.
    """

    renditions: dict[Picture, Renditions] = field(default_factory=dict)
    failures: dict[Picture, DownloadFailure] = field(default_factory=dict)
    encoded: int = 0
    downloaded: set[Picture] = field(default_factory=set)

    @property
    def has_expired(self) -> bool:
        """Whether the signed URL of one has expired, so that a new one must be asked for."""
        return DownloadFailure.EXPIRED in self.failures.values()


def list_digests(entry: JSON) -> set[str]:
    """Return the digests that a saved entry of a picture names."""
    sets = entry.get("renditions")
    lists = sets.values() if isinstance(sets, dict) else ()
    rows = [row for rows in lists if isinstance(rows, list) for row in rows]
    digests = {_digest(row[0]) for row in rows if isinstance(row, list) and row}
    return {_digest(entry.get("original")), *digests}


def make_renditions(
    pictures: Sequence[Picture],
    download: DownloadPictures,
    store: MediaStore,
    settings: ImageSettings,
    now: float,
) -> PictureResults:
    """Return the renditions of `pictures`, from the store, or of saved originals, or downloaded.

    Each picture is downloaded once for all builds, and again when it has another `version`; one
    that failed is not tried again for an hour, and its older version is taken where there is one.

    Args:
        pictures: Without repetition.
        download: Called only for pictures whose original is not saved.
        store: Where originals and renditions are kept.
        settings: What to make.
        now: Unix seconds.
    """
    # One scope around all threads, as the filters are global: Pillow warns of broken EXIF data.
    with warnings.catch_warnings(), ExitStack() as opened:
        warnings.simplefilter("ignore")
        bench = _Bench(store, settings, opened, now)
        missing = [picture for picture in pictures if not bench.find(picture)]
        if missing:
            bench.prepare()
            for picture, outcome in download(missing):
                bench.take(picture, outcome)
        bench.finish(wait=True)
    return bench.made


class _Encoded(NamedTuple):
    original: str
    renditions: Renditions
    version: str


class _Bench:
    """The pictures in work: threads encode, while entries are read and put by one thread only."""

    def __init__(
        self, store: MediaStore, settings: ImageSettings, opened: ExitStack, now: float
    ) -> None:
        self.made = PictureResults()
        self._store = store
        self._settings = settings
        self._opened = opened
        self._now = now
        self._work: dict[Future[_Encoded], Picture] = {}

    def prepare(self) -> None:
        """Load Pillow while the first picture is on its way."""
        self._decoders.submit(load_pillow)

    def find(self, picture: Picture) -> bool:
        """Tell whether the picture needs no download: it is saved, or failed a moment ago."""
        entry = self._entry(picture)
        has_failed = has_failed_lately(entry, self._now)
        if entry.get("version", "") == picture.version or has_failed:
            if self._take_saved(picture, entry):
                return True
            if original := self._store.read_media(_digest(entry.get("original"))):
                self._encode(picture, original, str(entry.get("version", "")))
                return True
        if has_failed:
            self.made.failures[picture] = DownloadFailure.FAILED
        return has_failed

    def _take_saved(self, picture: Picture, entry: JSON) -> bool:
        saved = _find_saved(entry, self._store, self._settings)
        if saved:
            self.made.renditions[picture] = saved
        return bool(saved)

    def take(self, picture: Picture, outcome: bytes | DownloadFailure) -> None:
        """Take what a download came to, and save what is done meanwhile, lest a kill lose it."""
        if isinstance(outcome, bytes):
            self._encode(picture, outcome, picture.version)
            self.made.downloaded.add(picture)
        else:
            self._fail(picture, outcome)
        self.finish(wait=False)

    def finish(self, *, wait: bool) -> None:
        """Save the renditions that are done; with `wait`, all of them."""
        for future, picture in list(self._work.items()):
            if wait or future.done():
                del self._work[future]
                try:
                    self._save(picture, future.result())
                except (ValueError, OSError):  # NoPicture, and sizes that an encoder refuses
                    self._fail(picture, DownloadFailure.FAILED)

    def _encode(self, picture: Picture, data: bytes, version: str) -> None:
        from concurrent.futures import FIRST_COMPLETED, wait

        if len(self._work) >= _IN_WORK * _WORKERS:
            wait(self._work, return_when=FIRST_COMPLETED)
            self.finish(wait=False)
        future = self._decoders.submit(
            _encode, data, version, self._store, self._settings, self._encoders
        )
        self._work[future] = picture

    # Two pools, lest those that wait for encoders take their place: a picture that comes alone has
    # all processors.

    @cached_property
    def _decoders(self) -> "ThreadPoolExecutor":
        return self._open_pool()

    @cached_property
    def _encoders(self) -> "ThreadPoolExecutor":
        return self._open_pool()

    def _open_pool(self) -> "ThreadPoolExecutor":
        # Imported with the first work, as most builds have none.
        from concurrent.futures import ThreadPoolExecutor

        return self._opened.enter_context(ThreadPoolExecutor(_WORKERS))

    def _save(self, picture: Picture, encoded: _Encoded) -> None:
        old = self._entry(picture)
        saved = old.get("renditions") if old.get("original") == encoded.original else None
        sets = saved if isinstance(saved, dict) else {}
        rows = [[item.digest, item.width, item.height] for item in encoded.renditions]
        entry = {
            "original": encoded.original,
            "renditions": {**sets, self._settings.key: rows},
            "version": encoded.version,
        }
        self._store.put(picture_key(picture), entry)
        self.made.renditions[picture] = encoded.renditions
        self.made.encoded += len(encoded.renditions)

    def _fail(self, picture: Picture, trouble: DownloadFailure) -> None:
        entry = self._entry(picture)
        if trouble is DownloadFailure.FAILED:
            self._store.put(picture_key(picture), {**entry, "failed_at": self._now})
        if not self._take_saved(picture, entry):
            self.made.failures[picture] = trouble

    def _entry(self, picture: Picture) -> JSON:
        return self._store.get(picture_key(picture)) or {}


def _find_saved(entry: JSON, store: MediaStore, settings: ImageSettings) -> Renditions:
    """Return the saved renditions when every file is there and whole; else none."""
    sets = entry.get("renditions")
    rows = sets.get(settings.key) if isinstance(sets, dict) else None
    try:
        saved = tuple(
            Rendition(_digest(digest), int(width), int(height), settings.extension)
            for digest, width, height in rows or ()
        )
    except (TypeError, ValueError, OverflowError):
        return ()
    return saved if all(store.find_media(item.digest) for item in saved) else ()


def _digest(value: object) -> str:
    """Return a digest as it must look, else one that no file has: it becomes part of a path."""
    is_digest = isinstance(value, str) and len(value) == 64 and not value.strip("0123456789abcdef")
    return str(value) if is_digest else "0" * 64


def _encode(
    data: bytes,
    version: str,
    store: MediaStore,
    settings: ImageSettings,
    encoders: "ThreadPoolExecutor",
) -> _Encoded:
    renditions = tuple(
        Rendition(store.write_media(encoded), width, height, settings.extension)
        for encoded, width, height in encode(data, settings, encoders)
    )
    return _Encoded(store.write_media(data), tuple(reversed(renditions)), version)
