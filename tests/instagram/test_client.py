"""Requests that are sent, and answers that are accepted."""

import asyncio
import contextlib
import json
import logging
import re
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, count, repeat
from urllib.parse import parse_qsl, quote_plus

import httpx
import pytest
import stamina
from conftest import TOKEN
from fake import FakeInstagram

from mkdocs_instagram.errors import (
    GraphError,
    InstagramError,
    LoginRefused,
    NetworkUnusable,
    PermissionDenied,
    RateLimited,
    TokenRefused,
    UnknownField,
    Unreachable,
)
from mkdocs_instagram.instagram import graph, oauth
from mkdocs_instagram.instagram.client import MAX_ANSWER, Client
from mkdocs_instagram.instagram.downloads import MAX_PICTURE
from mkdocs_instagram.instagram.models import JSON, DownloadFailure, Picture
from mkdocs_instagram.instagram.oauth import App, GrantRequest
from mkdocs_instagram.instagram.secrets import Secret, Token

USER = graph.user_request()
MEDIA = graph.media_request(25)
CDN = "https://scontent-fra5-1.cdninstagram.com/v/1_n.jpg?oh=00_AAAB&oe=6A6AB2D0"
MEGABYTE = bytes(2**20)
THREAD = "mkdocs-instagram"


@dataclass(slots=True)
class Reply:
    """One answer; `body` may be chunks, sent `pause` seconds apart. `error` is raised instead."""

    status: int = 200
    body: bytes | JSON | Iterable[bytes] = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    pause: float = 0.0
    error: type[Exception] | None = None


class Body(httpx.AsyncByteStream):
    """Chunks, and how many of their bytes were read."""

    def __init__(self, chunks: Iterable[bytes], pause: float) -> None:
        self._chunks = chunks
        self._pause = pause
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            await asyncio.sleep(self._pause)
            self.taken += len(chunk)
            yield chunk


Script = Callable[[httpx.Request], Reply]


def script(*replies: Reply) -> Script:
    """Reply in this order, then repeat the last reply."""
    coming = chain(replies, repeat(replies[-1]))
    return lambda _: next(coming)


class Net:
    """Opens clients, answers their requests by a script and records them."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.bodies: list[Body] = []
        self.clients: list[Client] = []
        self.most_at_once = 0
        self._at_once = 0

    def open(
        self,
        answer: Script | Reply,
        *,
        call_seconds: float = 5,
        calls_seconds: float = 60,
        downloads_seconds: float = 5,
    ) -> Client:
        reply = script(answer) if isinstance(answer, Reply) else answer

        async def handle(request: httpx.Request) -> httpx.Response:
            self.requests.append(request)
            return await self._send(request, reply(request))

        transport = httpx.MockTransport(handle)
        return self.keep(
            Client(
                transport,
                call_seconds=call_seconds,
                calls_seconds=calls_seconds,
                downloads_seconds=downloads_seconds,
            )
        )

    def keep(self, client: Client) -> Client:
        self.clients.append(client)
        return client

    async def _send(self, request: httpx.Request, reply: Reply) -> httpx.Response:
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await asyncio.sleep(reply.wait)
        self._at_once -= 1
        if reply.error and issubclass(reply.error, httpx.RequestError):
            raise reply.error(f"cannot GET {request.url}", request=request)
        if reply.error:
            raise reply.error(f"cannot GET {request.url}")
        content = json.dumps(reply.body).encode() if isinstance(reply.body, dict) else reply.body
        body = Body([content] if isinstance(content, bytes) else content, reply.pause)
        self.bodies.append(body)
        return httpx.Response(reply.status, headers=reply.headers, stream=body)

    @property
    def urls(self) -> list[str]:
        return [str(request.url) for request in self.requests]


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == THREAD]


@pytest.fixture
def net() -> Iterator[Net]:
    net = Net()
    yield net
    for client in net.clients:
        client.close()
    assert not threads()


def ask(client: Client, token: str = TOKEN) -> JSON:
    (answer,) = client.ask(Token(token), [USER])
    assert isinstance(answer, dict)
    return answer


def fetch(client: Client, *urls: str) -> list[bytes | DownloadFailure]:
    """Return the outcomes in the order of `urls`."""
    pictures = [Picture(str(index), "media_url", url) for index, url in enumerate(urls)]
    outcomes = dict(client.download(pictures))
    return [outcomes[picture] for picture in pictures]


def refusal(code: int, message: str = "Invented", **more: object) -> JSON:
    return {"error": {"message": message, "type": "OAuthException", "code": code, **more}}


@pytest.mark.parametrize(
    ("prefix", "host"),
    [
        ("IGAA", "graph.instagram.com"),
        ("IGQW", "graph.instagram.com"),
        ("IGQVJ", "graph.instagram.com"),
        ("Unknown", "graph.instagram.com"),
        ("eaa", "graph.instagram.com"),
        ("EAA", "graph.facebook.com"),
    ],
)
def test_the_token_goes_in_the_query_to_the_host_of_its_prefix_only(
    net: Net, prefix: str, host: str
) -> None:
    token = prefix + TOKEN[4:]

    net.open(Reply()).ask(Token(token), [USER, MEDIA])

    assert sorted(request.url.path for request in net.requests) == [USER.path, MEDIA.path]
    for request in net.requests:
        assert (request.method, request.url.scheme, request.url.host, request.url.port) == (
            "GET",
            "https",
            host,
            None,
        )
        assert request.url.params.get_list("access_token") == [token]
        assert str(request.url).count(token) == 1
        assert token not in str(request.headers.multi_items())
        assert request.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/",
        "http://graph.instagram.com/v26.0/me",
        "https://graph.instagram.com/elsewhere",
        "https://graph.facebook.com/v26.0/me",
        "/elsewhere",
    ],
)
def test_no_redirect_is_followed_with_the_token(net: Net, status: int, location: str) -> None:
    client = net.open(Reply(status, b"", {"location": location}))

    with pytest.raises(Unreachable):
        ask(client)

    sent = {(request.url.scheme, request.url.host, request.url.path) for request in net.requests}
    assert sent == {("https", "graph.instagram.com", USER.path)}


def test_the_cdn_gets_neither_token_nor_cookie(net: Net) -> None:
    cookie = {"set-cookie": "who=me; Domain=.cdninstagram.com; Path=/"}
    client = net.open(
        lambda request: Reply(headers=cookie) if request.url.path == USER.path else Reply()
    )
    ask(client)

    assert fetch(client, CDN) == [b"{}"]

    request = net.requests[-1]
    assert str(request.url) == CDN
    shown = f"{request.url} {request.headers.multi_items()}"
    assert TOKEN not in shown
    assert not {"access_token", "cookie", "authorization", "referer"} & set(
        re.findall(r"\w+", shown.lower())
    )


def test_user_and_media_are_on_their_way_together(net: Net) -> None:
    answers = net.open(Reply(wait=0.1)).ask(Token(TOKEN), [USER, MEDIA])

    assert answers == [{}, {}]
    assert net.most_at_once == 2


THREE_TRIES = {
    "http 500": Reply(500, b"<html>Sorry</html>"),
    "http 502": Reply(502, b""),
    "http 503 with json": Reply(503, {"data": []}),
    "reset": Reply(error=httpx.ReadError),
    "no connection": Reply(error=httpx.ConnectError),
    "cut off": Reply(error=httpx.RemoteProtocolError),
    "code 1": Reply(500, refusal(1)),
    "code 2": Reply(400, refusal(2)),
    "code -1": Reply(400, refusal(-1)),
    "code -2": Reply(400, refusal(-2)),
    "transient": Reply(400, refusal(9999, is_transient=True)),
}
ONE_TRY: dict[str, tuple[Reply, type[InstagramError]]] = {
    "code 190": (Reply(400, refusal(190)), TokenRefused),
    "code 190, transient": (Reply(400, refusal(190, is_transient=True)), TokenRefused),
    "code 102": (Reply(400, refusal(102)), TokenRefused),
    "code 4": (Reply(403, refusal(4, is_transient=True)), RateLimited),
    "code 17": (Reply(400, refusal(17)), RateLimited),
    "code 613": (Reply(400, refusal(613)), RateLimited),
    "http 429": (Reply(429, b"Slow down"), RateLimited),
    "code 10": (Reply(403, refusal(10)), PermissionDenied),
    "code 3": (Reply(400, refusal(3)), PermissionDenied),
    "code 200": (Reply(400, refusal(200)), PermissionDenied),
    "code 368": (Reply(400, refusal(368, is_transient=True)), GraphError),
    "code 100": (Reply(400, refusal(100)), GraphError),
    "code 190 with http 500": (Reply(500, refusal(190)), TokenRefused),
}


@pytest.fixture
def _ten_tries() -> None:
    """Raise the limit of the tests, so that the package's own number of tries applies."""
    stamina.set_testing(True, attempts=10, cap=True)


