"""Long work shows that it goes on."""

import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO, TypeVar

T = TypeVar("T")

_LOOK = 0.5


class Progress:
    """Shows what a run waits for, and since when.

    Only waiting counts: what MkDocs does meanwhile is no progress of ours.

    Example:
        progress = make_progress(log.info, sys.stderr)
        with progress.during("Waiting for pictures"):
            for picture in progress.count(arriving, 12):
                ...
        progress.close()

    Args:
        show: Called with each line, in another thread; nothing is shown without it.
        hide: Called when the work has ended, if a line was shown.
        first: Seconds before the first line.
        pause: Seconds between two lines.
        clock: Returns seconds.
    """

    def __init__(
        self,
        show: Callable[[str], None] | None = None,
        hide: Callable[[], None] = lambda: None,
        *,
        first: float = 10,
        pause: float = 10,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._show = show
        self._hide = hide
        self._next = first
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._work = self._counted = ""
        self._waited = self._since = 0.0
        self._is_shown = False
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def during(self, work: str) -> Iterator[None]:
        """Show `work` while it lasts."""
        with self._lock:
            self._work, self._counted, self._since = work, "", self._clock()
        self._start()
        try:
            yield
        finally:
            with self._lock:
                self._work = ""
                self._waited += self._clock() - self._since
                if self._is_shown:
                    self._hide()
                self._is_shown = False

    def count(self, items: Iterable[T], number: int) -> Iterator[T]:
        """Yield each item as it arrives, and count it."""
        for index, item in enumerate(items, 1):
            self._counted = f": {index} of {number}"
            yield item

    def look(self) -> None:
        """Show a line if it is time for one."""
        with self._lock:
            waited = self._waited + self._clock() - self._since
            if self._work and self._show and waited >= self._next:
                self._next = waited + self._pause
                self._is_shown = True
                self._show(f"{self._work}{self._counted} ({waited:.0f} s)")

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        if self._thread:
            self._thread.join()

    def _start(self) -> None:
        if self._show and not self._thread:
            self._thread = threading.Thread(target=self._look_on, daemon=True)
            try:
                self._thread.start()
            except RuntimeError:  # there is no thread to be had, and nothing depends on this one
                self._show = self._thread = None

    def _look_on(self) -> None:
        while not self._closed.wait(_LOOK):
            self.look()


def make_progress(write_line: Callable[[str], None], stream: TextIO) -> Progress:
    """Return a progress that changes one line of a terminal from the second second on.

    Where `stream` is no terminal, it calls `write_line` every ten seconds.
    """
    if not stream.isatty():
        return Progress(write_line)
    width = max(20, shutil.get_terminal_size().columns) - 1

    def show(text: str) -> None:
        # The cursor goes back to the beginning: what others write replaces the line.
        with suppress(OSError, ValueError):
            stream.write(f"{text[:width]:<{width}}\r")
            stream.flush()

    return Progress(show, lambda: show(""), first=2, pause=1)
