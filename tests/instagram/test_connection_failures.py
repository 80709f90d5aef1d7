"""What is said of failures before an answer; `faults.settings` has those of a whole build."""

import errno
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import httpx
import pytest
from conftest import TOKEN
from fake.instagram import PROXY_VARIABLES
from test_client import CDN, Net, Reply, ask, net

from mkdocs_instagram.errors import InstagramError, NetworkUnusable, Unreachable
from mkdocs_instagram.instagram import graph
from mkdocs_instagram.instagram.client import Client
from mkdocs_instagram.instagram.connection_failures import describe_failure
from mkdocs_instagram.instagram.downloads import Downloads
from mkdocs_instagram.instagram.models import DownloadFailure, OfferedVideo, Picture

__all__ = ["net"]

T = TypeVar("T")
PROXY = "http://ada:inventedSecret@proxy.example:3128"
VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE", *PROXY_VARIABLES)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def wrap(cause: Exception) -> httpx.ConnectError:
    """Return what httpx makes of a failure under httpcore and anyio."""
    inner = OSError("All connection attempts failed")
    inner.__cause__ = ExceptionGroup("attempts", [OSError("other"), cause])
    error = httpx.ConnectError(f"https://graph.instagram.com/me?access_token={TOKEN}")
    error.__cause__ = inner
    return error


def describe(error: Exception) -> InstagramError:
    failure = describe_failure(error, graph.HOST)
    assert TOKEN not in f"{failure.what} {failure.cure}"
    assert "inventedSecret" not in f"{failure.what} {failure.cure}"
    return failure


def refuse(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, f"{TOKEN} is not right")
    error.verify_code = code
    return error


@pytest.mark.parametrize(
    ("code", "what", "cure"),
    [
        (9, "is out of date by this computer's clock, which says 20", "Set the clock"),
        (10, "is out of date by this computer's clock, which says 20", "Set the clock"),
        (18, "is not trusted: its authority is unknown.", "set SSL_CERT_FILE to a PEM file"),
        (19, "is not trusted: its authority is unknown.", "set SSL_CERT_FILE to a PEM file"),
        (20, "is not trusted: its authority is unknown.", "set SSL_CERT_FILE to a PEM file"),
        (21, "is not trusted: its authority is unknown.", "set SSL_CERT_FILE to a PEM file"),
        (62, "is not for graph.instagram.com: a proxy or the login page", "Log in to the network"),
        (85, "was refused (OpenSSL's code 85).", "ask those who run it"),
    ],
)
def test_a_certificate_that_is_not_accepted_needs_a_person(code: int, what: str, cure: str) -> None:
    failure = describe(wrap(refuse(code)))

    assert failure.needs_person
    assert what in failure.what
    assert cure in failure.cure
    assert "next build" not in failure.cure


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            wrap(ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed")),
            "the connection was refused",
        ),
        (wrap(ConnectionResetError(errno.ECONNRESET, "reset")), "the connection was cut"),
        (wrap(OSError(errno.EMFILE, "Too many")), "Too many open files"),
        (wrap(socket.gaierror(-2, "Name or service not known")), "the name was not found"),
        (wrap(ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]")), "TLS failed"),
        (httpx.ConnectTimeout(PROXY), "time ran out"),
        (httpx.RemoteProtocolError(PROXY), "RemoteProtocolError"),
    ],
)
def test_what_mends_itself_is_told_with_its_reason(error: Exception, reason: str) -> None:
    failure = describe(error)

    assert failure.what == f"Instagram could not be reached ({reason})."
    assert failure.cure == "Nothing to do: the next build asks again."
    assert not failure.needs_person


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("407 Proxy Authentication Required", "refused the user name and password"),
        ("Invalid username/password", "refused the user name and password"),
        (
            "Requested NO AUTHENTICATION REQUIRED from proxy server, but got USERNAME/PASSWORD.",
            "refused the user name and password",
        ),
        ("403 Forbidden", "does not allow connections to graph.instagram.com"),
        (
            "Proxy Server could not connect: Connection not allowed by ruleset.",
            "does not allow connections to graph.instagram.com",
        ),
        ("503 Service Unavailable", "could not connect to Instagram (HTTP 503)"),
        (
            "Proxy Server could not connect: Host unreachable.",
            "could not connect to Instagram (SOCKS)",
        ),
    ],
)
def test_a_proxy_that_refuses_is_told_from_one_that_fails(
    monkeypatch: pytest.MonkeyPatch, text: str, what: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)

    failure = describe(httpx.ProxyError(text))

    assert failure.what.startswith("The proxy in HTTPS_PROXY ")
    assert what in failure.what
    assert failure.needs_person != ("could not connect to" in what)


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"HTTPS_PROXY": PROXY, "https_proxy": PROXY}, "https_proxy"),
        ({"ALL_PROXY": PROXY}, "ALL_PROXY"),
        ({"ALL_PROXY": PROXY, "HTTPS_PROXY": PROXY}, "HTTPS_PROXY"),
        ({"HTTPS_PROXY": PROXY, "https_proxy": ""}, ""),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "example.org,.instagram.com"}, ""),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "*"}, ""),
        ({"HTTP_PROXY": PROXY}, ""),
    ],
)
def test_the_proxy_that_was_used_is_named(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], name: str
) -> None:
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)

    failure = describe(httpx.ConnectTimeout(""))

    route = f" through the proxy in {name}" if name else ""
    # On Windows, small letters are capital ones.
    assert failure.what.lower() == f"instagram could not be reached{route} (time ran out).".lower()


