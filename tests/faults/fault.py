"""A fault, and what its result must be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .cases import Case

Shows = Literal["saved", "renewed", "changed", "some", "nothing"]
"""The saved feed byte for byte; the same with the new post in front, byte for byte; those media
with other texts; some of them; no media, and a text that says so."""

Level = Literal["", "INFO", "WARNING"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        plant: Called before the build. What it returns is called before the next build, to end what
            `FakeInstagram.heal` does not.
        saved: What the page shows if a feed is saved, and the highest level in the log.
        empty: The same if nothing is saved.
        said: What the log says at that level; "" if it has no such entry.
        cure: What the same entries say to do.
        wait: Time until the next build, which must give the result of a build without a fault.
        seconds: The most seconds that the build may take.
        leaves: What the next build shows.
        needs_root: Only root can cause it.
        is_long: Only built with `--long`, because it needs much processor time.
    """

    name: str
    plant: Callable[[Case], Callable[[], None] | None]
    saved: tuple[Shows, Level]
    empty: tuple[Shows, Level]
    said: str = ""
    cure: str = ""
    wait: timedelta = timedelta(hours=2)
    seconds: float = 60.0
    leaves: Shows = "renewed"
    needs_root: bool = False
    is_long: bool = False
