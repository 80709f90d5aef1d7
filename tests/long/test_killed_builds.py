"""Killed builds, several builds at once, and purges beside builds: nothing is lost or half-written.

With `--long`, 300 kills, 50 rounds of builds, and 200 rounds of purges; else a few.
"""

import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from functools import partial

import pytest

if sys.platform != "linux":
    pytest.skip("needs forks", allow_module_level=True)

from fake import close
from faults import Case, Cases
from sites import Build

from mkdocs_instagram.cache.cache import Cache
from mkdocs_instagram.feed.cleanup import purge

HOURS = timedelta(hours=2)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    return Cases(tmp_path_factory.mktemp("killed"))


def test_after_kills_at_random_moments_a_site_is_as_if_there_were_none(
    cases: Cases, request: pytest.FixtureRequest
) -> None:
    count = 300 if request.config.getoption("--long") else 20
    chance = random.Random(5)
    with cases.open(is_saved=False) as case:
        _, usual = cases.build(case, ["--strict"])
        killed = 0
        while killed < count:
            case.age(HOURS)
            case.user.add_media(newest=True)
            moment = chance.uniform(0.01, usual.seconds)
            _, ended = cases.build(case, kill_after=moment)
            killed += ended.status == -9
            if killed % 10 == 0:
                for kind in ("user", "media"):
                    case.fake.fail(kind, close())
                kept, _ = cases.build(case)
                assert kept.status == 0, kept.log
                assert kept.media(), kept.log
                case.fake.heal()
        after, _ = cases.build(case, ["--strict"])
        with ExitStack() as stack:
            undisturbed = case.copy_without_cache(stack)
            expected, _ = cases.build(undisturbed, ["--strict"])
            files = expected.files()
        assert after.status == 0, after.log
        assert after.warnings == []
        assert after.files() == files
        assert not list(case.cache.glob("broken-*"))


def test_builds_at_once_on_one_cache_go_through_and_agree(
    cases: Cases, request: pytest.FixtureRequest
) -> None:
    rounds = 50 if request.config.getoption("--long") else 4
    with ExitStack() as stack, cases.open(is_saved=False) as first:
        others = [first.copy_without_cache(stack) for _ in range(3)]
        shared = str(first.folder / "shared")
        for case in (first, *others):
            case.site.options["cache_dir"] = shared
            case.site.write_config()
        waits = []
        for number in range(rounds):
            for case in (first, *others):
                case.now = first.now
            first.age(HOURS if number else MINUTE)
            first.user.add_media(newest=True)
            with ThreadPoolExecutor(4) as pool:
                builds = list(pool.map(partial(build_timed, cases), (first, *others)))
            shown = [media.shortcode for media in first.user.listing()[:12]]
            for build, seconds in builds:
                assert (build.status, build.warnings) == (0, []), build.log
                assert build.media() == shown
                waits.append(seconds)
        # After five seconds SQLite gives up, and a build would go on without its cache.
        assert max(waits) < 5
        sys.stdout.write(f"the slowest statement of {len(waits)} builds took {max(waits):.2f} s\n")


def test_purges_beside_builds_fail_none(cases: Cases, request: pytest.FixtureRequest) -> None:
    rounds = 200 if request.config.getoption("--long") else 5
    chance = random.Random(7)
    shown, purges = 0, 0
    with cases.open(is_saved=True) as case, ThreadPoolExecutor(1) as pool:
        wanted = [media.shortcode for media in case.user.listing()[:12]]
        for number in range(rounds):
            case.age(HOURS if number % 2 else MINUTE)
            building = pool.submit(cases.build, case)
            while not building.done():
                time.sleep(chance.uniform(0, 0.1))
                cache = Cache(case.cache)
                purges += purge(cache, "main").files > 0
                cache.close()
            build, _ = building.result()
            assert build.status == 0, build.log
            # Only a file that vanished three times may be missing, and is told.
            assert build.media() == wanted or len(build.warnings) == 1, build.log
            shown += build.media() == wanted
        after, _ = cases.build(case, ["--strict"])
        assert (after.status, after.media()) == (0, wanted), after.log
        assert not list(case.cache.glob("broken-*"))
    assert shown > rounds * 0.9
    sys.stdout.write(f"{rounds} builds beside {purges} purges that removed files\n")


def build_timed(cases: Cases, case: Case) -> tuple[Build, float]:
    """Build, and return the seconds of SQLite's slowest statement."""
    build, _ = cases.build(case, ["--strict"], times_sql=True)
    return build, float((case.folder / "build.log.sql").read_text(encoding="ascii"))
