"""Tokens in the environment and in the store."""

import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from mkdocs_instagram.config.models import Account
from mkdocs_instagram.errors import StoreUnusable, TokenMalformed, TokenMissing
from mkdocs_instagram.instagram.models import JSON
from mkdocs_instagram.instagram.secrets import Token, read_variable
from mkdocs_instagram.text import clean

from .private_files import NO_FOLLOW, find_new_name, replace_file
from .validation import check_token

SCHEMA = 1
LOCK_SECONDS = 10.0
_MAX_FILE = 4 * 1024 * 1024
_MOVE_AWAY = "Move the file away, and run `mkdocs-instagram login` to store the token again."
_NO_LINK = "Replace the link with a real folder or file."
_MAKE_WRITABLE = (
    "Make sure that you may read and write the folder and the file, and that the disk is not full."
)


class StoredToken(NamedTuple):
    """A token in the store, and what is known of it.

    Attributes:
        account: The account's name in mkdocs.yml.
        issued_at: When Instagram last sent it, or when it was pasted, in UTC as all times.
        is_guess: Instagram did not send `expires_at`: it is 60 days after it was pasted.
        source: `dashboard` or `oauth`: where the token came from before any refresh.
    """

    account: str
    token: Token
    user_id: str
    username: str
    issued_at: datetime
    expires_at: datetime
    is_guess: bool
    source: str


class FoundToken(NamedTuple):
    """A token, and what the store knows of it: `None` for one from the environment."""

    token: Token
    stored: StoredToken | None = None


def find_token(account: Account, open_store: "Callable[[], TokenStore]") -> FoundToken:
    """Return an account's token: that of its variable, or the stored one if that is unset or empty.

    Raises:
        TokenMissing: There is none.
        TokenMalformed: The text cannot be a token, or the store cannot be read. Both are caught
            by `loader`, `account_tokens` and `cli`.
    """
    if value := read_variable(account.token_env):
        return FoundToken(check_token(value, f"The environment variable {account.token_env}"))
    try:
        stored = open_store().get(account.name)
    except StoreUnusable as error:
        raise TokenMalformed(str(error), error.cure) from None
    if stored is None:
        raise TokenMissing(
            f"No token: the environment variable {account.token_env} is unset or empty, and none "
            f"is stored for {account.name}."
        )
    return FoundToken(stored.token, stored)


def default_folder() -> Path:
    """Return the platform's folder for our settings, such as `~/.config/mkdocs-instagram`.

    A user without a home folder, as in some containers, has that of the computer.
    """
    from platformdirs import site_config_path, user_config_path

    with suppress(RuntimeError):
        folder = user_config_path("mkdocs-instagram", appauthor=False)
        if folder.is_absolute():  # older versions of platformdirs leave `~` in it
            return folder
    return site_config_path("mkdocs-instagram", appauthor=False)


