"""The table of faults, as `example-site/` publishes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from . import GROUPS
from .cases import Outcome
from .fault import Fault

Results = dict[tuple[str, bool, bool], Outcome]
"""By the fault's name, whether a feed is saved, and whether the build is strict."""

HEAD = """\
# What was tried to break it

With each of these {count} faults, a site was built. **No build failed without `--strict`.** The
next build, without the fault, always gave the same result as if the fault had never happened.

{groups}

* **saved feed**: the page shows the saved feed and is the same byte for byte
* **new feed**: the page also shows the new post, as if there was no fault
* **changed feed**: every post is there, but a picture or a text is different
* **part of it**: posts that could not be fetched are missing
* **empty**: the page is valid and says that there is nothing to show

A small site is built four times with each fault: with a saved feed and without, each with `mkdocs
build` and with `mkdocs build --strict`. Since the feed was saved, Instagram has one new post. The
builds send requests to a copy of Instagram that is part of the tests, with Instagram's real host
names and TLS. `make test` repeats a quarter of the builds of each row. `make test-long` repeats all
of them and writes this page.

*Exit* is the exit status of the build, and of the strict build, which fails only if the log has a
warning. *Requests* counts the requests that reached the API and the CDN.
"""
SHOWN = {
    "saved": "saved feed",
    "renewed": "new feed",
    "changed": "changed feed",
    "some": "part of it",
    "nothing": "empty",
}
HALF = ("Exit", "Seconds", "Requests")
NAMES = ("Fault", "A feed is saved", *HALF, "Nothing is saved", *HALF)
SUMMARY = """\
| What goes wrong | Page, if a feed is saved | Page, if nothing is saved |
| --- | --- | --- |
"""
COLUMNS = f"| {' | '.join(NAMES)} |\n|{' --- |' * len(NAMES)}\n"


@dataclass(frozen=True, slots=True)
class _Half:
    """The usual and the strict build, with a saved feed or without."""

    usual: Outcome
    strict: Outcome

    @property
    def cells(self) -> list[str]:
        return [
            SHOWN[self.usual.shows.partition(":")[0]],
            f"{self.usual.build.status}, {self.strict.build.status}",
            f"{self.usual.seconds:.1f}",
            str(self.usual.requests),
        ]


def write_rows(group: str, results: Results) -> str:
    """Return the rows of a group."""
    return "".join(_write_row(fault, results) for fault in GROUPS[group])


def write_table(rows: Mapping[str, str]) -> str:
    """Return the page with the rows of each group."""
    groups = "".join(_sum_up(group, rows[group]) for group in GROUPS)
    count = sum(len(faults) for faults in GROUPS.values())
    head = HEAD.format(count=count, groups=f"{SUMMARY}{groups}".rstrip())
    return head + "".join(f"\n## {group}\n\n{COLUMNS}{rows[group]}" for group in GROUPS)


def _sum_up(group: str, rows: str) -> str:
    """Return how often the pages of a group show what: with a saved feed, and without."""
    cells = [row.strip("| ").split(" | ") for row in rows.splitlines()]
    counts = [Counter(row[column] for row in cells) for column in (1, 1 + len(HALF) + 1)]
    shown = (
        ", ".join(f"{count[what]} × {what}" for what in SHOWN.values() if count[what])
        for count in counts
    )
    return f"| [{group}](#{group.lower().replace(' ', '-')}) | {' | '.join(shown)} |\n"


def _write_row(fault: Fault, results: Results) -> str:
    cells = [fault.name]
    for is_saved in (True, False):
        usual, strict = (results[fault.name, is_saved, is_strict] for is_strict in (False, True))
        cells += _Half(usual, strict).cells
    return f"| {' | '.join(cells)} |\n"
