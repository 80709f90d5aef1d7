"""Renditions of pictures, made once and saved."""

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
from .keys import EntryStore, has_failed_lately, picture_key, read_digest
from .media_folder import NotSaved
from .models import Rendition, Renditions

if TYPE_CHECKING:
    from concurrent.futures import Future

    from .workers import Workers

_WORKERS = os.cpu_count() or 1
# For each worker, as the bytes of more pictures would only wait in memory.
_MAX_JOBS = 2


DownloadPictures = Callable[[Sequence[Picture]], Iterable[tuple[Picture, bytes | DownloadFailure]]]
"""Returns the bytes of each picture, or the reason of a failure."""


class MediaStore(EntryStore, Protocol):
    """A store of entries and media."""

    def read_media(self, digest: str) -> bytes | None:
        """Return the bytes of a digest."""

    def find_media(self, digest: str) -> Path | None:
        """Return the checked file of a digest."""

    def write_media(self, data: bytes) -> str:
        """Save bytes and return their digest."""


@dataclass(eq=False, repr=False, slots=True)
class PictureResults:
    """The renditions and failures; `encoded` has the digests of the files that were made."""

    renditions: dict[Picture, Renditions] = field(default_factory=dict)
    failures: dict[Picture, DownloadFailure] = field(default_factory=dict)
    encoded: set[str] = field(default_factory=set)
    downloaded: set[Picture] = field(default_factory=set)

    @property
    def has_expired(self) -> bool:
        """Whether a signed URL has expired, so that new ones must be fetched."""
        return DownloadFailure.EXPIRED in self.failures.values()


def list_digests(entry: JSON) -> set[str]:
    """Return the digests in a saved entry of a picture."""
    sets = entry.get("renditions")
    lists = sets.values() if isinstance(sets, dict) else ()
    rows = [row for rows in lists if isinstance(rows, list) for row in rows]
    digests = {read_digest(row[0]) for row in rows if isinstance(row, list) and row}
    return {read_digest(entry.get("original")), *digests}


def list_settings(entry: JSON) -> set[str]:
    """Return the keys of the image settings for which an entry has renditions."""
    sets = entry.get("renditions")
    return set(sets) if isinstance(sets, dict) else set()


def drop_renditions(entry: JSON, settings: set[str]) -> JSON:
    """Return an entry without the renditions for some image settings."""
    kept = list_settings(entry) - settings
    return {**entry, "renditions": {key: entry["renditions"][key] for key in kept}}


def make_renditions(
    pictures: Sequence[Picture],
    download: DownloadPictures,
    store: MediaStore,
    settings: ImageSettings,
    now: float,
) -> PictureResults:
    """Return the renditions of `pictures`, saved, or made from a saved or downloaded original.

    Each picture is downloaded once, and again when its `version` changes. One that failed is not
    tried again for an hour; until then its old version is used, if any.

    Args:
        pictures: Pictures, each once.
        download: Called only for pictures without a saved original.
        store: The cache.
        settings: The widths, the format and the quality.
        now: Unix seconds.
    """
    # Outside all threads, as the filters are global: Pillow warns about damaged EXIF data.
    with warnings.catch_warnings(), ExitStack() as stack:
        warnings.simplefilter("ignore")
        jobs = _Jobs(store, settings, stack, now)
        missing = [picture for picture in pictures if not jobs.use_saved(picture)]
        if missing:
            jobs.load_pillow()
            for picture, outcome in download(missing):
                jobs.use_download(picture, outcome)
        jobs.finish(wait=True)
    return jobs.results


class _Encoded(NamedTuple):
    """An original, and the bytes, width and height of its renditions, widest first."""

    original: bytes
    version: str
    files: list[tuple[bytes, int, int]]


