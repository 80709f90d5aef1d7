"""Every key of the cache, and what lies under it.

Entries are JSON objects. Times are ISO 8601 in UTC, but `failed_at` and `at`, which are Unix
seconds. An entry that is missing, damaged or of another shape is as if it were not there.
"""

from datetime import UTC, datetime
from typing import Protocol

from mkdocs_instagram.instagram.models import JSON, OfferedVideo, Picture
from mkdocs_instagram.instagram.secrets import Token

LISTING, FOUND, THROTTLE, REMOVED = "listing/", "found/", "throttle/", "removed/"
PICTURE, VIDEO, TOKEN = "picture/", "video/", "token/"

TIDIED = "tidied"
"""When the cache was last tidied.

    {"at": 1784808000.0}
"""

RETRY_SECONDS = 3600.0


class EntryStore(Protocol):
    """Where entries are kept; an entry that cannot be kept is lost, no more."""

    def get(self, key: str) -> JSON | None:
        """Return an entry."""

    def put(self, key: str, entry: JSON) -> None:
        """Save an entry."""


def listing_key(account: str) -> str:
    """Return the key of an account's feed, user and media in the API's own shape.

    {"user": {"id": "26011", "user_id": "17841", "username": "harbour.bakery"},
     "media": [{"id": "17900", "media_type": "IMAGE", "shortcode": "C0001abcDEF",
                "permalink": "https://www.instagram.com/p/C0001abcDEF/",
                "timestamp": "2026-07-22T08:00:00+0000"}],
     "depth": 1, "is_complete": false, "fetched_at": "2026-07-23T12:00:00+00:00",
     "accepted_as": "", "empty_answers": 0}

    `Listing` says what the fields mean.
    """
    return f"{LISTING}{account}"


def found_key(account: str) -> str:
    """Return the key of what was sought by shortcode: found, missed, and last seen there.

    {"media": [{"id": "17900", "shortcode": "C0001abcDEF",
                "permalink": "https://www.instagram.com/p/C0001abcDEF/"}],
     "missing": {"C0002abcDEF": "2026-07-23T12:00:00+00:00"},
     "seen": {"C0001abcDEF": "2026-07-23T12:00:00+00:00"}}
    """
    return f"{FOUND}{account}"


def throttle_key(account: str) -> str:
    """Return the key of the time until which Instagram is not asked again.

    {"until": "2026-07-23T13:00:00+00:00"}
    """
    return f"{THROTTLE}{account}"


def removed_key(account: str) -> str:
    """Return the key of the refusals that say that the app was removed, one a day.

    {"refused": ["2026-07-23T12:00:00+00:00", "2026-07-24T12:00:00+00:00"]}
    """
    return f"{REMOVED}{account}"


def picture_key(picture: Picture) -> str:
    """Return the key of a picture's files: by its node's id and field, never by URL.

    {"original": "4d5e…", "version": "",
     "renditions": {"webp-80-320-640": [["0a1b…", 320, 400], ["2c3d…", 640, 800]]}}

    Files are named by their digests, renditions with their width and height. After a failed
    download or conversion there is `failed_at`, alone or beside the rest.
    """
    return f"{PICTURE}{picture.media_id}/{picture.field_name}"


def video_key(video: OfferedVideo) -> str:
    """Return the key of a video's file: by its node's id, never by URL.

    {"digest": "6f70…"}, or {"failed_at": 1784808000.0}
    """
    return f"{VIDEO}{video.media_id}"


def token_key(token: Token) -> str:
    """Return the key of what is known of a token, by its fingerprint.

    {"seen_at": "2026-07-23T12:00:00+00:00", "expires_at": "2026-09-21T12:00:00+00:00",
     "tried_at": "2026-08-12T12:00:00+00:00"}

    When it was first seen here, when it ends, and when a refresh was last tried: each where known.
    """
    return f"{TOKEN}{token.fingerprint}"


def find_node_id(key: str) -> str:
    """Return the id in the key of a picture or video: of a media, a child or a user."""
    return key.split("/")[1]


def read_moment(value: object) -> datetime | None:
    """Return a saved time, in UTC where it names no zone; `None` for anything else."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


def has_failed_lately(entry: JSON, now: float) -> bool:
    """Tell whether an entry says that its file could not be downloaded in the last hour.

    Args:
        entry: With `failed_at`, or without.
        now: Unix seconds.
    """
    failed_at = entry.get("failed_at")
    return isinstance(failed_at, int | float) and 0 <= now - failed_at < RETRY_SECONDS
