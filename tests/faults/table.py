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

Each row is a fault and four builds of a small site with it: with a saved feed and without, by
`mkdocs build` and by `mkdocs build --strict`. Instagram has one new post since the feed was saved.
After the first two comes a build without the fault, which must be as if nothing had been; it was,
in every row.

The builds are real. They ask, by their real names and with TLS, an Instagram that the tests bring
along. `make test` builds one quarter of every row again, and `make test-long` all of it; the
figures are from that. *Exit* is the exit status of the build, and of the strict one: that fails
where the log has a warning, and nowhere else. *Requests* are those that reached the API and the
CDN.

* **saved feed**: the page is that of the saved feed, byte for byte
* **new feed**: the same with the new post, as if nothing had gone wrong
* **changed feed**: every post is there; a picture or a text is another
* **part of it**: what could not be had is left out
* **empty**: a valid page that says there is nothing to show
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
    """Both builds of one state."""

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
    """Return the page, of the rows of each group."""
    return HEAD + "".join(f"\n## {group}\n\n{COLUMNS}{rows[group]}" for group in GROUPS)


def _write_row(fault: Fault, results: Results) -> str:
    cells = [fault.name]
    for is_saved in (True, False):
        usual, strict = (results[fault.name, is_saved, is_strict] for is_strict in (False, True))
        cells += _Half(usual, strict).cells
    return f"| {' | '.join(cells)} |\n"
