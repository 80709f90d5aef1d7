"""Requests and answers of the Graph API."""

# Source: Instagram Platform, "Instagram API with Instagram Login", reference of IG User, IG Media
# and error codes.

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from mkdocs_instagram.errors import Unreachable
from mkdocs_instagram.text import clean

from .models import JSON, Batch, Child, Media, User

VERSION = "v26.0"
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
# A host of these characters has no user, no port and no second spelling.
_CDN_URL = re.compile(
    r"https://(?:(?!xn--)[a-z0-9-]+\.)+(?:cdninstagram\.com|fbcdn\.net)/[\x21-\x5b\x5d-\x7e]*"
)
_CDN_URL_MAX = 4096
_DIGEST = re.compile(r"[0-9a-f]{64}")
# Above any real count, and small enough for every language's way to write numbers.
_MAX_COUNT = 10**15


class GraphRequest(NamedTuple):
    """One GET; the token is added by `client`."""

    path: str
    params: Mapping[str, str]


def user_request() -> GraphRequest:
    """Ask for the user that the token belongs to."""
    return GraphRequest(f"/{VERSION}/me", {"fields": USER_FIELDS})


def media_request(limit: int, after: str | None = None) -> GraphRequest:
    """Ask for one batch of the newest media, at most 100, behind the cursor `after`."""
    params = {"fields": MEDIA_FIELDS, "limit": str(min(limit, MAX_LIMIT))}
    if after is not None:
        params["after"] = after
    return GraphRequest(f"/{VERSION}/me/media", params)


def node_request(media_id: str) -> GraphRequest:
    """Ask whether a media still exists; the answer for one that was deleted is code 100."""
    return GraphRequest(f"/{VERSION}/{media_id}", {"fields": "id"})


def is_cdn_url(url: str) -> bool:
    """Tell whether `url` may be fetched: https, a host of Instagram's CDN, no user, no port."""
    return len(url) <= _CDN_URL_MAX and _CDN_URL.fullmatch(url) is not None


def is_shortcode(text: str) -> bool:
    """Tell whether a post can have this shortcode."""
    return _SHORTCODE.fullmatch(text) is not None


def decipher_response(status: int, headers: Mapping[str, str], body: bytes) -> JSON:
    """Return the JSON object of a good answer.

    Args:
        status: The HTTP status; it means little on this API: the codes in the body decide.
        headers: With lower-case names.
        body: Without the token, as the message can quote it.

    Raises:
        InstagramError: The subclass for the code; `Unreachable` where there is no usable JSON.
    """
    # Imported here, as most builds ask nothing.
    from .refusals import find_error, load_json, make_exception, make_rate_limited

    answer = load_json(body)
    if isinstance(answer, dict):
        if error := find_error(answer):
            raise make_exception(error, status, headers)
        if status == 200:
            return answer
    if status == 429:
        raise make_rate_limited(None, headers)
    raise Unreachable(f"Instagram gave no usable answer (HTTP {status}).")


def find_node(answer: JSON) -> JSON:
    """Return the only node of an answer: flat as recorded, or in `data` as documented."""
    data = answer.get("data")
    return data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else answer


def decipher_user(answer: JSON) -> User:
    """Read the user node.

    Raises:
        Unreachable: The answer has no id.
    """
    node = find_node(answer)
    user_id = read_id(node, "id") or read_id(node, "user_id")
    if not user_id:
        raise Unreachable("Instagram's answer about the user is not in the documented shape.")
    return User(
        id=user_id,
        user_id=read_id(node, "user_id"),
        username=_read_username(node),
        name=_read_text(node, "name"),
        account_type=_read_text(node, "account_type"),
        biography=_read_text(node, "biography"),
        website=_read_text(node, "website"),
        profile_picture_url=_read_cdn_url(node, "profile_picture_url"),
        followers_count=_read_count(node, "followers_count"),
        follows_count=_read_count(node, "follows_count"),
        media_count=_read_count(node, "media_count"),
        has_profile=node.get("has_profile") is not False,
        picture_digest=_read_digest(node),
    )


