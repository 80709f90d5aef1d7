"""Decodes a picture and encodes its renditions."""

import io
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL import Image

    from .workers import Workers

MAX_PIXELS = 40_000_000
# The decoder of WebP has several copies in memory. Instagram sends JPEGs of two megapixels.
MAX_PIXELS_WEBP = 12_000_000
# The decoder of a progressive JPEG needs all its coefficients in memory, of two bytes each: three
# for two pixels as cameras write them, three for one pixel without subsampling.
MAX_COEFFICIENTS = 90_000_000
# For a decoded picture, and for one that is converted at once: a copy of that has 16 MB.
_MAX_PIXELS_WHOLE = 16_000_000
_MAX_PIXELS_AT_ONCE = 4_000_000
_STRIP = 64
_FORMATS = ("JPEG", "PNG", "WEBP")


class NoPicture(ValueError):
    """The bytes are not a picture that may be published. Caught by `images`."""


class ImageSettings(NamedTuple):
    """The option `images`: ascending widths in pixels, webp or jpeg, and a quality of 1 to 100."""

    widths: tuple[int, ...]
    format: str
    quality: int

    @property
    def key(self) -> str:
        """The key of these renditions in the entry of a picture."""
        return f"{self.format}-{self.quality}-{'-'.join(map(str, self.widths))}"

    @property
    def extension(self) -> str:
        """The end of the file names."""
        return "jpg" if self.format == "jpeg" else self.format


def plan_widths(width: int, widths: Sequence[int]) -> list[int]:
    """Return the widths to make of a picture `width` pixels wide, without enlarging it.

    A 500-pixel picture with widths 320, 640 and 1080 gives 320 and 500.
    """
    return sorted({min(width, wanted) for wanted in widths})


def load_pillow() -> None:
    """Import the modules for `encode`, which takes as long as one rendition.

    WebP is imported by name, as Pillow would import all of its formats to find it.
    """
    import PIL.Image
    import PIL.ImageCms
    import PIL.ImageOps
    import PIL.WebPImagePlugin

    PIL.Image.preinit()


def encode(
    data: bytes, settings: ImageSettings, workers: "Workers"
) -> Iterator[tuple[bytes, int, int]]:
    """Yield the bytes, width and height of each rendition, widest first.

    They have nothing of the original except its pixels.

    Args:
        data: The bytes of a picture.
        settings: The widths, the format and the quality.
        workers: Encode the renditions; this thread decodes and resizes.

    Raises:
        NoPicture: The bytes are damaged, have too many pixels, or are not a JPEG, PNG or WebP.
    """
    load_pillow()
    from PIL import Image

    image = _decode(data, max(settings.widths))
    encoded = []
    for width in reversed(plan_widths(image.width, settings.widths)):
        if width != image.width:
            height = max(1, round(image.height * width / image.width))
            image = image.resize(
                (width, height), resample=Image.Resampling.LANCZOS, reducing_gap=3.0
            )
        encoded.append((workers.submit(_bytes_of, image, settings), image.width, image.height))
    for future, width, height in encoded:
        yield future.result(), width, height


def _bytes_of(image: "Image.Image", settings: ImageSettings) -> bytes:
    buffer = io.BytesIO()
    if settings.format == "webp":
        image.save(buffer, "WEBP", quality=settings.quality, method=4)
    else:
        image.save(buffer, "JPEG", quality=settings.quality, optimize=True, progressive=True)
    return buffer.getvalue()


def _decode(data: bytes, widest: int) -> "Image.Image":
    """Return the pixels of the first frame, upright and in sRGB.

    A picture that is far larger than `widest` is divided by a whole number: to at least twice that
    size, or to less when it would need too much memory.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            _check_size(opened)
            factor = _find_factor(opened.size, 2 * widest)
            # Only JPEGs use this.
            opened.draft(None, (opened.width // factor, opened.height // factor))
            opened.load()
            plain = _reduce(opened, _find_factor(opened.size, 2 * widest))
    except NoPicture:
        raise
    except Exception as error:  # noqa: BLE001 - Pillow's decoders raise many types for damaged bytes
        raise NoPicture(type(error).__name__) from None
    with suppress(Exception):  # Damaged EXIF raises many types, but the picture is usable.
        ImageOps.exif_transpose(plain, in_place=True)
    plain.info.clear()
    return plain


def _check_size(image: "Image.Image") -> None:
    """Check the size before anything is decoded, as 20 kB can become 800 MB."""
    bound = MAX_PIXELS_WEBP if image.format == "WEBP" else MAX_PIXELS
    if image.width * image.height > bound or _count_coefficients(image) > MAX_COEFFICIENTS:
        raise NoPicture("too many pixels")


def _count_coefficients(image: "Image.Image") -> int:
    sampling: list[tuple[int, int]] = [
        (across, down) for _, across, down, _ in getattr(image, "layer", ())
    ]
    if not sampling:  # not a JPEG
        return 0
    whole = max(across for across, _ in sampling) * max(down for _, down in sampling)
    return image.width * image.height * sum(across * down for across, down in sampling) // whole


def _find_factor(size: tuple[int, int], enough: int) -> int:
    """Return the divisor of both sides that leaves `enough` pixels, but never too many."""
    needed = math.ceil(math.sqrt(size[0] * size[1] / _MAX_PIXELS_WHOLE))
    return max(min(size) // enough, needed, 1)


def _reduce(image: "Image.Image", factor: int) -> "Image.Image":
    """Return `image` in sRGB, with its sides divided by `factor`.

    A large picture is converted in strips, as Pillow copies what it reduces or converts: a copy of
    40 megapixels has 160 MB.
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
    small.info = dict(image.info)  # It has the orientation.
    return small


def _find_conversion(image: "Image.Image") -> "Callable[[Image.Image], Image.Image]":
    """Return a function that converts a part of `image` to opaque sRGB."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    if isinstance(profile, bytes) and image.mode in {"RGB", "CMYK", "L"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            transform = ImageCms.buildTransform(source, target, image.mode, "RGB")
        except (ImageCms.PyCMSError, OSError):
            pass  # Without its profile, the picture is usable as sRGB.
        else:
            return transform.apply
    return _flatten


def _flatten(part: "Image.Image") -> "Image.Image":
    """Return RGB, with white behind transparent pixels."""
    from PIL import Image

    if part.mode.startswith("I;16"):
        part = part.point(lambda value: value / 256).convert("L")
    if part.has_transparency_data:
        white = Image.new("RGBA", part.size, "white")
        return Image.alpha_composite(white, part.convert("RGBA")).convert("RGB")
    return part.convert("RGB")
