"""Makes renditions of pictures, once.

Its outside thing is Pillow, imported when there is something to make.
Bytes from elsewhere are published only as what was decoded and encoded anew: no metadata survives.
"""

import io
import os
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from .models import JSON, Picture, Rendition, Renditions, Trouble
from .pace import has_failed_lately

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

    from PIL import Image

MAX_PIXELS = 40_000_000
# Its decoder holds several copies at once. Instagram itself sends JPEGs of two megapixels.
MAX_PIXELS_WEBP = 12_000_000
_STRIP = 64
# Pictures in work, for each processor: the bytes of more would only wait in the memory.
_IN_WORK = 2
_FORMATS = ("JPEG", "PNG", "WEBP")


class NoPicture(ValueError):
    """The bytes are no picture that may be published. Caught here."""


class PictureSource(Protocol):
    """Where pictures come from: the CDN, or a folder."""

    def download(self, pictures: Sequence[Picture]) -> Iterator[tuple[Picture, bytes | Trouble]]:
        """Yield the bytes of each picture, or why there are none."""


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


class ImageSettings(NamedTuple):
    """The option `images`: widths in pixels, ascending; `format` webp or jpeg; quality 1 to 100."""

    widths: tuple[int, ...]
    format: str
    quality: int

    @property
    def key(self) -> str:
        """What tells these renditions from others of the same picture."""
        return f"{self.format}-{self.quality}-{'-'.join(map(str, self.widths))}"

    @property
    def extension(self) -> str:
        """The ending of the files' names."""
        return "jpg" if self.format == "jpeg" else self.format


@dataclass(slots=True)
class Made:
    """What came of the pictures asked for.

    Attributes:
        renditions: By picture; one that could not be had is not in it.
        troubles: Why, by picture.
        cached: How many files were there already.
        encoded: How many files were made.
        downloaded: The pictures that were fetched.
    """

    renditions: dict[Picture, Renditions] = field(default_factory=dict)
    troubles: dict[Picture, Trouble] = field(default_factory=dict)
    cached: int = 0
    encoded: int = 0
    downloaded: set[Picture] = field(default_factory=set)


def entry_key(picture: Picture) -> str:
    """Return the key under which a picture is saved: by its node's id and field, never by URL."""
    return f"picture/{picture.media_id}/{picture.field_name}"


def list_digests(entry: JSON) -> set[str]:
    """Return the digests that a saved entry of a picture names."""
    sets = entry.get("renditions")
    lists = sets.values() if isinstance(sets, dict) else ()
    rows = [row for rows in lists if isinstance(rows, list) for row in rows]
    digests = {_digest(row[0]) for row in rows if isinstance(row, list) and row}
    return {_digest(entry.get("original")), *digests}


def plan_widths(width: int, widths: Sequence[int]) -> list[int]:
    """Return the widths to make of a picture `width` pixels wide.

    None is larger than the picture, whose own width stands in for those that would be.
    A 500-pixel picture with widths 320, 640 and 1080 gives 320 and 500.
    """
    planned = [wanted for wanted in sorted(set(widths)) if wanted <= width]
    return (
        planned
        if len(planned) == len(set(widths))
        else [*(w for w in planned if w != width), width]
    )


def make_renditions(
    pictures: Sequence[Picture],
    source: PictureSource,
    store: MediaStore,
    settings: ImageSettings,
    now: float,
) -> Made:
    """Return the renditions of `pictures`, from the store, or of saved originals, or downloaded.

    Each picture is downloaded once for all builds, and again when it has another `version`; one
    that failed is not tried again for an hour, and its older version is taken where there is one.

    Args:
        pictures: Without repetition.
        source: Asked only for pictures whose original is not saved.
        store: Where originals and renditions are kept.
        settings: What to make.
        now: Unix seconds.
    """
    from concurrent.futures import ThreadPoolExecutor

    # One scope around all threads, as the filters are global: Pillow warns of broken EXIF data.
    with warnings.catch_warnings(), ThreadPoolExecutor(os.cpu_count()) as pool:
        warnings.simplefilter("ignore")
        bench = _Bench(store, settings, pool, now)
        missing = [picture for picture in pictures if not bench.find(picture)]
        for picture, outcome in source.download(missing) if missing else ():
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
        self, store: MediaStore, settings: ImageSettings, pool: "ThreadPoolExecutor", now: float
    ) -> None:
        self.made = Made()
        self._store = store
        self._settings = settings
        self._pool = pool
        self._now = now
        self._work: dict[Future[_Encoded], Picture] = {}

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
            self.made.troubles[picture] = Trouble.FAILED
        return has_failed

    def _take_saved(self, picture: Picture, entry: JSON) -> bool:
        saved = _find_saved(entry, self._store, self._settings)
        if saved:
            self.made.renditions[picture] = saved
            self.made.cached += len(saved)
        return bool(saved)

    def take(self, picture: Picture, outcome: bytes | Trouble) -> None:
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
                    self._fail(picture, Trouble.FAILED)

    def _encode(self, picture: Picture, data: bytes, version: str) -> None:
        from concurrent.futures import FIRST_COMPLETED, wait

        if len(self._work) >= _IN_WORK * (os.cpu_count() or 1):
            wait(self._work, return_when=FIRST_COMPLETED)
            self.finish(wait=False)
        future = self._pool.submit(_encode, data, version, self._store, self._settings)
        self._work[future] = picture

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
        self._store.put(entry_key(picture), entry)
        self.made.renditions[picture] = encoded.renditions
        self.made.encoded += len(encoded.renditions)

    def _fail(self, picture: Picture, trouble: Trouble) -> None:
        entry = self._entry(picture)
        if trouble is Trouble.FAILED:
            self._store.put(entry_key(picture), {**entry, "failed_at": self._now})
        if not self._take_saved(picture, entry):
            self.made.troubles[picture] = trouble

    def _entry(self, picture: Picture) -> JSON:
        return self._store.get(entry_key(picture)) or {}


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


