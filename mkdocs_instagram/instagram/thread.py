"""The thread of all requests."""

import asyncio
import concurrent.futures
import socket
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from .connection_failures import describe_start_failure
from .log_filter import THREAD, silence_url_logs

T = TypeVar("T")


class NetworkThread:
    """A thread with its own event loop, started by the first `submit`."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._running: set[concurrent.futures.Future[Any]] = set()
        self._has_ended = False

    def submit(self, work: Coroutine[Any, Any, T]) -> "concurrent.futures.Future[T]":
        """Start `work` in the thread. From then on, URLs are kept out of the logs.

        Raises:
            NetworkUnusable: There is no thread to be had. Caught by `client`'s callers.
        """
        try:
            loop = self._loop or self._start()
        except (RuntimeError, OSError) as error:
            work.close()
            raise describe_start_failure(error) from None
        future = asyncio.run_coroutine_threadsafe(work, loop)
        self._running.add(future)
        future.add_done_callback(self._running.discard)
        if self._has_ended:
            work.close()
            future.cancel()
        return future

    def _start(self) -> asyncio.AbstractEventLoop:
        silence_url_logs()
        loop = _Loop()
        thread = threading.Thread(target=self._run, args=[loop], name=THREAD, daemon=True)
        try:
            thread.start()
        except RuntimeError:
            loop.close()
            raise
        self._loop, self._thread, self._has_ended = loop, thread, False
        return loop

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            loop.run_forever()
        finally:
            # Nobody may wait for ever for a thread that has ended too early.
            self._has_ended = True
            for future in list(self._running):
                future.cancel()

    def call_soon(self, callback: Callable[[], Any]) -> None:
        """Call `callback` in the thread, unless the thread has ended."""
        if self._loop:
            self._loop.call_soon_threadsafe(callback)

    def close(self, finish: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """End all tasks, run `finish` and end the thread, if it was started."""
        if self._loop is None or self._thread is None:
            return
        if not self._has_ended:
            with suppress(concurrent.futures.CancelledError):  # the thread ends meanwhile
                self.submit(_end_tasks(finish)).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = None


async def _end_tasks(finish: Callable[[], Coroutine[Any, Any, None]]) -> None:
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
    await finish()


class _Loop(asyncio.SelectorEventLoop):
    """Looks up host names in daemon threads.

    asyncio's own threads are awaited when the program ends: a look-up that hangs would delay the
    end of a build by a minute.
    """

    def __del__(self) -> None:
        """Do nothing: `NetworkThread` closes it, and one that was never open cannot be closed."""

    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> Any:
        """Do as `socket.getaddrinfo`."""
        found: asyncio.Future[Any] = self.create_future()

        def settle(setter: Callable[[Any], None], outcome: Any) -> None:
            if not found.done():
                setter(outcome)

        def look_up() -> None:
            done: tuple[Callable[[Any], None], Any]
            try:
                done = found.set_result, socket.getaddrinfo(host, port, **options)
            except Exception as error:  # noqa: BLE001 - whoever waits gets it
                done = found.set_exception, error
            with suppress(RuntimeError):  # the loop is closed: nobody waits for the answer
                self.call_soon_threadsafe(settle, *done)

        try:
            threading.Thread(target=look_up, name=f"{THREAD}-names", daemon=True).start()
        except RuntimeError as error:
            raise describe_start_failure(error) from None
        return await found
