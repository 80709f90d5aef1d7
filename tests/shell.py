"""Runs the commands in this process, against the fake Instagram."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner
from conftest import LEAK
from fake import FakeInstagram
from stored import stored_token

from mkdocs_instagram.commands.cli import main
from mkdocs_instagram.commands.context import Runtime
from mkdocs_instagram.instagram.client import Client
from mkdocs_instagram.tokens.store import StoredToken, TokenStore

NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Done:
    """The result of a command; white space is folded, because lines are wrapped."""

    status: int
    out: str
    err: str
    raw: str = field(repr=False)


@dataclass(slots=True)
class Shell:
    """A folder, an environment, a clock and a store."""

    folder: Path
    fake: FakeInstagram
    environment: dict[str, str] = field(default_factory=dict, repr=False)
    now: datetime = NOW

    @property
    def store(self) -> TokenStore:
        return TokenStore(self.folder / "config" / "mkdocs-instagram")

    @property
    def cache(self) -> Path:
        return self.folder / ".cache" / "plugin" / "instagram"

    def configure(self, name: str = "mkdocs.yml", **options: Any) -> Path:
        path = self.folder / name
        config = {"site_name": "Harbour Bakery", "plugins": [{"instagram": options}]}
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        return path

    def keep(self, token: str, age: timedelta = 30 * DAY, **known: Any) -> StoredToken:
        """Store a token that was handed out a while ago."""
        stored = stored_token(token, self.now - age, **known)
        self.store.put(stored)
        return stored

    def run(self, *arguments: str, lines: Sequence[str] = (), may_leak: bool = False) -> Done:
        """Run a command; `lines` are its standard input, which is not a terminal."""
        self.fake.travel(self.now)
        outside = Runtime(self.folder, self.now, Client, lambda: self.store)
        result = CliRunner().invoke(
            main,
            arguments,
            obj=outside,
            input="".join(f"{line}\n" for line in lines),
            env=self.environment,
        )
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert may_leak or not LEAK.search(result.output.encode()), "a token is in the output"
        return Done(result.exit_code, _fold(result.stdout), _fold(result.stderr), result.stdout)


def _fold(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
