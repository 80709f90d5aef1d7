"""Builds that are killed, and builds at once: nothing is lost, nothing half-written, nobody waits.

By `--long` 300 kills and 50 rounds; else some.
"""

import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta

import pytest

if sys.platform != "linux":
    pytest.skip("needs forks", allow_module_level=True)

from fake import close
from faults import Cases

HOURS = timedelta(hours=2)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cases]:
    cases = Cases(tmp_path_factory.mktemp("killed"))
    yield cases
    cases.close()


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
        slowest = 0.0
        for number in range(rounds):
            for case in (first, *others):
                case.now = first.now
            first.age(HOURS if number else MINUTE)
            first.user.add_media(newest=True)
            with ThreadPoolExecutor(4) as pool:
                builds = list(
                    pool.map(lambda case: cases.build(case, ["--strict"]), (first, *others))
                )
            shown = [media.shortcode for media in first.user.listing()[:12]]
            for build, ended in builds:
                assert (build.status, build.warnings) == (0, []), build.log
                assert build.media() == shown
                slowest = max(slowest, ended.seconds)
        # For who runs it with -s: time is measured, not asserted.
        sys.stdout.write(f"the slowest of {4 * rounds} builds took {slowest:.2f} s\n")