@pytest.mark.usefixtures("_ten_tries")
@pytest.mark.parametrize("reply", THREE_TRIES.values(), ids=list(THREE_TRIES))
def test_what_may_pass_is_tried_three_times(net: Net, reply: Reply) -> None:
    with pytest.raises(Unreachable):
        ask(net.open(reply))

    assert len(net.requests) == 3


@pytest.mark.usefixtures("_ten_tries")
@pytest.mark.parametrize(("reply", "error"), ONE_TRY.values(), ids=list(ONE_TRY))
def test_what_will_not_pass_is_tried_once(
    net: Net, reply: Reply, error: type[InstagramError]
) -> None:
    with pytest.raises(error):
        ask(net.open(reply))

    assert len(net.requests) == 1


def test_a_later_try_that_succeeds_is_the_answer(net: Net) -> None:
    replies = script(Reply(500), Reply(error=httpx.ReadError), Reply(body={"id": "1"}))

    assert ask(net.open(replies)) == {"id": "1"}


def test_an_unknown_field_is_returned_beside_the_other_answer(net: Net) -> None:
    unknown = Reply(400, refusal(100, "(#100) Tried accessing nonexisting field (alt_text)"))
    client = net.open(
        lambda request: unknown if request.url.path == MEDIA.path else Reply(body={"id": "1"})
    )

    user, media = client.ask(Token(TOKEN), [USER, MEDIA])

    assert user == {"id": "1"}
    assert isinstance(media, UnknownField)
    assert len(net.requests) == 2


LATE = {
    "connect that hangs": Reply(wait=60),
    "body of a byte every 50 ms": Reply(body=repeat(b" "), pause=0.05),
    "body that hangs": Reply(body=[b"{", b"}"], pause=60),
}


@pytest.mark.parametrize("reply", LATE.values(), ids=list(LATE))
def test_the_deadline_interrupts(net: Net, reply: Reply) -> None:
    client = net.open(reply, call_seconds=0.3)
    start = time.monotonic()

    with pytest.raises(Unreachable, match="within"):
        ask(client)

    assert 0.25 < time.monotonic() - start < 1.3


def test_retries_and_their_pauses_stay_inside_the_deadline(net: Net) -> None:
    stamina.set_testing(False)
    client = net.open(Reply(500, wait=0.1), call_seconds=0.4)
    start = time.monotonic()

    with pytest.raises(Unreachable, match="within"):
        ask(client)

    assert time.monotonic() - start < 1.0
    assert len(net.requests) == 1


