"""Fetches files from Instagram's CDN, without the token, and checks each redirect anew.

Its outside thing is the network, through the HTTP client that it is given. It runs in the loop of
`client`'s thread, and all of a build's downloads share its time.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

import httpx
import stamina

from . import graph
from .models import DownloadFailure, OfferedVideo, Picture

MAX_PICTURE = 20 * 1024 * 1024
MAX_VIDEO = 100 * 1024 * 1024
MAX_REDIRECTS = 5
PARALLEL_PICTURES = 6
# Two at once: on a slow line six would all be cut off by the end of the time.
PARALLEL_VIDEOS = 2

Wanted = TypeVar("Wanted", Picture, OfferedVideo)
Got = TypeVar("Got")
Arrival = tuple[Wanted, Got | DownloadFailure, Callable[[], None]]
"""What was wanted, what came of it, and what is to be called in the loop when it was taken."""
Report = Callable[[Arrival[Wanted, Got]], None]


class VideoFile(Protocol):
    """A file that is being written; nothing of it stays but what is kept."""

    def write(self, chunk: bytes) -> bool:
        """Add bytes; return whether more are wanted."""

    def keep(self) -> str:
        """Keep the whole file and return its digest; "" when it is no video or cannot be kept."""

    def discard(self) -> None:
        """Remove what was written, unless it was kept."""


class Refused(Exception):
    """An answer that will not be read. Caught here and in `client`."""


class _TryAgain(Exception):
    """The CDN may do better a moment later. Stays in this module."""


class Downloads:
    """The downloads of one build.

    Args:
        open_client: Gives the HTTP client without the token, which follows no redirect.
        call_seconds: Bound of one picture, retries included.
        downloads_seconds: Bound of all downloads together. Videos get half of it at most, so that
            one tag's videos leave time for another's pictures.
    """

    def __init__(
        self,
        open_client: Callable[[], httpx.AsyncClient],
        *,
        call_seconds: float,
        downloads_seconds: float,
    ) -> None:
        self._open_client = open_client
        self._call_seconds = call_seconds
        self._video_seconds = downloads_seconds / 2
        self._left = downloads_seconds
        self._left_for_videos = self._video_seconds

    async def fetch_pictures(
        self, pictures: Sequence[Picture], report: Report[Picture, bytes]
    ) -> None:
        """Report each picture's bytes, or why there are none, as they arrive.

        What was not taken counts among the parallel ones: where encoding is slower than the
        network, the bytes of a few pictures wait in the memory, not of all.
        """

        async def fetch(picture: Picture, left: float) -> bytes | DownloadFailure:
            return await self._fetch(picture.url, _picture_of, left, self._call_seconds)

        started = asyncio.get_running_loop().time()
        await _fetch_all(pictures, fetch, report, PARALLEL_PICTURES, self._left)
        self._left -= asyncio.get_running_loop().time() - started

    async def fetch_videos(
        self,
        videos: Sequence[OfferedVideo],
        open_file: Callable[[], VideoFile],
        report: Report[OfferedVideo, str],
    ) -> None:
        """Report the digest of each video's kept file, or why there is none, as they arrive."""

        async def fetch(video: OfferedVideo, left: float) -> str | DownloadFailure:
            async def read(response: httpx.Response) -> str | DownloadFailure:
                return await _video_of(response, open_file())

            return await self._fetch(video.url, read, left, self._video_seconds)

        started = asyncio.get_running_loop().time()
        left = min(self._left, self._left_for_videos)
        await _fetch_all(videos, fetch, report, PARALLEL_VIDEOS, left)
        spent = asyncio.get_running_loop().time() - started
        self._left -= spent
        self._left_for_videos -= spent

    async def _fetch(
        self,
        url: str,
        read: Callable[[httpx.Response], Awaitable[Got | DownloadFailure]],
        left: float,
        bound: float,
    ) -> Got | DownloadFailure:
        """Return what `read` makes of the answer.

        A file for which less than about its `bound` was left is to be fetched by the next build;
        one that had as much time as it can ever have is given up.
        """
        if left <= 0:
            return DownloadFailure.WAITING
        try:
            async with asyncio.timeout(min(left, bound)):
                async for attempt in retry_context(_TryAgain):
                    with attempt:
                        return await self._get(url, read)
        except TimeoutError:
            return DownloadFailure.WAITING if left < 0.9 * bound else DownloadFailure.FAILED
        except (_TryAgain, Refused):
            return DownloadFailure.FAILED
        raise AssertionError("stamina raises what the last attempt raised")

    async def _get(
        self, url: str, read: Callable[[httpx.Response], Awaitable[Got | DownloadFailure]]
    ) -> Got | DownloadFailure:
        client = self._open_client()
        for _ in range(MAX_REDIRECTS + 1):
            if not graph.is_cdn_url(url):
                return DownloadFailure.FAILED
            try:
                async with client.stream("GET", url) as response:
                    if response.has_redirect_location:
                        url = str(response.url.join(response.headers["location"]))
                        continue
                    if response.status_code == 200:
                        return await read(response)
                    return _trouble_of(response)
            except httpx.TransportError:
                raise _TryAgain from None
            except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
                return DownloadFailure.FAILED
        return DownloadFailure.FAILED


async def _fetch_all(
    wanted: Sequence[Wanted],
    fetch: Callable[[Wanted, float], Awaitable[Got | DownloadFailure]],
    report: Report[Wanted, Got],
    parallel: int,
    seconds: float,
) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    places = asyncio.Semaphore(parallel)

    async def download(item: Wanted) -> None:
        outcome: Got | DownloadFailure = DownloadFailure.FAILED
        await places.acquire()
        try:
            outcome = await fetch(item, deadline - loop.time())
        finally:
            report((item, outcome, places.release))

    await asyncio.gather(*(download(item) for item in wanted), return_exceptions=True)


def _trouble_of(response: httpx.Response) -> DownloadFailure:
    if response.status_code >= 500:
        raise _TryAgain
    return DownloadFailure.EXPIRED if response.status_code == 403 else DownloadFailure.FAILED


async def _picture_of(response: httpx.Response) -> bytes:
    return await read_whole(response, MAX_PICTURE)


async def _video_of(response: httpx.Response, file: VideoFile) -> str | DownloadFailure:
    try:
        async for chunk in _chunks(response, MAX_VIDEO):
            if not file.write(chunk):
                return DownloadFailure.FAILED
        return file.keep() or DownloadFailure.FAILED
    finally:
        file.discard()


async def read_whole(response: httpx.Response, limit: int) -> bytes:
    """Return the whole body as sent.

    Raises:
        Refused: It is longer than `limit` bytes, or compressed.
    """
    return b"".join([chunk async for chunk in _chunks(response, limit)])


async def _chunks(response: httpx.Response, limit: int) -> AsyncIterator[bytes]:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise Refused("it is compressed though that was not asked for")
    length = 0
    async for chunk in response.aiter_raw():
        length += len(chunk)
        if length > limit:
            raise Refused(f"it is longer than {limit // 2**20} MB")
        yield chunk


def retry_context(on: Any) -> Any:
    """Return the tries of one call, with growing pauses."""
    return stamina.retry_context(
        on=on, attempts=3, timeout=None, wait_initial=0.5, wait_max=4.0, wait_jitter=0.5
    )
