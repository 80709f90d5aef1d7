"""`doctor`: everything that a feed needs is checked."""

import platform
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from importlib import metadata

from mkdocs_instagram.config.models import name_command
from mkdocs_instagram.errors import CacheUnusable, InstagramError, NetworkUnusable, StoreUnusable
from mkdocs_instagram.instagram.models import Batch, DownloadFailure, Media
from mkdocs_instagram.text import describe_wait, quote
from mkdocs_instagram.tokens.expiry import advise, describe_end, find_expiry
from mkdocs_instagram.tokens.store import FoundToken
from mkdocs_instagram.tokens.validation import check_user

from . import terminal
from .context import MAKE_WRITABLE, Context

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


class _Failure(Exception):
    """A check failed. Caught in this module."""

    def __init__(self, text: str, cure: str) -> None:
        super().__init__(text)
        self.text = text
        self.cure = cure


class _Skipped(Exception):
    """A check does not apply, or an earlier one failed. Caught in this module."""


def show_checks(context: Context, *, as_json: bool) -> None:
    """Run every check and show it, with its cure if it failed."""
    checks = []
    for check in Doctor(context).run_checks():
        checks.append(check)
        if not as_json:
            text = f"{check.text} {check.cure}".strip()
            terminal.show_check(check.state, check.name, quote(text, 600))
    if as_json:
        terminal.show_json({"checks": [asdict(check) for check in checks]})
    if failed := sum(check.state == "failed" for check in checks):
        raise terminal.Failed(f"{failed} of {len(checks)} checks failed.")


class Doctor:
    """Checks an account and everything that it needs, one thing after the other."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._found: FoundToken | None = None
        self._batch: Batch | None = None
        self._is_offline = False

    def run_checks(self) -> Iterator[Check]:
        """Yield each check as soon as it is done."""
        checks: list[tuple[str, Callable[[], str]]] = [
            ("site", self._check_site),
            ("token", self._check_token),
            ("store", self._check_store),
            ("host", self._check_host),
            ("user", self._check_user),
            ("media", self._check_media),
            ("picture", self._check_picture),
            ("end of token", self._check_end),
            ("cache", self._check_cache),
            ("clock", self._check_clock),
            ("versions", _list_versions),
        ]
        for name, check in checks:
            with self._context.waiting():
                done = self._run_check(name, check)
            yield done

    def _run_check(self, name: str, check: Callable[[], str]) -> Check:
        try:
            return Check(name, "ok", check())
        except _Skipped as error:
            return Check(name, "skipped", f"not checked: {error}")
        except _Failure as error:
            return Check(name, "failed", error.text, error.cure)
        except InstagramError as error:
            self._is_offline = isinstance(error, NetworkUnusable)
            cure = self._context.describe_error(error).removeprefix(error.what).strip()
            return Check(name, "failed", error.what, cure)

    def _check_site(self) -> str:
        site, account = self._context.site, self._context.account
        where = site.path or "there is no mkdocs.yml here, so the defaults are used"
        return f"{where}; the account is {account.name}{' (the demo)' if account.demo else ''}"

    def _check_token(self) -> str:
        if self._context.account.demo:
            raise _Skipped("the demo needs no token and no network")
        self._found = self._context.find_token()
        return f"found in {self._context.describe_token(self._found)}"

    def _check_store(self) -> str:
        store = self._context.store
        try:
            names = store.names()
        except StoreUnusable as error:
            raise _Failure(str(error), error.cure) from None
        if flaw := store.find_flaw():
            raise _Failure(
                f"{flaw}. Other users of this computer may be able to read your tokens.",
                f"Run `chmod -R go= {store.folder}`.",
            )
        what = f"tokens for: {', '.join(names)}" if names else "no tokens"
        return f"{store.path} contains {what}"

    def _check_host(self) -> str:
        token = self._need_token().token
        if token.is_facebook:
            raise _Failure(
                "the token begins with EAA, so it is a token of Facebook Login.",
                "Generate a token under API setup with Instagram login.",
            )
        return "graph.instagram.com"

    def _check_user(self) -> str:
        user = check_user(self._context.client, self._need_token().token, self._context.account)
        if other := self._context.find_other_user(user):
            purge = name_command("purge", self._context.account.name)
            raise _Failure(
                f"the token belongs to {user.username}, but the saved feed is {other.username}'s, "
                "and builds keep that feed.",
                f"Run `{purge}`, or use a token of {other.username}.",
            )
        kind = quote(user.account_type).lower() or "type unknown"
        return f"{user.username or user.id}, {kind}"

    def _check_media(self) -> str:
        from mkdocs_instagram.instagram.account import InstagramAccount

        if self._is_offline:
            raise _Skipped("no request can be sent")
        account = InstagramAccount(self._context.client, self._need_token().token)
        _, self._batch = account.first_batch(1)
        return "the account has posts" if self._batch.items else "the account has no posts yet"

    def _check_picture(self) -> str:
        media = self._need_media()
        if media.picture is None:
            raise _Skipped("the newest post has no picture")
        (_, outcome), *_ = self._context.client.download([media.picture])
        if obstacle := self._context.client.obstacle:
            raise obstacle
        if isinstance(outcome, DownloadFailure):
            raise _Failure(
                f"the picture of the newest post did not arrive: {outcome}.",
                "Check whether a firewall or a proxy blocks *.cdninstagram.com and *.fbcdn.net.",
            )
        return f"downloaded {len(outcome)} bytes from Instagram's CDN"

    def _check_end(self) -> str:
        found, now = self._need_token(), self._context.now
        account, expiry = self._context.account, find_expiry(found, self._context.find_cache())
        text = describe_end(expiry, account, now)
        if expiry and expiry.is_near(now):
            raise _Failure(f"{text}.", advise(expiry, account, now))
        return text

    def _check_cache(self) -> str:
        folder = self._context.site.cache_dir
        try:
            cache = self._context.open_writable_cache()
        except CacheUnusable as error:
            raise _Failure(f"{folder} cannot be used: {error}.", MAKE_WRITABLE) from None
        if cache.was_broken:
            raise _Failure(
                f"the database in {folder} was damaged. It was moved to broken-cache.db.",
                "Nothing to do, unless it happens again. Then check the disk.",
            )
        return f"{folder} is writable; its size is {cache.measure() / 1e6:.1f} MB"

    def _check_clock(self) -> str:
        if self._context.account.demo or not (date := self._context.client.server_date):
            raise _Skipped("Instagram sent no time")
        try:
            theirs = parsedate_to_datetime(date).astimezone(UTC)
        except (ValueError, OverflowError):
            raise _Skipped("Instagram's time could not be read") from None
        seconds = (self._context.now - theirs).total_seconds()
        if abs(seconds) > _CLOCK_SECONDS:
            raise _Failure(
                f"it differs from Instagram's by {describe_wait(abs(seconds))}.",
                "Set the computer's clock: HTTPS and the age of feeds depend on it.",
            )
        return "agrees with Instagram's"

    def _need_token(self) -> FoundToken:
        if self._found is None:
            raise _Skipped("there is no token")
        return self._found

    def _need_media(self) -> Media:
        if self._batch is None or not self._batch.items:
            raise _Skipped("no post was read")
        return self._batch.items[0]


def _list_versions() -> str:
    found = [f"Python {platform.python_version()}"]
    for name in _PACKAGES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return quote(", ".join(found), 400)
