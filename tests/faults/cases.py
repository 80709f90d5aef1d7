"""A site and its fake Instagram: built with a fault, and again without it."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from conftest import LEAK, TOKEN
from fake import FakeInstagram, FakeMedia, FakeUser
from forks import Ended, shared_forks
from memory import find_disk
from sites import Build, Site

SEEDED = datetime(2026, 7, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SIZE = (96, 120)
PAGE = "# Bread\n\n<!-- instagram {caption: below} -->\n"
# Only the content: MkDocs' own themes copy sixty files.
THEME = "<!doctype html>\n<title>Bread</title>\n{{ page.content }}\n"
# A disk that syncs quickly, because SQLite syncs at each build.
MEMORY = find_disk(50)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one build with a fault."""

    build: Build
    seconds: float
    requests: int
    shows: str
    level: str


class Cases:
    """The site that cases with a saved feed start with, and the process that builds them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._forks = shared_forks()
        self.seed, self.renewed = self._make_seed()

    @contextmanager
    def open(self, *, is_saved: bool) -> Iterator[Case]:
        """Give a case with its own fake and its own folder, which other users can open."""
        with ExitStack() as stack:
            folder = Path(
                stack.enter_context(
                    tempfile.TemporaryDirectory(dir=MEMORY, ignore_cleanup_errors=True)
                )
            )
            folder.chmod(0o755)
            fake = stack.enter_context(FakeInstagram(SIZE))
            case = Case(self, folder, fake, stack, _add_user(fake))
            if is_saved:
                shutil.copytree(self.seed.site.parent / ".cache", folder / ".cache")
            case.age(2 * HOUR)
            case.newest = case.user.add_media(caption="Just out of the oven", newest=True)
            yield case
            assert not fake.violations
            case.look_for_token()

    def build(self, case: Case, arguments: Sequence[str] = (), **how: Any) -> tuple[Build, Ended]:
        """Build a case's site as it is now; `how` as in `builder.Job`."""
        whole = case.site.whole_environment() | case.environment
        ended = self._forks.build(
            case.folder,
            arguments,
            # An empty http_proxy would end HTTP_PROXY.
            {name: value for name, value in whole.items() if value},
            lookup=case.lookup,
            lacks=case.lacks,
            is_plain=case.is_plain,
            **how,
        )
        return case.site.read(ended.status, ended.log), ended

    def _make_seed(self) -> tuple[Build, Build]:
        """Build a site without a fault, before and after the new post."""
        folder = self._folder / "seed"
        folder.mkdir()
        with FakeInstagram(SIZE) as fake, ExitStack() as stack:
            case = Case(self, folder, fake, stack, _add_user(fake))
            seed, _ = self.build(case, ["--strict"])
            assert seed.status == 0, seed.log
            shutil.copytree(folder, self._folder / "kept")
            case.age(2 * HOUR)
            case.user.add_media(caption="Just out of the oven", newest=True)
            renewed, _ = self.build(case, ["--strict"])
            assert renewed.status == 0, renewed.log
        kept = Build(seed.status, seed.log, self._folder / "kept" / "site", seed.pages)
        return kept, renewed


@dataclass(slots=True)
class Case:
    """One site with a fault, as `Fault.plant` gets it.

    Attributes:
        stack: Closed after the last build.
        environment: Variables that the build gets, in addition or instead.
        lookup: See `builder.Job`.
        lacks: See `builder.Job`.
        is_plain: See `builder.Job`.
        newest: The post that came after the feed was saved.
    """

    cases: Cases = field(repr=False)
    folder: Path
    fake: FakeInstagram
    stack: ExitStack
    user: FakeUser
    environment: dict[str, str] = field(default_factory=dict, repr=False)
    lookup: str = ""
    lacks: str = ""
    is_plain: bool = False
    site: Site = field(init=False)
    newest: FakeMedia = field(init=False)
    now: datetime = SEEDED

    def __post_init__(self) -> None:
        self.site = Site(self.folder, self.fake, {"INSTAGRAM_ACCESS_TOKEN": TOKEN})
        self.site.config["theme"] = {"name": None, "custom_dir": "theme"}
        self.site.write({"index.md": PAGE})
        (self.folder / "theme").mkdir()
        (self.folder / "theme" / "main.html").write_text(THEME, encoding="utf-8")
        self.site.write_config()
        self.age(timedelta(0))

    @property
    def cache(self) -> Path:
        return self.site.cache

    def copy_without_cache(self, stack: ExitStack) -> Case:
        """Return a case of the same account in a folder of its own, where nothing is saved."""
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=MEMORY)))
        return Case(self.cases, folder, self.fake, stack, self.user, now=self.now)

    def age(self, time: timedelta) -> None:
        """Let time pass."""
        self.now += time
        self.fake.travel(self.now)

    def set_clock(self, moment: datetime) -> None:
        """Set the computer's clock, but not Instagram's."""
        self.environment["MK_IG_FAKE_NOW"] = str(moment.timestamp())

    def use_port(self, port: int) -> None:
        """Send the build's requests to another port than the fake's."""
        self.environment["MK_IG_FAKE_PORT"] = str(port)

    def build(self, *, is_strict: bool) -> Outcome:
        """Build, and return the result."""
        self.fake.clear()
        build, ended = self.cases.build(self, ["--strict"] if is_strict else [])
        levels = [level for level in ("WARNING", "INFO") if _tells(build, level)]
        level = levels[0] if levels else ""
        return Outcome(build, ended.seconds, self.fake.count(), self._shows(build), level)

    def mend(self, undo: Callable[[], None] | None, wait: timedelta) -> None:
        """End the fault and let time pass."""
        self.fake.heal()
        self.environment.clear()
        self.lookup, self.lacks, self.is_plain = "", "", False
        if undo:
            undo()
        self.age(wait)

    def look_for_token(self) -> None:
        """Check that no file contains the token."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        written = [path for path in files if path.name != "mkdocs.yml"]
        leaking = [path for path in written if LEAK.search(path.read_bytes())]
        assert not leaking, f"a token is in {leaking}"

    def _shows(self, build: Build) -> str:
        if "index.html" not in build.pages:
            return "no page"
        for name, known in (("saved", self.cases.seed), ("renewed", self.cases.renewed)):
            if build.html() == known.html() and _images(build) == _images(known):
                return name
        if build.media() == self.cases.renewed.media():
            return "changed"
        if "mk-ig__empty" in build.html() and not build.media():
            return "nothing"
        return f"some: {' '.join(build.media())}"


def _add_user(fake: FakeInstagram) -> FakeUser:
    user = fake.add_user(TOKEN)
    user.add_mixed(5)
    return user


def _tells(build: Build, level: str) -> bool:
    """Tell whether the log has other entries of a level than a good build's, even a slow one's."""
    usual = re.compile(r"\d+ posts? \(|index.md, feed tag 1: fetched |.* \(\d+ s\)$")
    return any(not usual.match(line) for line in build.lines(level))


def _images(build: Build) -> dict[str, bytes]:
    """Return the images that the page shows; a missing file is an error."""
    sources = re.findall(r'(?:src="|[ ,"])(assets/mk-ig/\w+\.webp)', build.html())
    return {source: (build.site / source).read_bytes() for source in sources}
