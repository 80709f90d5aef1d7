"""Settings of the environment, and limits, with which no request can be sent."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme
from fake.ports import closed_port, plain_port

from .cases import Case
from .fault import Fault, Level

PROXY_PASSWORD = "Wq7invented4proxy"
_USER = f"ada:{PROXY_PASSWORD}@"


@dataclass(frozen=True, slots=True)
class Setting:
    """Variables that are set, and what a message must say.

    Attributes:
        variables: Their values; a name in braces is one of `Places`.
        blames: What the message names.
        cure: A part of what it says to do.
        lacks: See `builder.Job`.
        mends_itself: The next build asks again, and nobody must do anything.
    """

    name: str
    variables: Mapping[str, str]
    blames: str
    cure: str
    lacks: str = ""
    mends_itself: bool = False

    def prepare(self, folder: Path, stack: ExitStack) -> dict[str, str]:
        """Return the variables, after making the files and opening the ports that they name."""
        folder.mkdir()
        places = make_places(folder, stack, " ".join(self.variables.values()))
        return {name: value.format_map(places) for name, value in self.variables.items()}

    def as_fault(self) -> Fault:
        """Return the fault of a build with this setting."""

        def plant(case: Case) -> None:
            case.environment |= self.prepare(case.folder / "settings", case.stack)
            case.lacks = self.lacks

        level: Level = "INFO" if self.mends_itself else "WARNING"
        return Fault(
            self.name,
            plant,
            ("saved", level),
            ("nothing", "WARNING"),
            said=self.blames,
            cure=self.cure,
        )


def make_places(folder: Path, stack: ExitStack, wanted: str) -> dict[str, str]:
    """Return what the names in braces stand for; only the ports in `wanted` are opened."""
    (folder / "folder").mkdir()
    (folder / "empty").touch()
    (folder / "junk").write_text("not a certificate\n", encoding="ascii")
    trustme.CA().cert_pem.write_to_path(str(folder / "other"))
    os.mkfifo(folder / "pipe")
    paths = {path.name: str(path) for path in folder.iterdir()}
    ports = {
        name: str(stack.enter_context(open_port()))
        for name, open_port in _PORTS.items()
        if f"{{{name}}}" in wanted
    }
    return {**paths, **ports, "user": _USER, "missing": str(folder / "nowhere" / "file")}


def _proxy(status: str) -> Callable[[], Any]:
    return lambda: plain_port(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n".encode())


_PORTS = {
    "closed": closed_port,
    "wants": _proxy("407 Proxy Authentication Required"),
    "forbids": _proxy("403 Forbidden"),
    "fails": _proxy("502 Bad Gateway"),
}

_AGAIN = "the next build asks again"
_INSTALL = 'pip install "mkdocs-instagram[socks]"'
_SCHEMES = "http://, https://, socks5:// or socks5h://"
_ADDRESS = "http://host:port"
_PEM = "Set SSL_CERT_FILE to a file of certificates"
_REHASH = "`openssl rehash`"
_IPV6 = "without brackets"


def _refused(name: str, cure: str, value: str, title: str) -> Setting:
    return Setting(title, {name: value}, name, cure)


def _folder(value: str, title: str) -> Setting:
    variables = {"SSL_CERT_FILE": "", "SSL_CERT_DIR": value}
    return Setting(title, variables, "SSL_CERT_DIR", _REHASH)


SETTINGS = [
    Setting(
        "ALL_PROXY is a SOCKS proxy, and its package is missing",
        {"ALL_PROXY": "socks5://127.0.0.1:1080"},
        "ALL_PROXY",
        _INSTALL,
        lacks="socksio",
    ),
    Setting(
        "https_proxy is a SOCKS proxy with a password",
        {"https_proxy": "socks5h://{user}127.0.0.1:1080"},
        "https_proxy",
        _INSTALL,
        lacks="socksio",
    ),
    _refused("ALL_PROXY", _SCHEMES, "socks4://127.0.0.1:1080", "ALL_PROXY is a SOCKS 4 proxy"),
    _refused("HTTPS_PROXY", _SCHEMES, "ftp://{user}127.0.0.1:21", "HTTPS_PROXY is an FTP proxy"),
    _refused("HTTP_PROXY", _SCHEMES, "proxy://127.0.0.1:80", "HTTP_PROXY is of an unknown kind"),
    _refused("https_proxy", _ADDRESS, "http://{user}host:port", "https_proxy has no port"),
    _refused("HTTPS_PROXY", _ADDRESS, "{user}host:99999", "HTTPS_PROXY has too high a port"),
    _refused("HTTPS_PROXY", _ADDRESS, "http://", "HTTPS_PROXY has no host"),
    _refused("HTTPS_PROXY", "%23 of #", "http://ada:#{user}host:1", "HTTPS_PROXY: # in a password"),
    _refused("HTTPS_PROXY", _ADDRESS, "http://[::1", "HTTPS_PROXY has half an IPv6 address"),
    _refused("all_proxy", _ADDRESS, "http://a\x01b:1", "all_proxy has a control character"),
    _refused("NO_PROXY", _IPV6, "localhost,[::1]", "NO_PROXY has an IPv6 address in brackets"),
    _refused("no_proxy", _IPV6, "127.0.0.1, fe80::/10", "no_proxy has an IPv6 network"),
    _refused("NO_PROXY", _IPV6, "http://{user}[::1", "NO_PROXY has half an address"),
    Setting(
        "The proxy is not there",
        {"HTTPS_PROXY": "http://{user}127.0.0.1:{closed}"},
        "could not be reached through the proxy in HTTPS_PROXY (the connection was refused)",
        _AGAIN,
        mends_itself=True,
    ),
    Setting(
        "The name of the proxy is not found",
        {"HTTPS_PROXY": "http://{user}proxy.invalid:3128"},
        "could not be reached through the proxy in HTTPS_PROXY (the name was not found)",
        _AGAIN,
        mends_itself=True,
    ),
    Setting(
        "The proxy wants a password (407)",
        {"HTTPS_PROXY": "http://{user}127.0.0.1:{wants}"},
        "The proxy in HTTPS_PROXY refused the user name and password",
        "before the host: user:password@host:port",
    ),
    Setting(
        "The proxy forbids Instagram (403)",
        {"all_proxy": "http://{user}127.0.0.1:{forbids}"},
        "The proxy in all_proxy does not allow connections to",
        "Ask those who run it",
    ),
    Setting(
        "The proxy fails (502)",
        {"HTTPS_PROXY": "http://{user}127.0.0.1:{fails}"},
        "The proxy in HTTPS_PROXY could not connect to Instagram (HTTP 502)",
        _AGAIN,
        mends_itself=True,
    ),
    Setting(
        "The proxy does not speak TLS, as its address says",
        {"HTTPS_PROXY": "https://{user}127.0.0.1:{wants}"},
        "TLS with the proxy in HTTPS_PROXY failed",
        "write http:// in place of https://",
    ),
    _refused("SSL_CERT_FILE", _PEM, "{missing}", "SSL_CERT_FILE does not exist"),
    _refused("SSL_CERT_FILE", _PEM, "{empty}", "SSL_CERT_FILE is empty"),
    _refused("SSL_CERT_FILE", _PEM, "{folder}", "SSL_CERT_FILE is a folder"),
    _refused("SSL_CERT_FILE", _PEM, "{junk}", "SSL_CERT_FILE is no certificate"),
    _refused("SSL_CERT_FILE", _PEM, "{pipe}", "SSL_CERT_FILE is a pipe"),
    _refused("SSL_CERT_FILE", _PEM, "/dev/zero", "SSL_CERT_FILE is a device"),
    _refused(
        "SSL_CERT_FILE", "Add the authority", "{other}", "SSL_CERT_FILE has another authority"
    ),
    _folder("{missing}", "SSL_CERT_DIR does not exist"),
    _folder("{folder}", "SSL_CERT_DIR is empty"),
    _folder("{junk}", "SSL_CERT_DIR is a file"),
    _refused("SSLKEYLOGFILE", "Unset SSLKEYLOGFILE", "{folder}", "SSLKEYLOGFILE is a folder"),
    _refused("SSLKEYLOGFILE", "Unset SSLKEYLOGFILE", "{missing}", "SSLKEYLOGFILE has no folder"),
    _refused("SSLKEYLOGFILE", "Unset SSLKEYLOGFILE", "{pipe}", "SSLKEYLOGFILE is a pipe"),
    Setting("No thread can be started", {}, "no resources left", "`ulimit -u`", lacks="threads"),
]
