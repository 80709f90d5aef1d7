"""The TLS server of the fake."""

from __future__ import annotations

import socket
import socketserver
import ssl
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .answers import Answer, Connection, Reply
from .records import Incoming

POLL_SECONDS = 0.005
CHUNK = 16 * 1024


class Server(socketserver.ThreadingTCPServer):
    """Listens on a free loopback port; `respond` is called in a thread for each connection."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        context: ssl.SSLContext,
        respond: Callable[[Incoming], Reply],
        report: Callable[[str], None],
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        # The connection's thread does the handshake: a silent client must not block others.
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )
        self.respond = respond
        self.stopped = Event()
        self.latency = 0.0
        self.line = Line()
        self._report = report
        self._open: set[socket.socket] = set()
        self._thread = Thread(target=self.serve_forever, args=(POLL_SECONDS,), daemon=True)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def start(self) -> None:
        """Start to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Close all connections and the port."""
        self.stopped.set()
        self.shutdown()
        self._thread.join()
        self.server_close()
        for connection in list(self._open):
            with suppress(OSError):
                # Not SSLSocket's own, which removes the TLS state while another thread reads.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, to close it when the fake stops."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, *_: object) -> None:
        """Report errors of the fake, but not that a client closed its connection."""
        problem = sys.exception()
        if not isinstance(problem, OSError) and not self.stopped.is_set():
            self._report(f"the fake broke: {problem!r}")


class Line:
    """The line that all connections share; `bandwidth` in bytes per second, 0 for no limit.

    `sent` counts the bytes of all answers.
    """

    def __init__(self) -> None:
        self.bandwidth = 0.0
        self.sent = 0
        self._lock = Lock()
        self._free_at = 0.0

    def book(self, size: int) -> float:
        """Return the seconds until that many more bytes have passed."""
        with self._lock:
            self.sent += size
            if not self.bandwidth:
                return 0.0
            now = time.monotonic()
            self._free_at = max(now, self._free_at) + size / self.bandwidth
            return self._free_at - now


class _Handler(Connection):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def pause(self, seconds: float) -> bool:
        return self.server.stopped.wait(seconds)

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        reply = self.server.respond(self._incoming(body))
        self.pause(self.server.latency)
        if isinstance(reply, Answer):
            self.send(reply)
        else:
            self.close_connection = True
            reply(self)

    def send(self, answer: Answer) -> None:
        """Write a complete answer, as fast as the line allows."""
        body = b"" if self.command == "HEAD" else answer.content()
        data = self.head_of(answer) + body
        step = CHUNK if self.server.line.bandwidth else len(data)
        for start in range(0, len(data), step):
            chunk = data[start : start + step]
            self.pause(self.server.line.book(len(chunk)))
            self.wfile.write(chunk)

    def _incoming(self, body: bytes) -> Incoming:
        url = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        host = headers.get("host", "").partition(":")[0].lower()
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        is_form = headers.get("content-type") == "application/x-www-form-urlencoded"
        form = dict(parse_qsl(body.decode(), keep_blank_values=True)) if is_form else {}
        return Incoming(host, self.command, url.path, query, headers, form)

    def log_message(self, *_: object) -> None:
        """Print nothing; requests are recorded."""

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 (the library's names)
