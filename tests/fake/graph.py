"""The Graph API of the fake."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Mapping
from urllib.parse import urlencode

from .answers import Answer, error, gone, refused, too_large, usage
from .cdn import Downloads
from .fields import MEDIA_FIELDS, USER_FIELDS, Fields, parse_fields
from .login import CODE_HOST, Login
from .records import Incoming, Kind
from .state import FakeMedia, FakeUser

EXCHANGE_PATH = "/access_token"
TOKEN_PATHS = {
    "/refresh_access_token": "ig_refresh_token",
    EXCHANGE_PATH: "ig_exchange_token",
}
DEFAULT_LIMIT, MAX_LIMIT = 25, 100
EXPIRES_IN = 5183944
"""Seconds, as in Meta's sample of a refresh."""

_PATH = re.compile(r"(?:/(?P<version>v\d+\.\d+))?/(?P<id>me|\d+)(?:/(?P<edge>media|children))?/?")
_TOKEN_MISSING = "An active access token must be used to query information about the current user."


class RefusedError(Exception):
    """The answer to the call is an error."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self.answer = answer


class Graph:
    """Answers for the users, who are keyed by token; the caller holds the lock."""

    def __init__(self, cdn: Downloads) -> None:
        self.users: dict[str, FakeUser] = {}
        self.unknown_fields: set[str] = set()
        """Names to refuse, as a version of the API that does not have them."""
        self.batch_cap = MAX_LIMIT
        """The most media in one answer, whatever `limit` says."""
        self.largest_limit = MAX_LIMIT
        """A larger `limit` is refused."""
        self.usage = 1
        """Per cent of the rate limit, sent with every good answer."""
        self.login = Login()
        self._cdn = cdn

    def kind_of(self, incoming: Incoming) -> Kind:
        """Return the kind of a request, from its path."""
        if incoming.host == CODE_HOST:
            return "code"
        if incoming.path in TOKEN_PATHS:
            return "token"
        if not (match := _PATH.fullmatch(incoming.path)):
            return "other"
        if match["edge"]:
            return "media" if match["edge"] == "media" else "node"
        ids = {"me", *(known for user in self.users.values() for known in user.ids)}
        return "user" if match["id"] in ids else "node"

    def answer(self, incoming: Incoming) -> Answer:
        """Answer a call, without any fault."""
        if incoming.host == CODE_HOST:
            return self.login.answer(incoming)
        try:
            user = self._caller(incoming)
            body = self._body(user, incoming)
        except RefusedError as refusal:
            return refusal.answer
        return Answer(200, body, usage(user.ids[1], self.usage))

    def _caller(self, incoming: Incoming) -> FakeUser:
        if incoming.host != "graph.instagram.com":
            raise RefusedError(error(190))
        if incoming.method != "GET":
            raise RefusedError(refused(incoming.method.lower()))
        token = incoming.query.get("access_token")
        if not token:
            raise RefusedError(error(2500, message=_TOKEN_MISSING))
        if incoming.path == EXCHANGE_PATH and (user := self.login.exchange(incoming)):
            return user
        if token not in self.users:
            raise RefusedError(error(190))
        return self.users[token]

    def _body(self, user: FakeUser, incoming: Incoming) -> dict[str, object]:
        if incoming.path in TOKEN_PATHS:
            return self._token(user, incoming)
        if not (match := _PATH.fullmatch(incoming.path)):
            raise RefusedError(error(2500, message=f"Unknown path components: {incoming.path}"))
        node_id, edge, query = match["id"], match["edge"], incoming.query
        if node_id in ("me", *user.ids):
            if edge == "media":
                return self._media_edge(user, query, match["version"] or "v26.0")
            if edge is None:
                return self._user_node(user, _wanted(query, USER_FIELDS - self.unknown_fields))
        everything = [part for media in user.media for part in (media, *media.children)]
        media = next((one for one in everything if one.id == node_id), None)
        if media is None or edge == "media":
            raise RefusedError(gone(node_id))
        wanted = self._media_fields(query)
        if edge == "children":
            return {"data": [self._media_node(user, one, wanted) for one in media.children]}
        return self._media_node(user, media, wanted)

    def _token(self, user: FakeUser, incoming: Incoming) -> dict[str, object]:
        if incoming.query.get("grant_type") != TOKEN_PATHS[incoming.path]:
            raise RefusedError(error(100, message="(#100) Unsupported grant_type"))
        user.token = user.next_token or user.token
        self.users[user.token] = user
        return {
            "access_token": user.token,
            "token_type": "bearer",
            "expires_in": EXPIRES_IN,
            "permissions": "instagram_business_basic",
        }

    def _user_node(self, user: FakeUser, wanted: Fields) -> dict[str, object]:
        made = {"media_count": len(user.media), "profile_picture_url": self._cdn.profile_url(user)}
        values = made | user.fields
        node = {name: values.get(name) for name in (*wanted, "id")}
        return {name: value for name, value in node.items() if value not in (None, "")}

    def _media_fields(self, query: Mapping[str, str]) -> Fields:
        return _wanted(query, MEDIA_FIELDS - self.unknown_fields)

    def _media_node(self, user: FakeUser, media: FakeMedia, wanted: Fields) -> dict[str, object]:
        node = {
            name: self._value(user, media, name, nested)
            for name, nested in {**wanted, "id": {}}.items()
        }
        return {name: value for name, value in node.items() if value is not None}

    def _value(self, user: FakeUser, media: FakeMedia, name: str, nested: Fields) -> object:
        if name in media.without:
            return None
        if name in media.fields:
            return media.fields[name]
        return self._made(user, media, name, nested)

    def _made(self, user: FakeUser, media: FakeMedia, name: str, nested: Fields) -> object:
        match name:
            case "media_url":
                return self._media_url(media)
            case "thumbnail_url" if media.is_video:
                return self._cdn.image_url(media)
            case "username":
                return user.username
            case "owner":
                return {"id": user.ids[1]}
            case "children" if media.children:
                return {"data": [self._media_node(user, one, nested) for one in media.children]}
        return None

    def _media_url(self, media: FakeMedia) -> str:
        source = media if media.picture or not media.children else media.children[0]
        return self._cdn.video_url(source) if source.is_video else self._cdn.image_url(source)

    def _media_edge(
        self, user: FakeUser, query: Mapping[str, str], version: str
    ) -> dict[str, object]:
        wanted = self._media_fields(query)
        limit = min(_number(query, "limit", DEFAULT_LIMIT), MAX_LIMIT)
        if limit > self.largest_limit:
            raise RefusedError(too_large())
        since, until = _number(query, "since", 0), _number(query, "until", 1 << 40)
        items = [one for one in user.listing() if since <= one.posted.timestamp() <= until]
        start = _position(items, query["after"]) if "after" in query else 0
        batch = items[start : start + min(limit, self.batch_cap)]
        body: dict[str, object] = {"data": [self._media_node(user, one, wanted) for one in batch]}
        if not batch:
            return body
        end = start + len(batch)
        after = _cursor(batch[-1], end)
        paging: dict[str, object] = {
            "cursors": {"before": _cursor(batch[0], start), "after": after}
        }
        if end < len(items):
            params = {**query, "limit": str(limit), "after": after}
            host = f"https://graph.instagram.com/{version}/{user.ids[1]}/media"
            paging["next"] = f"{host}?{urlencode(params)}"
        return body | {"paging": paging}


def _wanted(query: Mapping[str, str], known: Collection[str]) -> Fields:
    """Return the requested fields; refuse the request when one, at any depth, is unknown."""
    try:
        wanted = parse_fields(query.get("fields", "id"))
    except ValueError:
        raise RefusedError(error(2500, message="Syntax error in the field list")) from None
    for name in (*wanted, *(inner for nested in wanted.values() for inner in nested)):
        if name not in known:
            message = f"(#100) Tried accessing nonexisting field ({name})"
            raise RefusedError(error(100, message=message))
    return wanted


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    value = query.get(name, str(default))
    if not value.isdigit() or (name == "limit" and int(value) < 1):
        raise RefusedError(error(100, message=f"(#100) Param {name} must be a positive number"))
    return int(value)


def _cursor(media: FakeMedia, position: int) -> str:
    return "QVFI" + base64.urlsafe_b64encode(f"{media.id}:{position}".encode()).decode()


def _position(items: list[FakeMedia], after: str) -> int:
    """Return where the next batch starts, also when the media before it has been removed."""
    try:
        media_id, position = base64.urlsafe_b64decode(after[4:]).decode().split(":")
    except ValueError:
        raise RefusedError(error(100, message="(#100) Invalid cursors values")) from None
    ids = [media.id for media in items]
    return ids.index(media_id) + 1 if media_id in ids else int(position) - 1