def test_an_endless_answer_is_left_at_its_bound(net: Net) -> None:
    with pytest.raises(Unreachable, match="longer than 16 MB"):
        ask(net.open(Reply(body=repeat(MEGABYTE))))

    assert [body.taken for body in net.bodies] == [MAX_ANSWER + len(MEGABYTE)]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
def test_a_compressed_answer_is_not_even_read(net: Net, encoding: str) -> None:
    client = net.open(Reply(body=repeat(MEGABYTE), headers={"content-encoding": encoding}))

    with pytest.raises(Unreachable, match="compressed"):
        ask(client)
    assert fetch(client, CDN) == [DownloadFailure.FAILED]

    assert {body.taken for body in net.bodies} == {0}


def test_all_calls_of_a_build_share_their_time(net: Net) -> None:
    client = net.open(Reply(wait=60), call_seconds=0.3, calls_seconds=0.5)
    start = time.monotonic()

    for said in ("within 0 seconds", "has run out", "has run out"):
        with pytest.raises(Unreachable, match=said):
            ask(client)

    assert time.monotonic() - start < 1.5


@pytest.mark.skipif(sys.platform == "win32", reason="names are looked up by the platform's code")
def test_a_look_up_that_hangs_holds_up_neither_the_call_nor_the_program() -> None:
    program = """
import socket, threading, time
from mkdocs_instagram.instagram import graph
from mkdocs_instagram.instagram.client import Client
from mkdocs_instagram.errors import Unreachable
from mkdocs_instagram.instagram.secrets import Token
def look_up(*_, **__):
    time.sleep(60)
socket.getaddrinfo = look_up
client = Client(call_seconds=0.3)
try:
    client.ask(Token("invented"), [graph.user_request()])
except Unreachable as error:
    print(error)
client.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True, timeout=30
    )

    assert done.stdout == "Instagram gave no answer within 0 seconds.\n"
    assert done.stderr == ""


NO_JSON = {
    "html": b"<!doctype html><title>Sorry</title>",
    "empty": b"",
    "cut": b'{"data": [{"id": "1"',
    "not utf-8": b'{"id": "\xff\xfe"}',
    "a list": b'[{"id": "1"}]',
    "null": b"null",
    "a text": b'"id"',
    "nan": b'{"id": NaN}',
    "nested": b"[" * 200_000,
    "a long number": b'{"id": ' + b"9" * 5000 + b"}",
    "two objects": b"{}{}",
}


@pytest.mark.parametrize("body", NO_JSON.values(), ids=list(NO_JSON))
def test_what_is_no_json_object_is_no_answer(net: Net, body: bytes) -> None:
    with pytest.raises(Unreachable, match="no usable answer"):
        ask(net.open(Reply(body=body)))


# Not in the form of Meta's tokens, so that none of our patterns hides it.
SECRET = "q7Zt4Lw9|Xc2Vb8Nm5+Kj3Hg6/Fd1Sa0"
SPELLINGS = {"as it is": SECRET, "in a query": quote_plus(SECRET)}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=list(SPELLINGS))
def test_an_echo_of_the_token_is_cut_out_of_the_answer(net: Net, spelling: str) -> None:
    media = {"id": "1", "caption": f"Look: {spelling}!"}
    paging = {"next": f"https://graph.instagram.com/me/media?access_token={spelling}&after=x"}

    answer = ask(net.open(Reply(body={"data": [media], "paging": paging})), SECRET)

    assert answer["data"] == [{"id": "1", "caption": "Look: !"}]
    assert spelling not in str(answer)


FAILURES = {
    **THREE_TRIES,
    "timeout": Reply(error=httpx.ReadTimeout),
    "connect timeout": Reply(error=httpx.ConnectTimeout),
    "invalid url": Reply(error=httpx.InvalidURL),
    "proxy": Reply(error=httpx.ProxyError),
    "echo": Reply(400, refusal(190, f"Cannot parse {SECRET}")),
    "echo in a query": Reply(400, refusal(1, f"/me?access_token={quote_plus(SECRET)}")),
    "echo as trace": Reply(400, refusal(10, fbtrace_id=SECRET)),
    "echo as html": Reply(500, f"<html>{SECRET}".encode()),
    "compressed": Reply(headers={"content-encoding": "gzip"}),
    "late": Reply(wait=60),
    "late body": Reply(body=repeat(b" "), pause=0.05),
}


@pytest.mark.parametrize("reply", FAILURES.values(), ids=list(FAILURES))
def test_no_exception_holds_the_token_or_its_url(net: Net, reply: Reply) -> None:
    client = net.open(reply, call_seconds=0.3)

    with pytest.raises(InstagramError) as caught:
        ask(client, SECRET)

    assert_hidden(caught.value, SECRET)


def assert_hidden(caught: BaseException, *secrets: str) -> None:
    """Search an exception, its causes and its frames for secrets and URLs."""
    for error in _family(caught):
        shown = [str(error), repr(error), repr(vars(error)), *traceback.format_exception(error)]
        # Some tools print the variables of frames. Those of this file contain the secret.
        shown += [
            repr(frame.f_locals)
            for frame, _ in traceback.walk_tb(error.__traceback__)
            if frame.f_code.co_filename != __file__
        ]
        for text in shown:
            for secret in secrets:
                assert secret not in text
                assert quote_plus(secret) not in text
            assert not re.search(r"(?:access_token|client_secret|code)=\w", text)
            assert not re.search(r"https?://\S*\?", text)


def _family(error: BaseException) -> list[BaseException]:
    """Return the exception and its causes."""
    found: list[BaseException] = []
    coming: list[BaseException | None] = [error]
    while coming:
        one = coming.pop()
        if one is not None and one not in found:
            found.append(one)
            coming += [one.__cause__, one.__context__]
    return found


APP_SECRET = "0f1e2d3c4b5a+6978/8796a5b4c3d2e1f0"
CODE = "AQBq7Zt4Lw9|Xc2Vb8Nm5+Kj3"
APP = App("1234567890123456", Secret(APP_SECRET), "https://localhost/")
BY_CODE = oauth.code_request(APP, Secret(CODE))
EXCHANGE = oauth.exchange_request(APP, Token(SECRET))
REFRESH = oauth.refresh_request(Token(SECRET))
GRANT_REQUESTS = {"code": BY_CODE, "exchange": EXCHANGE, "refresh": REFRESH}
NO_ECHO = {name: reply for name, reply in FAILURES.items() if "echo" not in name}
GRANT: JSON = {"access_token": TOKEN, "token_type": "bearer", "expires_in": 5183944}


@pytest.fixture(params=GRANT_REQUESTS.values(), ids=list(GRANT_REQUESTS))
def asked(request: pytest.FixtureRequest) -> GrantRequest:
    """One of the requests for a token."""
    assert isinstance(request.param, GrantRequest)
    return request.param


class TestGrants:
    def test_what_is_handed_out_is_returned(self, net: Net, asked: GrantRequest) -> None:
        grant = net.open(Reply(body=GRANT)).request_grant(asked)

        assert (grant.token.reveal(), grant.expires_in) == (TOKEN, 5183944.0)
        assert len(net.requests) == 1

    def test_a_code_goes_in_the_form_and_not_in_the_address(self, net: Net) -> None:
        net.open(Reply(body=GRANT)).request_grant(BY_CODE)

        (request,) = net.requests
        assert (request.method, str(request.url)) == (
            "POST",
            "https://api.instagram.com/oauth/access_token",
        )
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        assert dict(parse_qsl(request.content.decode())) == {
            "client_id": "1234567890123456",
            "client_secret": APP_SECRET,
            "code": CODE,
            "grant_type": "authorization_code",
            "redirect_uri": "https://localhost/",
        }
        for secret in (APP_SECRET, CODE):
            assert secret not in str(request.headers.multi_items())

    @pytest.mark.parametrize(
        ("asked", "path", "params"),
        [
            (
                EXCHANGE,
                "/access_token",
                {
                    "grant_type": "ig_exchange_token",
                    "client_secret": APP_SECRET,
                    "access_token": SECRET,
                },
            ),
            (
                REFRESH,
                "/refresh_access_token",
                {"grant_type": "ig_refresh_token", "access_token": SECRET},
            ),
        ],
        ids=["exchange", "refresh"],
    )
    def test_exchange_and_refresh_are_asked_for_by_get(
        self, net: Net, asked: GrantRequest, path: str, params: dict[str, str]
    ) -> None:
        net.open(Reply(body=GRANT)).request_grant(asked)

        (request,) = net.requests
        assert (request.method, request.url.scheme, request.url.host, request.url.path) == (
            "GET",
            "https",
            "graph.instagram.com",
            path,
        )
        assert dict(request.url.params) == params
        assert request.content == b""

    @pytest.mark.usefixtures("_ten_tries")
    @pytest.mark.parametrize("reply", THREE_TRIES.values(), ids=list(THREE_TRIES))
    def test_a_code_is_sent_once_and_the_others_three_times(
        self, net: Net, asked: GrantRequest, reply: Reply
    ) -> None:
        with pytest.raises(Unreachable):
            net.open(reply).request_grant(asked)

        assert len(net.requests) == (1 if asked is BY_CODE else 3)

    @pytest.mark.usefixtures("_ten_tries")
    @pytest.mark.parametrize(("reply", "error"), ONE_TRY.values(), ids=list(ONE_TRY))
    def test_what_will_not_pass_is_tried_once(
        self, net: Net, asked: GrantRequest, reply: Reply, error: type[InstagramError]
    ) -> None:
        with pytest.raises(error):
            net.open(reply).request_grant(asked)

        assert len(net.requests) == 1

    def test_a_later_try_that_succeeds_is_the_answer(self, net: Net) -> None:
        replies = script(Reply(500), Reply(error=httpx.ReadError), Reply(body=GRANT))

        assert net.open(replies).request_grant(REFRESH).token.reveal() == TOKEN

    @pytest.mark.parametrize("reply", LATE.values(), ids=list(LATE))
    def test_the_deadline_interrupts(self, net: Net, asked: GrantRequest, reply: Reply) -> None:
        start = time.monotonic()

        with pytest.raises(Unreachable, match=r"within 0 seconds"):
            net.open(reply, call_seconds=0.1).request_grant(asked)

        assert time.monotonic() - start < 1.1

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_no_redirect_is_followed_with_a_secret(
        self, net: Net, asked: GrantRequest, status: int
    ) -> None:
        location = {"location": "https://graph.instagram.com/elsewhere"}

        with pytest.raises(Unreachable):
            net.open(Reply(status, b"", location)).request_grant(asked)

        assert {request.url.path for request in net.requests} == {asked.path}

    def test_an_answer_without_a_token_is_none(self, net: Net, asked: GrantRequest) -> None:
        with pytest.raises(Unreachable, match="contains no token"):
            net.open(Reply(body={"token_type": "bearer"})).request_grant(asked)

    def test_a_used_code_is_told_with_its_cure(self, net: Net) -> None:
        flat = {
            "error_type": "OAuthException",
            "code": 400,
            "error_message": "Matching code was not found or was already used",
        }

        with pytest.raises(LoginRefused, match="already been used") as caught:
            net.open(Reply(400, flat)).request_grant(BY_CODE)

        assert "Log in again" in caught.value.cure

    @pytest.mark.parametrize("secret", [APP_SECRET, CODE, SECRET])
    @pytest.mark.parametrize("spell", [str, quote_plus], ids=["as it is", "in a query"])
    def test_an_echo_of_what_was_sent_is_cut_out_of_the_message(
        self, net: Net, asked: GrantRequest, secret: str, spell: Callable[[str], str]
    ) -> None:
        if secret not in {value.reveal() for value in asked.secrets.values()}:
            return
        message = f"No good: {spell(secret)}!"
        flat = {"error_type": "OAuthException", "code": 400, "error_message": message}
        for body in (flat, refusal(9999, message), refusal(1, fbtrace_id=spell(secret))):
            with pytest.raises(InstagramError) as caught:
                net.open(Reply(400, body)).request_grant(asked)

            assert_hidden(caught.value, secret)
            assert spell(secret) not in caught.value.cure
            assert "No good: !" in str(caught.value) or body is not flat

    @pytest.mark.parametrize("reply", NO_ECHO.values(), ids=list(NO_ECHO))
    def test_no_exception_holds_a_secret_or_its_url(
        self, net: Net, asked: GrantRequest, reply: Reply
    ) -> None:
        with pytest.raises(InstagramError) as caught:
            net.open(reply, call_seconds=0.1).request_grant(asked)

        assert_hidden(caught.value, *(secret.reveal() for secret in asked.secrets.values()))

    def test_not_even_one_that_nobody_expected(self, net: Net, asked: GrantRequest) -> None:
        def fail(_: httpx.Request) -> Reply:
            raise ZeroDivisionError

        with pytest.raises(NetworkUnusable, match="unknown reason") as caught:
            net.open(fail).request_grant(asked)

        assert caught.value.__context__ is None
        frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
        shown = repr([frame.f_locals for frame in frames if frame.f_code.co_filename != __file__])
        for secret in (SECRET, APP_SECRET, CODE):
            assert secret not in shown
            assert quote_plus(secret) not in shown

    def test_the_servers_date_is_kept_for_the_clock(self, net: Net) -> None:
        client = net.open(
            script(
                Reply(500, headers={"date": "Thu, 23 Jul 2026 11:59:00 GMT"}),
                Reply(body=GRANT, headers={"date": "Thu, 23 Jul 2026 12:00:00 GMT"}),
            )
        )
        assert client.server_date == ""

        client.request_grant(REFRESH)

        assert client.server_date == "Thu, 23 Jul 2026 12:00:00 GMT"

    def test_a_picture_tells_no_date(self, net: Net) -> None:
        client = net.open(Reply(headers={"date": "Thu, 23 Jul 2026 12:00:00 GMT"}))

        fetch(client, CDN)

        assert client.server_date == ""


class TestLogs:
    """At DEBUG, where httpx and httpcore log every URL."""

    @pytest.fixture(autouse=True)
    def _all_levels(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)

    def test_our_requests_are_in_no_log(
        self, net: Net, fake: FakeInstagram, caplog: pytest.LogCaptureFixture
    ) -> None:
        user = fake.add_user(TOKEN)
        user.add_media()
        with fake.remapped():
            client = net.keep(Client(httpx.AsyncHTTPTransport(verify=fake.ssl_context())))
            (media,) = client.ask(Token(TOKEN), [MEDIA])
            assert isinstance(media, dict)
            (outcome,) = fetch(client, media["data"][0]["media_url"])
            client.close()

        assert isinstance(outcome, bytes)
        assert fake.count() == 2
        assert not [record for record in caplog.records if record.threadName == THREAD]
        assert not re.search(r"access_token|cdninstagram|graph\.", caplog.text)

    @pytest.mark.parametrize("name", ["httpx2", "httpcore2.connection", "httpcore2.http11"])
    def test_what_takes_httpxs_place_is_silent_too(
        self, net: Net, name: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        ask(net.open(Reply()))

        def work() -> None:
            logging.getLogger(name).info("HTTP Request: GET https://graph.instagram.com/")

        thread = threading.Thread(target=work, name=THREAD)
        thread.start()
        thread.join()

        assert not [record for record in caplog.records if record.name == name]

    def test_our_retries_are_in_no_log(self, net: Net, caplog: pytest.LogCaptureFixture) -> None:
        client = net.open(Reply(500))
        with pytest.raises(Unreachable):
            ask(client)
        fetch(client, CDN)

        assert len(net.requests) == 6
        assert not [record for record in caplog.records if record.name != "asyncio"]

    @pytest.mark.parametrize("reply", [Reply(body=GRANT), Reply(500)], ids=["good", "failing"])
    def test_nothing_of_a_grant_is_in_a_log(
        self, net: Net, asked: GrantRequest, reply: Reply, caplog: pytest.LogCaptureFixture
    ) -> None:
        with contextlib.suppress(Unreachable):
            net.open(reply).request_grant(asked)

        assert net.requests
        assert not [record for record in caplog.records if record.name != "asyncio"]

    def test_other_threads_keep_their_logs(
        self, net: Net, fake: FakeInstagram, caplog: pytest.LogCaptureFixture
    ) -> None:
        ask(net.open(Reply()))

        async def get_something_else() -> None:
            async with httpx.AsyncClient(verify=fake.ssl_context()) as client:
                await client.get("https://graph.instagram.com/somebody-elses")

        def work() -> None:
            asyncio.run(get_something_else())
            stamina.retry(on=ValueError, attempts=2)(int)("7")

        @stamina.retry(on=ValueError, attempts=2)
        def retried() -> None:
            raise ValueError

        with fake.remapped():
            other = threading.Thread(target=work)
            other.start()
            other.join()
        with pytest.raises(ValueError, match=r"^$"):
            retried()

        # With httpx2 in httpx's place, as a job of CI has it, they are called httpcore2.http11 etc.
        names = {re.sub(r"^(http[a-z]+)2", r"\1", record.name) for record in caplog.records}
        assert {"httpx", "httpcore.connection", "httpcore.http11", "stamina"} <= names
        assert "somebody-elses" in caplog.text
        fake.clear()


def test_an_untrusted_certificate_ends_the_call_before_the_request(
    net: Net, fake: FakeInstagram, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.add_user(TOKEN)
    with fake.remapped():
        with pytest.raises(NetworkUnusable, match="is not trusted"):
            ask(net.keep(Client()))
        refused = fake.count()
        monkeypatch.setenv("SSL_CERT_FILE", str(fake.ca_file))
        ask(net.keep(Client()))
        for client in net.clients:
            client.close()

    assert (refused, fake.count()) == (0, 1)


FETCHED = [
    CDN,
    "https://scontent.cdninstagram.com/v/1_n.jpg",
    "https://instagram.ftxl3-1.fna.fbcdn.net/v/t51/1_n.jpg?a=b",
    "https://scontent-muc2-1.xx.fbcdn.net/v/1.jpg",
]


@pytest.mark.parametrize("url", FETCHED)
def test_pictures_are_fetched_from_the_cdn(net: Net, url: str) -> None:
    assert fetch(net.open(Reply(body=b"picture")), url) == [b"picture"]
    assert net.urls == [url]


HOSTILE = [
    "",
    "scontent.cdninstagram.com/v/1.jpg",
    "//scontent.cdninstagram.com/v/1.jpg",
    "http://scontent.cdninstagram.com/v/1.jpg",
    "ftp://scontent.cdninstagram.com/v/1.jpg",
    "file:///etc/passwd",
    "data:image/png;base64,AAAA",
    "gopher://scontent.cdninstagram.com/1",
    "https:scontent.cdninstagram.com/v/1.jpg",
    "https:/scontent.cdninstagram.com/v/1.jpg",
    "https:///scontent.cdninstagram.com/v/1.jpg",
    "https:\\\\scontent.cdninstagram.com\\v\\1.jpg",
    " https://scontent.cdninstagram.com/v/1.jpg",
    "https://scontent.cdninstagram.com",
    "https://scontent.cdninstagram.com?/v/1.jpg",
    "https://scontent.cdninstagram.com#/v/1.jpg",
    # Users and ports.
    "https://user@scontent.cdninstagram.com/v/1.jpg",
    "https://user:word@scontent.cdninstagram.com/v/1.jpg",
    "https://scontent.cdninstagram.com@evil.example/v/1.jpg",
    "https://scontent.cdninstagram.com:443@evil.example/v/1.jpg",
    "https://evil.example\\@scontent.cdninstagram.com/v/1.jpg",
    "https://scontent.cdninstagram.com\\@evil.example/v/1.jpg",
    "https://scontent.cdninstagram.com:443/v/1.jpg",
    "https://scontent.cdninstagram.com:8443/v/1.jpg",
    "https://scontent.cdninstagram.com:/v/1.jpg",
    # Other hosts, and similar ones.
    "https://evil.example/v/1.jpg",
    "https://graph.instagram.com/v26.0/me",
    "https://www.instagram.com/p/C0001abcDEF/",
    "https://localhost/v/1.jpg",
    "https://cdninstagram.com/v/1.jpg",
    "https://cdninstagram.com.evil.example/v/1.jpg",
    "https://scontent.cdninstagram.com.evil.example/v/1.jpg",
    "https://evilcdninstagram.com/v/1.jpg",
    "https://scontent.evilfbcdn.net/v/1.jpg",
    "https://scontent.fbcdn.net.evil.example/",
    "https://evil.example/scontent.cdninstagram.com/1.jpg",
    "https://evil.example?.cdninstagram.com/1.jpg",
    "https://evil.example#.cdninstagram.com/1.jpg",
    "https://scontent.cdninstagram.com./v/1.jpg",
    "https://.cdninstagram.com/v/1.jpg",
    "https://a..cdninstagram.com/v/1.jpg",
    "https://scontent.cdninstagram.com%2eevil.example/v/1.jpg",
    "https://evil.example%2f.cdninstagram.com/v/1.jpg",
    "https://evil_example.cdninstagram.com/v/1.jpg",
    "https://*.cdninstagram.com/v/1.jpg",
    # Dots and letters that IDNA maps to plain ones.
    "https://scontent。cdninstagram。com/v/1.jpg",
    "https://scontent.cdninstagram．com/v/1.jpg",
    "https://evil.example／.cdninstagram.com/v/1.jpg",
    "https://scontent.cdninstagraｍ.com/v/1.jpg",
    "https://scontent.cdnınstagram.com/v/1.jpg",
    "https://evil.example℀.fbcdn.net/v/1.jpg",
    # Addresses.
    "https://127.0.0.1/v/1.jpg",
    "https://2130706433/v/1.jpg",
    "https://0x7f.1/v/1.jpg",
    "https://0177.0.0.1/v/1.jpg",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/v/1.jpg",
    "https://[::ffff:127.0.0.1]/v/1.jpg",
    "https://[::1].cdninstagram.com/v/1.jpg",
    # Characters that a parser may drop, or that may split a request.
    "https://scontent.cdn\ninstagram.com/v/1.jpg",
    "https://scontent.cdninstagram.com/v/1.jpg\r\nHost: evil.example",
    "https://scontent.cdninstagram.com/v/1.jpg\n",
    "https://scontent.cdninstagram.com/v/1 2.jpg",
    "https://scontent.cdninstagram.com/\\evil.example/1.jpg",
    "https://scontent.cdninstagram.com/v/\x00.jpg",
    "https://evil.example\t.cdninstagram.com/v/1.jpg",
    f"https://scontent.cdninstagram.com/{'a' * 5000}",
]


def test_no_other_address_is_even_asked(net: Net) -> None:
    outcomes = fetch(net.open(Reply()), *HOSTILE)

    assert dict(zip(HOSTILE, outcomes, strict=True)) == dict.fromkeys(
        HOSTILE, DownloadFailure.FAILED
    )
    assert net.urls == []


@pytest.fixture
def canary(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Direct every name and address to this computer; return the names that were connected to."""
    seen: list[str] = []
    look_up = socket.getaddrinfo

    def look_up_here(host: object, *args: object, **options: object) -> object:
        seen.append(f"looked up {host!r}")
        return look_up("127.0.0.1", 443, type=socket.SOCK_STREAM)

    def connect_here(self: socket.socket, address: object) -> None:
        seen.append(f"connected to {address!r}")
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up_here)
    monkeypatch.setattr(socket.socket, "connect", connect_here)
    return seen


