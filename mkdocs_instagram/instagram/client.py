"""All network access of one run."""

import asyncio
import queue
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote_plus

import httpx

from mkdocs_instagram.errors import AnswerTooLarge, UnknownField, Unreachable

from . import graph, oauth
from .downloads import Arrival, Downloads, File, Refused, VideoFile, read_whole
from .models import JSON, DownloadFailure, OfferedVideo, Picture
from .oauth import GrantRequest
from .retries import retry
from .secrets import Grant, Secret, Token
from .thread import NetworkThread

if TYPE_CHECKING:
    import ssl

T = TypeVar("T")
AskForLess = UnknownField | AnswerTooLarge

CALL_SECONDS = 20.0
CALLS_SECONDS = 180.0
DOWNLOADS_SECONDS = 120.0
MAX_ANSWER = 16 * 1024 * 1024

# No compression: a small body could unpack to any size.
_HEADERS = {"Accept-Encoding": "identity", "User-Agent": "mkdocs-instagram"}


class Client:
    """Sends requests and downloads files; opens nothing before the first one.

    One HTTP client sends tokens, to Instagram's API hosts only; another one downloads files.
    Neither follows redirects. Both run in one thread with its own event loop, so that a deadline
    can interrupt a call, and a build can run inside another loop.

    Example:
        client = Client()
        (user,) = client.ask(token, [user_request()])
        client.close()

    Args:
        transport: Sends the requests of both HTTP clients; the network itself when `None`.
        call_seconds: Bound of one call or picture, retries included.
        calls_seconds: Bound of all calls together.
        downloads_seconds: Bound of all downloads together.

    Attributes:
        server_date: The header `Date` of the last answer to a call; "" before the first.
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
        self._downloads = Downloads(
            lambda: self._open_client("cdn"),
            call_seconds=call_seconds,
            downloads_seconds=downloads_seconds,
        )
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._trust: ssl.SSLContext | None = None
        self._thread = NetworkThread()

    def ask(self, token: Token, requests: Sequence[graph.GraphRequest]) -> list[JSON | AskForLess]:
        """Return the answers to `requests`, which are sent together.

        An error that says to ask for less is returned, not raised: `account` does so.

        Raises:
            InstagramError: The first other failure. Caught by `feed.loader` and the commands.
        """
        return self._call(self._ask_all(token, requests))

    def request_grant(self, request: GrantRequest) -> Grant:
        """Return the token that a token endpoint answers with.

        Raises:
            InstagramError: There is none. Caught by `tokens.expiry` and the commands.
        """
        outcome = self._call(self._request_grant(request))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def download(
        self, pictures: Sequence[Picture]
    ) -> Iterator[tuple[Picture, bytes | DownloadFailure]]:
        """Yield each picture's bytes, or why there are none, as they arrive."""
        arrived: queue.SimpleQueue[Arrival[Picture, bytes]] = queue.SimpleQueue()
        self._thread.submit(self._downloads.fetch_pictures(pictures, arrived.put))
        yield from self._receive(arrived, len(pictures))

    def download_videos(
        self, videos: Sequence[OfferedVideo], open_file: Callable[[], VideoFile]
    ) -> Iterator[tuple[OfferedVideo, str | DownloadFailure]]:
        """Yield the digest of each video's kept file, or why there is none, as they arrive.

        Args:
            videos: Each is written to a file in chunks.
            open_file: Returns an empty file; called in another thread, once for each try.
        """
        arrived: queue.SimpleQueue[Arrival[OfferedVideo, str]] = queue.SimpleQueue()
        self._thread.submit(self._downloads.fetch_videos(videos, open_file, arrived.put))
        yield from self._receive(arrived, len(videos))

    def _receive(
        self, arrived: "queue.SimpleQueue[Arrival[File, T]]", count: int
    ) -> Iterator[tuple[File, T | DownloadFailure]]:
        for _ in range(count):
            file, outcome, note_taken = arrived.get()
            yield file, outcome
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

    def _open_client(self, name: str) -> httpx.AsyncClient:
        if name not in self._clients:
            self._clients[name] = httpx.AsyncClient(
                transport=self._transport,
                verify=self._load_trust(),
                headers=_HEADERS,
                follow_redirects=False,
                timeout=self._call_seconds,
            )
        return self._clients[name]

    def _load_trust(self) -> "ssl.SSLContext | bool":
        """Return the certificate authorities of both HTTP clients: loading them takes 30 ms."""
        if self._trust is None and self._transport is None:
            self._trust = httpx.create_ssl_context()
        return self._trust or True

    async def _ask_all(
        self, token: Token, requests: Sequence[graph.GraphRequest]
    ) -> list[JSON | AskForLess]:
        answers = await asyncio.gather(
            *(self._ask(token, request) for request in requests), return_exceptions=True
        )
        for answer in answers:
            if isinstance(answer, BaseException):
                # httpx's exceptions and the frames of the traceback contain the URL.
                answer.__context__ = answer.__traceback__ = None
                if not isinstance(answer, AskForLess):
                    raise answer
        return [answer for answer in answers if isinstance(answer, dict | AskForLess)]

    async def _ask(self, token: Token, request: graph.GraphRequest) -> JSON:
        host = graph.FACEBOOK_HOST if token.is_facebook else graph.HOST

        async def call() -> JSON:
            secrets = {"access_token": token}
            status, headers, body = await self._send(
                "GET", f"https://{host}{request.path}", request.params, secrets
            )
            return graph.decipher_response(status, headers, _remove_secrets(body, secrets))

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
            raise oauth.decipher_refusal(status, headers, _remove_secrets(body, request.secrets))

        try:
            # A code works once: the error of a second try would hide that of the first.
            return await self._within_bounds(call, may_repeat=request.method == "GET")
        except Exception as error:  # noqa: BLE001 - `request_grant` raises it
            # The frames of the traceback contain the secrets.
            error.__context__ = error.__traceback__ = None
            return error

    async def _within_bounds(
        self, call: Callable[[], Awaitable[T]], *, may_repeat: bool = True
    ) -> T:
        seconds = max(0.0, min(self._call_seconds, self._calls_left))
        try:
            async with asyncio.timeout(seconds):
                return await (retry(call, _is_temporary) if may_repeat else call())
        except TimeoutError:
            raise Unreachable(
                f"Instagram gave no answer within {seconds:.0f} seconds."
                if seconds == self._call_seconds
                else "The time that a build waits for Instagram's answers has run out."
            ) from None

    async def _send(
        self, method: str, url: str, params: Mapping[str, str], secrets: Mapping[str, Secret]
    ) -> tuple[int, httpx.Headers, bytes]:
        """Return status, headers and body of a call: a GET, or a POST of a form."""
        fields = {**params, **{name: secret.reveal() for name, secret in secrets.items()}}
        query, form = (None, fields) if method == "POST" else (fields, None)
        try:
            client = self._open_client("graph")
            async with client.stream(method, url, params=query, data=form) as response:
                self.server_date = response.headers.get("date", "")
                body = await read_whole(response, MAX_ANSWER)
                return response.status_code, response.headers, body
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # From None, and only its type: the exception contains the URL.
            raise Unreachable(f"Instagram could not be reached ({type(error).__name__}).") from None
        except Refused as error:
            raise Unreachable(
                f"Instagram's answer was not read: {error}.", is_temporary=False
            ) from None


def _remove_secrets(body: bytes, secrets: Mapping[str, Secret]) -> bytes:
    """Return an answer without the secrets that were sent: its message can repeat them."""
    for secret in secrets.values():
        for spelling in {secret.reveal(), quote_plus(secret.reveal())}:
            body = body.replace(spelling.encode(), b"")
    return body


def _is_temporary(error: Exception) -> bool:
    return isinstance(error, Unreachable) and error.is_temporary