@pytest.mark.parametrize("kind", [ZeroDivisionError, MemoryError, UnicodeError, RuntimeError])
def test_whatever_nobody_expected_is_told_by_its_class_and_the_settings(
    net: Net, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    with pytest.raises(NetworkUnusable) as caught:
        ask(net.open(Reply(error=kind)))

    assert caught.value.what == (
        f"The request to Instagram failed for an unknown reason ({kind.__name__})."
    )
    assert caught.value.cure == "Report the error if it stays."
    monkeypatch.setenv("NO_PROXY", "localhost")
    assert describe(kind(PROXY)).cure.endswith("how the network is used: NO_PROXY.")


class NoThread(threading.Thread):
    """A thread that cannot be started."""

    def start(self) -> None:
        raise RuntimeError("can't start new thread")


def test_without_a_thread_each_call_says_so_and_each_file_has_an_outcome(
    net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = net.open(Reply())
    with monkeypatch.context() as patch:
        patch.setattr(threading, "Thread", NoThread)
        for _ in "twice":
            with pytest.raises(NetworkUnusable, match="no thread can be started"):
                ask(client)
        assert download(client) == [DownloadFailure.UNUSABLE] * 3
        video = OfferedVideo("1", CDN)
        videos = client.download_videos([video], pytest.fail)
        assert list(videos) == [(video, DownloadFailure.UNUSABLE)]

    assert ask(client) == {}


def test_too_many_open_files_are_told(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    client = net.open(Reply())
    with monkeypatch.context() as patch:
        patch.setattr(socket, "socketpair", fail)
        with pytest.raises(NetworkUnusable, match=r"\(Too many open files\)"):
            ask(client)


@pytest.fixture
def within() -> Iterator[Callable[[Callable[[], T]], T]]:
    """Give what a function returns, unless it takes ten seconds."""
    pool = ThreadPoolExecutor(1)
    yield lambda work: pool.submit(work).result(10)
    pool.shutdown(wait=False)


def download(client: Client) -> list[bytes | DownloadFailure]:
    pictures = [Picture(str(number), "media_url", CDN) for number in range(3)]
    return [outcome for _, outcome in client.download(pictures)]


def test_downloads_that_end_before_they_report_are_not_awaited(
    net: Net, monkeypatch: pytest.MonkeyPatch, within: Callable[[Any], Any]
) -> None:
    async def fail(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Downloads, "fetch_pictures", fail)
    client = net.open(Reply())

    assert within(lambda: download(client)) == [DownloadFailure.UNUSABLE] * 3


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_ended_too_early_is_not_awaited(
    net: Net, within: Callable[[Any], Any]
) -> None:
    client = net.open(Reply(wait=60))

    def end() -> None:
        raise SystemExit

    threading.Timer(0.1, lambda: client._thread.call_soon(end)).start()

    with pytest.raises(NetworkUnusable, match="CancelledError"):
        within(lambda: ask(client))
    with pytest.raises(NetworkUnusable, match="CancelledError"):
        within(lambda: ask(client))
    assert within(lambda: download(client)) == [DownloadFailure.UNUSABLE] * 3
    within(client.close)


def test_a_look_up_that_fails_unexpectedly_ends_the_call(
    net: Net, monkeypatch: pytest.MonkeyPatch, within: Callable[[Any], Any]
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise UnicodeError("label too long")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    client = net.keep(Client())

    with pytest.raises(NetworkUnusable, match="UnicodeError"):
        within(lambda: ask(client))


def test_a_connection_that_cannot_be_closed_breaks_nothing(
    net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: httpx.AsyncClient) -> None:
        raise OSError(5, "Input/output error")

    client = net.open(Reply())
    ask(client)
    monkeypatch.setattr(httpx.AsyncClient, "aclose", fail)

    client.close()


def test_pictures_behind_an_unknown_authority_are_asked_for_once(net: Net) -> None:
    def fail(_: httpx.Request) -> Reply:
        raise wrap(refuse(20))

    client = net.open(fail)

    assert download(client) == [DownloadFailure.UNUSABLE] * 3
    assert len(net.requests) == 3


def test_an_answer_is_not_asked_for_again_where_a_person_must_act(net: Net) -> None:
    def fail(_: httpx.Request) -> Reply:
        raise wrap(refuse(20))

    with pytest.raises(NetworkUnusable):
        ask(net.open(fail))
    assert len(net.requests) == 1
    with pytest.raises(Unreachable):
        ask(net.open(Reply(error=httpx.ConnectError)))
    assert len(net.requests) == 4
