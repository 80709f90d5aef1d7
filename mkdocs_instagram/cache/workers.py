"""Threads that no end waits for."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Workers:
    """Threads for work that is dropped when the program is interrupted.

    Python waits for the threads of its own pools when a program ends, so that Ctrl-C would wait for
    a decoder.

    Args:
        count: The most threads. Each is started when there is work for it.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._started = 0
        self._starting = threading.Lock()
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._is_closed = False

    def submit(self, work: Callable[P, T], *args: P.args, **options: P.kwargs) -> "Future[T]":
        """Start `work` in a thread; in this one, if the system gives no thread.

        Raises:
            RuntimeError: Nothing may be started after `close`.
        """
        if self._is_closed:
            raise RuntimeError("closed")
        future: Future[T] = Future()
        job = partial(self._do, future, partial(work, *args, **options))
        if self._has_thread():
            self._work.put(job)
        else:
            job()
        return future

    def close(self) -> None:
        """Drop what no thread has begun. Each thread ends with its work; nothing waits for that."""
        self._is_closed = True
        for _ in range(self._started):
            self._work.put(None)

    def _has_thread(self) -> bool:
        with self._starting:
            if self._started < self._count:
                try:
                    threading.Thread(target=self._run, name="mk-ig-pictures", daemon=True).start()
                    self._started += 1
                except RuntimeError:  # The threads that there are must do.
                    self._count = self._started
            return self._started > 0

    def _run(self) -> None:
        while job := self._work.get():
            job()
            del job  # It holds the bytes of a picture.

    def _do(self, future: "Future[T]", work: Callable[[], T]) -> None:
        if self._is_closed:
            future.cancel()
            return
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - for the one that asks the future
            future.set_exception(error)
