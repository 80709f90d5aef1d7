"""Certificates for the real host names, from an authority that lives as long as the process."""

from __future__ import annotations

import ssl
from functools import cache

import trustme

from .loopback import is_known

DEFAULT_HOST = "graph.instagram.com"


@cache
def authority() -> trustme.CA:
    """Return the throw-away authority; making it takes some milliseconds, once."""
    return trustme.CA()


def server_context() -> ssl.SSLContext:
    """Return a context that shows each client a certificate for the name it asked for.

    A wildcard covers one label only, and the CDN's names have up to five.
    """
    context = _context(DEFAULT_HOST)

    def choose(client: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: object) -> None:
        if name and is_known(name):
            client.context = _context(name.lower())

    context.sni_callback = choose
    return context


def client_context() -> ssl.SSLContext:
    """Return a context for clients in this process."""
    return ssl.create_default_context(cadata=authority().cert_pem.bytes().decode())


@cache
def _context(host: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert(host).configure_cert(context)
    return context