def test_a_canary_at_every_address_is_not_even_looked_up(net: Net, canary: list[str]) -> None:
    client = net.keep(Client())
    outcomes = fetch(client, *HOSTILE)
    seen = list(canary)
    # An allowed connection is noticed.
    fetch(client, CDN)

    assert len(HOSTILE) >= 60
    assert set(outcomes) == {DownloadFailure.FAILED}
    assert seen == []
    assert "scontent-fra5-1.cdninstagram.com" in canary[0]
    assert canary[1].startswith("connected to")


REFUSED_REDIRECTS = [
    "http://scontent.cdninstagram.com/v/1.jpg",
    "http://evil.example/1.jpg",
    "https://evil.example/1.jpg",
    "//evil.example/1.jpg",
    "https://graph.instagram.com/v26.0/me",
    "https://www.instagram.com/",
    "https://cdninstagram.com/v/1.jpg",
    "https://scontent.cdninstagram.com.evil.example/v/1.jpg",
    "https://scontent.cdninstagram.com@evil.example/v/1.jpg",
    "https://user:word@scontent.cdninstagram.com/v/1.jpg",
    "https://scontent.cdninstagram.com:8443/v/1.jpg",
    "https://scontent.cdninstagram.com:99999999/",
    "https://xn--.cdninstagram.com/",
    "https://localhost/v/1.jpg",
    "https://127.0.0.1/v/1.jpg",
    "https://2130706433/v/1.jpg",
    "https://10.0.0.1/v/1.jpg",
    "https://192.168.0.1/v/1.jpg",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/v/1.jpg",
    "https://[::1/",
    "file:///etc/passwd",
    "ftp://scontent.cdninstagram.com/v/1.jpg",
    "data:image/png;base64,AAAA",
]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_checked_as_the_first_address_is(net: Net, status: int) -> None:
    def redirect(request: httpx.Request) -> Reply:
        number = int(request.url.path.removeprefix("/").partition(".")[0])
        return Reply(status, b"", {"location": REFUSED_REDIRECTS[number]})

    numbers = range(len(REFUSED_REDIRECTS))
    firsts = [f"https://scontent.cdninstagram.com/{number}.jpg" for number in numbers]

    outcomes = fetch(net.open(redirect), *firsts)

    assert set(outcomes) == {DownloadFailure.FAILED}
    assert set(net.urls) == set(firsts)


