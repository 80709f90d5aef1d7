"""WebKitGTK's MiniBrowser, through WebKitWebDriver."""

import json
import shutil
import socket
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from subprocess import Popen
from typing import Any

from PIL import Image

from . import processes
from .display import Display
from .engine import Settings
from .installed import MINI_BROWSER
from .webdriver import RemoteError, WebDriver

_COMMANDS = {
    "Navigate": ("POST", "/url"),
    "ExecuteScript": ("POST", "/execute/sync"),
    "PerformActions": ("POST", "/actions"),
    "FindElements": ("POST", "/elements"),
    "GetComputedLabel": ("GET", "/element/{id}/computedlabel"),
    "SetWindowRect": ("POST", "/window/rect"),
    "DeleteSession": ("DELETE", ""),
}
# The buttons of MiniBrowser's bar would keep its window wider than a phone.
_NARROW = """
* {
    min-width: 0; min-height: 0; padding: 0; margin: 0; border-width: 0;
    font-size: 1px; -gtk-icon-theme: none;
}
image { opacity: 0; }
"""
_DRAWING = {
    "GDK_BACKEND": "x11",
    "LIBGL_ALWAYS_SOFTWARE": "1",
    "NO_AT_BRIDGE": "1",
    "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
}


class WebKit(WebDriver):
    name = "webkit"

    def __init__(self) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="webkit-"))
        style = self._home / "gtk-3.0" / "gtk.css"
        style.parent.mkdir()
        style.write_text(_NARROW, encoding="ascii")
        self._display = Display(self._home, 2600, 2000)
        self._driver: Popen[bytes] | None = None
        self._path = ""
        self._settings: Settings | None = None
        self._connection = HTTPConnection("127.0.0.1")

    def use(self, settings: Settings) -> None:
        kind = Settings(0, 0, settings.is_dark, settings.scale, settings.has_scripts)
        if kind != self._settings:
            self._stop()
            self._start(settings)
            self._settings = kind
        self.open("about:blank")
        self._resize(settings.width, settings.height)

    def _start(self, settings: Settings) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self._driver = processes.start(
            ["WebKitWebDriver", f"--port={port}"],
            self._home,
            {"DISPLAY": self._display.name, "GDK_SCALE": str(settings.scale), **_DRAWING},
        )
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        flags = ["--automation"]
        flags += ["--dark-mode"] * settings.is_dark
        flags += ["--enable-javascript-markup=false"] * (not settings.has_scripts)
        options = {"binary": MINI_BROWSER, "args": flags}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        session = self._ask_when_ready("POST", "/session", {"capabilities": wanted})
        self._path = f"/session/{session['sessionId']}"
        self._display.focus_largest_window()

    def _ask_when_ready(self, method: str, path: str, body: object) -> Any:
        for _ in range(200):
            try:
                return self._ask(method, path, body)
            except ConnectionError:
                time.sleep(0.05)
        raise RemoteError("WebKitWebDriver did not answer in 10 seconds")

    def _ask(self, method: str, path: str, body: object) -> Any:
        content = json.dumps(body) if method == "POST" else None
        try:
            self._connection.request(method, path, content, {"Content-Type": "application/json"})
            response = self._connection.getresponse()
            value = json.loads(response.read())["value"]
        finally:
            self._connection.close()
        if response.status != 200:
            raise RemoteError(f"{method} {path}: {value['error']}: {value['message']}")
        return value

    def command(self, name: str, **parameters: Any) -> Any:
        method, path = _COMMANDS[name]
        return self._ask(method, self._path + path.format_map(parameters), parameters)

    def _resize(self, width: int, height: int) -> None:
        """Make the page that large: the window's rectangle includes its bar."""
        for _ in range(100):
            inner_width, inner_height, outer_width, outer_height = self.run(
                "return [innerWidth, innerHeight, outerWidth, outerHeight]"
            )
            if (inner_width, inner_height) == (width, height):
                return
            right, down = width - inner_width, height - inner_height
            rectangle = {"width": outer_width + right, "height": outer_height + down}
            self.command("SetWindowRect", x=0, y=0, **rectangle)
            time.sleep(0.05)
        raise RemoteError(f"the page did not become {width} x {height} pixels large")

    def screenshot(self) -> Image.Image:
        """Read the display: the driver's own command sometimes does not answer."""
        time.sleep(0.3)
        sides = self.run("return [innerWidth, outerHeight - innerHeight, outerHeight]")
        assert self._settings
        right, top, bottom = (self._settings.scale * side for side in sides)
        return self._display.crop(0, top, right, bottom)

    def _stop(self) -> None:
        if self._driver:
            self.command("DeleteSession")
            processes.end(self._driver)
            self._driver = None

    def close(self) -> None:
        self._stop()
        self._display.close()
        shutil.rmtree(self._home, ignore_errors=True)
