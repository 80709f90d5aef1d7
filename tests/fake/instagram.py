"""The fake Instagram, for use in tests."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from . import cdn, tls
from .answers import Answer, Reply
from .graph import Graph
from .login import CODE_HOST, Login
from .loopback import CDN_DOMAINS, remapped
from .records import Incoming, Kind, Records, Request
from .server import Server
from .state import FakeUser, Size

LOOPBACK_DIR = Path(__file__).parent / "loopback"
PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


def find_modules() -> str:
    """Return the PYTHONPATH that lets a Python program connect to the fake."""
    return os.pathsep.join([str(LOOPBACK_DIR), *filter(None, [os.environ.get("PYTHONPATH")])])


class FakeInstagram(Records):
    """Graph API and CDN on one loopback port, under their real names, inside a `with`.

    `size`, in pixels, is the default for pictures; small ones make builds fast.
    """

    def __init__(self, size: Size | None = None) -> None:
        super().__init__()
        self.size = size
        self.cdn = cdn.Downloads(self.now, self.report)
        self.graph = Graph(self.cdn)
        self._clock: datetime | None = None
        self._serials = count(1)
        self._user_numbers = count(1)
        self.alter: dict[Kind, Callable[[dict[str, Any]], dict[str, Any]]] = {}
        """Changes the API's good answers of a kind before they are sent; `heal` ends it."""
        self.certificate: tls.Certificate = "good"
        """What new connections are shown."""
        context = tls.server_context(lambda: self.certificate)
        self._server = Server(context, self._respond, self.report)
        self._folder = TemporaryDirectory(prefix="fake-instagram-")
        self.ca_file = Path(self._folder.name) / "ca.pem"
        """The authority that a client must trust."""

    def __enter__(self) -> Self:
        tls.authority().cert_pem.write_to_path(str(self.ca_file))
        self._server.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.stop()
        self._folder.cleanup()

    def heal(self) -> None:
        """Remove all faults, and send good answers unchanged."""
        super().heal()
        self.alter.clear()
        self.certificate = "good"

    @property
    def port(self) -> int:
        """The loopback port."""
        return self._server.port

    @property
    def users(self) -> dict[str, FakeUser]:
        """The users by token; remove one to revoke its token."""
        return self.graph.users

    @property
    def login(self) -> Login:
        """The login host; set its `app` first."""
        return self.graph.login

    @property
    def unknown_fields(self) -> set[str]:
        """Names of fields that the API does not know."""
        return self.graph.unknown_fields

    @property
    def latency(self) -> float:
        """Seconds before every answer."""
        return self._server.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self._server.latency = seconds

    @property
    def bandwidth(self) -> float:
        """Bytes per second, of all answers together; 0 for no limit."""
        return self._server.line.bandwidth

    @bandwidth.setter
    def bandwidth(self, bytes_a_second: float) -> None:
        self._server.line.bandwidth = bytes_a_second

    @property
    def sent(self) -> int:
        """The bytes of all complete answers, since the start or the last `clear`."""
        return self._server.line.sent

    def clear(self) -> None:
        """Forget all requests, and the number of bytes sent."""
        super().clear()
        self._server.line.sent = 0

    def now(self) -> datetime:
        """Return the fake's time, in UTC: the real one unless `travel` set it."""
        return self._clock or datetime.now(UTC)

    def travel(self, now: datetime | None) -> None:
        """Stop the fake's clock at a moment; `None` starts it again, with the real time."""
        self._clock = now

    def add_user(
        self,
        token: str,
        username: str = "harbour.bakery",
        user_id: str | None = None,
        **fields: object,
    ) -> FakeUser:
        """Add the account of a token; a field that is `None` is left out."""
        number = next(self._user_numbers)
        standard: dict[str, object] = {
            "id": str(26011223344556676 + number),
            "user_id": user_id or str(17841400000000000 + number),
            "username": username,
            "name": "Harbour Bakery",
            "account_type": "BUSINESS",
            "followers_count": 1204,
            "follows_count": 87,
            "biography": "Bread by the water.\nOpen from 7.",
            "website": "https://harbour-bakery.example/",
        }
        user = FakeUser(token, standard | fields, self._serials, self.size)
        with self.lock:
            self.users[token] = user
        return user

    def environment(self, now: datetime | None = None) -> dict[str, str]:
        """Return environment variables that let a Python program connect to the fake.

        `now` sets the clock of the program, which runs on, and of the fake. Without it, the program
        starts at the moment that `travel` set, if there is one.
        """
        if now is not None:
            self.travel(now)
        proxies = {name: "" for upper in PROXY_VARIABLES for name in (upper, upper.lower())}
        return proxies | {
            "PYTHONPATH": find_modules(),
            "MK_IG_FAKE_PORT": str(self.port),
            "MK_IG_FAKE_NOW": str(self._clock.timestamp()) if self._clock else "",
            "SSL_CERT_FILE": str(self.ca_file),
            "SSL_CERT_DIR": "",
        }

    def remapped(self) -> AbstractContextManager[None]:
        """Direct the connections of this process to the fake; see `ssl_context`."""
        return remapped(self.port)

    def ssl_context(self) -> ssl.SSLContext:
        """Return the `verify` of a client in this process."""
        return tls.client_context()

    def _respond(self, incoming: Incoming) -> Reply:
        if incoming.host.endswith(CDN_DOMAINS):
            kind = cdn.kind_of(incoming)
            self._note(incoming, kind)
            # The good answer is made first: a fault must not hide that a token was sent.
            truth = self.cdn.answer(incoming, self.users)
            return self.take_fault(kind, incoming.path) or truth
        with self.lock:
            kind = self.graph.kind_of(incoming)
            self._note(incoming, kind)
            if incoming.host == CODE_HOST and incoming.query:
                self.report("a form's values are in the address")
            reply = self.take_fault(kind, incoming.path) or self._alter(
                kind, self.graph.answer(incoming)
            )
        if not isinstance(reply, Answer):
            return reply
        return replace(
            reply, headers={**reply.headers, "date": format_datetime(self.now(), usegmt=True)}
        )

    def _alter(self, kind: Kind, answer: Answer) -> Answer:
        if kind not in self.alter or not isinstance(answer.body, dict):
            return answer
        return replace(answer, status=200, body=self.alter[kind](answer.body))

    def _note(self, incoming: Incoming, kind: Kind) -> None:
        params = dict(incoming.query)
        params.pop("client_secret", None)
        owner = self.users.get(params.pop("access_token", ""))
        self.remember(
            Request(
                incoming.host,
                incoming.method,
                incoming.path,
                params,
                kind,
                owner.username if owner else "",
            )
        )
