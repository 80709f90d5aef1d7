"""The API's protocol: builds requests, deciphers answers; performs no I/O.

Source: Instagram Platform, "Instagram API with Instagram Login": reference of IG User, IG Media and
error codes. No API dict leaves this module but as the JSON of `encode_*`, which the same
deciphering reads back.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from mkdocs_instagram.errors import Unreachable
from mkdocs_instagram.text import clean

from .models import JSON, Batch, Child, Media, User
from .refusals import find_error, load_json, throttled, to_exception

VERSION = "v25.0"
HOST = "graph.instagram.com"
FACEBOOK_HOST = "graph.facebook.com"
MAX_LIMIT = 100

_CHILDREN = "children{id,media_type,media_url,thumbnail_url}"
USER_FIELDS = (
    "id,user_id,username,name,account_type,profile_picture_url,"
    "followers_count,follows_count,media_count,biography,website"
)
USER_FIELDS_REDUCED = "id,username"
MEDIA_FIELDS = (
    "id,caption,media_type,media_product_type,media_url,thumbnail_url,permalink,shortcode,"
    f"timestamp,username,alt_text,like_count,comments_count,{_CHILDREN}"
)
MEDIA_FIELDS_REDUCED = (
    f"id,caption,media_type,media_url,thumbnail_url,permalink,timestamp,username,{_CHILDREN}"
)

_SHORTCODE = re.compile(r"[A-Za-z0-9_-]{5,64}")
_USERNAME = re.compile(r"[A-Za-z0-9._]{1,30}")
_PERMALINK = re.compile(
    r"https?://(?:www\.)?instagram\.com/(?:[\w.]+/)?(p|reel|tv)s?/([A-Za-z0-9_-]{5,64})/?(?:[?#].*)?"
)
# An authority of these characters has no user, no port, no other spelling of a host.
_CDN_URL = re.compile(
    r"https://(?:[a-z0-9-]+\.)+(?:cdninstagram\.com|fbcdn\.net)/[\x21-\x5b\x5d-\x7e]*"
)
_CDN_URL_MAX = 4096
# Longer than any real one, and not too long to be written as a language writes it.
_MAX_COUNT = 10**15


class GraphRequest(NamedTuple):
    """One GET, without its token."""

    path: str
    params: Mapping[str, str]


def user_request(fields: str = USER_FIELDS) -> GraphRequest:
    """Ask for the user node the token belongs to."""
    return GraphRequest(f"/{VERSION}/me", {"fields": fields})


def media_request(limit: int, after: str | None = None, fields: str = MEDIA_FIELDS) -> GraphRequest:
    """Ask for one batch of the newest media, at most 100, behind the cursor `after`."""
    params = {"fields": fields, "limit": str(min(limit, MAX_LIMIT))}
    if after is not None:
        params["after"] = after
    return GraphRequest(f"/{VERSION}/me/media", params)


def node_request(media_id: str) -> GraphRequest:
    """Ask whether a media is still there; one that is gone is refused with code 100."""
    return GraphRequest(f"/{VERSION}/{media_id}", {"fields": "id"})


def is_cdn_url(url: str) -> bool:
    """Tell whether `url` may be fetched: https, Instagram's CDN, a plain host before the path."""
    return len(url) <= _CDN_URL_MAX and _CDN_URL.fullmatch(url) is not None


def parse_shortcode(text: str) -> str | None:
    """Return the shortcode of a permalink or a bare shortcode; `None` for anything else."""
    if match := _PERMALINK.fullmatch(text.strip()):
        return match[2]
    return text.strip() if _SHORTCODE.fullmatch(text.strip()) else None


def decipher_response(status: int, headers: Mapping[str, str], body: bytes) -> JSON:
    """Return the JSON object of a good answer.

    Args:
        status: The HTTP status; it means little on this API, the codes in the body decide.
        headers: With lower-case names, as httpx gives them.
        body: At most what `client` lets through.

    Raises:
        InstagramError: The subclass that the code calls for; `Unreachable` where there is no usable
            JSON.
    """
    answer = load_json(body)
    if isinstance(answer, dict):
        if error := find_error(answer):
            raise to_exception(error, status, headers)
        if status == 200:
            return answer
    if status == 429:
        raise throttled(None, headers)
    raise Unreachable(f"Instagram gave no usable answer (HTTP {status}).")


