"""Every key of the cache, and the entry under it.

Entries are JSON objects. Times are ISO 8601 in UTC, except `failed_at`, `withdrawn`, `at` and
`used`, which are Unix seconds. A damaged entry, or one of another shape, is treated as missing.
"""

import re
from datetime import UTC, datetime
from typing import Protocol

from mkdocs_instagram.instagram.models import JSON, OfferedVideo, Picture
from mkdocs_instagram.instagram.secrets import Token

LISTING, FOUND, THROTTLE, REMOVED = "listing/", "found/", "throttle/", "removed/"
PICTURE, VIDEO, TOKEN = "picture/", "video/", "token/"

TIDIED = "tidied"
"""The key of the last cleanup, and of when a build last used what is saved.

    {"at": 1784808000.0,
     "used": {"account/main": 1784808000.0, "renditions/webp-80-640": 1784808000.0,
              "token/0a1b2c3d4e5f6071": 1784808000.0}}

It is written by a build that has fetched a feed, or that uses something for the first time, and
otherwise once a day, so that a build without any news writes nothing. `feed/cleanup` explains it.
"""

_RETRY_SECONDS = 3600.0
_DIGEST = re.compile("[0-9a-f]{64}")


class EntryStore(Protocol):
    """A store of entries; an entry that cannot be saved is lost without an error."""

    def get(self, key: str) -> JSON | None:
        """Return the entry of a key."""

    def put(self, key: str, entry: JSON) -> None:
        """Save an entry."""


def listing_key(account: str) -> str:
    """Return the key of an account's listing: its user and media in the API's shape.

    {"user": {"id": "26011", "user_id": "17841", "username": "harbour.bakery"},
     "media": [{"id": "17900", "media_type": "IMAGE", "shortcode": "C0001abcDEF",
                "permalink": "https://www.instagram.com/p/C0001abcDEF/",
                "timestamp": "2026-07-22T08:00:00+0000"}],
     "depth": 1, "is_complete": false, "fetched_at": "2026-07-23T12:00:00+00:00",
     "accepted_as": "", "half_answers": 0, "batch_limit": 100}

    `feed/listing` explains the fields.
    """
    return f"{LISTING}{account}"


def found_key(account: str) -> str:
    """Return the key of posts by shortcode: the found, the missing, and when each was last seen.

    {"media": [{"id": "17900", "shortcode": "C0001abcDEF",
                "permalink": "https://www.instagram.com/p/C0001abcDEF/"}],
     "missing": {"C0002abcDEF": "2026-07-23T12:00:00+00:00"},
     "seen": {"C0001abcDEF": "2026-07-23T12:00:00+00:00"}}
    """
    return f"{FOUND}{account}"


def throttle_key(account: str) -> str:
    """Return the key of the time until which Instagram is not asked.

    {"until": "2026-07-23T13:00:00+00:00"}
    """
    return f"{THROTTLE}{account}"


def removed_key(account: str) -> str:
    """Return the key of the days on which Instagram said that the app was removed.

    {"refused": ["2026-07-23T12:00:00+00:00", "2026-07-24T12:00:00+00:00"]}
    """
    return f"{REMOVED}{account}"


def picture_key(picture: Picture) -> str:
    """Return the key of a picture's files, by the id and field of its node, never by URL.

    {"original": "4d5e…", "version": "",
     "renditions": {"webp-80-320": [["0a1b…", 320, 400]], "webp-80-640": [["2c3d…", 500, 625]]}}

    Files are named by their digests. Each key of `renditions` has a format, a quality and a width;
    the file, whose width and height follow, is narrower if the picture is. After a failed download
    or conversion there is `failed_at`, with or without the rest.
    """
    return f"{PICTURE}{picture.media_id}/{picture.field_name}"


def video_key(video: OfferedVideo) -> str:
    """Return the key of a video's file, by the id of its node, never by URL.

    {"digest": "6f70…", "withdrawn": [1784808000.0]}, or {"failed_at": 1784808000.0}

    `withdrawn`, if it is there, has the builds in which Instagram no longer offered the video.
    """
    return f"{VIDEO}{video.media_id}"


def token_key(token: Token) -> str:
    """Return the key of a token's dates, by its fingerprint.

    {"seen_at": "2026-07-23T12:00:00+00:00", "expires_at": "2026-09-21T12:00:00+00:00",
     "tried_at": "2026-08-12T12:00:00+00:00"}

    The first build with it, its end, and the last try to refresh it: each if known.
    """
    return f"{TOKEN}{token.fingerprint}"


def find_node_id(key: str) -> str:
    """Return the id of the media, child or user in the key of a picture or video."""
    return key.split("/")[1]


def read_digest(value: object) -> str:
    """Return a saved digest; for anything else zeros, as it becomes a part of a path."""
    return value if isinstance(value, str) and _DIGEST.fullmatch(value) else "0" * 64


def read_moment(value: object) -> datetime | None:
    """Return a saved time in UTC, which it is when it has no zone; `None` for anything else."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        if moment is None:
            return None
        in_utc = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    # The first and the last years overflow when a span is added.
    return in_utc if 1970 <= in_utc.year < 9000 else None


def has_failed_lately(entry: JSON, now: float) -> bool:
    """Tell whether the download for an entry failed in the last hour; `now` is in Unix seconds."""
    failed_at = entry.get("failed_at")
    return isinstance(failed_at, int | float) and 0 <= now - failed_at < _RETRY_SECONDS
