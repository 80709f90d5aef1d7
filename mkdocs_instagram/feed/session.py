"""The feeds of one build, each loaded once.

    plugin ─▶ render/pages ⇄ render/tag
                 │
                 ▼
              session ─▶ loader ── fresh? ─▶ Feed ─▶ pictures ─▶ LoadedFeed ─▶ render/items ─▶ HTML
                 │         │                  ▲          ⇅
                 │         ▼                  │       cache/images, videos ⇄ instagram/downloads
                 │       paging ─▶ listing ───┘
                 │         ⇅
                 │       sources ─▶ instagram/account ⇄ client ⇄ graph
                 │             └──▶ snapshot ⇄ instagram/demo
                 ▼
              account_tokens ⇄ tokens/store, expiry ⇄ instagram/client ⇄ oauth

A module that needs the network, Pillow or the database is imported when the first tag needs it: a
site without tags imports none of them.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mkdocs_instagram.cache.targets import QUALITIES, ImageSettings
from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import Account, Overrides
from mkdocs_instagram.errors import AppRemoved, CacheUnusable, InstagramError, TokenMissing
from mkdocs_instagram.instagram.models import DownloadFailure
from mkdocs_instagram.tokens.expiry import Expiry
from mkdocs_instagram.tokens.store import TokenStore

from .account_tokens import AccountTokens
from .cleanup import Use, clean_up, purge
from .listing import Unsaved
from .loader import AccountFeeds
from .merging import join_parts, share_limit
from .models import Feed, LoadedFeed, Totals
from .pace import Pace
from .pictures import FeedFiles, Publish, join_files
from .progress import Progress
from .resources import Resources, make_client, make_store
from .sources import AccountSources

if TYPE_CHECKING:
    from mkdocs_instagram.config.site_options import InstagramConfig
    from mkdocs_instagram.instagram.client import Client


class SessionSettings(NamedTuple):
    """What a session knows of mkdocs.yml.

    Attributes:
        accounts: By name, the default one first.
        cache_dir: Absolute.
        host_videos: Whether the site has the viewer's videos as files of its own.
    """

    accounts: Mapping[str, Account]
    overrides: Overrides
    max_age: timedelta
    cache_dir: Path
    images: ImageSettings
    host_videos: bool = False

    @classmethod
    def of(cls, options: "InstagramConfig", folder: Path) -> "SessionSettings":
        """Return the settings of a site whose mkdocs.yml is in `folder`."""
        images = options.images
        return cls(
            accounts={it.name: it.locate(folder) for it in options.list_accounts()},
            overrides=options.media,
            max_age=timedelta(seconds=options.max_age),
            cache_dir=options.locate_cache(folder),
            images=ImageSettings(
                tuple(sorted(set(images.widths))),
                images.format,
                images.quality or QUALITIES[images.format],
            ),
            host_videos=options.videos == "file",
        )


class Session:
    """Loads the feeds of one build; opens nothing before the first one.

    Example:
        session = Session(settings, Pace(is_serve=False), datetime.now(UTC))
        loaded = session.load(FeedOptions(limit=6), session.find_account("shop"))
        session.finish()
        session.close()

    Args:
        settings: What mkdocs.yml says.
        pace: Shared by the rebuilds of `mkdocs serve`.
        now: The time of this build, in UTC.
        open_client: Makes the client when Instagram must be asked.
        open_store: Makes the token store when the environment has no token.
        progress: Shows what takes long.
        publish: Puts a file into the site; without it, what is damaged is loaded again too.
    """

    def __init__(
        self,
        settings: SessionSettings,
        pace: Pace,
        now: datetime,
        *,
        open_client: "Callable[[], Client]" = make_client,
        open_store: Callable[[], TokenStore] = make_store,
        progress: Progress | None = None,
        publish: Publish | None = None,
    ) -> None:
        self._settings = settings
        self._pace = pace
        self._now = now
        self._resources = Resources(settings.cache_dir, open_client, open_store)
        self._tokens = AccountTokens(self._resources, now)
        self._progress = progress or Progress()
        self._files = FeedFiles(
            settings.images,
            now,
            host_videos=settings.host_videos,
            progress=self._progress,
            publish=publish,
        )
        self._sources = AccountSources(self._resources, self._tokens)
        self._feeds: dict[Account, AccountFeeds] = {}
        self._loaded: dict[tuple[FeedOptions, tuple[str, ...]], LoadedFeed] = {}

    @property
    def account_names(self) -> list[str]:
        """The accounts of mkdocs.yml."""
        return list(self._settings.accounts)

    @property
    def totals(self) -> Totals:
        """What the feeds loaded so far use."""
        return self._files.totals

    def find_account(self, name: str) -> Account | None:
        """Return the account called `name`, or the default one for ""."""
        accounts = self._settings.accounts
        return accounts.get(name or next(iter(accounts)))

    def load(self, options: FeedOptions, *accounts: Account) -> LoadedFeed:
        """Return what a tag shows of its accounts, loaded once per build for the same options.

        Its files are in the site.

        An `InstagramError` is not raised, but part of what is returned.
        """
        names = tuple(account.name for account in accounts)
        key = options, names
        if key not in self._loaded:
            options = options._replace(account=names)
            parts = self._load_parts(options, accounts)
            if expired := [part.account for part in parts if part.has_expired]:
                with self._progress.during("Waiting for Instagram"):
                    for account in expired:
                        self._open_feeds(account).refetch(options)
                parts = self._load_parts(options, accounts)
            for account in accounts:
                if self._open_feeds(account).is_fetched and not account.is_offline:
                    self._tokens.note_seen(account)
            self._loaded[key] = join_parts(parts)
        return self._loaded[key]

    def _load_parts(self, options: FeedOptions, accounts: tuple[Account, ...]) -> list[LoadedFeed]:
        """Return what each account has of a feed, in the order of the accounts."""
        feeds: dict[Account, Feed] = {}
        parts: dict[Account, LoadedFeed] = {}
        for account in accounts:
            try:
                feeds[account] = self._load_feed(options, account)
            except InstagramError as error:
                parts[account] = LoadedFeed(account, None, error)
        shared = share_limit(list(feeds.values()), options, self._settings.overrides)
        for account, feed in zip(feeds, shared, strict=True):
            parts[account] = self._load_files(feed, options, account)
        return [
            parts[account]._replace(is_token_stored=self._tokens.is_stored(account))
            for account in accounts
        ]

    def _load_feed(self, options: FeedOptions, account: Account) -> Feed:
        """Return an account's feed, or that of its snapshot in place of one that is not fetched."""
        try:
            with self._progress.during("Waiting for Instagram"):
                feed = self._open_feeds(account).load(options)
        except InstagramError as error:
            if isinstance(error, AppRemoved) and error.is_final:
                # If the cache cannot list its entries, the next build tries again.
                with suppress(CacheUnusable):
                    purge(self._resources.open_cache(), account.name)
            elif account.snapshot and not account.is_offline:
                return self._load_snapshot(options, account, error)
            raise
        if folder := self._sources.find_folder(account):
            written_at = folder.written_at or feed.fetched_at
            return feed._replace(fetched_at=written_at, is_fetched=False, snapshot=folder.folder)
        return feed

    def _load_snapshot(self, options: FeedOptions, account: Account, error: InstagramError) -> Feed:
        try:
            feed = self._load_feed(options, account.offline)
        except InstagramError as failure:
            raise (failure if isinstance(error, TokenMissing) else error) from None
        return feed._replace(stale_because=error)

    def _load_files(self, feed: Feed, options: FeedOptions, account: Account) -> LoadedFeed:
        cache, source = self._resources.open_cache(), account.offline if feed.snapshot else account
        pictures, videos = self._files.load(
            feed, options, cache, lambda: self._sources.open_files(source)
        )
        loaded = join_files(account, feed, options, pictures, videos)
        failures = {*pictures.failures.values(), *videos.failures.values()}
        if DownloadFailure.UNUSABLE in failures:
            return loaded._replace(obstacle=self._resources.client.obstacle)
        folder = self._sources.find_folder(source)
        return loaded._replace(obstacle=folder and folder.obstacle)

    def take_notes(self, account: Account) -> list[str]:
        """Return, once, what an account's source has to say."""
        feeds = self._feeds[account]
        notes, feeds.notes[:] = list(feeds.notes), []
        return notes

    def take_cache_warnings(self) -> list[str]:
        """Return, each once, what is wrong with the cache folder."""
        return self._resources.take_cache_warnings()

    def find_expiry(self, account: Account) -> Expiry | None:
        """Return when an account's token ends; `None` without a token, and if it is not known."""
        return self._tokens.find_expiry(account)

    def list_unfound(self) -> list[str]:
        """Return the shortcodes in `media` that no account shown in this build has."""
        feeds = self._feeds.values()
        missed = {code for account_feeds in feeds for code in account_feeds.missed}
        return [
            code
            for code in self._settings.overrides
            if code in missed and not any(account_feeds.has(code) for account_feeds in feeds)
        ]

    def finish(self) -> str:
        """Clean up after a build that succeeded; return why this failed, "" if it did not."""
        try:
            self._clean_up()
        except Exception as error:  # noqa: BLE001 - the pages are complete
            return f"the cache was not cleaned up ({type(error).__name__})."
        return ""

    def _clean_up(self) -> None:
        if self._resources.cache is None:
            return
        for feeds in self._feeds.values():
            feeds.settle()
        known = self._settings.accounts.values()
        # What a build reads of a folder is not saved.
        online = {account for account in (*known, *self._feeds) if not account.is_offline}
        clean_up(
            self._resources.cache,
            Use(
                shown=self._files.media_ids,
                accounts={account.name for account in online},
                renditions=self._files.renditions,
                tokens=self._tokens.list_keys(),
            ),
            self._now.timestamp(),
            has_fetched=any(
                self._feeds[account].is_fetched for account in self._feeds.keys() & online
            ),
        )

    def close(self) -> None:
        """Close what was opened; the session may not be used after that."""
        self._progress.close()
        self._resources.close()

    def _open_feeds(self, account: Account) -> AccountFeeds:
        if account not in self._feeds:
            self._feeds[account] = AccountFeeds(
                name=account.name,
                username=account.username,
                max_age=self._settings.max_age,
                overrides=self._settings.overrides,
                open_source=lambda: self._sources.open(account),
                store=Unsaved() if account.is_offline else self._resources.open_cache(),
                pace=Pace(is_serve=False) if account.is_offline else self._pace,
                now=self._now,
            )
        return self._feeds[account]
