"""The site and account of one command."""

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs_instagram.config.cache_folder import (
    check_cache_folder,
    check_snapshot_folders,
    find_site_folder,
)
from mkdocs_instagram.config.mappings import is_account_name
from mkdocs_instagram.config.models import Account
from mkdocs_instagram.config.site_file import ALONE, SiteFile, find_site_file, read_site_file
from mkdocs_instagram.errors import (
    CacheUnusable,
    InstagramError,
    OptionError,
    RateLimited,
    SiteFileError,
    TokenError,
    Unreachable,
)
from mkdocs_instagram.feed.account_tokens import AccountTokens
from mkdocs_instagram.feed.cleanup import list_accounts
from mkdocs_instagram.feed.listing import read_listing
from mkdocs_instagram.feed.messages import find_cure
from mkdocs_instagram.feed.models import Listing
from mkdocs_instagram.feed.pace import Pace
from mkdocs_instagram.feed.progress import Progress, make_progress
from mkdocs_instagram.feed.resources import Resources
from mkdocs_instagram.instagram.models import User
from mkdocs_instagram.instagram.secrets import read_variable
from mkdocs_instagram.tokens.store import FoundToken, TokenStore

from . import terminal

if TYPE_CHECKING:
    from mkdocs_instagram.config.site_options import InstagramConfig
    from mkdocs_instagram.feed.pictures import Publish
    from mkdocs_instagram.feed.session import Session
    from mkdocs_instagram.instagram.client import Client

MAKE_WRITABLE = "Make it writable, or set `cache_dir`."


@dataclass(frozen=True, slots=True)
class Runtime:
    """The current folder, the time in UTC, and what opens client and store."""

    folder: Path
    now: datetime
    open_client: "Callable[[], Client]"
    open_store: Callable[[], TokenStore]


@dataclass(frozen=True, slots=True)
class Site:
    """The options of a site, or the defaults.

    Attributes:
        path: The site's mkdocs.yml; `None` without one.
        folder: The folder of that file, else the current one.
        file: What the file says.
    """

    path: Path | None
    folder: Path
    options: "InstagramConfig"
    file: SiteFile = field(default=SiteFile({}, {}), compare=False)

    @property
    def accounts(self) -> dict[str, Account]:
        """The accounts by name, the default one first."""
        accounts = self.options.list_accounts()
        return {account.name: account.locate(self.folder) for account in accounts}

    @property
    def cache_dir(self) -> Path:
        """The folder of saved feeds, absolute."""
        return self.options.locate_cache(self.folder)

    @property
    def template_folders(self) -> list[Path]:
        """Where the site's own templates are: `custom_dir`, or the folder of instagram.yml."""
        if self.path and self.path.name in ALONE:
            return [self.folder]
        custom = self.file.folders.get("custom_dir")
        return [self.folder / custom] if custom else []

    def name_file(self, text: str) -> str:
        """Return a message that names this site's file, where it names that of most sites."""
        if self.path is None:
            return text
        if self.path.name in ALONE:
            text = text.replace("the theme's custom_dir", f"the folder of {self.path.name}")
        return text.replace("mkdocs.yml", self.path.name)


