"""What one build opens, on the first tag that needs it, and closes at its end.

No outside thing of its own: it joins `feed`, `images`, `videos`, `cache`, `client`, `live` and
`snapshot`, and imports the last four when they are needed, so that a site without tags pays for
none of them.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .encoding import ImageSettings
from .errors import AppRemoved, CacheUnusable, InstagramError, TokenError
from .images import Made, make_renditions
from .keys import TIDIED
from .loader import AccountFeeds
from .models import JSON, Account, Feed, Overrides, Rendition, Shown, Totals, Trouble, Video
from .options import FeedOptions
from .pace import Pace
from .paging import MediaSource
from .parts import join, list_pictures, list_videos
from .selection import pinned
from .tidy import purge, remove_orphans
from .tokens import FoundToken, TokenStore, default_folder, find_token
from .upkeep import Expiry, find_expiry, note_seen, refresh_if_due
from .videos import Kept, keep_videos

if TYPE_CHECKING:
    from .cache import Cache
    from .client import Client
    from .config import InstagramConfig
    from .snapshot import Snapshot

_TIDY_SECONDS = 86400.0

Watch = Callable[[Iterator[Any], int], Iterable[Any]]
"""Passes on what arrives, of which there will be so many."""


class SessionSettings(NamedTuple):
    """What a session knows of mkdocs.yml.

    Attributes:
        accounts: By name, the default one first.
        cache_dir: Absolute.
        environment: Where tokens are looked for.
        host_videos: Whether the site has the viewer's videos as files of its own.
    """

    accounts: Mapping[str, Account]
    overrides: Overrides
    max_age: timedelta
    cache_dir: Path
    images: ImageSettings
    environment: Mapping[str, str]
    host_videos: bool = False

    @classmethod
    def of(
        cls, options: "InstagramConfig", folder: Path, environment: Mapping[str, str]
    ) -> "SessionSettings":
        """Return what a site says whose mkdocs.yml is in `folder`."""
        images = options.images
        return cls(
            accounts={account.name: account for account in options.list_accounts()},
            overrides=options.media,
            max_age=timedelta(seconds=options.max_age),
            cache_dir=options.locate_cache(folder),
            images=ImageSettings(tuple(sorted(set(images.widths))), images.format, images.quality),
            environment=environment,
            host_videos=options.videos == "file",
        )


class Session:
    """One build's feeds.

    Args:
        settings: What mkdocs.yml says.
        pace: Shared by the rebuilds of `mkdocs serve`.
        now: The time of this build, in UTC.
        open_client: Makes the client when Instagram must be asked.
        open_store: Makes the store of tokens when the environment has none.
        watch: Looks on while pictures arrive.
    """

    def __init__(
        self,
        settings: SessionSettings,
        pace: Pace,
        now: datetime,
        *,
        open_client: "Callable[[], Client] | None" = None,
        open_store: Callable[[], TokenStore] | None = None,
        watch: Watch = lambda arriving, _: arriving,
    ) -> None:
        self._settings = settings
        self._pace = pace
        self._now = now
        self._open_client = open_client or _open_client
        self._open_store = open_store or _open_store
        self._watch = watch
        self._tokens: dict[str, FoundToken] = {}
        self._expiries: dict[str, Expiry | None] = {}
        self._cache: Cache | None = None
        self._client: Client | None = None
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._accounts: dict[str, AccountFeeds] = {}
        self._shown: dict[tuple[str, FeedOptions], Shown] = {}
        self._cache_trouble = ""
        self._kept: set[str] = set()
        self.totals = Totals()

    @property
    def account_names(self) -> list[str]:
        """The accounts of mkdocs.yml."""
        return list(self._settings.accounts)

    def account(self, name: str) -> Account | None:
        """Return the account called `name`, the default one for ""."""
        accounts = self._settings.accounts
        return accounts.get(name or next(iter(accounts)))

    def show(self, options: FeedOptions, account: Account) -> Shown:
        """Return what a tag shows, once per build for the same options.

        It never raises for Instagram's sake.
        """
        key = account.name, options
        if key not in self._shown:
            self._shown[key] = self._show(options._replace(account=account.name), account)
        return self._shown[key]

    def _show(self, options: FeedOptions, account: Account) -> Shown:
        feeds = self._open_account(account)
        try:
            feed = feeds.load(options)
        except InstagramError as error:
            if isinstance(error, AppRemoved) and error.is_final:
                # Where the cache cannot tell what it has, the next build tries again.
                with suppress(CacheUnusable):
                    purge(self._open_cache(), account.name)
            return Shown(account, None, error, is_token_stored=self._is_token_stored(account))
        made, kept = self._gather(account, feed, options)
        if Trouble.EXPIRED in (*made.troubles.values(), *kept.troubles.values()):
            feeds.refetch(options)
            feed = feeds.load(options)
            made, kept = self._gather(account, feed, options)
        if feeds.is_live and account.name in self._tokens:
            note_seen(self._tokens[account.name], self._open_cache(), self._now)
        shown = join(account, feed, options, made, kept)
        return shown._replace(is_token_stored=self._is_token_stored(account))

    def _gather(self, account: Account, feed: Feed, options: FeedOptions) -> tuple[Made, Kept]:
        """Return the files of a feed, made or fetched if need be."""
        store, now = self._open_cache(), self._now.timestamp()
        pictures = list_pictures(feed, options)
        made = make_renditions(
            pictures,
            lambda missing: self._watch(self._files_of(account).download(missing), len(missing)),
            store,
            self._settings.images,
            now,
        )
        videos = list_videos(feed, options, made) if self._settings.host_videos else []
        kept = keep_videos(
            videos,
            lambda missing, open_file: self._files_of(account).download_videos(missing, open_file),
            store,
            now,
        )
        self._count(feed, made, kept)
        return made, kept

    def _count(self, feed: Feed, made: Made, kept: Kept) -> None:
        self.totals.videos |= {video.digest for video in kept.videos.values()}
        self.totals.fetched_videos |= {kept.videos[video].digest for video in kept.downloaded}
        self.totals.images |= {item.digest for items in made.renditions.values() for item in items}
        self.totals.encoded += made.encoded
        for media in feed.items:
            pictures = {media.picture, *(child.picture for child in media.children)}
            if media.picture in made.renditions:
                self.totals.media.add(media.id)
            if pictures & made.downloaded:
                self.totals.fetched.add(media.id)
        self._kept |= {picture.media_id for picture in made.renditions}

    def take_notes(self, account: Account) -> list[str]:
        """Return what an account's source has to say, once."""
        feeds = self._accounts[account.name]
        notes, feeds.notes[:] = list(feeds.notes), []
        return notes

    def find_expiry(self, account: Account) -> Expiry | None:
        """Return when an account's token ends; `None` without a token, or when nobody knows.

        It is looked up once, however many tags a site has.
        """
        if account.name not in self._expiries:
            self._expiries[account.name] = self._look_up_expiry(account)
        return self._expiries[account.name]

    def _look_up_expiry(self, account: Account) -> Expiry | None:
        if account.demo:
            return None
        try:
            return find_expiry(self._find_token(account), self._open_cache())
        except TokenError:
            return None

    def _find_token(self, account: Account) -> FoundToken:
        if account.name not in self._tokens:
            self._tokens[account.name] = find_token(
                account, self._settings.environment, self._open_store
            )
        return self._tokens[account.name]

    def _is_token_stored(self, account: Account) -> bool:
        found = self._tokens.get(account.name)
        return found is not None and found.stored is not None

    def take_cache_trouble(self) -> str:
        """Return what is wrong with the cache folder, once; "" for nothing."""
        trouble, self._cache_trouble = self._cache_trouble, ""
        return trouble

    def find_file(self, file: Rendition | Video) -> Path:
        """Return the cached file of a rendition or video that `show` returned."""
        return self._open_cache().locate_media(file.digest)

    def unfound_pins(self) -> list[str]:
        """Return the pinned shortcodes that no account shown in this build has."""
        missed = {code for feeds in self._accounts.values() for code in feeds.missed_pins}
        return [
            code
            for code in pinned(self._settings.overrides)
            if code in missed and not any(feeds.has(code) for feeds in self._accounts.values())
        ]

    def finish(self) -> None:
        """Tidy up after a build that went through: when something was fetched, else once a day."""
        if self._cache is None:
            return
        for feeds in self._accounts.values():
            feeds.settle()
        now = self._now.timestamp()
        tidied_at = (self._cache.get(TIDIED) or {}).get("at")
        is_live = any(feeds.is_live for feeds in self._accounts.values())
        is_tidy = isinstance(tidied_at, float) and 0 <= now - tidied_at < _TIDY_SECONDS
        if is_live or not is_tidy:
            # Where the cache cannot tell what it needs, nothing is removed.
            with suppress(CacheUnusable):
                remove_orphans(self._cache, self._kept, now)
                self._cache.put(TIDIED, {"at": now})

    def close(self) -> None:
        """Close what was opened; the session may not be used after."""
        if self._client:
            self._client.close()
        if self._cache:
            self._cache.close()
        if self._temporary:
            self._temporary.cleanup()

    def _open_account(self, account: Account) -> AccountFeeds:
        if account.name not in self._accounts:
            self._accounts[account.name] = AccountFeeds(
                name=account.name,
                username=account.username,
                max_age=self._settings.max_age,
                overrides=self._settings.overrides,
                open_source=lambda: self._open_source(account),
                store=_Unsaved() if account.demo else self._open_cache(),
                pace=Pace(is_serve=False) if account.demo else self._pace,
                now=self._now,
            )
        return self._accounts[account.name]

    def _open_source(self, account: Account) -> MediaSource:
        if account.demo:
            return _demo()
        from .live import LiveAccount

        found, note = self._find_token(account), ""
        if found.stored:
            stored, note = refresh_if_due(
                self._network(), found.stored, self._open_store(), self._open_cache(), self._now
            )
            found = self._tokens[account.name] = FoundToken(stored.token, stored)
        live = LiveAccount(self._network(), found.token)
        live.notes.extend(filter(None, [note]))
        return live

    def _files_of(self, account: Account) -> "Client | Snapshot":
        return _demo() if account.demo else self._network()

    def _network(self) -> "Client":
        if self._client is None:
            self._client = self._open_client()
        return self._client

    def _open_cache(self) -> "Cache":
        if self._cache is None:
            from .cache import Cache, describe_broken_cache, describe_unusable_cache

            try:
                self._cache = Cache(self._settings.cache_dir)
                if self._cache.was_broken:
                    self._cache_trouble = describe_broken_cache(self._cache.folder)
            except CacheUnusable as error:
                self._cache_trouble = describe_unusable_cache(self._settings.cache_dir, str(error))
                self._temporary = tempfile.TemporaryDirectory(prefix="mkdocs-instagram-")
                self._cache = Cache(Path(self._temporary.name))
        return self._cache


class _Unsaved(dict[str, JSON]):
    """The demo's entries: were they saved, another user's account could not take its name."""

    put = dict.__setitem__


def _open_client() -> "Client":
    from .client import Client

    return Client()


def _open_store() -> TokenStore:
    return TokenStore(default_folder())


def _demo() -> "Snapshot":
    from .snapshot import Snapshot, demo_folder

    return Snapshot(demo_folder())
