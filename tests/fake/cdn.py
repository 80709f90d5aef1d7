"""The CDN of the fake."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from urllib.parse import urlencode

from .answers import Answer, text
from .pictures import picture
from .records import Incoming, Kind
from .state import FakeMedia, FakeUser

IMAGE_LIFE = timedelta(days=4.4)
VIDEO_LIFE = timedelta(days=1.4)
HOSTS = ("scontent-fra5-1.cdninstagram.com", "scontent-fra3-1.cdninstagram.com")
PROFILE_SIZE = (320, 320)

Content = Callable[[], bytes | None]
"""Returns the bytes; `None` when they were deleted."""


@dataclass(frozen=True, slots=True)
class _Signed:
    path: str
    params: dict[str, str]
    content: Content


class Downloads:
    """Signs a new URL for every answer, on each of `hosts` in turn; serves it until it expires."""

    def __init__(self, now: Callable[[], datetime], report: Callable[[str], None]) -> None:
        self.hosts: Sequence[str] = HOSTS
        self._now = now
        self._report = report
        self._turn = count()
        self._signed: dict[str, _Signed] = {}

    def image_url(self, media: FakeMedia) -> str:
        """Return a new URL of an image, or of a video's poster."""
        name = f"{500000000 + media.serial}_n"
        if media.is_video:
            path = f"/v/t51.71878-15/{name}.jpg"
        else:
            path = f"/v/t51.82787-15/{name}.{media.extension}"
        return self._sign(path, IMAGE_LIFE, _unless_removed(media, media.picture_bytes))

    def video_url(self, media: FakeMedia) -> str:
        """Return a new URL of an mp4."""
        path = f"/o1/v/t2/f2/m86/AQ{media.serial:08d}invented.mp4"
        return self._sign(path, VIDEO_LIFE, _unless_removed(media, media.video_bytes))

    def profile_url(self, user: FakeUser) -> str:
        """Return a new URL of the profile picture, 320 pixels square."""
        serial = int(user.ids[1]) % 1000
        path = f"/v/t51.82787-19/{400000000 + serial}_n.jpg"
        return self._sign(path, IMAGE_LIFE, lambda: picture(serial, *PROFILE_SIZE))

    def answer(self, incoming: Incoming, tokens: Container[str]) -> Answer:
        """Serve a file, or refuse it as the CDN does."""
        if _carries_token(incoming, tokens):
            self._report(f"a token was sent to the CDN: {incoming.method} {incoming.path}")
            return text(400, "Bad Request")
        if incoming.method not in ("GET", "HEAD"):
            return text(405, "Method Not Allowed")
        signed = self._signed.get(incoming.query.get("oh", ""))
        if signed is None or (signed.path, signed.params) != (incoming.path, dict(incoming.query)):
            return text(403, "URL signature mismatch")
        if int(signed.params["oe"], 16) <= self._now().timestamp():
            return text(403, "URL signature expired")
        return _file(signed.content(), incoming.path)

    def _sign(self, path: str, life: timedelta, content: Content) -> str:
        turn = next(self._turn)
        host = self.hosts[turn % len(self.hosts)]
        expiry = int((self._now() + life).timestamp())
        params = {
            "stp": "dst-jpg_e35_tt6",
            "_nc_cat": str(101 + turn % 10),
            "ccb": "7-5",
            "_nc_sid": "18de74",
            "efg": base64.urlsafe_b64encode(b'{"invented":"%b"}' % (b"tag." * 60)).decode(),
            "_nc_ohc": secrets.token_urlsafe(24),
            "_nc_oc": secrets.token_urlsafe(72),
            "_nc_zt": "23",
            "_nc_ht": host,
            "edm": "AM6HXa8EAAAA",
            "_nc_gid": secrets.token_urlsafe(16),
            "oh": f"00_{secrets.token_hex(23)}",
            "oe": f"{expiry:X}",
        }
        if path.endswith(".mp4"):
            del params["stp"]
        self._signed[params["oh"]] = _Signed(path, params, content)
        return f"https://{host}{path}?{urlencode(params)}"


def kind_of(incoming: Incoming) -> Kind:
    """Return whether a path of this CDN is that of a video or of a picture."""
    return "video" if incoming.path.endswith(".mp4") else "picture"


def _carries_token(incoming: Incoming, tokens: Container[str]) -> bool:
    if {"authorization", "cookie"} & incoming.headers.keys() or "access_token" in incoming.query:
        return True
    return any(value in tokens for value in (*incoming.query.values(), *incoming.headers.values()))


def _file(content: bytes | None, path: str) -> Answer:
    if content is None:
        return text(404, "Not Found")
    kind = "video/mp4" if path.endswith(".mp4") else "image/jpeg"
    return Answer(200, content, {"content-type": kind, "cache-control": "max-age=1209600"})


def _unless_removed(media: FakeMedia, content: Content) -> Content:
    return lambda: None if media.is_removed else content()
