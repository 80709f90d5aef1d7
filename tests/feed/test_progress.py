import io
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest

from mkdocs_instagram.feed.progress import Progress, make_progress


class Clock:
    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class Watched:
    """A progress whose clock and looks are the test's."""

    def __init__(self, *, first: float, pause: float) -> None:
        self.lines: list[str] = []
        self.clock = Clock()
        self.progress = Progress(
            self.lines.append,
            lambda: self.lines.append("hidden"),
            first=first,
            pause=pause,
            clock=self.clock,
        )
        self.progress._start = lambda: None  # type: ignore[method-assign]

    def wait(self, seconds: int) -> list[str]:
        """Return what is shown while seconds pass."""
        before = len(self.lines)
        for _ in range(seconds):
            self.clock.seconds += 1
            self.progress.look()
        return self.lines[before:]


def test_nothing_is_shown_of_short_work() -> None:
    watched = Watched(first=2, pause=1)

    with watched.progress.during("Pictures"):
        assert watched.wait(1) == []
    assert watched.wait(60) == [], "there is no work"

    assert watched.lines == []


def test_a_line_is_shown_first_after_a_while_and_then_after_each_pause() -> None:
    watched = Watched(first=2, pause=10)

    with watched.progress.during("Waiting for Instagram"):
        assert watched.wait(25) == [
            "Waiting for Instagram (2 s)",
            "Waiting for Instagram (12 s)",
            "Waiting for Instagram (22 s)",
        ]
    assert watched.lines[3:] == ["hidden"]


def test_what_arrives_is_counted() -> None:
    watched = Watched(first=2, pause=1)

    with watched.progress.during("Pictures"):
        arriving = watched.progress.count("abc", 3)
        assert watched.wait(2) == ["Pictures (2 s)"]
        assert next(arriving) == "a"
        assert watched.wait(1) == ["Pictures: 1 of 3 (3 s)"]
        assert list(arriving) == ["b", "c"]
        assert watched.wait(1) == ["Pictures: 3 of 3 (4 s)"]
    with watched.progress.during("Videos"):
        assert watched.wait(1) == ["Videos (5 s)"]


def test_many_short_waits_are_a_long_one() -> None:
    watched = Watched(first=10, pause=10)

    shown = []
    for _ in range(12):
        with watched.progress.during("Waiting for Instagram"):
            shown += watched.wait(1)
        watched.clock.seconds += 100  # MkDocs renders pages

    assert shown == ["Waiting for Instagram (10 s)"]


def test_the_end_of_work_is_shown_when_it_fails_too() -> None:
    watched = Watched(first=2, pause=1)

    with suppress(KeyboardInterrupt), watched.progress.during("Pictures"):
        watched.wait(2)
        raise KeyboardInterrupt

    assert watched.lines == ["Pictures (2 s)", "hidden"]


def test_a_thread_looks_on_and_ends() -> None:
    shown = threading.Event()
    progress = Progress(lambda _: shown.set(), first=0, pause=0)

    with progress.during("Pictures"):
        assert shown.wait(30)
    progress.close()
    progress.close()

    assert progress._thread
    assert not progress._thread.is_alive()


def test_without_a_thread_to_be_had_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", fail)
    lines: list[str] = []
    progress = Progress(lines.append, first=0, pause=0)

    for _ in range(2):
        with progress.during("Pictures"):
            assert list(progress.count("ab", 2)) == ["a", "b"]
            progress.look()
    progress.close()

    assert lines == []


def test_a_silent_progress_starts_no_thread() -> None:
    progress = Progress()

    with progress.during("Pictures"):
        progress.look()
    progress.close()

    assert progress._thread is None


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Callable[[Progress], Clock]:
    """Gives a progress that was made a clock of the test."""
    monkeypatch.setenv("COLUMNS", "40")

    def quick(progress: Progress) -> Clock:
        progress._clock = clock = Clock()
        progress._start = lambda: None  # type: ignore[method-assign]
        return clock

    return quick


def test_a_terminal_has_one_line_from_the_second_second_on(
    quick: Callable[[Progress], Clock],
) -> None:
    terminal, lines = Terminal(), list[str]()
    progress = make_progress(lines.append, terminal)
    clock = quick(progress)

    with progress.during("Pictures"):
        progress.look()
        assert terminal.getvalue() == ""
        for _ in range(3):
            clock.seconds += 1
            progress.look()

    width = 39
    assert terminal.getvalue() == "".join(
        f"{text:<{width}}\r" for text in ("Pictures (2 s)", "Pictures (3 s)", "")
    )
    assert lines == []


def test_elsewhere_a_line_is_written_every_ten_seconds(
    quick: Callable[[Progress], Clock],
) -> None:
    pipe, lines = io.StringIO(), list[str]()
    progress = make_progress(lines.append, pipe)
    clock = quick(progress)

    with progress.during("Pictures"):
        for _ in range(25):
            clock.seconds += 1
            progress.look()

    assert lines == ["Pictures (10 s)", "Pictures (20 s)"]
    assert pipe.getvalue() == ""


def test_a_terminal_that_is_gone_stops_no_work(quick: Callable[[Progress], Clock]) -> None:
    terminal = Terminal()
    progress = make_progress(lambda _: None, terminal)
    clock = quick(progress)

    with progress.during("Pictures"):
        clock.seconds += 5
        terminal.close()
        progress.look()
