"""What a test asks of a browser."""

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from PIL.Image import Image

_MIDDLE = """
    const element = document.querySelectorAll(arguments[0])[arguments[1]];
    let box = element.getBoundingClientRect();
    if (box.top < 0 || box.bottom > innerHeight) {
        element.scrollIntoView({block: "center", behavior: "instant"});
        box = element.getBoundingClientRect();
    }
    const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
    const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
    return [(left + right) / 2, (top + bottom) / 2];
"""

_ARE_THERE = """
    [...document.images].every(image => {
        const box = image.getBoundingClientRect();
        // In a strip, only the visible ones are requested.
        const edge = image.closest(".mk-ig")?.getBoundingClientRect() ?? box;
        return image.complete || !image.checkVisibility()
            || box.bottom <= 0 || box.top >= innerHeight
            || box.right <= Math.max(edge.left, 0) || box.left >= Math.min(edge.right, innerWidth);
    })
"""


@dataclass(frozen=True)
class Settings:
    """How a page is seen; sizes are in CSS pixels."""

    width: int = 1280
    height: int = 800
    is_dark: bool = False
    scale: int = 1
    has_scripts: bool = True


class Engine(ABC):
    """A browser with one page. Scripts of tests run even where the page's own do not."""

    name: str

    @abstractmethod
    def use(self, settings: Settings) -> None:
        """Show an empty page with these settings."""

    @abstractmethod
    def open(self, url: str) -> None:
        """Load a page and wait for its `load` event."""

    @abstractmethod
    def run(self, script: str, *arguments: object) -> Any:
        """Run the body of a function in the page; return what it returns."""

    @abstractmethod
    def press(self, *keys: str) -> None:
        """Press keys one after the other: `Tab`, `Shift+Tab`, `ArrowRight`."""

    @abstractmethod
    def click_at(self, x: float, y: float, *, touch: bool = False) -> None:
        """Click or touch a place in the window."""

    @abstractmethod
    def hover_at(self, x: float, y: float) -> None:
        """Move the pointer to a place in the window."""

    @abstractmethod
    def wheel_at(self, x: float, y: float, *, right: int = 0, down: int = 0) -> None:
        """Turn the wheel over a place in the window."""

    @abstractmethod
    def labels(self, selector: str) -> list[str]:
        """Return the accessible names of elements, as the browser computes them."""

    @abstractmethod
    def screenshot(self) -> Image:
        """Return a picture of the window."""

    @abstractmethod
    def close(self) -> None:
        """End the browser."""

    def click(self, selector: str, index: int = 0, *, touch: bool = False) -> None:
        """Scroll to an element if it is not in view, and click or touch its middle."""
        self.click_at(*self.find_middle(selector, index), touch=touch)

    def hover(self, selector: str, index: int = 0) -> None:
        """Scroll to an element if it is not in view, and move the pointer to its middle."""
        self.hover_at(*self.find_middle(selector, index))

    def find_middle(self, selector: str, index: int = 0) -> tuple[float, float]:
        """Return the middle of the part of an element that is in view."""
        x, y = self.run(_MIDDLE, selector, index)
        return x, y

    def scroll_through(self) -> None:
        """Scroll the page from top to bottom, so that lazy pictures load, and wait for them."""
        for top in range(0, self.run("return document.documentElement.scrollHeight"), 600):
            self.run("scrollTo({top: arguments[0], behavior: 'instant'})", top)
            time.sleep(0.05)  # for a frame, in which lazy pictures are requested
            self.wait_for_pictures()

    def wait_for_pictures(self) -> None:
        """Wait until the pictures in view are loaded."""
        self.wait_for(_ARE_THERE)

    def wait_for(self, expression: str, *arguments: object, seconds: float = 5) -> Any:
        """Wait until an expression is true; return its value."""
        end = time.monotonic() + seconds
        while not (value := self.run(f"return ({expression})", *arguments)):
            assert time.monotonic() < end, f"{self.name}: {expression} {arguments} is {value!r}"
            time.sleep(0.03)
        return value

    def wait_until_still(self, expression: str, *arguments: object) -> Any:
        """Wait until an expression no longer changes, such as a place that scrolls; return it."""
        seen = [self.run(f"return ({expression})", *arguments)]
        while seen[-3:] != [seen[-1]] * 3:
            time.sleep(0.1)
            seen.append(self.run(f"return ({expression})", *arguments))
            assert len(seen) < 100, f"{self.name}: {expression} is {seen[-1]!r}, and still changes"
        return seen[-1]
