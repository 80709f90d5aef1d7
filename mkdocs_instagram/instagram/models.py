"""Users, their media, and the files of both."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

JSON = dict[str, Any]
"""A JSON object, of the API or of the cache."""


# A host, without a user before it, and a path.
_WEBSITE = re.compile(
    r"(?:(https?)://)?+((?:[\w-]+\.)+[^\W\d_]{2,}(?::\d{1,5})?)((?:[/?#][^\s\"'<>\\]*)?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Picture:
    """One still picture that Instagram offers; all but `url` stays the same for ever.

    Attributes:
        media_id: The node that owns it: a media, a carousel's child, or a user.
        field_name: `media_url`, `thumbnail_url` or `profile_picture_url`.
        url: Another one in every answer, valid for a few days; never a key.
        version: Changes with the bytes; "" for a picture that cannot change.
    """

    media_id: str
    field_name: str
    url: str = field(compare=False, repr=False)
    version: str = ""


@dataclass(frozen=True, slots=True)
class OfferedVideo:
    """One mp4, by the id of the media or child.

    Attributes:
        url: As a `Picture`'s; "" where Instagram gives none, or no longer.
    """

    media_id: str
    url: str = field(compare=False, repr=False)


def _describe(record: Any) -> str:
    """Return the repr of a record without its signed URLs."""
    values = record._asdict().items()
    fields = (f"{name}={value!r}" for name, value in values if not name.endswith("_url"))
    return f"{type(record).__name__}({', '.join(fields)})"


class Child(NamedTuple):
    """One child of a carousel.

    Attributes:
        picture_digest: Of its file in a snapshot; "" elsewhere.
    """

    id: str
    media_type: str
    media_url: str = ""
    thumbnail_url: str = ""
    picture_digest: str = ""

    def __repr__(self) -> str:
        return _describe(self)

    @property
    def picture(self) -> Picture | None:
        """The still picture, or `None` for a video without a poster."""
        return _choose_picture(self)

    @property
    def video(self) -> OfferedVideo | None:
        """The mp4; `None` for an image."""
        return OfferedVideo(self.id, self.media_url) if self.media_type == "VIDEO" else None


class Media(NamedTuple):
    """One published object, as in `/me/media`; texts are cleaned, absent texts are "".

    Attributes:
        kind: `p`, `reel` or `tv`, from the permalink; "" for one that has no address on Instagram.
        timestamp: In UTC; `None` when Instagram did not say.
        like_count: `None`, never 0, when it is hidden.
        picture_digest: Of its file in a snapshot; "" elsewhere.
    """

    id: str
    media_type: str
    media_product_type: str = ""
    caption: str = ""
    alt_text: str = ""
    shortcode: str = ""
    kind: str = "p"
    username: str = ""
    timestamp: datetime | None = None
    like_count: int | None = None
    comments_count: int | None = None
    media_url: str = ""
    thumbnail_url: str = ""
    children: tuple[Child, ...] = ()
    picture_digest: str = ""

    def __repr__(self) -> str:
        return _describe(self)

    @property
    def is_carousel(self) -> bool:
        """Whether it is a `CAROUSEL_ALBUM`."""
        return self.media_type == "CAROUSEL_ALBUM"

    @property
    def is_video(self) -> bool:
        """Whether it is a video, reels included."""
        return self.media_type == "VIDEO"

    @property
    def video(self) -> OfferedVideo | None:
        """The mp4; `None` for an image or a carousel."""
        return OfferedVideo(self.id, self.media_url) if self.is_video else None

    @property
    def is_reel(self) -> bool:
        """Whether it is a reel: by `media_product_type`, else by its permalink."""
        return self.is_video and (self.media_product_type or self.kind).upper() in {"REELS", "REEL"}

    @property
    def type_name(self) -> str:
        """The word for its type in a page: `image`, `video`, `reel` or `carousel`."""
        if self.is_carousel:
            return "carousel"
        if self.is_video:
            return "reel" if self.is_reel else "video"
        return "image"

    @property
    def is_known(self) -> bool:
        """Whether `media_type` is one of the three documented words."""
        return self.media_type in {"IMAGE", "VIDEO", "CAROUSEL_ALBUM"}

    @property
    def permalink(self) -> str:
        """The address on Instagram, rebuilt from the checked shortcode; "" without one."""
        if not (self.kind and self.shortcode):
            return ""
        return f"https://www.instagram.com/{self.kind}/{self.shortcode}/"

    @property
    def picture(self) -> Picture | None:
        """The still picture to show, or `None` when Instagram offers none.

        For a carousel it is the first child's: its own `media_url` is the same file. Under the
        child's id it is fetched once for both, and changes when that child is removed. Where the
        first child is a video without a poster, it is the first picture of the others.
        """
        if self.is_carousel and self.children:
            first = self.children[0]
            if first.picture or first.media_type == "VIDEO" or not self.media_url:
                return next((child.picture for child in self.children if child.picture), None)
        return _choose_picture(self)


def _choose_picture(node: Media | Child) -> Picture | None:
    url = node.media_url
    if node.thumbnail_url:
        return Picture(node.id, "thumbnail_url", node.thumbnail_url, node.picture_digest)
    if url and node.media_type != "VIDEO" and ".mp4" not in url.partition("?")[0]:
        return Picture(node.id, "media_url", url, node.picture_digest)
    return None


class User(NamedTuple):
    """The user node; texts are cleaned, absent texts are "", absent counts `None`.

    Attributes:
        id: Differs from app to app for the same user.
        user_id: The `17841…` id; "" when the answer has none.
        has_profile: The username has a page on Instagram, unlike the demo's.
        picture_digest: Of the file in a snapshot; "" elsewhere.
    """

    id: str
    user_id: str = ""
    username: str = ""
    name: str = ""
    account_type: str = ""
    biography: str = ""
    website: str = ""
    profile_picture_url: str = ""
    followers_count: int | None = None
    follows_count: int | None = None
    media_count: int | None = None
    has_profile: bool = True
    picture_digest: str = ""

    def __repr__(self) -> str:
        return _describe(self)

    @property
    def permalink(self) -> str:
        """The profile's address, rebuilt from the checked username; "" without one."""
        if not (self.has_profile and self.username):
            return ""
        return f"https://www.instagram.com/{self.username}/"

    @property
    def website_link(self) -> tuple[str, str]:
        """The address of the website, and its text; both are "" if it is no web address.

        The address is "" for the demo, whose website is invented.
        """
        match = _WEBSITE.fullmatch(self.website)
        if not match:
            return "", ""
        scheme, host, path = match.groups()
        address = f"{(scheme or 'https').lower()}://{host}{path}"
        text = f"{host.lower().removeprefix('www.')}{path}".rstrip("/")
        return address if self.has_profile else "", text

    @property
    def picture(self) -> Picture | None:
        """The profile picture, or `None` without one.

        A new picture has the same id. The signature of the URL differs in every answer, but the
        last part of its path changes with the picture only, so it is the version.
        """
        if not self.profile_picture_url:
            return None
        url = self.profile_picture_url
        version = self.picture_digest or url.partition("?")[0].rpartition("/")[2]
        return Picture(self.user_id or self.id, "profile_picture_url", url, version)

    def is_same_as(self, other: "User") -> bool:
        """Tell whether both are one user: by `user_id`, else by `id` or username."""
        if self.user_id and other.user_id:
            return self.user_id == other.user_id
        if self.id == other.id:
            return True
        return bool(self.username) and self.username.lower() == other.username.lower()


