"""Decodes a picture and encodes its renditions.

Its outside thing is Pillow, imported when there is something to make.
Bytes from elsewhere are published only as what was decoded and encoded anew: no metadata survives.
"""

import io
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from PIL import Image

MAX_PIXELS = 40_000_000
# Its decoder holds several copies at once. Instagram itself sends JPEGs of two megapixels.
MAX_PIXELS_WEBP = 12_000_000
# A JPEG in several scans is in memory as a whole before its first pixel is, in coefficients of two
# bytes: three for two pixels as cameras write them, three a pixel without subsampling.
MAX_COEFFICIENTS = 90_000_000
# Of a picture that stays decoded, and of one that is converted in one piece: a copy is 16 MB.
_MAX_PIXELS_WHOLE = 16_000_000
_MAX_PIXELS_AT_ONCE = 4_000_000
_STRIP = 64
_FORMATS = ("JPEG", "PNG", "WEBP")


class NoPicture(ValueError):
    """The bytes are no picture that may be published. Caught by `images`."""


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


def load_pillow() -> None:
    """Import what `encode` needs, which it does itself: it takes as long as to make a rendition.

    WebP is named, as Pillow would look for it among all of its formats and load each of them.
    """
    import PIL.Image
    import PIL.ImageCms
    import PIL.ImageOps
    import PIL.WebPImagePlugin

    PIL.Image.preinit()


def encode(
    data: bytes, settings: ImageSettings, pool: "Executor"
) -> Iterator[tuple[bytes, int, int]]:
    """Yield the bytes, width and height of each rendition, widest first.

    Args:
        data: Of a picture.
        settings: What to make.
        pool: Encodes; this thread decodes and makes smaller, and waits.

    Raises:
        NoPicture: The bytes are no JPEG, PNG or WebP, broken, or of too many pixels.
    """
    load_pillow()
    image = _decode(data, max(settings.widths))
    encoded = []
    for width in reversed(plan_widths(image.width, settings.widths)):
        if width != image.width:
            height = max(1, round(image.height * width / image.width))
            image = image.resize((width, height), resample=_lanczos(), reducing_gap=3.0)
        encoded.append((pool.submit(_bytes_of, image, settings), image.width, image.height))
    for future, width, height in encoded:
        yield future.result(), width, height


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

    One that is far larger than its widest rendition is made smaller at once, by a whole number: to
    twice that size at least, or less where it would take too much memory.

    Raises:
        NoPicture: The bytes are no JPEG, PNG or WebP, broken, or of too many pixels.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            _check_size(opened)
            factor = _find_factor(opened.size, 2 * widest)
            # Heeded by JPEGs only
            opened.draft(None, (opened.width // factor, opened.height // factor))
            opened.load()
            plain = _reduce(opened, _find_factor(opened.size, 2 * widest))
    except NoPicture:
        raise
    except Exception as error:  # noqa: BLE001 - Pillow's decoders raise many types for broken bytes
        raise NoPicture(type(error).__name__) from None
    _turn_upright(plain)
    plain.info.clear()
    return plain


def _turn_upright(image: "Image.Image") -> None:
    from PIL import ImageOps

    # Broken EXIF raises many types, and is no reason to lose the picture.
    with suppress(Exception):
        ImageOps.exif_transpose(image, in_place=True)


def _check_size(image: "Image.Image") -> None:
    """Look at the size before anything is decoded: 20 kB can unpack to 800 MB."""
    bound = MAX_PIXELS_WEBP if image.format == "WEBP" else MAX_PIXELS
    if image.width * image.height > bound or _count_coefficients(image) > MAX_COEFFICIENTS:
        raise NoPicture("too many pixels")


def _count_coefficients(image: "Image.Image") -> int:
    sampling: list[tuple[int, int]] = [
        (across, down) for _, across, down, _ in getattr(image, "layer", ())
    ]
    if not sampling:  # no JPEG
        return 0
    whole = max(across for across, _ in sampling) * max(down for _, down in sampling)
    return image.width * image.height * sum(across * down for across, down in sampling) // whole


def _find_factor(size: tuple[int, int], enough: int) -> int:
    """Return by what to divide both sides: `enough` pixels stay, and never too many."""
    needed = math.ceil(math.sqrt(size[0] * size[1] / _MAX_PIXELS_WHOLE))
    return max(min(size) // enough, needed, 1)


def _reduce(image: "Image.Image", factor: int) -> "Image.Image":
    """Return `image` in sRGB, its sides divided by `factor`.

    A large one is done in strips, as Pillow makes a copy of what it reduces or converts: of 40
    megapixels each takes 160 MB.
    """
    from PIL import Image

    to_srgb = _find_conversion(image)
    if factor == 1 and image.width * image.height <= _MAX_PIXELS_AT_ONCE:
        small = to_srgb(image)
    else:
        small = Image.new("RGB", (-(-image.width // factor), -(-image.height // factor)))
        for top in range(0, image.height, _STRIP * factor):
            bottom = min(image.height, top + _STRIP * factor)
            strip = to_srgb(image.crop((0, top, image.width, bottom)))
            small.paste(strip.reduce(factor), (0, top // factor))
    small.info = dict(image.info)  # which way is up
    return small


def _find_conversion(image: "Image.Image") -> "Callable[[Image.Image], Image.Image]":
    """Return what turns a part of `image` into opaque sRGB."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    if isinstance(profile, bytes) and image.mode in {"RGB", "CMYK", "L"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            transform = ImageCms.buildTransform(source, target, image.mode, "RGB")
        except (ImageCms.PyCMSError, OSError):
            pass  # A broken profile is no reason to lose the picture: it is taken for sRGB.
        else:
            return transform.apply
    return _flatten


def _flatten(part: "Image.Image") -> "Image.Image":
    """Return RGB, with white behind what is transparent."""
    from PIL import Image

    if part.mode.startswith("I;16"):
        part = part.point(lambda value: value / 256).convert("L")
    if part.has_transparency_data:
        white = Image.new("RGBA", part.size, "white")
        return Image.alpha_composite(white, part.convert("RGBA")).convert("RGB")
    return part.convert("RGB")
