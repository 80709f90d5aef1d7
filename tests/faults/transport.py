"""Faults of names, connections, TLS and HTTP, on the way to the Graph API."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from fake import (
    Answer,
    Connection,
    Reply,
    close,
    cut,
    drip,
    drip_all,
    endless,
    hang,
    hang_within,
    reset,
    text,
)
from fake.ports import closed_port, full_port, plain_port, silent_port

from .cases import Case
from .fault import Fault

if TYPE_CHECKING:
    from fake.tls import Certificate

LATE = "Instagram gave no answer within 20 seconds."
UNREACHED = "Instagram could not be reached"
UNUSABLE = "Instagram gave no usable answer"
UNREAD = "Instagram's answer was not read"
WORDS: Answer = Answer(200, {"data": [{"id": "17900000000000001"}] * 40})
SAVED_INFO, NOTHING_WARNING = ("saved", "INFO"), ("nothing", "WARNING")


def answer(reply: Reply) -> Callable[[Case], None]:
    """Answer all calls of the API with `reply`."""

    def plant(case: Case) -> None:
        case.fake.fail("user", reply)
        case.fake.fail("media", reply)

    return plant


def outage(name: str, plant: Callable[[Case], None], said: str, seconds: float = 60.0) -> Fault:
    """Return a fault with which the saved feed is shown, or nothing."""
    return Fault(name, plant, ("saved", "INFO"), ("nothing", "WARNING"), said=said, seconds=seconds)


def _port(open_port: Callable[[], AbstractContextManager[int]]) -> Callable[[Case], None]:
    return lambda case: case.use_port(case.stack.enter_context(open_port()))


def _lookup(how: str) -> Callable[[Case], None]:
    def plant(case: Case) -> None:
        case.lookup = how

    return plant


def _certificate(name: str, kind: Certificate, said: str) -> Fault:
    def plant(case: Case) -> None:
        case.fake.certificate = kind

    return Fault(name, plant, ("saved", "WARNING"), ("nothing", "WARNING"), said=said)


def _raw(data: bytes) -> Reply:
    def send(connection: Connection) -> None:
        connection.wfile.write(data)

    return send


TRANSPORT = [
    outage("The name is not found", _lookup("fails"), f"{UNREACHED} (the name was not found)"),
    outage(
        "The connection is refused", _port(closed_port), f"{UNREACHED} (the connection was refused)"
    ),
    _certificate("The certificate has expired", "expired", "which says 2026-07-23 14:0"),
    _certificate("The certificate is for another name", "of another name", "is not for graph."),
    _certificate(
        "The certificate is from an unknown authority",
        "of an unknown authority",
        "its authority is unknown",
    ),
    outage("There is no TLS", _port(plain_port), f"{UNREACHED} (TLS failed)"),
    outage("Closed without an answer", answer(close()), UNREACHED),
    outage("Reset (RST) without an answer", answer(reset()), UNREACHED),
    outage(
        "Reset (RST) in the middle of the body", answer(cut(WORDS, 0.5, is_reset=True)), UNREACHED
    ),
    outage("The body is cut off at half its length", answer(cut(WORDS, 0.5)), UNREACHED),
    outage(
        "The body is longer than its stated length",
        answer(Answer(200, WORDS.body, {"content-length": "100"})),
        "Nothing to do: the next build asks again.",
    ),
    outage("The body never ends", answer(endless(content_type="application/json")), UNREAD),
    outage(
        "The head never ends",
        answer(_raw(b"HTTP/1.1 200 OK\r\n" + b"x-more: of the same\r\n" * 20_000)),
        UNREACHED,
    ),
    outage("The answer is not HTTP", answer(_raw(b"SSH-2.0-OpenSSH_9.6\r\n")), UNREACHED),
    outage(
        "The answer is compressed",
        answer(Answer(200, b"\x1f\x8b\x08", {"content-encoding": "gzip"})),
        UNREAD,
    ),
    outage(
        "A redirect to another host",
        answer(Answer(302, headers={"location": "https://evil.example/"})),
        "HTTP 302",
    ),
    outage("HTTP 500 with HTML", answer(text(500, "<html>Sorry</html>", "text/html")), "HTTP 500"),
    outage("HTTP 502, empty", answer(Answer(502)), "HTTP 502"),
    outage("HTTP 503 with a good body", answer(Answer(503, WORDS.body)), "HTTP 503"),
    outage("HTTP 504 with text", answer(text(504, "upstream timed out")), "HTTP 504"),
    outage("HTTP 404 with HTML", answer(text(404, "<html>Not here</html>")), "HTTP 404"),
]


def _late(name: str, plant: Callable[[Case], None]) -> Fault:
    return outage(name, plant, LATE, seconds=45.0)


SLOW_TRANSPORT = [
    _late("The look-up of the name hangs", _lookup("hangs")),
    _late("The connection hangs", _port(full_port)),
    _late("TLS hangs", _port(silent_port)),
    _late("It hangs before the head", answer(hang())),
    _late("It hangs in the middle of the head", answer(hang_within(WORDS, 0.5))),
    _late("It hangs before the body", answer(hang_within(WORDS, 1))),
    _late("It hangs in the middle of the body", answer(hang_within(WORDS, 1.5))),
    _late("A byte every 0.3 s, head and body", answer(drip_all(WORDS))),
    _late("A byte every 0.3 s in the body", answer(drip(WORDS, 0.3))),
]