@pytest.mark.parametrize(
    "location",
    ["/v/moved.jpg", "//other.xx.fbcdn.net/v/moved.jpg", "https://a.cdninstagram.com/v/moved.jpg"],
)
def test_a_redirect_within_the_cdn_is_followed(net: Net, location: str) -> None:
    replies = script(Reply(302, b"", {"location": location}), Reply(body=b"picture"))

    assert fetch(net.open(replies), CDN) == [b"picture"]
    assert net.requests[-1].url.path == "/v/moved.jpg"


@pytest.mark.parametrize(
    ("hops", "outcome"),
    [(5, b"picture"), (6, DownloadFailure.FAILED), (21, DownloadFailure.FAILED)],
)
def test_five_redirects_are_followed_at_most(
    net: Net, hops: int, outcome: bytes | DownloadFailure
) -> None:
    numbers = count()

    def redirect(_: httpx.Request) -> Reply:
        number = next(numbers)
        if number == hops:
            return Reply(body=b"picture")
        return Reply(302, b"", {"location": f"/{number}.jpg"})

    assert fetch(net.open(redirect), CDN) == [outcome]
    assert len(net.requests) == 6


OUTCOMES: dict[str, tuple[Reply, bytes | DownloadFailure, int]] = {
    "good": (Reply(body=b"picture"), b"picture", 1),
    "empty": (Reply(body=b""), b"", 1),
    "403": (Reply(403, b"URL signature expired"), DownloadFailure.EXPIRED, 1),
    "404": (Reply(404), DownloadFailure.FAILED, 1),
    "410": (Reply(410), DownloadFailure.FAILED, 1),
    "204": (Reply(204), DownloadFailure.FAILED, 1),
    "206": (Reply(206, b"half"), DownloadFailure.FAILED, 1),
    "redirect to nowhere": (Reply(302), DownloadFailure.FAILED, 1),
    "500": (Reply(500), DownloadFailure.FAILED, 3),
    "503": (Reply(503), DownloadFailure.FAILED, 3),
    "reset": (Reply(error=httpx.ReadError), DownloadFailure.FAILED, 3),
    "no connection": (Reply(error=httpx.ConnectError), DownloadFailure.FAILED, 3),
    "broken encoding": (Reply(error=httpx.DecodingError), DownloadFailure.FAILED, 1),
    "surprise": (Reply(error=ZeroDivisionError), DownloadFailure.FAILED, 1),
    "at the bound": (Reply(body=[MEGABYTE] * 20), MEGABYTE * 20, 1),
    "past the bound": (Reply(body=[MEGABYTE] * 20 + [b"!"]), DownloadFailure.FAILED, 1),
    "late": (Reply(wait=60), DownloadFailure.FAILED, 1),
}


