"""Decodes a picture and encodes its renditions.

Its outside thing is Pillow, imported when there is something to make.
Bytes from elsewhere are published only as what was decoded and encoded anew: no metadata survives.
"""

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 40_000_000
# Its decoder holds several copies at once. Instagram itself sends JPEGs of two megapixels.
MAX_PIXELS_WEBP = 12_000_000
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


def encode(data: bytes, settings: ImageSettings) -> Iterator[tuple[bytes, int, int]]:
    """Yield the bytes, width and height of each rendition, widest first.

    Raises:
        NoPicture: The bytes are no JPEG, PNG or WebP, broken, or of too many pixels.
    """
    image = _decode(data, max(settings.widths))
    for width in reversed(plan_widths(image.width, settings.widths)):
        if width != image.width:
            height = max(1, round(image.height * width / image.width))
            image = image.resize((width, height), resample=_lanczos(), reducing_gap=3.0)
        yield _bytes_of(image, settings), image.width, image.height


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
