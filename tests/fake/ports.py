"""Loopback ports without a working Instagram."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

LOOPBACK = "127.0.0.1"


@contextmanager
def closed_port() -> Iterator[int]:
    """Give a port that refuses connections."""
    with socket.socket() as bound:
        bound.bind((LOOPBACK, 0))
        yield bound.getsockname()[1]  # bound, so that no other program uses it, but not listening


@contextmanager
def full_port() -> Iterator[int]:
    """Give a port whose queue is full: a connection is neither accepted nor refused."""
    with socket.socket() as listening:
        listening.bind((LOOPBACK, 0))
        listening.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(listening.getsockname())
        yield listening.getsockname()[1]
        for client in waiting:
            client.close()


@contextmanager
def silent_port() -> Iterator[int]:
    """Give a port that accepts connections and sends nothing, not even for TLS."""
    with socket.create_server((LOOPBACK, 0), backlog=64) as listening:
        yield listening.getsockname()[1]


@contextmanager
def plain_port(
    answer: bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nLogin",
) -> Iterator[int]:
    """Give a port that speaks HTTP without TLS, like the login page of a network, or a proxy."""
    with socket.create_server((LOOPBACK, 0), backlog=64) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection, suppress(OSError):
                        connection.recv(4096)
                        connection.sendall(answer)

        Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