@pytest.mark.usefixtures("_ten_tries")
@pytest.mark.parametrize(("reply", "outcome", "tries"), OUTCOMES.values(), ids=list(OUTCOMES))
def test_what_comes_of_a_picture(
    net: Net, reply: Reply, outcome: bytes | DownloadFailure, tries: int
) -> None:
    client = net.open(reply, call_seconds=1.0)
    start = time.monotonic()

    (came,) = fetch(client, CDN)

    assert time.monotonic() - start < 3.0
    assert came == outcome
    assert len(net.requests) == tries


def test_an_endless_picture_is_left_at_its_bound(net: Net) -> None:
    assert fetch(net.open(Reply(body=repeat(MEGABYTE))), CDN) == [DownloadFailure.FAILED]

    assert [body.taken for body in net.bodies] == [MAX_PICTURE + len(MEGABYTE)]


def test_every_picture_has_exactly_one_outcome(net: Net) -> None:
    kinds = [kind for kind in OUTCOMES.values() if kind[0].wait == 0]
    pictures = [
        Picture(str(number), "media_url", f"https://scontent.cdninstagram.com/{number}.jpg")
        for number in range(4 * len(kinds))
    ]

    def reply(request: httpx.Request) -> Reply:
        return kinds[int(request.url.path[1:-4]) % len(kinds)][0]

    outcomes = list(net.open(reply).download(pictures))

    assert sorted(int(picture.media_id) for picture, _ in outcomes) == list(range(len(pictures)))
    for picture, outcome in outcomes:
        assert outcome == kinds[int(picture.media_id) % len(kinds)][1]