def _encode(data: bytes, version: str, store: MediaStore, settings: ImageSettings) -> _Encoded:
    image = _decode(data, max(settings.widths))
    renditions = []
    for width in reversed(plan_widths(image.width, settings.widths)):
        if width != image.width:
            height = max(1, round(image.height * width / image.width))
            image = image.resize((width, height), resample=_lanczos(), reducing_gap=3.0)
        digest = store.write_media(_bytes_of(image, settings))
        renditions.append(Rendition(digest, image.width, image.height, settings.extension))
    return _Encoded(store.write_media(data), tuple(reversed(renditions)), version)


def _lanczos() -> Any:
    from PIL import Image

    return Image.Resampling.LANCZOS


def _bytes_of(image: "Image.Image", settings: ImageSettings) -> bytes:
    buffer = io.BytesIO()
    if settings.format == "webp":
        image.save(buffer, "WEBP", quality=settings.quality, method=4)
    else:
        image.save(buffer, "JPEG", quality=settings.quality, optimize=True, progressive=True)
    return buffer.getvalue()


def _decode(data: bytes, widest: int) -> "Image.Image":
    """Return the first frame, upright, in sRGB, without anything but its pixels.

    One that is far larger than its widest rendition is made smaller at once, by a whole number and
    to twice the size at least: each copy of 40 megapixels takes 160 MB.

    Raises:
        NoPicture: The bytes are no JPEG, PNG or WebP, broken, or of too many pixels.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            _check_size(opened)
            opened.draft(None, (2 * widest, 2 * widest))  # heeded by JPEGs only
            opened.load()
            profile = opened.info.get("icc_profile")
            upright = ImageOps.exif_transpose(_reduce(opened, 2 * widest))
        plain = _to_srgb(upright, profile)
    except NoPicture:
        raise
    except Exception as error:  # noqa: BLE001 - Pillow's decoders raise many types for broken bytes
        raise NoPicture(type(error).__name__) from None
    bare = Image.new("RGB", plain.size)
    bare.paste(plain)
    return bare


def _check_size(image: "Image.Image") -> None:
    """Look at the size before anything is decoded: 20 kB can unpack to 800 MB."""
    bound = MAX_PIXELS_WEBP if image.format == "WEBP" else MAX_PIXELS
    if image.width * image.height > bound:
        raise NoPicture("too many pixels")


def _reduce(image: "Image.Image", size: int) -> "Image.Image":
    """Return `image` made smaller by a whole number, with both sides `size` long at least.

    It is done in strips, as Pillow makes a copy of what it reduces or converts, and the large one
    is let go of.
    """
    from PIL import Image

    factor = min(image.size) // size
    if factor < 2 or image.mode.startswith("I"):
        return image
    mode = image.mode
    if mode not in {"L", "RGB", "RGBA", "CMYK"}:
        mode = "RGBA" if image.has_transparency_data else "RGB"
    small = Image.new(mode, (-(-image.width // factor), -(-image.height // factor)))
    for top in range(0, image.height, _STRIP * factor):
        bottom = min(image.height, top + _STRIP * factor)
        strip = image.crop((0, top, image.width, bottom)).convert(mode).reduce(factor)
        small.paste(strip, (0, top // factor))
    if exif := image.info.get("exif"):
        small.info["exif"] = exif
    image.im = small.im
    return small


def _to_srgb(image: "Image.Image", profile: object) -> "Image.Image":
    from PIL import Image, ImageCms

    if isinstance(profile, bytes) and image.mode in {"RGB", "CMYK", "L"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError):
            pass  # A broken profile is no reason to lose the picture: it is taken for sRGB.
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")
