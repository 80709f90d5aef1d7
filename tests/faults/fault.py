"""A fault, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .cases import Case

Shows = Literal["saved", "renewed", "changed", "some", "nothing"]
"""The saved feed byte for byte; the same with the new post in front, byte for byte; those media
with other texts; some of them; no media, said so."""

Level = Literal["", "INFO", "WARNING"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        plant: Called before the build; what it returns is called before the next one, to mend what
            `FakeInstagram.heal` does not.
        saved: What the page shows where a feed is saved, and the loudest the log becomes.
        empty: The same where nothing is saved.
        said: What the log says at that level, where anything is said.
        wait: How long after the build the next one is, which must be as if nothing had been.
        seconds: What it may take, as it waits for something.
        leaves: What the next build shows.
        needs_root: It cannot be planted by somebody else.
        is_long: Only in the long run: it takes the computer, not the clock.
    """

    name: str
    plant: Callable[[Case], Callable[[], None] | None]
    saved: tuple[Shows, Level]
    empty: tuple[Shows, Level]
    said: str = ""
    wait: timedelta = timedelta(hours=2)
    seconds: float = 60.0
    leaves: Shows = "renewed"
    needs_root: bool = False
    is_long: bool = False
