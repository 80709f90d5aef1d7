"""The table of faults, as `example-site/` publishes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from . import GROUPS
from .cases import Outcome
from .fault import Fault

Results = dict[tuple[str, bool, bool], Outcome]
"""By the fault's name, whether a feed is saved, and whether the build is strict."""

HEAD = """\
# What was tried to break it

Each row is a fault. A small site is built with this fault four times: with a saved feed and
without, each with `mkdocs build` and with `mkdocs build --strict`. Since the feed was saved,
Instagram has one new post. After each build without `--strict`, the site is built again without the
fault. That build must give the same result as if the fault had never happened. It did so in every
row.

The builds are real. They send requests to a copy of Instagram that is part of the tests, with
Instagram's real host names and TLS. `make test` repeats a quarter of the builds of each row.
`make test-long` repeats all of them and writes this page. *Exit* is the exit status of the build,
and of the strict build, which fails only if the log has a warning. *Requests* counts the requests
that reached the API and the CDN.

* **saved feed**: the page shows the saved feed and is the same byte for byte
* **new feed**: the page also shows the new post, as if there was no fault
* **changed feed**: every post is there, but a picture or a text is different
* **part of it**: posts that could not be fetched are missing
* **empty**: the page is valid and says that there is nothing to show
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
    return HEAD + "".join(f"\n## {group}\n\n{COLUMNS}{rows[group]}" for group in GROUPS)


def _write_row(fault: Fault, results: Results) -> str:
    cells = [fault.name]
    for is_saved in (True, False):
        usual, strict = (results[fault.name, is_saved, is_strict] for is_strict in (False, True))
        cells += _Half(usual, strict).cells
    return f"| {' | '.join(cells)} |\n"
