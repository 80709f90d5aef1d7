"""Decodes a picture and encodes its renditions."""

import io
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from .metadata import MAX_PROFILE, NoPicture, read_orientation, take_apart
from .targets import Target

if TYPE_CHECKING:
    from concurrent.futures import Future

    from PIL import Image

    from .workers import Workers

# A picture may cost five seconds of a processor and 250 MB. What costs most within these bounds
# takes less than half of either.
MAX_PIXELS = 40_000_000
# As in a JPEG. A PNG of one column and 40 million rows needs 3 GB.
MAX_SIDE = 65_535
# The decoder of WebP has several copies in memory. Instagram sends JPEGs of two megapixels.
MAX_PIXELS_WEBP = 12_000_000
# The decoder of a progressive JPEG needs all its coefficients in memory, of two bytes each: three
# for two pixels as cameras write them, three for one pixel without subsampling.
MAX_COEFFICIENTS = 90_000_000
# A scan may go over all of them, with hardly a byte: 22 scans of the largest JPEG, 100 of one of
# 13 megapixels. Encoders write 10 for three colours and 18 for four.
MAX_VISITS = 2_000_000_000
# For a decoded picture, as encoding eight megapixels of noise takes two seconds, and for one that
# is converted at once: a copy of that has 16 MB.
_MAX_PIXELS_WHOLE = 8_000_000
_MAX_PIXELS_AT_ONCE = 4_000_000
# The encoder of AVIF needs 22 bytes for each. Instagram's largest have 2.6 million: 1440 by 1800.
_MAX_PIXELS_AVIF = 2_600_000
_STRIP = 64
# The type of a tag that is a chain of any number of steps: 600 kB of them cost 38 seconds. Profiles
# of cameras, screens and printers have none.
_CHAIN = b"mpet"
# What Pillow cannot reduce, and what it becomes before.
_UNPACKED = {"1": "L", "P": "RGB"}
_FORMATS = ("JPEG", "PNG", "WEBP")


Convert = Callable[["Image.Image"], "Image.Image"]


def load_pillow() -> None:
    """Import the modules for `encode`, which takes as long as one rendition.

    WebP is imported by name, as Pillow would import all of its formats to find it.
    """
    import PIL.Image
    import PIL.ImageCms
    import PIL.WebPImagePlugin

    PIL.Image.preinit()


def encode(
    data: bytes, targets: Sequence[Target], widths: Sequence[int], workers: "Workers"
) -> Iterator[tuple[Target, bytes, int, int]]:
    """Yield the bytes, width and height of each target.

    They have nothing of the original except its pixels, and do not depend on which are made now.

    Args:
        data: The bytes of a picture.
        targets: What to make. Pillow may be built without AVIF: then it is left out.
        widths: The ascending widths that any target may have, now or later.
        workers: Encode the files; this thread decodes and resizes.

    Raises:
        NoPicture: The bytes are damaged, cost too much, or are not a JPEG, PNG or WebP.
    """
    load_pillow()
    image = _decode(data, max(widths))
    targets = [target for target in targets if target.format != "avif" or _has_avif()]
    sizes = {image.width: image}

    encoded: dict[Target, tuple[Future[bytes], int, int]] = {}
    # The widest takes longest, so it is first.
    for target in reversed(targets):
        made = _fit(target, image)
        if made not in encoded:
            small = _find_size(sizes, widths, made.width)
            if target.format != targets[0].format:
                # Pillow keeps the options of a save in the image, where another thread reads them.
                small = small.copy()
            encoded[made] = workers.submit(_bytes_of, small, made), small.width, small.height
    for target in targets:
        future, width, height = encoded[_fit(target, image)]
        yield target, future.result(), width, height


def _find_size(sizes: "dict[int, Image.Image]", widths: Sequence[int], width: int) -> "Image.Image":
    """Return an image of a width, made of a wider one, and keep it in `sizes`.

    Not a function in another, which would keep all its images until the next garbage collection.
    """
    if width not in sizes:
        # From half of the pixels it is quick, and from fewer than twice as many not good.
        whole = max(sizes)
        base = next((it for it in widths if 2 * width <= it < whole), whole)
        sizes[width] = _resize(_find_size(sizes, widths, base), width)
    return sizes[width]


def make_poster() -> bytes:
    """Return a plain JPEG, for a video of which there is no picture."""
    from PIL import Image

    image = Image.new("RGB", (720, 900), (40, 40, 44))
    return _bytes_of(image, Target("jpeg", 75, image.width))


def _fit(target: Target, image: "Image.Image") -> Target:
    """Return a target without more pixels than the image has, and than AVIF has memory for."""
    width = min(target.width, image.width)
    if target.format == "avif":
        width = min(width, math.isqrt(_MAX_PIXELS_AVIF * image.width // image.height) or 1)
    return target._replace(width=width)


def _has_avif() -> bool:
    from PIL import AvifImagePlugin

    return bool(AvifImagePlugin.SUPPORTED)


def _resize(image: "Image.Image", width: int) -> "Image.Image":
    from PIL.Image import Resampling

    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), resample=Resampling.LANCZOS, reducing_gap=3.0)


