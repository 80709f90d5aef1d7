"""All network access of one run."""

import asyncio
import queue
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote_plus

import httpx

from mkdocs_instagram.errors import (
    AnswerTooLarge,
    InstagramError,
    NetworkUnusable,
    UnknownField,
    Unreachable,
)

from . import graph, network_settings, oauth
from .connection_failures import describe_failure, describe_route, describe_setup_failure
from .downloads import Arrival, Downloads, File, Refused, Report, VideoFile, read_whole
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
        obstacle: Why the last `UNUSABLE` file could not be downloaded.
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
        self.obstacle: NetworkUnusable | None = None
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
        yield from self._download(pictures, partial(self._downloads.fetch_pictures, pictures))

    def download_videos(
        self, videos: Sequence[OfferedVideo], open_file: Callable[[], VideoFile]
    ) -> Iterator[tuple[OfferedVideo, str | DownloadFailure]]:
        """Yield the digest of each video's kept file, or why there is none, as they arrive.

        Args:
            videos: Each is written to a file in chunks.
            open_file: Returns an empty file; called in another thread, once for each try.
        """
        yield from self._download(videos, partial(self._downloads.fetch_videos, videos, open_file))

    def _download(
        self,
        files: Sequence[File],
        fetch: Callable[[Report[File, T]], Coroutine[Any, Any, None]],
    ) -> Iterator[tuple[File, T | DownloadFailure]]:
        """Yield an outcome for each file, also if `fetch` ends before it has reported all."""
        arrived: queue.SimpleQueue[Arrival[File, T] | None] = queue.SimpleQueue()
        missing = list(files)
        try:
            done = self._thread.submit(fetch(arrived.put))
        except NetworkUnusable as error:
            self.obstacle = error
            arrived.put(None)
        else:
            done.add_done_callback(lambda _: arrived.put(None))
        while missing and (arrival := arrived.get()):
            file, outcome, note_taken = arrival
            missing.remove(file)
            self.obstacle = self._downloads.obstacle
            yield file, outcome
            self._thread.call_soon(note_taken)
        for file in missing:
            yield file, DownloadFailure.UNUSABLE

    def close(self) -> None:
        """End the connections and the thread."""
        self._thread.close(self._close_connections)

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        started = time.monotonic()
        try:
            return self._thread.submit(work).result()
        except InstagramError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever happens, a build goes on
            failure = describe_failure(error, graph.HOST)
        finally:
            self._calls_left -= time.monotonic() - started
        raise failure  # out here it has no context, whose frames could have a secret

    async def _close_connections(self) -> None:
        while self._clients:
            with suppress(Exception):  # nothing depends on a connection that is not needed any more
                await self._clients.popitem()[1].aclose()

    def _open_client(self, name: str) -> httpx.AsyncClient:
        if name not in self._clients:
            try:
                self._clients[name] = httpx.AsyncClient(
                    transport=self._transport,
                    verify=self._load_trust(),
                    headers=_HEADERS,
                    follow_redirects=False,
                    timeout=self._call_seconds,
                )
            except InstagramError:
                raise
            except Exception as error:  # noqa: BLE001 - ImportError, ValueError, OSError and others
                raise describe_setup_failure(error) from None
        return self._clients[name]

    def _load_trust(self) -> "ssl.SSLContext | bool":
        """Return the certificate authorities of both HTTP clients: loading them takes 30 ms."""
        if self._trust is None and self._transport is None:
            network_settings.refuse_pipes()
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
            route = describe_route(graph.HOST)
            raise Unreachable(
                f"Instagram gave no answer within {seconds:.0f} seconds{route}."
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
        except Refused as error:
            raise Unreachable(
                f"Instagram's answer was not read: {error}.", is_temporary=False
            ) from None
        except Exception as error:  # noqa: BLE001 - whatever happens, a build goes on
            # From None, as the exception contains the URL.
            raise describe_failure(error, httpx.URL(url).host) from None


def _remove_secrets(body: bytes, secrets: Mapping[str, Secret]) -> bytes:
    """Return an answer without the secrets that were sent: its message can repeat them."""
    for secret in secrets.values():
        for spelling in {secret.reveal(), quote_plus(secret.reveal())}:
            body = body.replace(spelling.encode(), b"")
    return body


def _is_temporary(error: Exception) -> bool:
    return isinstance(error, Unreachable) and error.is_temporary
