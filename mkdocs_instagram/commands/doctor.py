"""`doctor`: everything that a feed needs is checked."""

import os
import platform
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import partial
from importlib import metadata
from pathlib import Path

from mkdocs_instagram.config.models import name_command
from mkdocs_instagram.errors import CacheUnusable, InstagramError, StoreUnusable, TokenRefused
from mkdocs_instagram.instagram.models import Batch, DownloadFailure, Media
from mkdocs_instagram.text import describe_wait, quote
from mkdocs_instagram.tokens.expiry import advise, correct_end, describe_end, find_expiry
from mkdocs_instagram.tokens.store import FoundToken
from mkdocs_instagram.tokens.validation import check_user

from . import terminal
from .context import MAKE_WRITABLE, Context
from .site_checks import (
    Failure,
    Skipped,
    check_options,
    check_plugin,
    check_site,
    check_snapshot,
    check_tags,
)

_CLOCK_SECONDS = 300.0
_PACKAGES = ("mkdocs-instagram", "mkdocs", "properdocs", "httpx", "Pillow", "diskcache", "jinja2")


@dataclass(frozen=True, slots=True)
class Check:
    """One check and its result, on one line.

    Attributes:
        state: `ok`, `failed` or `skipped`.
        cure: What to do; "" if nothing.
    """

    name: str
    state: str
    text: str
    cure: str = ""


def show_checks(context: Context, *, as_json: bool) -> None:
    """Run every check and show it, with its cure if it failed."""
    checks = []
    for done in Doctor(context).run_checks():
        check = replace(done, text=_shorten_home(done.text), cure=_shorten_home(done.cure))
        checks.append(check)
        if not as_json:
            text = context.site.name_file(f"{check.text} {check.cure}".strip())
            terminal.show_check(check.state, check.name, quote(text, 600))
    if as_json:
        terminal.show_json({"checks": [asdict(check) for check in checks]})
    if failed := sum(check.state == "failed" for check in checks):
        raise terminal.Failed(f"{failed} of {len(checks)} checks failed.")


def _shorten_home(text: str) -> str:
    """Return a text that does not name the user of the computer, because it goes into reports."""
    with suppress(RuntimeError):  # there is no home folder
        return text.replace(f"{Path.home()}{os.sep}", f"~{os.sep}")
    return text


