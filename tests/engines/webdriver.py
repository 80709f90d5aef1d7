"""The commands of W3C WebDriver that Firefox and WebKit share."""

import time
from abc import abstractmethod
from typing import Any

from .engine import Engine

_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
_KEYS = {
    "Shift": "\ue008",
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Escape": "\ue00c",
    "Space": " ",
    "PageDown": "\ue00f",
    "ArrowLeft": "\ue012",
    "ArrowRight": "\ue014",
}


class RemoteError(Exception):
    """The browser could not do what a command asks."""


class WebDriver(Engine):
    """A browser that is controlled by WebDriver's commands."""

    @abstractmethod
    def command(self, name: str, **parameters: Any) -> Any:
        """Send a command and return the value of its answer."""

    def open(self, url: str) -> None:
        self.command("Navigate", url=url)

    def run(self, script: str, *arguments: object) -> Any:
        return self.command("ExecuteScript", script=script, args=list(arguments))

    def press(self, *keys: str) -> None:
        for key in keys:
            chord = [_KEYS.get(part, part) for part in key.split("+")]
            strokes = [{"type": "keyDown", "value": value} for value in chord]
            strokes += [{"type": "keyUp", "value": value} for value in reversed(chord)]
            self._act("key", "keyboard", *strokes)
            time.sleep(0.05)  # the answer does not wait for the page

    def click_at(self, x: float, y: float, *, touch: bool = False) -> None:
        kind = "touch" if touch else "mouse"
        self._act(
            "pointer",
            kind,
            {"type": "pointerMove", "duration": 0, "x": round(x), "y": round(y)},
            {"type": "pointerDown", "button": 0},
            {"type": "pause", "duration": 30},
            {"type": "pointerUp", "button": 0},
            parameters={"pointerType": kind},
        )
        time.sleep(0.05)

    def hover_at(self, x: float, y: float) -> None:
        move = {"type": "pointerMove", "duration": 0, "x": round(x), "y": round(y)}
        self._act("pointer", "mouse", move, parameters={"pointerType": "mouse"})

    def wheel_at(self, x: float, y: float, *, right: int = 0, down: int = 0) -> None:
        place = {"x": round(x), "y": round(y), "origin": "viewport", "duration": 50}
        self._act("wheel", "wheel", {"type": "scroll", "deltaX": right, "deltaY": down, **place})

    def labels(self, selector: str) -> list[str]:
        found = self.command("FindElements", using="css selector", value=selector)
        return [self.command("GetComputedLabel", id=element[_ELEMENT]) for element in found]

    def _act(self, kind: str, device: str, *actions: object, **more: object) -> None:
        source = {"type": kind, "id": device, "actions": actions, **more}
        self.command("PerformActions", actions=[source])
