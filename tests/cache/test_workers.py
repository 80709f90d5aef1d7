"""Threads that are left alone when a build is interrupted."""

import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError

import pytest

from mkdocs_instagram.cache.workers import Workers


@pytest.fixture
def workers() -> Iterator[Workers]:
    workers = Workers(1)
    yield workers
    workers.close()


def test_an_error_is_raised_for_whoever_asks(workers: Workers) -> None:
    future = workers.submit(int, "five")

    with pytest.raises(ValueError, match="five"):
        future.result(30)


def test_no_more_threads_are_started_than_asked_for(workers: Workers) -> None:
    names = [workers.submit(threading.get_ident).result(30) for _ in range(5)]

    assert len(set(names)) == 1
    assert threading.get_ident() not in names


def test_what_has_not_begun_is_dropped(workers: Workers) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def wait() -> bool:
        begun.set()
        return go_on.wait(30)

    first, second = workers.submit(wait), workers.submit(wait)
    assert begun.wait(30)
    workers.close()
    go_on.set()

    assert first.result(30)
    with pytest.raises(CancelledError):
        second.result(30)
    with pytest.raises(RuntimeError):
        workers.submit(wait)


@pytest.mark.parametrize("given", [0, 1])
def test_without_a_thread_the_work_is_done_all_the_same(
    monkeypatch: pytest.MonkeyPatch, given: int
) -> None:
    workers = Workers(2)
    idents = [workers.submit(threading.get_ident).result(30)] if given else []

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    idents += [workers.submit(threading.get_ident).result(30) for _ in range(3)]
    workers.close()

    assert len(set(idents)) == 1
    assert (threading.get_ident() in idents) is (given == 0)
