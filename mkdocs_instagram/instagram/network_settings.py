"""The variables for proxies and certificates."""

import os
import re
import ssl
import stat
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from urllib.request import getproxies, proxy_bypass

import httpx

from mkdocs_instagram.errors import NetworkUnusable
from mkdocs_instagram.text import quote

_VARIABLES = {"SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE", "OPENSSL_CONF"}
_PROXIES = {f"{scheme}_proxy" for scheme in ("all", "https", "http", "no")}
WITH_USER = (
    "user:password@host:port, with %40 in place of @ in the password, %3A of :, %2F of / "
    "and %23 of #."
)
_HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+")


def list_names() -> str:
    """Return the names of the variables that change how the network is used."""
    names = [
        name
        for name, value in os.environ.items()
        if value and (name in _VARIABLES or name.lower() in _PROXIES)
    ]
    return ", ".join(sorted(names))


def name_proxy(host: str) -> str:
    """Return the variable whose proxy requests to a host take; "" without a proxy."""
    proxies = getproxies()
    schemes = [scheme for scheme in ("https", "all") if proxies.get(scheme)]
    return _name_variable(schemes[0]) if schemes and not proxy_bypass(host) else ""


def is_proxy_asked_in_tls() -> bool:
    """Tell whether the address of the proxy begins with https://, which is rarely right."""
    proxies = getproxies()
    address = proxies.get("https") or proxies.get("all") or ""
    return address.lower().startswith("https://")


def find_flaw(error: Exception) -> NetworkUnusable | None:
    """Return which variable prevents that a request is sent; `None` if none is known.

    Args:
        error: What httpx raised: `NO_PROXY` is to blame for an address that no proxy has.
    """
    return find_flaw_of_trust() or _find_flaw_of_key_log() or find_flaw_of_proxies(error)


def refuse_pipes() -> None:
    """Refuse files that OpenSSL would read or write for ever, before it opens them.

    Raises:
        NetworkUnusable: A variable names a pipe or a device.
    """
    for flaw in (_find_pipe("SSL_CERT_FILE"), _find_pipe("SSLKEYLOGFILE")):
        if flaw:
            raise flaw


def find_flaw_of_trust() -> NetworkUnusable | None:
    """Return why there are no certificate authorities; `None` for no known reason."""
    if path := os.environ.get("SSL_CERT_FILE"):
        problem = _try_file(
            path, lambda: _make_context().load_verify_locations(cafile=path), "does not exist"
        )
        if problem:
            return _refuse_certificates(path, problem)
    elif (folders := os.environ.get("SSL_CERT_DIR")) and not any(
        map(_has_certificates, folders.split(os.pathsep))
    ):
        return NetworkUnusable(
            f"SSL_CERT_DIR names no folder of certificates: {quote(folders, 200)}.",
            "Set SSL_CERT_DIR to a folder that `openssl rehash` has prepared, or unset it.",
        )
    return None


