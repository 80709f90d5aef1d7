"""`inject`: the tags of a built site become feeds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mkdocs_instagram.errors import CacheUnusable
from mkdocs_instagram.feed.pace import Pace
from mkdocs_instagram.render.built_site import BuiltSite

from . import terminal
from .context import Context
from .injection import Injection

_LOCK_SECONDS = 60
_PAUSE_SECONDS = 0.5
_NAME_IT = "Name the folder into which the generator writes the site, such as `site`."


def inject_feeds(
    context: Context, folder: Path, *, is_strict: bool, is_quiet: bool, is_watching: bool
) -> None:
    """Put feeds into the pages of a built site; with `is_watching`, each time that it is built.

    Raises:
        Failed: The folder is no built site, has no tag, or a page could not be changed.
    """
    folder = folder.absolute()
    _check_folder(context, folder)
    pace = Pace(is_serve=is_watching)

    def run() -> dict[str, tuple[int, int]]:
        return Injection(context, folder, pace, is_quiet=is_quiet).run(is_strict=is_strict)

    with _locking(context):
        try:
            _watch(folder, run) if is_watching else run()
        except KeyboardInterrupt:
            terminal.say("Stopped.")


def _check_folder(context: Context, folder: Path) -> None:
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        raise terminal.Failed(f"{folder} {what}. {_NAME_IT}")
    site, real = context.site, folder.resolve()
    sources = [path.resolve() for path in _list_sources(context)]
    inner = [*sources, *([site.path.resolve()] if site.path else [])]
    with suppress(RuntimeError):  # there is no home folder
        inner.append(Path.home().resolve())
    if any(path.is_relative_to(real) for path in inner):
        raise terminal.Failed(
            f"{folder} contains more than a built site, so nothing was changed. {_NAME_IT}"
        )
    if any(real.is_relative_to(path) for path in sources):
        raise terminal.Failed(
            f"{folder} is in the sources of the site, so nothing was changed. {_NAME_IT}"
        )
    cache = site.cache_dir.resolve()
    if cache.is_relative_to(real):
        raise terminal.Failed(
            f"The cache {cache} would be in {folder}, so nothing was changed. What is saved there "
            "is not for the site. Run the command in another folder, or set `cache_dir`."
        )


def _list_sources(context: Context) -> list[Path]:
    site = context.site
    folders = (site.file.folders.get(name) for name in ("docs_dir", "custom_dir"))
    return [site.folder / name for name in folders if name]


@contextmanager
def _locking(context: Context) -> Iterator[None]:
    """Wait for another run with the same cache; without a cache, do not."""
    from filelock import FileLock, Timeout

    lock = FileLock(context.site.cache_dir / "inject.lock", timeout=0)
    try:
        context.open_writable_cache()
        lock.acquire()
    except (CacheUnusable, OSError) as error:
        if isinstance(error, Timeout):
            terminal.say("Waiting for another run of this command.")
            _wait(lock.acquire, Timeout)
    try:
        yield
    finally:
        lock.release()


def _wait(acquire: Callable[..., object], timeout: type[Exception]) -> None:
    try:
        acquire(timeout=_LOCK_SECONDS)
    except timeout:
        raise terminal.Failed(
            f"Another run of this command has not ended after {_LOCK_SECONDS} seconds, so "
            "nothing was changed. Run it again later, or end the other run."
        ) from None


def _watch(folder: Path, run: Callable[[], dict[str, tuple[int, int]]]) -> None:
    """Put feeds into the site now and after each change, once it has ended."""
    seen: dict[str, tuple[int, int]] | None = None
    last = None
    told = ""
    while True:
        state = _look(folder)
        if state == last and state != seen:
            seen = state
            try:
                seen = state | run()  # and not what there is now: the generator may have written
                told = ""
            except terminal.Failed as failure:
                if failure.message != told:
                    terminal.say(f"{failure.message} Watching for the next change.")
                told = failure.message
        last = state
        time.sleep(_PAUSE_SECONDS)


def _look(folder: Path) -> dict[str, tuple[int, int]]:
    found = {}
    with suppress(PermissionError):  # a run says so
        for path, name in BuiltSite(folder, "").list_pages():
            with suppress(FileNotFoundError):  # it is just being replaced
                state = path.stat()
                found[name] = state.st_mtime_ns, state.st_size
    return found