class _Jobs:
    """The pictures in work: several threads encode, but only one reads and writes the cache.

    So nothing is half written when this one is interrupted and the others are left alone.
    """

    def __init__(
        self, store: MediaStore, settings: ImageSettings, stack: ExitStack, now: float
    ) -> None:
        self.results = PictureResults()
        self._store = store
        self._settings = settings
        self._stack = stack
        self._now = now
        self._running: dict[Future[_Encoded], Picture] = {}

    def load_pillow(self) -> None:
        """Load Pillow while the first picture is downloaded."""
        self._decoders.submit(load_pillow)

    def use_saved(self, picture: Picture) -> bool:
        """Tell whether the picture needs no download: it is saved, or has failed lately."""
        entry = self._read_entry(picture)
        has_failed = has_failed_lately(entry, self._now)
        if entry.get("version", "") == picture.version or has_failed:
            if self._use_renditions(picture, entry):
                return True
            if original := self._store.read_media(read_digest(entry.get("original"))):
                self._start(picture, original, str(entry.get("version", "")))
                return True
        if has_failed:
            self.results.failures[picture] = DownloadFailure.FAILED
        return has_failed

    def use_download(self, picture: Picture, outcome: bytes | DownloadFailure) -> None:
        """Encode a download, and save what is done meanwhile, so that no kill can lose it."""
        if isinstance(outcome, bytes):
            self._start(picture, outcome, picture.version)
            self.results.downloaded.add(picture)
        else:
            self._fail(picture, outcome)
        self.finish(wait=False)

    def finish(self, *, wait: bool) -> None:
        """Save the renditions that are done; with `wait`, all of them."""
        for future, picture in list(self._running.items()):
            if wait or future.done():
                del self._running[future]
                try:
                    self._save(picture, future.result())
                except NotSaved:
                    self._fail(picture, DownloadFailure.UNSAVED)
                except (ValueError, OSError):  # NoPicture, or a size that an encoder refuses.
                    self._fail(picture, DownloadFailure.FAILED)

    def _start(self, picture: Picture, data: bytes, version: str) -> None:
        from concurrent.futures import FIRST_COMPLETED, wait

        if len(self._running) >= _MAX_JOBS * _WORKERS:
            wait(self._running, return_when=FIRST_COMPLETED)
            self.finish(wait=False)
        future = self._decoders.submit(self._encode, data, version, self._encoders)
        self._running[future] = picture

    def _encode(self, data: bytes, version: str, encoders: "Workers") -> _Encoded:
        return _Encoded(data, version, list(encode(data, self._settings, encoders)))

    # Two pools, as a decoder waits for its encoders, which would find no free thread. So one
    # picture alone can use all processors.

    @cached_property
    def _decoders(self) -> "Workers":
        return self._open_pool()

    @cached_property
    def _encoders(self) -> "Workers":
        return self._open_pool()

    def _open_pool(self) -> "Workers":
        # Imported with the first work, as most builds have none.
        from .workers import Workers

        workers = Workers(_WORKERS)
        self._stack.callback(workers.close)
        return workers

    def _save(self, picture: Picture, encoded: _Encoded) -> None:
        renditions = tuple(
            Rendition(self._store.write_media(file), width, height, self._settings.extension)
            for file, width, height in reversed(encoded.files)
        )
        original = self._store.write_media(encoded.original)
        old = self._read_entry(picture)
        saved = old.get("renditions") if old.get("original") == original else None
        sets = saved if isinstance(saved, dict) else {}
        rows = [[item.digest, item.width, item.height] for item in renditions]
        entry = {
            "original": original,
            "renditions": {**sets, self._settings.key: rows},
            "version": encoded.version,
        }
        self._store.put(picture_key(picture), entry)
        self.results.renditions[picture] = renditions
        self.results.encoded |= {item.digest for item in renditions}

    def _fail(self, picture: Picture, failure: DownloadFailure) -> None:
        entry = self._read_entry(picture)
        if failure is DownloadFailure.FAILED:
            self._store.put(picture_key(picture), {**entry, "failed_at": self._now})
        if not self._use_renditions(picture, entry):
            self.results.failures[picture] = failure

    def _read_entry(self, picture: Picture) -> JSON:
        return self._store.get(picture_key(picture)) or {}

    def _use_renditions(self, picture: Picture, entry: JSON) -> bool:
        """Tell whether every rendition is saved and undamaged, and use them if so."""
        sets = entry.get("renditions")
        rows = sets.get(self._settings.key) if isinstance(sets, dict) else None
        try:
            saved = tuple(
                Rendition(read_digest(digest), int(width), int(height), self._settings.extension)
                for digest, width, height in rows or ()
            )
        except (TypeError, ValueError, OverflowError):
            return False
        if not saved or not all(self._store.find_media(item.digest) for item in saved):
            return False
        self.results.renditions[picture] = saved
        return True
