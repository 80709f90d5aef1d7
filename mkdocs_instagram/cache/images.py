"""Renditions of pictures, made once and saved."""

import os
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from mkdocs_instagram.instagram.models import JSON, DownloadFailure, Picture

from .keys import EntryStore, has_failed_lately, picture_key, read_digest
from .media_folder import NotSaved
from .models import Rendition, Renditions
from .picture_entries import find_whole, read_renditions
from .targets import ImageSettings, Target

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

    def may_have_media(self, digest: str) -> bool:
        """Tell whether the file of a digest was not yet found to be missing or changed."""

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


def make_renditions(
    pictures: Mapping[Picture, float],
    download: DownloadPictures,
    store: MediaStore,
    settings: ImageSettings,
    now: float,
    *,
    is_local: bool = False,
) -> PictureResults:
    """Return the renditions of `pictures`, saved, or made from a saved or downloaded original.

    Each picture is downloaded once, and again when its `version` changes. One that failed is not
    tried again for an hour; until then its old version is used, if any. More widths are made of the
    original. If that is lost, the widths that there are must do until it is downloaded again.

    Args:
        pictures: Pictures, and how many pixels wide each is shown at most.
        download: Called only for pictures without a saved original.
        store: The cache.
        settings: The widths that there may be, the format and the quality.
        now: Unix seconds.
        is_local: `download` reads a folder, which may be mended at any time: a failure is neither
            remembered nor heeded.
    """
    # Outside all threads, as the filters are global: Pillow warns about damaged EXIF data.
    with warnings.catch_warnings(), ExitStack() as stack:
        warnings.simplefilter("ignore")
        jobs = _Jobs(pictures, store, settings, stack, now, is_local=is_local)
        missing = [picture for picture in pictures if not jobs.use_saved(picture)]
        if missing:
            jobs.load_pillow()
            for picture, outcome in download(missing):
                jobs.use_download(picture, outcome)
        jobs.finish(wait=True)
    return jobs.results


class _Encoded(NamedTuple):
    """An original, and the target, bytes, width and height of its new renditions."""

    original: bytes
    version: str
    files: list[tuple[Target, bytes, int, int]]


class _Job(NamedTuple):
    """A picture in work, and the renditions that it has already."""

    picture: Picture
    saved: Mapping[Target, Rendition]


class _Jobs:
    """The pictures in work: several threads encode, but only one reads and writes the cache.

    So nothing is half written when this one is interrupted and the others are left alone.
    """

    def __init__(
        self,
        pictures: Mapping[Picture, float],
        store: MediaStore,
        settings: ImageSettings,
        stack: ExitStack,
        now: float,
        *,
        is_local: bool,
    ) -> None:
        self.results = PictureResults()
        self._targets = {picture: settings.list_targets(need) for picture, need in pictures.items()}
        self._store = store
        self._widths = settings.widths
        self._stack = stack
        self._now = now
        self._is_local = is_local
        self._running: dict[Future[_Encoded], _Job] = {}

    def load_pillow(self) -> None:
        """Load Pillow while the first picture is downloaded."""
        from .encoding import load_pillow

        self._decoders.submit(load_pillow)

    def use_saved(self, picture: Picture) -> bool:
        """Tell whether the picture needs no download: it is saved, or has failed lately."""
        entry = self._read_entry(picture)
        has_failed = not self._is_local and has_failed_lately(entry, self._now)
        if entry.get("version", "") == picture.version or has_failed:
            saved = self._find_saved(picture, entry)
            if len(saved) == len(self._targets[picture]):
                self._use(picture, saved)
                return True
            if original := self._store.read_media(read_digest(entry.get("original"))):
                self._start(picture, original, str(entry.get("version", "")), saved)
                return True
            if has_failed:
                self._use_or_fail(picture, saved, DownloadFailure.FAILED)
        return has_failed

    def use_download(self, picture: Picture, outcome: bytes | DownloadFailure) -> None:
        """Encode a download, and save what is done meanwhile, so that no kill can lose it."""
        if isinstance(outcome, bytes):
            self._start(picture, outcome, picture.version, {})
            self.results.downloaded.add(picture)
        else:
            self._fail(picture, outcome)
        self.finish(wait=False)

    def finish(self, *, wait: bool) -> None:
        """Save the renditions that are done; with `wait`, all of them."""
        for future, job in list(self._running.items()):
            if wait or future.done():
                del self._running[future]
                try:
                    self._save(job, future.result())
                except NotSaved:
                    self._fail(job.picture, DownloadFailure.UNSAVED)
                except (ValueError, OSError):  # NoPicture, or a size that an encoder refuses.
                    self._fail(job.picture, DownloadFailure.FAILED)

    def _start(
        self, picture: Picture, data: bytes, version: str, saved: Mapping[Target, Rendition]
    ) -> None:
        from concurrent.futures import FIRST_COMPLETED, wait

        if len(self._running) >= _MAX_JOBS * _WORKERS:
            wait(self._running, return_when=FIRST_COMPLETED)
            self.finish(wait=False)
        missing = [target for target in self._targets[picture] if target not in saved]
        future = self._decoders.submit(self._encode, data, version, missing, self._encoders)
        self._running[future] = _Job(picture, saved)

    def _encode(
        self, data: bytes, version: str, targets: Sequence[Target], encoders: "Workers"
    ) -> _Encoded:
        from .encoding import encode

        return _Encoded(data, version, list(encode(data, targets, self._widths, encoders)))

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

    def _save(self, job: _Job, encoded: _Encoded) -> None:
        made = {
            target: Rendition(self._store.write_media(file), width, height, target.extension)
            for target, file, width, height in encoded.files
        }
        original = self._store.write_media(encoded.original)
        old = self._read_entry(job.picture)
        saved = old.get("renditions") if old.get("original") == original else None
        sets = saved if isinstance(saved, dict) else {}
        rows = {
            target.key: [[item.digest, item.width, item.height]] for target, item in made.items()
        }
        entry = {
            "original": original,
            "renditions": {**sets, **rows},
            "version": encoded.version,
        }
        self._store.put(picture_key(job.picture), entry)
        self._use(job.picture, {**job.saved, **made})
        self.results.encoded |= {item.digest for item in made.values()}

    def _fail(self, picture: Picture, failure: DownloadFailure) -> None:
        entry = self._read_entry(picture)
        if failure is DownloadFailure.FAILED and not self._is_local:
            self._store.put(picture_key(picture), {**entry, "failed_at": self._now})
        self._use_or_fail(picture, self._find_saved(picture, entry), failure)

    def _use_or_fail(
        self, picture: Picture, saved: Mapping[Target, Rendition], failure: DownloadFailure
    ) -> None:
        if saved:
            self._use(picture, saved)
        else:
            self.results.failures[picture] = failure

    def _use(self, picture: Picture, renditions: Mapping[Target, Rendition]) -> None:
        wanted = [target for target in self._targets[picture] if target in renditions]
        # A picture that is narrower than two targets has one file for both.
        self.results.renditions[picture] = tuple(
            dict.fromkeys(renditions[target] for target in wanted)
        )

    def _read_entry(self, picture: Picture) -> JSON:
        return self._store.get(picture_key(picture)) or {}

    def _find_saved(self, picture: Picture, entry: JSON) -> dict[Target, Rendition]:
        """Return the renditions of the wanted ones that are saved and not known to be damaged."""
        saved = read_renditions(entry)
        found = {}
        for target in self._targets[picture]:
            item = saved.get(target) or find_whole(saved, target)
            if item and self._store.may_have_media(item.digest):
                found[target] = item
        return found
