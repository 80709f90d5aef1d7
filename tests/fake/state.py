"""The invented accounts and their media."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from . import pictures

Size = tuple[int, int]

NEWEST = datetime(2026, 7, 22, 10, 45, tzinfo=UTC)
OLDEST = datetime(1970, 1, 1, tzinfo=UTC)
STEP = timedelta(days=1, hours=3, minutes=12)
IMAGE_SIZES: tuple[Size, ...] = ((1080, 1350), (1080, 1080), (1440, 1080), (1080, 566))
POSTER_SIZE: Size = (1080, 1920)
EXTENSIONS = ("jpg", "heic", "jpg", "webp")
CAPTIONS = (
    "Rye is back 🍞 #bread @miller",
    "Shaping at five in the morning #baker",
    "Steam, slowly.\n\nOven one is warm again. #oven",
    "Market day <3 & the good weather",
    "Behind the counter #team",
)


@dataclass(frozen=True, slots=True)
class Child:
    """One image or video for a new carousel; `fields` are sent as they are."""

    media_type: str = "IMAGE"
    size: Size | None = None
    picture: bytes | None = None
    without: Sequence[str] = ()
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class FakeMedia:
    """One published object; tests may change `fields` and `without`.

    The API sends `fields` as they are. Signed URLs and `children` are made for each
    answer, unless `fields` has a value of that name. `picture` and `video` replace the bytes that
    the CDN serves. `size` is in pixels, of the image or of the video's poster.
    """

    serial: int
    fields: dict[str, object]
    size: Size
    without: set[str] = field(default_factory=set)
    children: list[FakeMedia] = field(default_factory=list)
    picture: bytes | None = None
    video: bytes | None = None
    is_removed: bool = False

    @property
    def id(self) -> str:
        """The media's id, which never changes."""
        return str(self.fields["id"])

    @property
    def shortcode(self) -> str:
        """The code in the permalink."""
        return str(self.fields.get("shortcode", ""))

    @property
    def is_video(self) -> bool:
        """Whether it has a poster, and an mp4 as its `media_url`."""
        return self.fields.get("media_type") == "VIDEO"

    @property
    def extension(self) -> str:
        """The end of the image's path; sometimes wrong, as the bytes are always JPEG."""
        return EXTENSIONS[self.serial % len(EXTENSIONS)]

    @property
    def posted(self) -> datetime:
        """The timestamp; one that cannot be read counts as the oldest."""
        try:
            when = datetime.fromisoformat(str(self.fields.get("timestamp")))
        except ValueError:
            return OLDEST
        return when if when.tzinfo else when.replace(tzinfo=UTC)

    def picture_bytes(self) -> bytes:
        """Return the image, or the poster of a video."""
        return self.picture or pictures.picture(self.serial, *self.size)

    def video_bytes(self) -> bytes:
        """Return the mp4."""
        return self.video or pictures.video(self.serial)