def test_six_pictures_are_on_their_way_at_once(net: Net) -> None:
    fetch(net.open(Reply(wait=0.02)), *[CDN] * 30)

    assert net.most_at_once == 6


def test_pictures_come_as_they_arrive(net: Net) -> None:
    slow, quick = (Picture(name, "media_url", CDN + name) for name in ("slow", "quick"))
    client = net.open(lambda request: Reply(wait=0.3 if "slow" in str(request.url) else 0))

    assert [picture for picture, _ in client.download([slow, quick])] == [quick, slow]


def test_no_more_are_fetched_than_are_taken(net: Net) -> None:
    pictures = [Picture(str(number), "media_url", CDN) for number in range(30)]
    ahead = []

    for taken, _ in enumerate(net.open(Reply()).download(pictures)):
        time.sleep(0.01)
        ahead.append(len(net.requests) - taken)

    assert len(ahead) == len(net.requests) == 30
    assert max(ahead) <= 6


def test_what_the_budget_does_not_reach_waits(net: Net) -> None:
    client = net.open(Reply(body=b"picture", wait=0.2), downloads_seconds=0.3)
    start = time.monotonic()

    outcomes = fetch(client, *[CDN] * 30)

    assert time.monotonic() - start < 1.0
    counts = Counter(outcomes)
    assert set(counts) == {b"picture", DownloadFailure.WAITING}
    assert counts[b"picture"] < 15


