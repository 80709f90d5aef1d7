"""Answers of the fake: good, refused, and broken."""

from __future__ import annotations

import json
import os
import socket
import struct
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

CANNOT_PARSE = "Invalid OAuth access token - Cannot parse access token"

_MESSAGES: dict[tuple[int, int | None], str] = {
    (190, None): CANNOT_PARSE,
    (190, 458): "Error validating access token: The user has not authorized application 1.",
    (190, 459): "Error validating access token: You cannot access the app till you log in to "
    "www.instagram.com and follow the instructions given.",
    (190, 460): "Error validating access token: The session has been invalidated because the user "
    "changed their password or Facebook has changed the session for security reasons.",
    (190, 463): "Error validating access token: Session has expired on Tuesday, 01-Dec-26 06:00:00 "
    "PST. The current time is Tuesday, 01-Dec-26 06:07:02 PST.",
    (190, 467): "Error validating access token: This access token is invalid.",
    (1, None): "An unknown error has occurred.",
    (2, None): "An unexpected error has occurred. Please retry your request later.",
    (4, None): "(#4) Application request limit reached",
    (10, None): "(#10) Application does not have permission for this action",
    (17, None): "(#17) User request limit reached",
    (80002, None): "(#80002) There have been too many calls to this Instagram account.",
}
_STATUSES = {1: 500, 2: 500, 4: 403, 10: 403}
_TRANSIENT = {2, 4, 17}