def _bytes_of(image: "Image.Image", target: Target) -> bytes:
    buffer = io.BytesIO()
    if target.format == "webp":
        # Method 4, the default, saves 3 % of the bytes in more than twice the time and memory.
        image.save(buffer, "WEBP", quality=target.quality, method=2)
    elif target.format == "avif":
        # Speed 9 takes a quarter of the time, but makes 5 to 8 % more bytes that look worse; speed
        # 6 takes three times as long for another 4 %. More threads are not needed, as the files of
        # a picture are encoded together.
        image.save(buffer, "AVIF", quality=target.quality, speed=8, max_threads=1)
    else:
        image.save(buffer, "JPEG", quality=target.quality, optimize=True, progressive=True)
    return buffer.getvalue()


def _decode(data: bytes, widest: int) -> "Image.Image":
    """Return the pixels of the first frame, upright and in sRGB.

    A picture that is far larger than `widest` is divided by a whole number: to at least twice that
    size, or to less when it would need too much memory.
    """
    from PIL import Image

    parts = take_apart(data)
    try:
        with Image.open(io.BytesIO(parts.pixels), formats=_FORMATS) as opened:
            _check_size(opened, parts.scans)
            factor = _find_factor(opened.size, 2 * widest)
            # Only JPEGs use this.
            opened.draft(None, (opened.width // factor, opened.height // factor))
            opened.load()
            # Only a WebP still has them: its reader does not look into them.
            profile = parts.profile or opened.info.get("icc_profile", b"")
            exif = parts.exif or opened.info.get("exif", b"")
            colours = opened.mode if opened.mode in {"L", "CMYK"} else "RGB"
            to_srgb = _find_conversion(profile, "L" if parts.is_gray else colours)
            plain = _reduce(opened, _find_factor(opened.size, 2 * widest), to_srgb)
    except NoPicture:
        raise
    except Exception as error:  # noqa: BLE001 - Pillow's decoders raise many types for damaged bytes
        raise NoPicture(type(error).__name__) from None
    plain.info.clear()
    return _turn(plain, read_orientation(exif))


def _check_size(image: "Image.Image", scans: int) -> None:
    """Check the size before anything is decoded, as 20 kB can become 800 MB."""
    bound = MAX_PIXELS_WEBP if image.format == "WEBP" else MAX_PIXELS
    if max(image.size) > MAX_SIDE or image.width * image.height > bound:
        raise NoPicture("too many pixels")
    coefficients = _count_coefficients(image)
    if coefficients > MAX_COEFFICIENTS:
        raise NoPicture("too many coefficients")
    if coefficients * scans > MAX_VISITS:
        raise NoPicture("too many scans for its pixels")


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


def _turn(image: "Image.Image", orientation: int) -> "Image.Image":
    """Return an image upright that is stored as EXIF's Orientation says."""
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image


def _reduce(image: "Image.Image", factor: int, to_srgb: Convert) -> "Image.Image":
    """Return `image` in sRGB, with its sides divided by `factor`, and white behind it.

    A large picture is converted in strips, as Pillow copies what it reduces or converts: a copy of
    40 megapixels has 160 MB.
    """
    from PIL import Image

    if factor == 1 and image.width * image.height <= _MAX_PIXELS_AT_ONCE:
        return _reduce_part(image, factor, to_srgb)
    small = Image.new("RGB", (-(-image.width // factor), -(-image.height // factor)))
    for top in range(0, image.height, _STRIP * factor):
        bottom = min(image.height, top + _STRIP * factor)
        part = image.crop((0, top, image.width, bottom))
        small.paste(_reduce_part(part, factor, to_srgb), (0, top // factor))
    return small


def _reduce_part(part: "Image.Image", factor: int, to_srgb: Convert) -> "Image.Image":
    from PIL import Image

    if part.mode.startswith("I;16"):
        part = part.point(lambda value: value / 256).convert("L")
    if not part.has_transparency_data:
        return to_srgb(part.convert(_UNPACKED.get(part.mode, part.mode)).reduce(factor))
    part = part.convert("RGBA").reduce(factor)
    white = Image.new("RGB", part.size, "white")
    return Image.composite(to_srgb(part), white, part.getchannel("A"))


def _find_conversion(profile: bytes, mode: str) -> Convert:
    """Return a function that converts an image to sRGB.

    Args:
        profile: The ICC profile. One that is damaged, has other colours or could cost seconds is
            ignored.
        mode: The image's colours: L, RGB or CMYK.
    """
    from PIL import ImageCms

    if 0 < len(profile) <= MAX_PROFILE and _CHAIN not in profile:
        with suppress(ImageCms.PyCMSError, OSError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            transform = ImageCms.buildTransform(source, target, mode, "RGB")
            return lambda image: transform.apply(image.convert(mode))
    return lambda image: image.convert("RGB")
