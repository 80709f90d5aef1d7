"""Downloads from Instagram's CDN."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import Protocol, TypeVar

import httpx

from mkdocs_instagram.errors import NetworkUnusable

from . import graph
from .connection_failures import describe_failure
from .models import DownloadFailure, OfferedVideo, Picture
from .retries import retry

MAX_PICTURE = 20 * 1024 * 1024
MAX_VIDEO = 100 * 1024 * 1024
MAX_REDIRECTS = 5
PARALLEL_PICTURES = 6
# Only two: on a slow line, none of six would be complete when the time is over.
PARALLEL_VIDEOS = 2

T = TypeVar("T")
File = TypeVar("File", Picture, OfferedVideo)
Arrival = tuple[File, T | DownloadFailure, Callable[[], None]]
"""A file, its outcome, and a function to call in the loop when the outcome was taken."""
Report = Callable[[Arrival[File, T]], None]
Read = Callable[[httpx.Response], Awaitable[T | DownloadFailure]]


class VideoFile(Protocol):
    """A video that is being written to a file; nothing stays unless `keep` is called."""

    def write(self, chunk: bytes) -> bool:
        """Add bytes; return `False` when this is not a video. An `OSError` is caught here."""

    def keep(self) -> str:
        """Keep the whole file and return its digest; "" when it is not a video."""

    def discard(self) -> None:
        """Remove the file, unless it was kept."""


class Refused(Exception):
    """The answer is too long or compressed. Caught here and in `client`."""


class _TryAgain(Exception):
    """The same download may work a moment later."""


class Downloads:
    """Downloads pictures and videos without the token, in the loop of `client`'s thread.

    Args:
        open_client: Returns an HTTP client that follows no redirect.
        call_seconds: Bound of one picture, retries included.
        downloads_seconds: Bound of all downloads together. Videos get at most half of it, so that
            the videos of one tag leave time for the pictures of another.

    Attributes:
        obstacle: Why the last file that is `UNUSABLE` could not be downloaded.
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
        self.obstacle: NetworkUnusable | None = None

    async def fetch_pictures(
        self, pictures: Sequence[Picture], report: Report[Picture, bytes]
    ) -> None:
        """Report each picture's bytes, or why there are none, as they arrive.

        A picture that was not taken yet counts as one of the parallel downloads: where encoding is
        slower than the network, the memory holds the bytes of a few pictures, not of all.
        """
        read = partial(read_whole, limit=MAX_PICTURE)

        async def fetch(picture: Picture, left: float) -> bytes | DownloadFailure:
            return await self._fetch(picture.url, read, left, self._call_seconds)

        spent = await _fetch_all(pictures, fetch, report, PARALLEL_PICTURES, self._left)
        self._left -= spent

    async def fetch_videos(
        self,
        videos: Sequence[OfferedVideo],
        open_file: Callable[[], VideoFile],
        report: Report[OfferedVideo, str],
    ) -> None:
        """Report the digest of each video's kept file, or why there is none, as they arrive."""

        async def fetch(video: OfferedVideo, left: float) -> str | DownloadFailure:
            def read(response: httpx.Response) -> Awaitable[str | DownloadFailure]:
                return _save_video(response, open_file())

            return await self._fetch(video.url, read, left, self._video_seconds)

        left = min(self._left, self._left_for_videos)
        spent = await _fetch_all(videos, fetch, report, PARALLEL_VIDEOS, left)
        self._left -= spent
        self._left_for_videos -= spent

    async def _fetch(
        self, url: str, read: Read[T], left: float, bound: float
    ) -> T | DownloadFailure:
        """Return what `read` makes of the answer.

        When the time runs out, the next build tries again, unless about the whole `bound`, the most
        that a file can ever have, was left for this one.
        """
        if left <= 0:
            return DownloadFailure.WAITING
        try:
            async with asyncio.timeout(min(left, bound)):
                return await retry(lambda: self._get(url, read), _TryAgain)
        except TimeoutError:
            return DownloadFailure.WAITING if left < 0.9 * bound else DownloadFailure.FAILED
        except (_TryAgain, Refused):
            return DownloadFailure.FAILED
        except NetworkUnusable as error:
            self.obstacle = error
            return DownloadFailure.UNUSABLE

    async def _get(self, url: str, read: Read[T]) -> T | DownloadFailure:
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
                    if response.status_code >= 500:
                        raise _TryAgain
                    is_expired = response.status_code == 403
                    return DownloadFailure.EXPIRED if is_expired else DownloadFailure.FAILED
            except httpx.TransportError as error:
                failure = describe_failure(error, httpx.URL(url).host)
                if isinstance(failure, NetworkUnusable):
                    raise failure from None
                raise _TryAgain from None
            except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
                return DownloadFailure.FAILED
        return DownloadFailure.FAILED


async def _fetch_all(
    files: Sequence[File],
    fetch: Callable[[File, float], Awaitable[T | DownloadFailure]],
    report: Report[File, T],
    parallel: int,
    seconds: float,
) -> float:
    """Fetch the files within `seconds`; return how many seconds it took."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    slots = asyncio.Semaphore(parallel)

    async def download(file: File) -> None:
        outcome: T | DownloadFailure = DownloadFailure.FAILED
        await slots.acquire()
        try:
            outcome = await fetch(file, started + seconds - loop.time())
        finally:
            report((file, outcome, slots.release))

    await asyncio.gather(*(download(file) for file in files), return_exceptions=True)
    return loop.time() - started


async def _save_video(response: httpx.Response, file: VideoFile) -> str | DownloadFailure:
    try:
        async for chunk in _read_chunks(response, MAX_VIDEO):
            if not file.write(chunk):
                return DownloadFailure.FAILED
        return file.keep() or DownloadFailure.FAILED
    except OSError:
        return DownloadFailure.UNSAVED
    finally:
        file.discard()


async def read_whole(response: httpx.Response, limit: int) -> bytes:
    """Return the whole body.

    Raises:
        Refused: It is longer than `limit` bytes, or compressed.
    """
    return b"".join([chunk async for chunk in _read_chunks(response, limit)])


async def _read_chunks(response: httpx.Response, limit: int) -> AsyncIterator[bytes]:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise Refused("it is compressed, although this was not requested")
    length = 0
    async for chunk in response.aiter_raw():
        length += len(chunk)
        if length > limit:
            raise Refused(f"it is longer than {limit // 2**20} MB")
        yield chunk
