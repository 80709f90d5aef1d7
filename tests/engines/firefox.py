"""Firefox, through Marionette: WebDriver's commands over a socket, without geckodriver."""

import json
import shutil
import socket
import tempfile
import time
from base64 import b64decode
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from . import processes
from .engine import Settings
from .installed import FIREFOX
from .webdriver import RemoteError, WebDriver

_PREFERENCES: dict[str, object] = {
    "marionette.port": 0,  # any free one
    "dom.w3c_touch_events.enabled": 1,
    # A mouse, which a computer without a screen does not have.
    "ui.allPointerCapabilities": 6,
    "ui.primaryPointerCapabilities": 6,
    # Nothing is asked of a network.
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
}
_USE = """
    const [settings, done] = arguments;
    Services.prefs.setIntPref("layout.css.prefers-color-scheme.content-override",
        settings.is_dark ? 0 : 1);
    Services.prefs.setStringPref("layout.css.devPixelsPerPx", `${settings.scale}.0`);
    Services.prefs.setBoolPref("javascript.enabled", settings.has_scripts);
    // A window is at least 450 pixels wide; the box of its page can be less.
    const {style} = gBrowser.selectedBrowser;
    style.flex = "none";
    for (const side of ["width", "height"])
        for (const edge of ["min", "max"])
            style.setProperty(`${edge}-${side}`, `${settings[side]}px`);
"""


class Firefox(WebDriver):
    name = "firefox"

    def __init__(self) -> None:
        assert FIREFOX
        self._profile = Path(tempfile.mkdtemp(prefix="firefox-"))
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});"
            for name, value in _PREFERENCES.items()
        ]
        (self._profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
        flags = ["--headless", "--no-remote", "--marionette", "--remote-allow-system-access"]
        self._process = processes.start(
            [FIREFOX, *flags, "--profile", str(self._profile)],
            self._profile,
            {"MOZ_HEADLESS_WIDTH": "2600", "MOZ_HEADLESS_HEIGHT": "2000"},
        )
        self._socket = socket.create_connection(("127.0.0.1", self._wait_for_port()), timeout=60)
        self._answers = self._socket.makefile("rb")
        self._number = 0
        self._read()  # a greeting
        self.command("NewSession", capabilities={})

    def _wait_for_port(self) -> int:
        file = self._profile / "MarionetteActivePort"
        for _ in range(600):
            if file.exists() and (port := file.read_text(encoding="ascii")):
                return int(port)
            time.sleep(0.05)
        raise RemoteError("Firefox opened no port in 30 seconds")

    def _read(self) -> Any:
        """Read a message: its length in digits, a colon, and JSON."""
        size = b""
        while (digit := self._answers.read(1)).isdigit():
            size += digit
        return json.loads(self._answers.read(int(size)))

    def command(self, name: str, **parameters: Any) -> Any:
        return self._send(f"WebDriver:{name}", **parameters)

    def _send(self, name: str, **parameters: Any) -> Any:
        self._number += 1
        message = json.dumps([0, self._number, name, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self._read()
        if error:
            raise RemoteError(f"{name}: {error['error']}: {error['message']}")
        return result["value"] if isinstance(result, dict) and "value" in result else result

    def use(self, settings: Settings) -> None:
        self.open("about:blank")
        self._send("Marionette:SetContext", value="chrome")
        self.run(_USE, vars(settings))
        self._send("Marionette:SetContext", value="content")
        self.wait_for(
            "innerWidth == arguments[0] && innerHeight == arguments[1]",
            settings.width,
            settings.height,
        )

    def screenshot(self) -> Image.Image:
        return Image.open(BytesIO(b64decode(self.command("TakeScreenshot", full=False))))

    def close(self) -> None:
        self._answers.close()
        self._socket.close()
        processes.end(self._process)
        shutil.rmtree(self._profile, ignore_errors=True)
