"""Sites that tests build for real: `mkdocs` in a process, against the fake Instagram."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from fake import FakeInstagram
from forks import CAN_FORK, shared_forks

from mkdocs_instagram.tokens.store import TokenStore

EPOCH = "1784716800"
COMMAND = str(Path(sys.executable).with_name("mkdocs-instagram"))


@dataclass(frozen=True, slots=True)
class Build:
    """The result of one build."""

    status: int
    log: str
    site: Path
    pages: Mapping[str, str] = field(repr=False)
    """The HTML by path, read at once: the next build overwrites the files."""

    def html(self, page: str = "index.html") -> str:
        return self.pages[page]

    def media(self, page: str = "index.html") -> list[str]:
        """Return the shortcodes that a page shows, in order."""
        return re.findall(r'data-media="([^"]*)"', self.html(page))

    def images(self) -> list[Path]:
        return sorted((self.site / "assets" / "mk-ig").glob("*.webp"))

    def files(self) -> dict[str, bytes]:
        paths = [path for path in self.site.rglob("*") if path.is_file()]
        return {path.relative_to(self.site).as_posix(): path.read_bytes() for path in paths}

    def lines(self, level: str) -> list[str]:
        """Return the plugin's log entries of a level."""
        found = re.findall(rf"^{level}\s+-\s+mkdocs_instagram: (.*)$", self.log, re.MULTILINE)
        return [str(line) for line in found]

    @property
    def warnings(self) -> list[str]:
        return self.lines("WARNING")


def read_pages(site: Path) -> dict[str, str]:
    """Return the HTML of a built site by path."""
    return {
        path.relative_to(site).as_posix(): path.read_text(encoding="utf-8")
        for path in site.rglob("*.html")
    }


@dataclass(slots=True)
class Site:
    """A folder with mkdocs.yml and pages."""

    folder: Path
    fake: FakeInstagram
    environment: dict[str, str] = field(default_factory=dict, repr=False)
    options: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    before: list[Any] = field(default_factory=list)
    after: list[Any] = field(default_factory=list)

    def write(self, pages: Mapping[str, str]) -> None:
        for name, text in pages.items():
            path = self.folder / "docs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def write_config(self) -> None:
        plugin: Any = {"instagram": self.options} if self.options else "instagram"
        config = {
            "site_name": "Harbour Bakery",
            "site_url": "https://bakery.example/",
            **self.config,
            "plugins": [*self.before, plugin, *self.after],
        }
        text = yaml.safe_dump(config, allow_unicode=True, sort_keys=False)
        (self.folder / "mkdocs.yml").write_text(text, encoding="utf-8")

    def build(
        self,
        *arguments: str,
        now: datetime | None = None,
        environment: Mapping[str, str] | None = None,
        python: Sequence[str] | None = None,
    ) -> Build:
        """Build the site in a fork, or, with options `python` for Python, in a new process."""
        self.write_config()
        whole = self.whole_environment(now) | dict(environment or {})
        if python is not None or not CAN_FORK:
            status, log = self._run(arguments, whole, python or ())
        else:
            ended = shared_forks().build(self.folder, arguments, whole)
            status, log = ended.status, ended.log
        with (self.folder / "builds.log").open("a", encoding="utf-8") as file:
            file.write(log)
        return self.read(status, log)

    def _run(
        self, arguments: Sequence[str], environment: Mapping[str, str], python: Sequence[str]
    ) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, *python, "-m", "mkdocs", "build", *arguments],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=180,
        )
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def read(self, status: int, log: str) -> Build:
        """Return the result of a build from its folder."""
        built = self.folder / "site"
        return Build(status, log, built, read_pages(built))

    def whole_environment(self, now: datetime | None = None) -> dict[str, str]:
        ours = {
            "SOURCE_DATE_EPOCH": EPOCH,
            "NO_MKDOCS_2_WARNING": "1",
            "NO_COLOR": "1",
            "PYTHONDONTWRITEBYTECODE": "",  # compiling again is a third of a build's time
            "XDG_CONFIG_HOME": str(self.folder / "config"),  # never the real token store
        }
        return dict(os.environ) | self.fake.environment(now) | ours | self.environment

    def command(
        self, *arguments: str, lines: Sequence[str] = (), now: datetime | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Run `mkdocs-instagram` as it was installed; `lines` are its standard input."""
        return subprocess.run(
            [COMMAND, *arguments],
            cwd=self.folder,
            env=self.whole_environment(now),
            input="".join(f"{line}\n" for line in lines),
            capture_output=True,
            check=False,
            text=True,
            timeout=60,
        )

    @property
    def store(self) -> TokenStore:
        return TokenStore(self.folder / "config" / "mkdocs-instagram")

    @property
    def cache(self) -> Path:
        return self.folder / ".cache" / "plugin" / "instagram"
