"""What one command works with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs_instagram.config.models import Account
from mkdocs_instagram.config.site_file import find_site_file, read_entry
from mkdocs_instagram.errors import (
    InstagramError,
    RateLimited,
    SiteFileError,
    TokenError,
    Unreachable,
)
from mkdocs_instagram.feed.account_tokens import AccountTokens
from mkdocs_instagram.feed.listing import read_listing
from mkdocs_instagram.feed.messages import cure
from mkdocs_instagram.feed.models import Listing
from mkdocs_instagram.feed.pace import Pace
from mkdocs_instagram.feed.resources import Resources
from mkdocs_instagram.instagram.models import User
from mkdocs_instagram.tokens.store import FoundToken, TokenStore

if TYPE_CHECKING:
    from mkdocs_instagram.cache.cache import Cache
    from mkdocs_instagram.config.site_options import InstagramConfig
    from mkdocs_instagram.feed.pictures import Watch
    from mkdocs_instagram.feed.session import Session
    from mkdocs_instagram.instagram.client import Client

MAKE_WRITABLE = "Make it writable, or set `cache_dir`."


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a command finds around it.

    Attributes:
        folder: The current one.
        now: The time, in UTC.
    """

    folder: Path
    environment: Mapping[str, str]
    now: datetime
    open_client: "Callable[[], Client]"
    open_store: Callable[[], TokenStore]


@dataclass(frozen=True, slots=True)
class Site:
    """A site that a command works with.

    Attributes:
        path: Its mkdocs.yml; `None` without one.
        folder: Where that is, else the current folder.
        options: Without an entry of ours, the defaults.
    """

    path: Path | None
    folder: Path
    options: "InstagramConfig"

    @property
    def cache_dir(self) -> Path:
        """The folder of saved feeds, absolute."""
        return self.options.locate_cache(self.folder)


def open_site(path: Path | None, folder: Path) -> Site:
    """Return the site of the file at `path`, else of the one in `folder`, if there is one.

    Raises:
        SiteFileError: The file cannot be read, or has a value that builds refuse; or there is
            neither MkDocs nor ProperDocs to read the options with.
    """
    try:
        if find_spec("mkdocs") is None:
            # ProperDocs is installed without MkDocs: this makes `mkdocs` a name for it.
            import properdocs.replacement  # noqa: F401
        from mkdocs_instagram.config.site_options import load_options
    except ImportError as error:
        raise SiteFileError(
            f"The options cannot be read, because MkDocs cannot be imported: {error}. Install it "
            "again, for example with `pip install --force-reinstall mkdocs`."
        ) from None

    path = path or find_site_file(folder)
    options = load_options(read_entry(path) if path else {}, path)
    return Site(path, path.parent if path else folder, options)


class Context:
    """A site, one of its accounts, and what belongs to it.

    Attributes:
        is_chosen: The account was named on the command line.
    """

    def __init__(self, site: Site, account: Account, runtime: Runtime, *, is_chosen: bool) -> None:
        self.site = site
        self.account = account
        self.is_chosen = is_chosen
        self.now = runtime.now
        self.environment = runtime.environment
        self._runtime = runtime
        self._resources = Resources(site.cache_dir, runtime.open_client, runtime.open_store)
        self._tokens = AccountTokens(self._resources, runtime.environment, runtime.now)

    @property
    def client(self) -> "Client":
        """The network."""
        return self._resources.client

    @property
    def store(self) -> TokenStore:
        """The stored tokens."""
        return self._resources.store

    def open_cache(self) -> "Cache":
        """Return the site's cache, made if need be.

        Raises:
            CacheUnusable: It cannot be written.
        """
        return self._resources.open_cache()

    def find_cache(self) -> "Cache | None":
        """Return the site's cache; `None` where there is none, or none that can be used."""
        return self._resources.find_cache()

    def find_token(self) -> FoundToken:
        """Return the account's token.

        Raises:
            TokenError: There is none that can be used.
        """
        return self._tokens.find(self.account)

    def try_token(self) -> tuple[FoundToken | None, TokenError | None]:
        """Return the account's token, or why there is none."""
        try:
            return self.find_token(), None
        except TokenError as error:
            return None, error

    def refuse_demo(self) -> None:
        """Raise for an account that has no token.

        Raises:
            TokenError: It is the demo.
        """
        if self.account.demo:
            raise TokenError(
                f"The account {self.account.name} is the demo, which has no token and needs none.",
                "Name another account with --account.",
            )

    def name_source(self, found: FoundToken) -> str:
        """Return where a token comes from, for a message."""
        return str(self.store.path) if found.stored else f"${self.account.token_env}"

    def tell(self, error: InstagramError) -> str:
        """Return what happened and what to do, by where the token comes from."""
        is_stored = self._tokens.is_stored(self.account)
        todo = cure(error, self.account, is_token_stored=is_stored)
        if isinstance(error, RateLimited | Unreachable):
            todo = "Try again later."
        return f"{error.what} {todo}".rstrip()

    def find_listing(self) -> Listing | None:
        """Return the account's saved feed; `None` without one."""
        cache = self.find_cache()
        return read_listing(cache, self.account.name) if cache else None

    def find_other_user(self, user: User) -> User | None:
        """Return whose feed is saved, where builds would refuse it from `user`; else `None`."""
        listing = self.find_listing()
        if listing is None or self.account.username or user.is_same_as(listing.user):
            return None
        return listing.user

    def open_session(self, watch: "Watch") -> "Session":
        """Return a session, as a build has one; `watch` looks on while pictures arrive."""
        from mkdocs_instagram.feed.session import Session, SessionSettings

        settings = SessionSettings.of(self.site.options, self.site.folder, self.environment)
        return Session(
            settings,
            Pace(is_serve=False),
            self.now,
            open_client=self._runtime.open_client,
            open_store=lambda: self.store,
            watch=watch,
        )

    def close(self) -> None:
        """Close what was opened."""
        self._resources.close()
