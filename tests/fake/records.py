"""Requests to the fake, and its faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Literal

from .answers import Reply

Kind = Literal["user", "media", "node", "picture", "video", "token", "code", "other"]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came in, with its token; names in lower case, all decoded."""

    host: str
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """A recorded request: `params` without the token, which belongs to `username`."""

    host: str
    method: str
    path: str
    params: dict[str, str]
    kind: Kind
    username: str = ""


@dataclass(slots=True)
class _Fault:
    kind: Kind
    answer: Reply
    times: int | None
    where: str


class Records:
    """The requests so far and the faults to come; safe for several threads."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.requests: list[Request] = []
        self.violations: list[str] = []
        """What a client must not do (send a token to the CDN), and errors of the fake itself."""
        self._faults: list[_Fault] = []

    def fail(self, kind: Kind, answer: Reply, times: int | None = None, where: str = "") -> None:
        """Send this answer to requests of this kind, `times` times, or until `heal`.

        Faults with a number of times are used first, oldest first; of the others, the newest.
        `where` limits it to paths that contain this text.
        """
        with self.lock:
            self._faults.append(_Fault(kind, answer, times, where))

    def heal(self) -> None:
        """Remove all faults."""
        with self.lock:
            self._faults.clear()

    def count(self, kind: Kind | None = None) -> int:
        """Return how many requests of this kind (or of any) came."""
        with self.lock:
            return sum(kind in (None, request.kind) for request in self.requests)

    def clear(self) -> None:
        """Forget the requests and violations so far."""
        with self.lock:
            self.requests.clear()
            self.violations.clear()

    def remember(self, request: Request) -> None:
        """Note a request."""
        with self.lock:
            self.requests.append(request)

    def report(self, violation: str) -> None:
        """Note what should not have happened."""
        with self.lock:
            self.violations.append(violation)

    def take_fault(self, kind: Kind, path: str) -> Reply | None:
        """Return the answer of the next fault and count it as used; `None` if there is no fault."""
        with self.lock:
            meant = [f for f in self._faults if f.kind == kind and f.where in path]
            counted = [fault for fault in meant if fault.times]
            lasting = [fault for fault in meant if fault.times is None]
            for fault in counted[:1] or lasting[-1:]:
                fault.times = fault.times and fault.times - 1
                return fault.answer
            return None