def decipher_batch(answer: JSON, *, kind: str = "p") -> Batch:
    """Read one batch, without entries that have no id; of entries with the same id, keep one.

    Args:
        answer: The JSON object.
        kind: Of a media with a shortcode and no permalink; "" if it has no address on Instagram.

    Raises:
        Unreachable: There is no list of media.
    """
    data = answer.get("data")
    if not isinstance(data, list):
        raise Unreachable("Instagram's answer about the media is not in the documented shape.")
    items = {node_id: _read_media(node, kind) for node in data if (node_id := read_id(node, "id"))}
    paging = answer.get("paging")
    # Without `next` the account ends here. Its URL repeats the token, so it is not read.
    has_next = isinstance(paging, dict) and bool(paging.get("next"))
    after = _read_cursor(paging) if has_next else None
    return Batch(tuple(items.values()), after, len(data), lacks_cursor=has_next and after is None)


def encode_user(user: User) -> JSON:
    """Return the API's JSON of `user`, absent values left out."""
    return _omit_absent(user._asdict() | {"has_profile": None if user.has_profile else False})


def encode_media(media: Media) -> JSON:
    """Return the API's JSON of `media`, absent values left out.

    `decipher_batch` reads it back to an equal one, if `kind` is that of media without a permalink.
    """
    children = [_omit_absent(child._asdict()) for child in media.children]
    node = media._asdict() | {
        "kind": None,
        "permalink": media.permalink,
        "children": {"data": children} if children else None,
    }
    if media.timestamp:  # the API writes the offset without a colon
        moment = media.timestamp.isoformat(timespec="seconds")
        node["timestamp"] = moment.replace("+00:00", "+0000")
    return _omit_absent(node)


def _omit_absent(node: JSON) -> JSON:
    return {name: value for name, value in node.items() if value is not None and value != ""}


def _read_media(node: JSON, kind: str) -> Media:
    match = _PERMALINK.fullmatch(_read_text(node, "permalink"))
    kind, from_permalink = match.groups() if match else (kind, "")
    shortcode = _read_text(node, "shortcode")
    return Media(
        id=read_id(node, "id"),
        media_type=_read_text(node, "media_type").upper(),
        media_product_type=_read_text(node, "media_product_type").upper(),
        caption=_read_text(node, "caption"),
        alt_text=_read_text(node, "alt_text"),
        shortcode=shortcode if is_shortcode(shortcode) else from_permalink,
        kind=kind,
        username=_read_username(node),
        timestamp=_read_timestamp(node),
        like_count=_read_count(node, "like_count"),
        comments_count=_read_count(node, "comments_count"),
        media_url=_read_cdn_url(node, "media_url"),
        thumbnail_url=_read_cdn_url(node, "thumbnail_url"),
        children=_read_children(node),
        picture_digest=_read_digest(node),
    )


def _read_children(node: JSON) -> tuple[Child, ...]:
    wrapped = node.get("children")
    data = wrapped.get("data") if isinstance(wrapped, dict) else None
    return tuple(
        Child(
            id=read_id(child, "id"),
            media_type=_read_text(child, "media_type").upper(),
            media_url=_read_cdn_url(child, "media_url"),
            thumbnail_url=_read_cdn_url(child, "thumbnail_url"),
            picture_digest=_read_digest(child),
        )
        for child in (data if isinstance(data, list) else ())
        if read_id(child, "id")
    )


def _read_cursor(paging: Any) -> str | None:
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else None
    return after if isinstance(after, str) and 0 < len(after) <= 2048 else None


def read_id(node: object, name: str) -> str:
    """Return an id, text or a bare number, as text; "" for anything else."""
    value = node.get(name) if isinstance(node, dict) else None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and value.isascii() and value.isdigit() else ""


def _read_text(node: JSON, name: str) -> str:
    value = node.get(name)
    return clean(value) if isinstance(value, str) else ""


def _read_username(node: JSON) -> str:
    username = _read_text(node, "username")
    return username if _USERNAME.fullmatch(username) else ""


def _read_count(node: JSON, name: str) -> int | None:
    value = node.get(name)
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MAX_COUNT
    return value if is_count else None


def _read_cdn_url(node: JSON, name: str) -> str:
    value = node.get(name)
    return value if isinstance(value, str) and is_cdn_url(value) else ""


def _read_digest(node: JSON) -> str:
    """Return the digest that a snapshot has of a picture; an answer of Instagram has none."""
    digest = _read_text(node, "picture_digest")
    return digest if _DIGEST.fullmatch(digest) else ""


def _read_timestamp(node: JSON) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_read_text(node, "timestamp"))
        in_utc = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return in_utc.replace(microsecond=0)  # after the shift: an offset can have a fraction too