def test_the_budget_is_one_for_all_downloads_of_a_build(net: Net) -> None:
    client = net.open(Reply(wait=60), downloads_seconds=0.2)
    assert fetch(client, CDN) == [DownloadFailure.WAITING]
    asked = len(net.requests)

    assert fetch(client, CDN, CDN) == [DownloadFailure.WAITING] * 2
    assert len(net.requests) == asked == 1


class TestClosing:
    def test_nothing_is_opened_before_the_first_request(self) -> None:
        client = Client()

        assert not threads()
        client.close()
        client.close()

    def test_it_ends_the_thread_and_may_be_repeated(self, net: Net) -> None:
        client = net.open(Reply())
        ask(client)
        fetch(client, CDN)
        assert threads() == [THREAD]

        client.close()
        client.close()

        assert not threads()

    def test_unfinished_downloads_are_given_up(
        self, net: Net, caplog: pytest.LogCaptureFixture
    ) -> None:
        waits: Sequence[float] = [0, 60, 60, 60]
        client = net.open(script(*(Reply(wait=wait) for wait in waits)), call_seconds=60)
        arriving = client.download([Picture(str(n), "media_url", CDN) for n in range(12)])
        next(arriving)
        start = time.monotonic()

        client.close()

        assert time.monotonic() - start < 1.0
        assert not threads()
        assert not caplog.records

    def test_connections_are_closed(self, net: Net, fake: FakeInstagram) -> None:
        fake.add_user(TOKEN)
        closed = []

        class Transport(httpx.AsyncHTTPTransport):
            async def aclose(self) -> None:
                await super().aclose()
                closed.append(True)

        with fake.remapped():
            client = net.keep(Client(Transport(verify=fake.ssl_context())))
            ask(client)
            client.close()

        assert closed


def test_a_build_inside_a_running_loop_works(net: Net) -> None:
    async def build() -> JSON:
        return ask(net.open(Reply(body={"id": "1"})))

    # In another thread: this one has a loop already where a browser is tested.
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(asyncio.run, build()).result() == {"id": "1"}
