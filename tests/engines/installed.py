"""Where the browsers are; as a program, the Debian packages that are missing."""

import shutil
from pathlib import Path


def _find(*programs: str) -> str | None:
    return next(filter(None, map(shutil.which, programs)), None)


CHROMIUM = _find("chromium", "chromium-browser", "google-chrome")
FIREFOX = _find("firefox-esr", "firefox")
MINI_BROWSER = max(map(str, Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser")), default=None)

_PACKAGES = {
    "chromium": {"chromium": CHROMIUM},
    "firefox": {"firefox-esr": FIREFOX},
    "webkit": {
        "webkit2gtk-driver": MINI_BROWSER and _find("WebKitWebDriver"),
        "xvfb": _find("Xvfb"),
    },
}


def find_missing(*engines: str) -> list[str]:
    """Return the Debian packages that these engines need and that are not installed."""
    return [name for engine in engines for name, path in _PACKAGES[engine].items() if not path]


if __name__ == "__main__":
    print(*find_missing(*_PACKAGES))  # noqa: T201 - for .ci/run and the Makefile
