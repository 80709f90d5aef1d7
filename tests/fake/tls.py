"""Certificates for the real host names."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Literal

import trustme

from .loopback import is_known

DEFAULT_HOST = "graph.instagram.com"
OTHER_HOST = "scontent.cdninstagram.com"

Certificate = Literal["good", "expired", "of another name", "of an unknown authority"]


@cache
def authority() -> trustme.CA:
    """Return the certificate authority of this process."""
    return trustme.CA()


def server_context(find_certificate: Callable[[], Certificate]) -> ssl.SSLContext:
    """Return a context that has a certificate for each name that a client asks for.

    A wildcard covers one label only, and the CDN's names have up to five.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _issue(DEFAULT_HOST, "good").configure_cert(context)

    def choose(client: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: object) -> None:
        if name and is_known(name):
            client.context = _context(name.lower(), find_certificate())

    context.sni_callback = choose
    return context


def client_context() -> ssl.SSLContext:
    """Return a context for clients in this process."""
    return ssl.create_default_context(cadata=authority().cert_pem.bytes().decode())


@cache
def _context(host: str, kind: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _issue(host, kind).configure_cert(context)
    return context


@cache
def _issue(host: str, kind: Certificate) -> trustme.LeafCert:
    match kind:
        case "expired":
            return authority().issue_cert(host, not_after=datetime(2001, 1, 1, tzinfo=UTC))
        case "of another name":
            return authority().issue_cert(OTHER_HOST if host == DEFAULT_HOST else DEFAULT_HOST)
        case "of an unknown authority":
            return trustme.CA().issue_cert(host)
        case _:
            return authority().issue_cert(host)