def open_site(path: Path | None, folder: Path) -> Site:
    """Return the site of the file at `path`, or else of the file in `folder`, if there is one.

    Raises:
        SiteFileError: The file cannot be read, has a value that builds refuse, or neither MkDocs
            nor ProperDocs can be imported. Caught by `cli`.
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
    read = read_site_file(path) if path else SiteFile({}, {})
    options = load_options(read.entry, path)
    if path is None:
        return Site(None, folder, options)
    site = Site(path, path.parent, options, read)
    try:
        check_cache_folder(site.cache_dir, read.folders, path)
        check_snapshot_folders(site.accounts.values(), read.folders, path)
    except OptionError as error:
        raise SiteFileError(str(error)) from None
    return site


def list_saved_accounts(resources: Resources) -> list[str]:
    """Return the names of the accounts for which something is saved, as far as names are valid.

    Another name can only be in a cache that was changed by something else.
    """
    cache = resources.find_cache()
    try:
        return [name for name in list_accounts(cache) if is_account_name(name)] if cache else []
    except CacheUnusable:
        return []


class Context(Resources):
    """A site, one of its accounts, and the client, cache and token store of one command.

    Attributes:
        is_chosen: The account was named on the command line.
    """

    def __init__(self, site: Site, account: Account, runtime: Runtime, *, is_chosen: bool) -> None:
        super().__init__(site.cache_dir, runtime.open_client, runtime.open_store)
        self.site = site
        self.account = account
        self.is_chosen = is_chosen
        self.now = runtime.now
        self._tokens = AccountTokens(self, runtime.now)

    @property
    def is_variable_set(self) -> bool:
        """Whether the environment has a token for the account."""
        return bool(read_variable(self.account.token_env))

    def find_token(self) -> FoundToken:
        """Return the account's token.

        Raises:
            TokenError: There is none that can be used.
        """
        return self._tokens.find(self.account)

    def refuse_demo(self) -> None:
        """Raise a `TokenError` if the account is the demo, or only a snapshot."""
        name = self.account.name
        if self.account.demo:
            raise TokenError(
                f"The account {name} is the demo, which has no token and needs none.",
                "Name another account with --account.",
            )
        if self.account.is_offline:
            raise TokenError(
                f"The account {name} is a snapshot, which has no token and needs none.",
                "To use a token too, write `token_env` beside `snapshot` in mkdocs.yml.",
            )

    def refuse_site_folder(self, path: Path, what: str) -> None:
        """Refuse a file or folder that MkDocs would publish or remove.

        Raises:
            Failed: It is in `docs_dir`, `site_dir` or the theme's `custom_dir`.
        """
        site = self.site
        where = site.path and find_site_folder(path.absolute(), site.file.folders, site.path)
        if where:
            raise terminal.Failed(
                f"{what} {path} {where}. There MkDocs would publish or remove it. Nothing was "
                "written. Move it, or name another folder."
            )

    def describe_token(self, found: FoundToken) -> str:
        """Return where a token comes from, with its last four characters."""
        source = str(self.store.path) if found.stored else f"${self.account.token_env}"
        last_four = found.token.last_four
        return f"{source}, ending in …{last_four}" if last_four else source

    def describe_error(self, error: InstagramError) -> str:
        """Return what happened and what to do, by where the token comes from."""
        is_stored = self._tokens.is_stored(self.account)
        todo = find_cure(error, self.account, is_token_stored=is_stored)
        if isinstance(error, RateLimited | Unreachable):
            todo = "Try again later."
        return f"{error.what} {todo}".rstrip()

    def find_listing(self) -> Listing | None:
        """Return the account's saved feed; `None` without one."""
        cache = self.find_cache()
        return read_listing(cache, self.account.name) if cache else None

    def find_other_user(self, user: User) -> User | None:
        """Return the saved feed's user if builds would refuse `user`; else `None`."""
        listing = self.find_listing()
        if listing is None or self.account.username or user.is_same_as(listing.user):
            return None
        return listing.user

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Show that Instagram is waited for, if that takes long."""
        with closing(self.make_progress()) as progress, progress.during("Waiting for Instagram"):
            yield

    def make_progress(self) -> Progress:
        """Return a progress on standard error."""
        return make_progress(terminal.say, sys.stderr)

    def open_session(
        self,
        publish: "Publish | None" = None,
        pace: Pace | None = None,
        now: datetime | None = None,
    ) -> "Session":
        """Return a session, as a build has one; a chosen account is its default."""
        from mkdocs_instagram.feed.session import Session, SessionSettings

        settings = SessionSettings.of(self.site.options, self.site.folder)
        if self.account.name in settings.accounts:
            accounts = {self.account.name: self.account, **settings.accounts}
            settings = settings._replace(accounts=accounts)
        return Session(
            settings,
            pace or Pace(is_serve=False),
            now or self.now,
            open_client=self._open_client,
            open_store=self._open_store,
            progress=self.make_progress(),
            publish=publish,
        )