class Batch(NamedTuple):
    """One answer to a `media_request`.

    Attributes:
        after: The cursor of the next batch; `None` if there is none.
        received: How many entries the answer contained, with those that could not be read.
        lacks_cursor: It announced another batch, but has no cursor that can be used.
        is_reduced: Fewer fields were requested than the plugin knows.
    """

    items: tuple[Media, ...]
    after: str | None
    received: int
    lacks_cursor: bool = False
    is_reduced: bool = False

    @property
    def withdrawn(self) -> set[str]:
        """The ids of the videos, children too, that Instagram shows but does not give away.

        Since 2026-07-31, a video with a licensed song or a copyright claim has no `media_url`.
        """
        nodes: list[Media | Child] = []
        for media in self.items:
            nodes += [media, *media.children]
        return {
            node.id
            for node in nodes
            if node.video and not node.video.url and node.thumbnail_url and not self.is_reduced
        }


class DownloadFailure(StrEnum):
    """Why a picture or video could not be downloaded."""

    EXPIRED = "its signed URL has expired"
    WAITING = "the time for downloads has run out"
    FAILED = "it could not be downloaded, or is not what was expected"
    UNSAVED = "it was downloaded, but there is no place to save it"
    UNUSABLE = "the network of this computer cannot be used for it"