@dataclass(slots=True, eq=False)
class FakeUser:
    """One account and its media; tests may change `fields`, `None` leaves a field out."""

    token: str
    fields: dict[str, object]
    serials: count[int]
    size: Size | None = None
    media: list[FakeMedia] = field(default_factory=list)
    is_sorted: bool = True
    """Newest first, as recorded; else in the order of `media`."""
    next_token: str | None = None
    """What a refresh returns; None for the same token again."""

    @property
    def username(self) -> str:
        """The handle."""
        return str(self.fields["username"])

    @property
    def ids(self) -> tuple[str, str]:
        """The app's own `id` and the `user_id`; the API accepts both."""
        return str(self.fields["id"]), str(self.fields["user_id"])

    def listing(self) -> list[FakeMedia]:
        """Return the media in the order of the API."""
        if not self.is_sorted:
            return list(self.media)
        return sorted(self.media, key=lambda media: media.posted, reverse=True)

    def add_media(
        self,
        media_type: str = "IMAGE",
        *,
        caption: str | None = None,
        timestamp: datetime | str | None = None,
        children: Sequence[Child | str] = (),
        size: Size | None = None,
        picture: bytes | None = None,
        without: Sequence[str] = (),
        newest: bool = False,
        **fields: object,
    ) -> FakeMedia:
        """Publish one object, older than all others, or newer when `newest`.

        `children` are `Child` objects or just "IMAGE" and "VIDEO". Every other keyword is a field
        to send as it is: `shortcode`, `media_product_type`, `like_count`, `media_url`, …; None
        leaves it out.
        """
        when = timestamp or self._next_timestamp(newest=newest)
        stamp = when if isinstance(when, str) else f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%S+0000}"
        media = self._make(media_type, stamp, size, picture, without)
        media.fields |= _parent_fields(media) | {"caption": caption} | fields
        if code := media.shortcode:
            folder = "reel" if media.is_video else "p"
            media.fields.setdefault("permalink", f"https://www.instagram.com/{folder}/{code}/")
        for spec in children:
            child = Child(spec) if isinstance(spec, str) else spec
            parts = (child.size or size, child.picture, child.without)
            media.children.append(self._make(child.media_type, stamp, *parts))
            media.children[-1].fields |= child.fields
        self.media.append(media)
        return media

    def add_mixed(self, number: int, *, size: Size | None = None) -> list[FakeMedia]:
        """Publish that many objects, each older than the one before, of five kinds in turn.

        Image; reel without `media_url` (the first one also without a caption); video with an mp4;
        carousel that begins with an image; carousel that begins with a video.
        """
        return [self._add_sort(index, size) for index in range(number)]

    def remove(self, shortcode: str) -> FakeMedia:
        """Delete a media by its shortcode, from the API and from the CDN."""
        media = next(media for media in self.media if media.shortcode == shortcode)
        self.media.remove(media)
        for part in (media, *media.children):
            part.is_removed = True
        return media

    def _add_sort(self, index: int, size: Size | None) -> FakeMedia:
        text = CAPTIONS[index % len(CAPTIONS)]
        caption = text if index < len(CAPTIONS) else f"{text} ({index + 1})"
        match index % 5:
            case 0:
                return self.add_media(caption=caption, size=size, alt_text="A dark loaf, cut open")
            case 1:
                said = None if index == 1 else caption
                return self.add_media("VIDEO", caption=said, size=size, without=("media_url",))
            case 2:
                return self.add_media(
                    "VIDEO", caption=caption, size=size, media_product_type="FEED"
                )
            case 3:
                children = ["IMAGE", "VIDEO", "IMAGE"]
            case _:
                children = ["VIDEO", "IMAGE"]
        return self.add_media("CAROUSEL_ALBUM", caption=caption, size=size, children=children)

    def _make(
        self,
        media_type: str,
        stamp: str,
        size: Size | None,
        picture: bytes | None,
        without: Sequence[str],
    ) -> FakeMedia:
        serial = next(self.serials)
        usual = POSTER_SIZE if media_type == "VIDEO" else IMAGE_SIZES[serial % len(IMAGE_SIZES)]
        fields = {"id": str(17900000000000000 + serial), "media_type": media_type}
        return FakeMedia(
            serial,
            {**fields, "timestamp": stamp},
            size or self.size or usual,
            set(without),
            picture=picture,
        )

    def _next_timestamp(self, *, newest: bool) -> datetime:
        posted = [media.posted for media in self.media]
        if not posted:
            return NEWEST
        return max(posted) + STEP if newest else min(posted) - STEP


def _parent_fields(media: FakeMedia) -> dict[str, object]:
    return {
        "media_product_type": "REELS" if media.is_video else "FEED",
        "shortcode": f"C{media.serial:04d}abcDEF",
        "like_count": 40 + media.serial,
        "comments_count": media.serial % 7,
    }