class Doctor:
    """Checks an account and everything that it needs, one thing after the other."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._found: FoundToken | None = None
        self._batch: Batch | None = None
        self._states: dict[str, str] = {}
        self._is_store_unusable = False
        self._answer: InstagramError | None = None

    def run_checks(self) -> Iterator[Check]:
        """Yield each check as soon as it is done; one that needs a failed one is skipped."""
        checks: list[tuple[str, Callable[[], str], str]] = [
            ("site", partial(check_site, self._context), ""),
            ("plugin", partial(check_plugin, self._context), ""),
            ("options", partial(check_options, self._context), ""),
            ("tags", partial(check_tags, self._context), ""),
            ("store", self._check_store, ""),
            ("token", self._check_token, ""),
            ("host", self._check_host, "token"),
            ("user", self._check_user, "host"),
            ("media", self._check_media, "user"),
            ("picture", self._check_picture, "media"),
            ("end of token", self._check_end, "token"),
            ("snapshot", partial(check_snapshot, self._context), ""),
            ("cache", self._check_cache, ""),
            ("clock", self._check_clock, ""),
            ("versions", _list_versions, ""),
        ]
        for name, check, needed in checks:
            with self._context.waiting():
                done = self._run_check(name, check, needed)
            self._states[name] = done.state
            yield done

    def _run_check(self, name: str, check: Callable[[], str], needed: str) -> Check:
        if needed and self._states[needed] != "ok":
            return Check(name, "skipped", f'not checked: it needs the line "{needed}" above')
        try:
            return Check(name, "ok", check())
        except Skipped as error:
            return Check(name, "skipped", str(error))
        except Failure as error:
            return Check(name, "failed", error.text, error.cure)
        except InstagramError as error:
            self._answer = self._answer or error
            cure = self._context.describe_error(error).removeprefix(error.what).strip()
            return Check(name, "failed", error.what, cure)

    def _check_token(self) -> str:
        if self._context.account.is_offline:
            kind = "the demo" if self._context.account.demo else "a snapshot"
            raise Skipped(f"not checked: {kind} needs no token and no network")
        if self._is_store_unusable and not self._context.is_variable_set:
            raise Skipped('not checked: it needs the line "store" above')
        self._found = self._context.find_token()
        return f"found in {self._context.describe_token(self._found)}"

    def _check_store(self) -> str:
        store = self._context.store
        try:
            names = store.names()
        except StoreUnusable as error:
            self._is_store_unusable = True
            raise Failure(str(error), error.cure) from None
        if flaw := store.find_flaw():
            raise Failure(
                f"{flaw}. Other users of this computer may be able to read your tokens.",
                f"Run `chmod -R go= {store.folder}`.",
            )
        what = f"tokens for: {', '.join(names)}" if names else "no tokens"
        return f"{store.path} contains {what}"

    def _check_host(self) -> str:
        token = self._need_token().token
        if token.is_facebook:
            raise Failure(
                "the token begins with EAA, so it is a token of Facebook Login.",
                "Generate a token under API setup with Instagram login.",
            )
        return "graph.instagram.com"

    def _check_user(self) -> str:
        user = check_user(self._context.client, self._need_token().token, self._context.account)
        if other := self._context.find_other_user(user):
            purge = name_command("purge", self._context.account.name)
            raise Failure(
                f"the token belongs to {user.username}, but the saved feed is {other.username}'s, "
                "and builds keep that feed.",
                f"Run `{purge}`, or use a token of {other.username}.",
            )
        kind = quote(user.account_type).lower() or "type unknown"
        return f"{user.username or user.id}, {kind}"

    def _check_media(self) -> str:
        from mkdocs_instagram.instagram.account import InstagramAccount

        account = InstagramAccount(self._context.client, self._need_token().token)
        _, self._batch = account.first_batch(1)
        return "the account has posts" if self._batch.items else "the account has no posts yet"

    def _check_picture(self) -> str:
        media = self._need_media()
        if media.picture is None:
            raise Skipped("not checked: the newest post has no picture")
        (_, outcome), *_ = self._context.client.download([media.picture])
        if obstacle := self._context.client.obstacle:
            raise obstacle
        if isinstance(outcome, DownloadFailure):
            raise Failure(
                f"the picture of the newest post did not arrive: {outcome}.",
                "Check whether a firewall or a proxy blocks *.cdninstagram.com and *.fbcdn.net.",
            )
        return f"downloaded {len(outcome)} bytes from Instagram's CDN"

    def _check_end(self) -> str:
        if isinstance(self._answer, TokenRefused):
            raise Skipped("not checked: Instagram refused the token")
        found, now = self._need_token(), self._context.now
        account, expiry = self._context.account, find_expiry(found, self._context.find_cache())
        if self._states["user"] != "skipped":
            expiry = correct_end(expiry, now, self._answer)
        text = describe_end(expiry, account, now)
        if expiry and expiry.is_near(now):
            raise Failure(f"{text}.", advise(expiry, account, now))
        return text

    def _check_cache(self) -> str:
        folder = self._context.site.cache_dir
        try:
            cache = self._context.open_writable_cache()
        except CacheUnusable as error:
            raise Failure(f"{folder} cannot be used: {error}.", MAKE_WRITABLE) from None
        if cache.was_broken:
            raise Failure(
                f"the database in {folder} was damaged. It was moved to broken-cache.db.",
                "Nothing to do, unless it happens again. Then check the disk.",
            )
        return f"{folder} is writable; its size is {cache.measure() / 1e6:.1f} MB"

    def _check_clock(self) -> str:
        if self._context.account.is_offline or not (date := self._context.client.server_date):
            raise Skipped("not checked: Instagram sent no time")
        try:
            theirs = parsedate_to_datetime(date).astimezone(UTC)
        except (ValueError, OverflowError):
            raise Skipped("not checked: Instagram's time could not be read") from None
        seconds = (self._context.now - theirs).total_seconds()
        if abs(seconds) > _CLOCK_SECONDS:
            raise Failure(
                f"it differs from Instagram's by {describe_wait(abs(seconds))}.",
                "Set the computer's clock: HTTPS and the age of feeds depend on it.",
            )
        return "agrees with Instagram's"

    def _need_token(self) -> FoundToken:
        if self._found is None:
            raise Skipped("not checked: there is no token")
        return self._found

    def _need_media(self) -> Media:
        if self._batch is None or not self._batch.items:
            raise Skipped("not checked: no post was read")
        return self._batch.items[0]


def _list_versions() -> str:
    found = [f"Python {platform.python_version()}"]
    for name in _PACKAGES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return quote(", ".join(found), 400)
