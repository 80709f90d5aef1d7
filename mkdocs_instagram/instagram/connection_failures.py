"""Exceptions for what fails before an answer."""

import os
import re
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx

from mkdocs_instagram.errors import InstagramError, NetworkUnusable, Unreachable

from . import network_settings

# The results of X509_verify_cert, in OpenSSL's x509_vfy.h.
_OUT_OF_DATE = {9, 10}
_UNKNOWN_AUTHORITY = {2, 18, 19, 20, 21}
_OTHER_NAME = {62, 64}
_TLS_FAILED = "TLS failed"
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (socket.gaierror, "the name was not found"),
    (ssl.SSLError, _TLS_FAILED),
    (ConnectionRefusedError, "the connection was refused"),
    (ConnectionError, "the connection was cut"),
    (httpx.TimeoutException, "time ran out"),
)


def describe_failure(error: Exception, host: str) -> InstagramError:
    """Return the exception for whatever was raised between a call of `host` and its answer.

    Nothing of the text of `error` is in it, as that can have a token or a proxy's password.
    """
    for cause in _walk(error):
        if isinstance(cause, InstagramError):
            return cause
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _describe_certificate(cause.verify_code, host)
        if isinstance(cause, httpx.ProxyError):
            return _describe_proxy(str(cause), host)
    if isinstance(error, httpx.TransportError):
        return _describe_unreachable(error, host)
    return describe_setup_failure(error)


def describe_setup_failure(error: Exception) -> NetworkUnusable:
    """Return the exception for what was raised before a request was sent."""
    if flaw := network_settings.find_flaw(error):
        return flaw
    names = network_settings.list_names()
    return NetworkUnusable(
        f"The request to Instagram failed for an unknown reason ({type(error).__name__}).",
        f"Check the variables that change how the network is used: {names}."
        if names
        else "Report the error if it stays.",
    )


def describe_start_failure(error: Exception) -> NetworkUnusable:
    """Return the exception for a thread or an event loop that could not be started."""
    number = error.errno if isinstance(error, OSError) else None
    reason = os.strerror(number) if number else "no thread can be started"
    return NetworkUnusable(
        f"This computer has no resources left for requests to Instagram ({reason}).",
        "Raise the limits of threads (`ulimit -u`; for a container, `--pids-limit`) and of open "
        "files (`ulimit -n`), or end other programs.",
    )


def describe_route(host: str) -> str:
    """Return the part of a sentence that names the proxy; "" without one."""
    name = network_settings.name_proxy(host)
    return f" through the proxy in {name}" if name else ""


def _walk(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and all that led to it: httpx, httpcore and anyio each wrap it again."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        cause = waiting.pop(0)
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        members = cause.exceptions if isinstance(cause, BaseExceptionGroup) else ()
        waiting += [*members, cause.__cause__ or cause.__context__]


def _describe_certificate(code: int, host: str) -> NetworkUnusable:
    if code in _OUT_OF_DATE:
        return NetworkUnusable(
            f"The certificate of {host} is out of date by this computer's clock, which says "
            f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC.",
            "Set the clock if it is wrong. If it is right, a proxy or the login page of a network "
            "answers in Instagram's place.",
        )
    if code in _OTHER_NAME:
        return NetworkUnusable(
            f"The certificate that arrived is not for {host}: a proxy or the login page of a "
            "network answers in Instagram's place.",
            "Log in to the network, or ask those who run it.",
        )
    if code not in _UNKNOWN_AUTHORITY:
        return NetworkUnusable(
            f"The certificate of {host} was refused (OpenSSL's code {code}).",
            "If a proxy or a program inspects HTTPS, ask those who run it: its certificates have a "
            "flaw.",
        )
    return network_settings.find_flaw_of_trust() or NetworkUnusable(
        f"The certificate of {host} is not trusted: its authority is unknown.",
        network_settings.advise_authority(),
    )


def _describe_proxy(text: str, host: str) -> InstagramError:
    """Return the exception for a proxy that connects to nothing; httpx's text begins with a code.

    A SOCKS proxy has other codes, and the first text is that of a failed connection behind it.
    """
    name = network_settings.name_proxy(host) or "the network's settings"
    status = int(found[0]) if (found := re.match(r"\d{3}\b", text)) else 0
    if status == 407 or (not status and not text.startswith("Proxy Server could not connect")):
        return NetworkUnusable(
            f"The proxy in {name} refused the user name and password, or wants them.",
            f"Put them into {name}, before the host: {network_settings.WITH_USER}",
        )
    if 400 <= status < 500 or text.endswith("Connection not allowed by ruleset."):
        return NetworkUnusable(
            f"The proxy in {name} does not allow connections to {host}.",
            "Ask those who run it to allow graph.instagram.com, api.instagram.com, "
            "*.cdninstagram.com and *.fbcdn.net.",
        )
    answer = f"HTTP {status}" if status else "SOCKS"
    return Unreachable(f"The proxy in {name} could not connect to Instagram ({answer}).")


def _describe_unreachable(error: httpx.TransportError, host: str) -> InstagramError:
    reason = next(filter(None, map(_explain, _walk(error))), type(error).__name__)
    if name := network_settings.name_proxy(host):
        if flaw := network_settings.find_flaw_of_proxies(error):
            return flaw
        if reason == _TLS_FAILED and network_settings.is_proxy_asked_in_tls():
            return NetworkUnusable(
                f"TLS with the proxy in {name} failed.",
                f"If this proxy does not speak TLS itself, write http:// in place of https:// in "
                f"{name}.",
            )
    return Unreachable(f"Instagram could not be reached{describe_route(host)} ({reason}).")


def _explain(error: BaseException) -> str:
    """Return why there was no connection; "" if this exception does not say it."""
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return reason
    number = error.errno if isinstance(error, OSError) else None
    return os.strerror(number) if number and number > 0 else ""