def decipher_user(answer: JSON) -> User:
    """Read the user node, flat as recorded or in `data` as documented.

    Raises:
        Unreachable: The answer has no id.
    """
    data = answer.get("data")
    node = data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else answer
    user_id = read_id(node, "id") or read_id(node, "user_id")
    if not user_id:
        raise Unreachable("Instagram's answer about the user is not in the documented shape.")
    username = _text(node, "username")
    return User(
        id=user_id,
        user_id=read_id(node, "user_id"),
        username=username if _USERNAME.fullmatch(username) else "",
        name=_text(node, "name"),
        account_type=_text(node, "account_type"),
        biography=_text(node, "biography"),
        website=_text(node, "website"),
        profile_picture_url=_cdn_url(node, "profile_picture_url"),
        followers_count=_count(node, "followers_count"),
        follows_count=_count(node, "follows_count"),
        media_count=_count(node, "media_count"),
    )


def decipher_batch(answer: JSON) -> Batch:
    """Read one batch; entries without an id are left out, each id is taken once.

    Raises:
        Unreachable: There is no list of media.
    """
    data = answer.get("data")
    if not isinstance(data, list):
        raise Unreachable("Instagram's answer about the media is not in the documented shape.")
    items = {node_id: _media(node) for node in data if (node_id := read_id(node, "id"))}
    return Batch(tuple(items.values()), _after(answer.get("paging")), len(data))


def encode_user(user: User) -> JSON:
    """Return the API's JSON of `user`, absent values left out."""
    return _without_absent({name: getattr(user, name) for name in User._fields})


def encode_media(media: Media) -> JSON:
    """Return the API's JSON of `media`, absent values left out.

    `decipher_batch` reads it back to an equal one.
    """
    node = {
        name: getattr(media, name) for name in Media._fields if name not in {"kind", "children"}
    }
    node["permalink"] = media.permalink
    if media.timestamp:  # the API writes the offset without a colon
        moment = media.timestamp.isoformat(timespec="seconds")
        node["timestamp"] = moment.replace("+00:00", "+0000")
    children = [
        _without_absent({name: getattr(child, name) for name in Child._fields})
        for child in media.children
    ]
    node["children"] = {"data": children} if children else None
    return _without_absent(node)


def _without_absent(node: JSON) -> JSON:
    return {name: value for name, value in node.items() if value is not None and value != ""}


def _media(node: JSON) -> Media:
    kind, shortcode = _kind_and_shortcode(node)
    username = _text(node, "username")
    return Media(
        id=read_id(node, "id"),
        media_type=_text(node, "media_type").upper(),
        media_product_type=_text(node, "media_product_type").upper(),
        caption=_text(node, "caption"),
        alt_text=_text(node, "alt_text"),
        shortcode=shortcode,
        kind=kind,
        username=username if _USERNAME.fullmatch(username) else "",
        timestamp=_timestamp(node),
        like_count=_count(node, "like_count"),
        comments_count=_count(node, "comments_count"),
        media_url=_cdn_url(node, "media_url"),
        thumbnail_url=_cdn_url(node, "thumbnail_url"),
        children=_children(node),
    )


def _children(node: JSON) -> tuple[Child, ...]:
    wrapped = node.get("children")
    data = wrapped.get("data") if isinstance(wrapped, dict) else None
    return tuple(
        Child(
            id=read_id(child, "id"),
            media_type=_text(child, "media_type").upper(),
            media_url=_cdn_url(child, "media_url"),
            thumbnail_url=_cdn_url(child, "thumbnail_url"),
        )
        for child in (data if isinstance(data, list) else ())
        if read_id(child, "id")
    )


def _kind_and_shortcode(node: JSON) -> tuple[str, str]:
    match = _PERMALINK.fullmatch(_text(node, "permalink"))
    kind, from_permalink = match.groups() if match else ("p", "")
    shortcode = _text(node, "shortcode")
    return kind, shortcode if _SHORTCODE.fullmatch(shortcode) else from_permalink


def _after(paging: object) -> str | None:
    # The end is the absence of `next`. Its URL repeats the token: only its presence is looked at.
    if not isinstance(paging, dict) or not paging.get("next"):
        return None
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else None
    return after if isinstance(after, str) and 0 < len(after) <= 2048 else None


def read_id(node: object, name: str) -> str:
    """Return an id as text: digits, or a bare number beyond 2^53; "" for anything else."""
    value = node.get(name) if isinstance(node, dict) else None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and value.isascii() and value.isdigit() else ""


def _text(node: JSON, name: str) -> str:
    value = node.get(name)
    return clean(value) if isinstance(value, str) else ""


def _count(node: JSON, name: str) -> int | None:
    value = node.get(name)
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MAX_COUNT
    return value if is_count else None


def _cdn_url(node: JSON, name: str) -> str:
    value = node.get(name)
    return value if isinstance(value, str) and is_cdn_url(value) else ""


def _timestamp(node: JSON) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(node, "timestamp"))
        in_utc = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return in_utc.replace(microsecond=0)  # an offset can have a fraction too