def advise_authority() -> str:
    """Return how to trust the authority of a company or a program that inspects HTTPS."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        if os.environ.get(name):
            return f"Add the authority to the certificates that {name} names, or unset {name}."
    return (
        "If your company, or a program such as a virus scanner, inspects HTTPS, set SSL_CERT_FILE "
        "to a PEM file of its authority."
    )


def _has_certificates(folder: str) -> bool:
    """Tell whether a folder has files under the names that OpenSSL looks for."""
    try:
        return any(_HASHED.fullmatch(name) for name in os.listdir(folder))  # noqa: PTH208 - "" too
    except OSError:
        return False


def _find_flaw_of_key_log() -> NetworkUnusable | None:
    if not (path := os.environ.get("SSLKEYLOGFILE")):
        return None
    problem = _try_file(
        path,
        lambda: setattr(_make_context(), "keylog_filename", path),
        "is in a folder that does not exist",
    )
    return _refuse_key_log(path, problem) if problem else None


def _find_pipe(name: str) -> NetworkUnusable | None:
    path = os.environ.get(name, "")
    try:
        mode = Path(path).stat().st_mode if path else stat.S_IFREG
    except OSError:
        return None
    if stat.S_ISFIFO(mode):
        refuse = _refuse_certificates if name == "SSL_CERT_FILE" else _refuse_key_log
        return refuse(path, "is a pipe")
    if stat.S_ISCHR(mode) and name == "SSL_CERT_FILE":
        return _refuse_certificates(path, "is a device")
    return None


def _refuse_certificates(path: str, problem: str) -> NetworkUnusable:
    return NetworkUnusable(
        f"The certificates that SSL_CERT_FILE names cannot be read: {quote(path, 200)} {problem}.",
        "Set SSL_CERT_FILE to a file of certificates in PEM format, or unset it.",
    )


def _refuse_key_log(path: str, problem: str) -> NetworkUnusable:
    return NetworkUnusable(
        f"The file that SSLKEYLOGFILE names cannot be written: {quote(path, 200)} {problem}.",
        "Unset SSLKEYLOGFILE, or set it to a file in a folder that exists and is writable.",
    )


def _make_context() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _try_file(path: str, use: Callable[[], object], missing: str) -> str:
    """Return why a file cannot be used; "" if it can."""
    if os.path.isdir(path):  # noqa: PTH112 - pathlib's raises for a name that is too long
        return "is a folder"
    try:
        use()
    except ssl.SSLError:
        return "contains no certificate"
    except (FileNotFoundError, NotADirectoryError):
        return missing
    except OSError as error:
        return f"cannot be opened ({os.strerror(error.errno or 0)})"
    return ""


def find_flaw_of_proxies(error: Exception) -> NetworkUnusable | None:
    """Return which proxy cannot be used; `error` as in `find_flaw`."""
    proxies = getproxies()
    for scheme in ("https", "all", "http"):
        if address := proxies.get(scheme):
            flaw = _check_proxy(_name_variable(scheme), address, is_used=scheme != "http")
            if flaw:
                return flaw
    hosts = proxies.get("no", "")
    is_unread = isinstance(error, UnicodeError) and not hosts.isascii()
    if hosts and (is_unread or isinstance(error, httpx.InvalidURL)):
        name = _name_variable("no")
        return NetworkUnusable(
            f"{name} has an entry that is not the name or address of a host.",
            f"Write IPv6 addresses in {name} without brackets and without the length of a prefix: "
            "::1, not [::1] or fe80::/10. Separate hosts by commas.",
        )
    return None


def _check_proxy(name: str, address: str, *, is_used: bool) -> NetworkUnusable | None:
    """Return what is wrong with a proxy's address; it is not shown, as it can have a password.

    httpx refuses to start because of a proxy that it would not use, but not for its host or port.
    """
    try:
        url = httpx.Proxy(address if "://" in address else f"http://{address}").url
        is_complete = not is_used or _is_complete(url)
        is_socks = url.scheme.startswith("socks")
    except (httpx.InvalidURL, UnicodeError):
        is_complete = is_socks = False
    except ValueError:
        return NetworkUnusable(
            f"{name} names a kind of proxy that is not supported.",
            f"Write {name} with http://, https://, socks5:// or socks5h://, or unset it.",
        )
    if not is_complete:
        return NetworkUnusable(
            f"{name} is not the address of a proxy.",
            f"Unset {name}, or write it as http://host:port or http://{WITH_USER}",
        )
    if is_socks and not _has_socks():
        return NetworkUnusable(
            f"{name} names a SOCKS proxy, and the package for these is not installed.",
            'Run `pip install "mkdocs-instagram[socks]"`, or unset the variable.',
        )
    return None


def _is_complete(url: httpx.URL) -> bool:
    """Tell whether an address has a host, and a port that can be; `#` in a password ends both."""
    has_rest = "@" in url.path or url.query or url.fragment
    return bool(url.host) and 0 <= (url.port or 0) < 2**16 and not has_rest


def _has_socks() -> bool:
    try:
        return find_spec("socksio") is not None
    except (ImportError, ValueError):
        return False


def _name_variable(scheme: str) -> str:
    """Return the variable that has the proxy of a scheme; where both are set, small letters win."""
    lower = f"{scheme}_proxy"
    names = [name for name, value in os.environ.items() if value and name.lower() == lower]
    return lower if lower in names else next(iter(names), "the proxy settings of this system")
