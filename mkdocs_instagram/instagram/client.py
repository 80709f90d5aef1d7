"""The network of one run.

All of it runs in one thread that owns its event loop: deadlines can interrupt a call, and a build
inside a running loop works. Two HTTP clients: the one with the token knows Graph hosts only; the
other fetches files. Neither follows a redirect.
"""

import asyncio
import queue
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote_plus

import httpx

from mkdocs_instagram.errors import UnknownField, Unreachable

from . import graph, oauth
from .downloads import (
    Arrival,
    Downloads,
    Got,
    Refused,
    VideoFile,
    Wanted,
    read_whole,
    retry_context,
)
from .models import JSON, DownloadFailure, OfferedVideo, Picture
from .oauth import GrantRequest
from .secrets import Grant, Secret, Token
from .thread import NetworkThread

if TYPE_CHECKING:
    import ssl

T = TypeVar("T")

CALL_SECONDS = 20.0
CALLS_SECONDS = 180.0
DOWNLOADS_SECONDS = 120.0
MAX_ANSWER = 16 * 1024 * 1024

# Bodies come as they are: a compressed one could unpack to anything.
_HEADERS = {"Accept-Encoding": "identity", "User-Agent": "mkdocs-instagram"}


class Client:
    """Sends requests and fetches files; opens nothing before the first one.

    Example:
        client = Client()
        (user,) = client.ask(token, [user_request(USER_FIELDS)])
        client.close()

    Args:
        transport: What sends the requests of both clients; the network itself when `None`.
        call_seconds: Bound of one call or picture, retries included.
        calls_seconds: Bound of all calls together; with that of the downloads, of all waiting.
        downloads_seconds: Bound of all downloads together.

    Attributes:
        server_date: The `Date` of the last answer of a Graph host; "" before the first.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        call_seconds: float = CALL_SECONDS,
        calls_seconds: float = CALLS_SECONDS,
        downloads_seconds: float = DOWNLOADS_SECONDS,
    ) -> None:
        self._transport = transport
        self._call_seconds = call_seconds
        self._calls_left = calls_seconds
        self.server_date = ""
        self._cdn = Downloads(
            lambda: self._open("cdn"),
            call_seconds=call_seconds,
            downloads_seconds=downloads_seconds,
        )
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._trust: ssl.SSLContext | None = None
        self._thread = NetworkThread()

    def ask(
        self, token: Token, requests: Sequence[graph.GraphRequest]
    ) -> list[JSON | UnknownField]:
        """Return the answers of `requests`, sent together.

        An unknown field is returned, not raised: it calls for a second try.

        Raises:
            InstagramError: The first other failure. Caught by `loader`.
        """
        return self._call(self._ask_all(token, requests))

    def request_grant(self, request: GrantRequest) -> Grant:
        """Return what a token endpoint hands out.

        Raises:
            InstagramError: It hands out nothing. Caught by `expiry` and `login`.
        """
        outcome = self._call(self._request_grant(request))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def download(
        self, pictures: Sequence[Picture]
    ) -> Iterator[tuple[Picture, bytes | DownloadFailure]]:
        """Yield each picture's bytes, or why there are none, in the order in which they arrive."""
        arrived: queue.SimpleQueue[Arrival[Picture, bytes]] = queue.SimpleQueue()
        self._thread.submit(self._cdn.fetch_pictures(pictures, arrived.put))
        yield from self._take(arrived, len(pictures))

    def download_videos(
        self, videos: Sequence[OfferedVideo], open_file: Callable[[], VideoFile]
    ) -> Iterator[tuple[OfferedVideo, str | DownloadFailure]]:
        """Yield the digest of each video's kept file, or why there is none, as they arrive.

        Args:
            videos: Each is streamed to a file, whose first bytes `open_file` judges.
            open_file: Called in another thread, once for each try.
        """
        arrived: queue.SimpleQueue[Arrival[OfferedVideo, str]] = queue.SimpleQueue()
        self._thread.submit(self._cdn.fetch_videos(videos, open_file, arrived.put))
        yield from self._take(arrived, len(videos))

    def _take(
        self, arrived: "queue.SimpleQueue[Arrival[Wanted, Got]]", count: int
    ) -> Iterator[tuple[Wanted, Got | DownloadFailure]]:
        for _ in range(count):
            wanted, outcome, note_taken = arrived.get()
            yield wanted, outcome
            self._thread.call_soon(note_taken)

    def close(self) -> None:
        """End the connections and the thread."""
        self._thread.close(self._close_connections)

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        started = time.monotonic()
        try:
            return self._thread.submit(work).result()
        finally:
            self._calls_left -= time.monotonic() - started

    async def _close_connections(self) -> None:
        while self._clients:
            await self._clients.popitem()[1].aclose()

    def _open(self, name: str) -> httpx.AsyncClient:
        """Return the client called `name`, which lives in the thread's loop."""
        if name not in self._clients:
            self._clients[name] = httpx.AsyncClient(
                transport=self._transport,
                verify=self._find_trust(),
                headers=_HEADERS,
                follow_redirects=False,
                timeout=self._call_seconds,
            )
        return self._clients[name]

    def _find_trust(self) -> "ssl.SSLContext | bool":
        """Return the authorities that both clients trust: reading them takes 30 ms."""
        if self._trust is None and self._transport is None:
            self._trust = httpx.create_ssl_context()
        return self._trust or True

    async def _ask_all(
        self, token: Token, requests: Sequence[graph.GraphRequest]
    ) -> list[JSON | UnknownField]:
        answers = await asyncio.gather(
            *(self._ask(token, request) for request in requests), return_exceptions=True
        )
        for answer in answers:
            if isinstance(answer, BaseException):
                # httpx's exceptions, and the frames that they passed, hold the URL.
                answer.__context__ = answer.__traceback__ = None
                if not isinstance(answer, UnknownField):
                    raise answer
        return [answer for answer in answers if isinstance(answer, dict | UnknownField)]

    async def _ask(self, token: Token, request: graph.GraphRequest) -> JSON:
        host = graph.FACEBOOK_HOST if token.is_facebook else graph.HOST

        async def call() -> JSON:
            secrets = {"access_token": token}
            status, headers, body = await self._send(
                "GET", f"https://{host}{request.path}", request.params, secrets
            )
            return graph.decipher_response(status, headers, _without(body, secrets))

        return await self._within_bounds(call)

    async def _request_grant(self, request: GrantRequest) -> Grant | Exception:
        async def call() -> Grant:
            status, headers, body = await self._send(
                request.method,
                f"https://{request.host}{request.path}",
                request.params,
                request.secrets,
            )
            if grant := oauth.decipher_grant(status, body):
                return grant
            raise oauth.decipher_refusal(status, headers, _without(body, request.secrets))

        try:
            # A code works once: a second try would hide what became of the first.
            return await self._within_bounds(call, may_repeat=request.method == "GET")
        except Exception as error:  # noqa: BLE001 - returned, and raised by who called
            # The frames that it passed hold the secrets.
            error.__context__ = error.__traceback__ = None
            return error

    async def _within_bounds(
        self, call: Callable[[], Awaitable[T]], *, may_repeat: bool = True
    ) -> T:
        seconds = max(0.0, min(self._call_seconds, self._calls_left))
        try:
            async with asyncio.timeout(seconds):
                if not may_repeat:
                    return await call()
                async for attempt in retry_context(_is_temporary):
                    with attempt:
                        return await call()
        except TimeoutError:
            raise Unreachable(
                f"Instagram gave no answer within {seconds:.0f} seconds."
                if seconds == self._call_seconds
                else "The time that a build waits for Instagram's answers was over."
            ) from None
        raise AssertionError("stamina raises what the last attempt raised")

    async def _send(
        self, method: str, url: str, params: Mapping[str, str], secrets: Mapping[str, Secret]
    ) -> tuple[int, httpx.Headers, bytes]:
        """Return status, headers and body of a call: a GET, or a POST of a form."""
        everything = {**params, **{name: secret.reveal() for name, secret in secrets.items()}}
        query, form = (None, everything) if method == "POST" else (everything, None)
        try:
            client = self._open("graph")
            async with client.stream(method, url, params=query, data=form) as response:
                self.server_date = response.headers.get("date", "")
                body = await read_whole(response, MAX_ANSWER)
                return response.status_code, response.headers, body
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # From None, and by type only: the exception's request holds the URL.
            raise Unreachable(f"Instagram could not be reached ({type(error).__name__}).") from None
        except Refused as error:
            raise Unreachable(
                f"Instagram's answer was not read: {error}.", is_temporary=False
            ) from None


def _without(body: bytes, secrets: Mapping[str, Secret]) -> bytes:
    """Return an answer without what was sent, should it repeat it in a message."""
    for secret in secrets.values():
        for spelling in {secret.reveal(), quote_plus(secret.reveal())}:
            body = body.replace(spelling.encode(), b"")
    return body


def _is_temporary(error: Exception) -> bool:
    return isinstance(error, Unreachable) and error.is_temporary
