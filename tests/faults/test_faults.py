"""The table of faults: real builds in which one thing goes wrong, with and without a saved feed.

With a saved feed and any fault except a mistake in mkdocs.yml, a build exits with 0, its page shows
the saved feed or more, and the next build gives the result of a build without a fault. `--strict`
fails if and only if the log has a WARNING. With `--long`, every fault is built in all four ways,
and the table that `example-site/` publishes is written; else, in one way.
"""

import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("needs forks, full queues of connections, and tmpfs", allow_module_level=True)

from faults import GROUPS, Cases, Fault, Outcome
from faults.settings import PROXY_PASSWORD
from faults.table import Results, write_rows, write_table

IS_ROOT = os.geteuid() == 0
TABLE = Path(__file__).parents[2] / "example-site" / "docs" / "guide" / "faults.md"
FAULTS = [fault for faults in GROUPS.values() for fault in faults]
WORKING, WAITING = 4, 20
"""How many builds run at once: more if they wait."""

Way = tuple[bool, bool]
"""Whether a feed is saved, and whether the build is strict."""


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    return Cases(tmp_path_factory.mktemp("faults"))


def run(cases: Cases, fault: Fault, way: Way, *, again: bool) -> Outcome:
    """Build with a fault, then without, and compare both results with the fault's."""
    is_saved, is_strict = way
    shows, level = fault.saved if is_saved else fault.empty
    with cases.open(is_saved=is_saved) as case:
        undo = fault.plant(case)
        outcome = case.build(is_strict=is_strict)
        told = f"\n{outcome.build.log}"
        assert "Traceback" not in outcome.build.log, told
        assert (outcome.shows.partition(":")[0], outcome.level) == (shows, level), told
        said = " ".join(outcome.build.lines(level or "INFO"))
        assert fault.said in said, told
        assert fault.cure in said, told
        assert PROXY_PASSWORD not in outcome.build.log, told
        assert outcome.build.status == (1 if is_strict and level == "WARNING" else 0), told
        assert outcome.seconds < fault.seconds, told
        case.mend(undo, fault.wait)
        if again:
            next_one = case.build(is_strict=True)
            shown = (next_one.shows, next_one.level, next_one.build.status)
            assert shown == (fault.leaves, "", 0), next_one.build.log
    return outcome


def keep_rows(config: pytest.Config, group: str, rows: str) -> None:
    """Keep the rows of a group; write the table when those of all groups are there."""
    cache = config.cache
    cache.set(f"faults/{group}", rows)
    kept = {name: cache.get(f"faults/{name}", "") for name in GROUPS}
    if all(kept.values()):
        TABLE.write_text(write_table(kept), encoding="utf-8")


def choose_ways(number: int, *, is_long: bool) -> list[Way]:
    if is_long:
        return list(product((True, False), (False, True)))
    return [(number % 3 != 0, number % 3 == 0)]


@pytest.mark.parametrize("group", GROUPS)
def test_a_fault_breaks_no_build_and_loses_no_feed(
    cases: Cases,
    group: str,
    request: pytest.FixtureRequest,
    subtests: pytest.Subtests,
) -> None:
    is_long = bool(request.config.getoption("--long"))
    faults = [
        fault
        for fault in GROUPS[group]
        if (IS_ROOT or not fault.needs_root) and (is_long or not fault.is_long)
    ]
    work = [
        (fault, way)
        for number, fault in enumerate(faults)
        for way in choose_ways(number, is_long=is_long)
    ]
    with ThreadPoolExecutor(WAITING if "hang" in group else WORKING) as pool:
        done = [
            (
                fault,
                way,
                pool.submit(
                    run, cases, fault, way, again=not way[1] and (is_long or number % 4 == 0)
                ),
            )
            for number, (fault, way) in enumerate(work)
        ]
    results: Results = {}
    for fault, way, outcome in done:
        with subtests.test(fault.name, is_saved=way[0], is_strict=way[1]):
            results[fault.name, *way] = outcome.result()
    if len(results) == 4 * len(GROUPS[group]):
        keep_rows(request.config, group, write_rows(group, results))


def test_a_build_in_a_fork_is_that_of_the_command(cases: Cases) -> None:
    fault = next(fault for fault in FAULTS if fault.name == "Code 190/463")
    seen = []
    for python in (None, ()):
        with cases.open(is_saved=True) as case:
            fault.plant(case)
            build = case.site.build("--strict", python=python)
            log = re.sub(re.escape(str(case.folder)), "", build.log)
            seen.append((build.status, log, build.files(), case.fake.count()))

    assert seen[0] == seen[1]
    assert seen[0][0] == 1


def test_the_published_table_has_every_fault() -> None:
    if not TABLE.exists():
        pytest.skip("without the example site")
    page = TABLE.read_text(encoding="utf-8")
    kept = {}
    for part in page.split("\n## ")[1:]:
        rows = re.findall(r"^\| (?!Fault|---).*\n", part, re.MULTILINE)
        kept[part.partition("\n")[0]] = "".join(rows)

    published = re.findall(r"^\| (.+?) \|", "".join(kept.values()), re.MULTILINE)
    assert published == [fault.name for fault in FAULTS]
    assert page == write_table(kept)
    assert len(FAULTS) >= 70
