"""Chromium, through Playwright."""

from io import BytesIO
from typing import Any

from PIL import Image
from playwright.sync_api import Browser

from .engine import Engine, Settings


class Chromium(Engine):
    """A page of a browser that other tests use too."""

    name = "chromium"

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._kind = 1, True
        self.page = browser.new_page()
        self._devtools = self.page.context.new_cdp_session(self.page)

    def use(self, settings: Settings) -> None:
        kind = settings.scale, settings.has_scripts
        if kind != self._kind:
            self.close()
            scale, has_scripts = self._kind = kind
            self.page = self._browser.new_page(
                device_scale_factor=scale, java_script_enabled=has_scripts
            )
            self._devtools = self.page.context.new_cdp_session(self.page)
        self.page.mouse.move(0, 0)
        self.open("about:blank")
        self.page.set_viewport_size({"width": settings.width, "height": settings.height})
        self.page.emulate_media(color_scheme="dark" if settings.is_dark else "light")

    def open(self, url: str) -> None:
        self.page.goto(url)

    def run(self, script: str, *arguments: object) -> Any:
        function = f"list => (function () {{ {script} }})(...list)"
        return self.page.evaluate(function, list(arguments))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def click_at(self, x: float, y: float, *, touch: bool = False) -> None:
        if touch:
            for kind, points in (("touchStart", [{"x": x, "y": y}]), ("touchEnd", [])):
                event = {"type": kind, "touchPoints": points}
                self._devtools.send("Input.dispatchTouchEvent", event)
        else:
            self.page.mouse.click(x, y)

    def hover_at(self, x: float, y: float) -> None:
        self.page.mouse.move(x, y)

    def wheel_at(self, x: float, y: float, *, right: int = 0, down: int = 0) -> None:
        self.page.mouse.move(x, y)
        self.page.mouse.wheel(right, down)

    def labels(self, selector: str) -> list[str]:
        return [
            self._label(selector, index) for index in range(self.page.locator(selector).count())
        ]

    def _label(self, selector: str, index: int) -> str:
        expression = f"document.querySelectorAll({selector!r})[{index}]"
        element = self._devtools.send("Runtime.evaluate", {"expression": expression})["result"]
        asked = {"objectId": element["objectId"], "fetchRelatives": False}
        (node,) = self._devtools.send("Accessibility.getPartialAXTree", asked)["nodes"]
        return str(node["name"]["value"])

    def screenshot(self) -> Image.Image:
        return Image.open(BytesIO(self.page.screenshot()))

    def close(self) -> None:
        self.page.close()
