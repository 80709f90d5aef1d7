"""Fixtures: the fake Instagram, sites to build, and the scan for tokens after every test."""

import os
import re
import shutil
import sys
from collections.abc import Generator, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import stamina
from addresses import hide_address
from compatibility import Results, build_once, describe, run, shared_folder
from fake import FakeInstagram
from sites import Build, Site
from templates import keep_code

if TYPE_CHECKING:
    from browsing import DemoSites, Pages
    from engines import Engine
    from playwright.sync_api import Browser

ROOT = Path(__file__).parent.parent
# Invented, and unlike any word: the scan looks for each piece of twelve characters.
TOKEN = "IGAAq7Zt4Lw9Xc2Vb8Nm5Kj3Hg6Fd1Sa0Po7Iu4Yt9Re2Wq8"
OTHER_TOKEN = "IGAAm3Pf8Qz1Rk6Ty0Uw5Vx9Bn2Cj7Dl4Es8Gi3Ho6Ka1Mb5"
PIECES = sorted(
    {token[start : start + 12] for token in (TOKEN, OTHER_TOKEN) for start in range(4, 37)}
)
LEAK = re.compile("|".join(map(re.escape, PIECES)).encode())
# These may contain the token: the first is a test's input, the second is the token store.
INPUTS = {"mkdocs.yml", "tokens.json"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate", action="store_true", help="rewrite the golden files")
    parser.addoption("--long", action="store_true", help="run what takes minutes: make test-long")


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> Generator[None, int, int]:
    """Let `-n auto` start three processes for two processors, because many tests wait."""
    processors = yield
    return processors + (processors + 1) // 2


def pytest_configure(config: pytest.Config) -> None:
    for name in ("INSTAGRAM_ACCESS_TOKEN", "GITHUB_ACTIONS"):  # of the person or CI running them
        os.environ.pop(name, None)
    # Compiled modules are kept, whatever the environment says: hundreds of processes import them.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    hide_address(config)
    keep_code()
    is_writing = bool(config.getoption("--regenerate"))
    config.pluginmanager.register(Results(is_writing=is_writing), "compatibility table")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Send the row that this test checks to the process that writes the compatibility table."""
    for mark in item.iter_markers("works_with"):
        item.user_properties.append(("works_with", describe(mark)))


@pytest.fixture
def regenerate(request: pytest.FixtureRequest) -> bool:
    """Tell whether golden files are written again."""
    return bool(request.config.getoption("--regenerate"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test whose captured output or log shows a token."""
    report = yield
    shown = "".join(text for _, text in report.sections).encode("utf-8", "replace")
    if LEAK.search(shown):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: a token is in the captured output"
    return report


@pytest.fixture(autouse=True)
def no_token_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Look for the token in every file that a test leaves: log, cache, site."""
    folder = request.getfixturevalue("tmp_path") if "tmp_path" in request.fixturenames else None
    yield
    if folder:
        leaking = [path for path in folder.rglob("*") if _names_token(path) or _has_token(path)]
        assert not leaking, f"a token is in {leaking}"


def _names_token(path: Path) -> bool:
    return LEAK.search(str(path).encode()) is not None


def _has_token(path: Path) -> bool:
    is_input = path.name in INPUTS or path.is_symlink() or not path.is_file()
    return not is_input and _leaks(path.read_bytes())


def _leaks(data: bytes) -> bool:
    """Tell whether there is a token in a file; a theme's files are searched once."""
    digest = sha256(data).digest()
    if digest in _CLEAN:
        return False
    if LEAK.search(data):
        return True
    _CLEAN.add(digest)
    return False


_CLEAN: set[bytes] = set()


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    """Let retries in the tests' own process follow at once."""
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run as a user whom the computer does not know, as in a container."""
    import pwd

    for name in ("HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)


@pytest.fixture
def fake() -> Iterator[FakeInstagram]:
    """Run a fake Instagram; a request that it must never see fails the test.

    Its pictures are a little wider than the smallest image, so that two of each are made quickly.
    """
    with FakeInstagram(size=(340, 425)) as instagram:
        yield instagram
        assert not instagram.violations


@pytest.fixture
def site(tmp_path: Path, fake: FakeInstagram) -> Site:
    """A site with one page that shows a feed, and a token for the fake."""
    site = Site(tmp_path, fake, {"INSTAGRAM_ACCESS_TOKEN": TOKEN})
    site.write({"index.md": "# Bread\n\n<!-- instagram -->\n"})
    return site


@pytest.fixture(scope="session")
def example_site(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The example site, built by MkDocs; its folder has the sources and the cache too."""

    def make(folder: Path) -> Build:
        ignore = shutil.ignore_patterns("site", ".cache")
        shutil.copytree(ROOT / "example-site", folder, ignore=ignore, dirs_exist_ok=True)
        return run(folder, "--strict")

    return build_once(shared_folder(tmp_path_factory) / "example-site", make)


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """A Chromium, one for all tests of a process."""
    from browsing import open_browser

    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def pages(browser: "Browser") -> "Pages":
    """Its pages, which tests use one after the other."""
    from browsing import Pages

    return Pages(browser)


@pytest.fixture(scope="session", params=["chromium", "firefox", "webkit"])
def engine(request: pytest.FixtureRequest) -> "Iterator[Engine]":
    """Each browser in turn; pytest runs all tests of one before those of the next."""
    from engines import Chromium, Engine, Firefox, WebKit, find_missing

    if missing := find_missing(request.param):
        reason = f"{request.param.upper()} IS MISSING: install Debian's {' and '.join(missing)}"
        if os.environ.get("MK_IG_REQUIRE_BROWSERS"):
            pytest.fail(reason)
        pytest.skip(reason)
    started: Engine
    if request.param == "chromium":
        started = Chromium(request.getfixturevalue("browser"))
    else:
        started = Firefox() if request.param == "firefox" else WebKit()
    yield started
    started.close()


@pytest.fixture(scope="session")
def demo_sites(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[DemoSites]":
    """A site per theme, to open in the browser."""
    from browsing import DemoSites

    folder = shared_folder(tmp_path_factory) / "demo"
    folder.mkdir(exist_ok=True)
    sites = DemoSites(folder)
    yield sites
    sites.close()