@dataclass(frozen=True, slots=True)
class Answer:
    """One complete HTTP answer; a dict is sent as JSON. The length is added unless given."""

    status: int = 200
    body: bytes | dict[str, object] = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """Return the body's bytes."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()

    def head(self) -> dict[str, str]:
        """Return the headers with lower-case names, type and length filled in."""
        known = isinstance(self.body, dict)
        kind = "application/json; charset=UTF-8" if known else "application/octet-stream"
        head = {"content-type": kind, "content-length": str(len(self.content()))}
        return head | {name.lower(): value for name, value in self.headers.items()}


class Connection(BaseHTTPRequestHandler):
    """One client's connection; a `Raw` answer may also use `wfile` and `connection`."""

    @abstractmethod
    def send(self, answer: Answer) -> None:
        """Write a complete answer."""

    def head_of(self, answer: Answer) -> bytes:
        """Return status line and headers as bytes."""
        lines = [f"HTTP/1.1 {answer.status} {self.responses.get(answer.status, ('',))[0]}"]
        lines += [f"{name}: {value}" for name, value in answer.head().items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    @abstractmethod
    def pause(self, seconds: float) -> bool:
        """Wait; return `True` at once when the fake stops."""


Raw = Callable[[Connection], None]
"""Writes to the connection directly; the fake closes it afterwards."""

Reply = Answer | Raw


def error(
    code: int,
    *,
    subcode: int | None = None,
    message: str | None = None,
    kind: str = "OAuthException",
    status: int | None = None,
    transient: bool | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Return an error as Meta sends it; values not given are those recorded for the code."""
    text = message or _MESSAGES.get((code, subcode)) or _MESSAGES.get((code, None))
    body: dict[str, object] = {"message": text or f"(#{code}) Invented error", "type": kind}
    if code in _TRANSIENT if transient is None else transient:
        body["is_transient"] = True
    body["code"] = code
    if subcode is not None:
        body["error_subcode"] = subcode
    body["fbtrace_id"] = "A0inventedTrace"
    return Answer(status or _STATUSES.get(code, 400), {"error": body}, headers or {})


def refused(method: str = "get") -> Answer:
    """Return "Unsupported request": the app may not read the account, or a wrong method."""
    message = f"Unsupported request - method type: {method}"
    return error(100, message=message, kind="IGApiException")


def gone(node_id: str) -> Answer:
    """Return code 100/33: the object is deleted, not permitted, or does not support the call."""
    message = (
        f"Unsupported get request. Object with ID '{node_id}' does not exist, cannot be loaded "
        "due to missing permissions, or does not support this operation."
    )
    return error(100, subcode=33, message=message, kind="GraphMethodException")


def too_large() -> Answer:
    """Return code 1 with the request for a smaller one; fields and limit together decide."""
    message = "Please reduce the amount of data you're asking for, then retry your request"
    return error(1, message=message)


def throttled(code: int = 4, minutes: int = 17, user_id: str = "17841400000000001") -> Answer:
    """Return a rate limit error; its header says how many minutes it lasts."""
    return error(code, headers=usage(user_id, 100, minutes))


def usage(user_id: str, percent: int, minutes: int = 0) -> dict[str, str]:
    """Return the business use case header for one account."""
    numbers = {"call_count": percent, "total_cputime": 1, "total_time": 1}
    entry = {"type": "instagram", **numbers, "estimated_time_to_regain_access": minutes}
    return {"x-business-use-case-usage": json.dumps({user_id: [entry]})}


def text(status: int, body: str, content_type: str = "text/plain") -> Answer:
    """Return a plain answer, such as the CDN's refusals or a gateway's HTML page."""
    return Answer(status, body.encode(), {"content-type": content_type})


def redirect(url: str, status: int = 302) -> Answer:
    """Return a redirect."""
    return Answer(status, headers={"location": url})


def close() -> Raw:
    """Close the connection without an answer."""
    return lambda _: None


def hang(seconds: float = 600.0) -> Raw:
    """Send nothing for `seconds`, then close."""

    def raw(connection: Connection) -> None:
        connection.pause(seconds)

    return raw


def hang_within(answer: Answer, sent: float, seconds: float = 600.0) -> Raw:
    """Send a share of an answer, then nothing for `seconds`.

    `sent` below 1 is a share of the head; from 1 on, the head and that share of the body.
    """

    def raw(connection: Connection) -> None:
        head, body = connection.head_of(answer), answer.content()
        connection.wfile.write(head[: int(len(head) * sent)])
        if sent >= 1:
            connection.wfile.write(body[: int(len(body) * (sent - 1))])
        connection.pause(seconds)

    return raw


def cut(answer: Answer, share: float, *, is_reset: bool = False) -> Raw:
    """Send the head of the complete answer and a share of the body, then close or reset."""

    def raw(connection: Connection) -> None:
        body = answer.content()
        connection.wfile.write(connection.head_of(answer) + body[: int(len(body) * share)])
        if is_reset:
            reset()(connection)

    return raw


def reset() -> Raw:
    """Reset the connection: TCP's RST instead of an end."""

    def raw(connection: Connection) -> None:
        linger = struct.pack("ii", 1, 0)
        connection.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        # Not SSLSocket's own, which would end TLS first.
        os.close(connection.connection.detach())

    return raw


def drip_all(answer: Answer, delay: float = 0.3) -> Raw:
    """Send an answer, also its head, one byte at a time."""

    def raw(connection: Connection) -> None:
        for byte in connection.head_of(answer) + answer.content():
            connection.wfile.write(bytes((byte,)))
            if connection.pause(delay):
                return

    return raw


def drip(answer: Answer, delay: float = 0.2, size: int = 1) -> Raw:
    """Send the head at once and the body `size` bytes at a time, `delay` seconds apart."""

    def raw(connection: Connection) -> None:
        connection.wfile.write(connection.head_of(answer))
        body = answer.content()
        for start in range(0, len(body), size):
            connection.wfile.write(body[start : start + size])
            if connection.pause(delay):
                return

    return raw


def endless(chunk: bytes = bytes(65536), content_type: str = "image/jpeg") -> Raw:
    """Send a body without a length, until the client closes the connection."""

    def raw(connection: Connection) -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\nconnection: close\r\n\r\n"
        connection.wfile.write(head.encode())
        while not connection.pause(0):
            connection.wfile.write(chunk)

    return raw
