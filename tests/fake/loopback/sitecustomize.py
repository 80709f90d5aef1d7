"""Redirect Python's sockets to the fake Instagram.

With this folder first on PYTHONPATH, Python itself imports the module, before any code of the
program. It reads two variables: MK_IG_FAKE_PORT (the fake's port) and MK_IG_FAKE_NOW (Unix seconds:
the clock starts there and runs on). Imported as part of a package, it does nothing until `remapped`
is entered. It needs only the standard library, and time_machine when the clock is set.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

LOOPBACK = "127.0.0.1"
HTTPS_PORT = 443
GRAPH_HOSTS = ("graph.instagram.com", "graph.facebook.com", "api.instagram.com")
CDN_DOMAINS = (".cdninstagram.com", ".fbcdn.net")


def is_known(host: str) -> bool:
    """Tell whether the fake answers for this host name."""
    name = host.lower().rstrip(".")
    return name in GRAPH_HOSTS or name.endswith(CDN_DOMAINS)


def install(port: int) -> Callable[[], None]:
    """Replace `getaddrinfo`, `connect` and `connect_ex`; return the function that undoes it."""
    lookup, connect, connect_ex = (
        socket.getaddrinfo,
        socket.socket.connect,
        socket.socket.connect_ex,
    )

    def fake_lookup(host: bytes | str | None, *args: Any, **options: Any) -> Any:
        return lookup(_resolve(host), *args, **options)

    def fake_connect(self: socket.socket, address: Any) -> None:
        connect(self, _redirect(self, address, port))

    def fake_connect_ex(self: socket.socket, address: Any) -> int:
        try:
            target = _redirect(self, address, port)
        except OSError as error:
            return error.errno or errno.ECONNREFUSED
        return connect_ex(self, target)

    def put(*functions: Any) -> None:
        names = ((socket, "getaddrinfo"), (socket.socket, "connect"), (socket.socket, "connect_ex"))
        for (owner, name), function in zip(names, functions, strict=True):
            setattr(owner, name, function)

    put(fake_lookup, fake_connect, fake_connect_ex)
    return lambda: put(lookup, connect, connect_ex)


@contextmanager
def remapped(port: int) -> Iterator[None]:
    """Redirect this process's https connections to the fake's port, and refuse all others."""
    undo = install(port)
    try:
        yield
    finally:
        undo()


def start(environ: Mapping[str, str]) -> None:
    """Apply the two variables; do nothing for one that is missing or empty."""
    if port := environ.get("MK_IG_FAKE_PORT"):
        install(int(port))
    if now := environ.get("MK_IG_FAKE_NOW"):
        try:
            import time_machine
        except ImportError as error:
            # After any other exception, `site` would go on with today's date.
            raise SystemExit(f"MK_IG_FAKE_NOW needs time-machine: {error}") from None
        time_machine.travel(float(now), tick=True).start()


def _resolve(host: bytes | str | None) -> str | None:
    """Return what may be looked up: a loopback name, an address, or `None`."""
    name = host.decode("ascii") if isinstance(host, bytes) else host
    if name and is_known(name):
        return LOOPBACK
    if not name or name == "localhost" or _address(name):
        return name
    raise socket.gaierror(socket.EAI_NONAME, f"{name} is not on the loopback network")


def _redirect(sock: socket.socket, address: Any, port: int) -> Any:
    """Return the address to connect to, unchanged for other socket families."""
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return address
    host = _resolve(address[0])
    literal = _address(host or "")
    if literal and not literal.is_loopback:
        raise OSError(errno.ECONNREFUSED, f"{host} is not on the loopback network")
    target = port if (host, address[1]) == (LOOPBACK, HTTPS_PORT) else address[1]
    return (host, target, *address[2:])


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Parse an IP address, with or without a zone; `None` for a name."""
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


if __name__ == "sitecustomize":
    start(os.environ)