class TokenStore:
    """The tokens that `login` stores, by the account's name.

    They are in one file for each user of the computer, the only place where the package keeps a
    token. It is replaced as a whole: written under another name, then renamed. The folder has mode
    0700, the file 0600; if one of them is a link, nothing is read or written.

    Args:
        folder: Made when a token is first written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "tokens.json"

    def get(self, account: str) -> StoredToken | None:
        """Return what is stored for an account.

        Raises:
            StoreUnusable: The file is damaged, a link, or cannot be read. Caught by `find_token`
                and `cli`.
        """
        entry = self._read().get(account)
        return None if entry is None else self._decode(account, entry)

    def names(self) -> list[str]:
        """Return the accounts that have a stored token."""
        return list(self._read())

    def put(self, stored: StoredToken, instead_of: Token | None = None) -> bool:
        """Store a token; return whether it was stored.

        With `instead_of`, only if that one is still stored: what a person or another process has
        stored in the meantime stays.

        Raises:
            StoreUnusable: The file cannot be read or written. Caught by `expiry` and `cli`.
        """
        with self._locked():
            entries = self._read()
            if instead_of is not None:
                entry = entries.get(stored.account)
                kept = None if entry is None else self._decode(stored.account, entry)
                if kept is None or not kept.token.is_same_as(instead_of):
                    return False
            self._write({**entries, stored.account: _encode(stored)})
        return True

    def remove(self, account: str) -> bool:
        """Remove an account's token; return whether there was one.

        Raises:
            StoreUnusable: The file cannot be read or written. Caught by `cli`.
        """
        self._read()
        if not self.folder.exists():
            return False
        with self._locked():
            entries = self._read()
            was_there = entries.pop(account, None) is not None
            if was_there:
                self._write(entries)
            with suppress(OSError):  # a killed process may have left one
                find_new_name(self.path).unlink(missing_ok=True)
        return was_there

    def find_flaw(self) -> str:
        """Return why others could read the file; "" if they cannot."""
        if os.name != "posix":
            return ""
        with suppress(OSError):  # what we cannot read, others cannot read either
            self.path.stat()
            for path, wanted in ((self.folder, 0o700), (self.path, 0o600)):
                mode = stat.S_IMODE(path.stat().st_mode)
                if mode & ~wanted:
                    return f"{path} has mode {mode:04o}, but should have {wanted:04o}"
        return ""

    def _read(self) -> JSON:
        """Return the entries by account; empty without a file."""
        self._refuse_links()
        try:
            with open(self.path, "rb", opener=_open_file) as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise self._unusable("it is not a file", _MOVE_AWAY)
                content = file.read(_MAX_FILE)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._unusable(error.strerror or "it cannot be read") from None
        try:
            whole = json.loads(content)
        except (ValueError, RecursionError):
            raise self._unusable("it is damaged", _MOVE_AWAY) from None
        accounts = whole.get("accounts") if isinstance(whole, dict) else None
        if not isinstance(accounts, dict) or whole.get("schema") != SCHEMA:
            raise self._unusable("it is not in the format of this version", _MOVE_AWAY)
        return accounts

    def _decode(self, account: str, entry: Any) -> StoredToken:
        try:
            return StoredToken(
                account=account,
                token=check_token(entry["access_token"], "The store"),
                user_id=clean(entry["user_id"]),
                username=clean(entry["username"]),
                issued_at=_read_time(entry["issued_at"]),
                expires_at=_read_time(entry["expires_at"]),
                is_guess=bool(entry["expires_at_is_guess"]),
                source=clean(entry["source"]),
            )
        except (TypeError, ValueError, KeyError, AttributeError, TokenMalformed):
            # The entry may contain a token, so no message shows it.
            raise self._unusable(f"its entry for {account} is damaged", _MOVE_AWAY) from None

    def _write(self, entries: JSON) -> None:
        """Replace the file; only to be called with the lock held."""
        text = json.dumps({"schema": SCHEMA, "accounts": entries}, indent=1)
        try:
            replace_file(self.path, text)
        except OSError as error:
            raise self._unusable(error.strerror or "it cannot be written") from None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other processes from writing, so that no stored token is lost."""
        from filelock import FileLock, Timeout

        self._refuse_links()
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder.chmod(0o700)
            lock = FileLock(self.folder / "lock", timeout=LOCK_SECONDS, mode=0o600)
            lock.acquire()
        except Timeout:
            raise self._unusable("another process has been writing to it for too long") from None
        except OSError as error:
            raise self._unusable(error.strerror or "it cannot be written") from None
        try:
            yield
        finally:
            lock.release()

    def _refuse_links(self) -> None:
        for path in (self.folder, self.path):
            with suppress(OSError):  # the next step says what is wrong
                if path.is_symlink():
                    raise self._unusable(f"{path.name} is a link", _NO_LINK)

    def _unusable(self, why: str, cure: str = _MAKE_WRITABLE) -> StoreUnusable:
        return StoreUnusable(f"The token store {self.path} cannot be used: {why}.", cure)


def _open_file(path: str, flags: int) -> int:
    """Open a file to read, never a link, and without waiting for the other end of a pipe."""
    return os.open(path, flags | NO_FOLLOW | getattr(os, "O_NONBLOCK", 0))


def _encode(stored: StoredToken) -> JSON:
    return {
        "access_token": stored.token.reveal(),
        "user_id": stored.user_id,
        "username": stored.username,
        "issued_at": stored.issued_at.isoformat(timespec="seconds"),
        "expires_at": stored.expires_at.isoformat(timespec="seconds"),
        "expires_at_is_guess": stored.is_guess,
        "source": stored.source,
    }


def _read_time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment
