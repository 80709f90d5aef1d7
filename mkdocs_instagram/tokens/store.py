"""Tokens in the environment and in the store.

The store is one file per user of the computer, in the platform's folder for settings. That file is
the only place where the package keeps a token.
"""

import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from mkdocs_instagram.config.models import Account
from mkdocs_instagram.errors import StoreUnusable, TokenMalformed, TokenMissing
from mkdocs_instagram.instagram.models import JSON
from mkdocs_instagram.instagram.secrets import Token
from mkdocs_instagram.text import clean

from .validation import check_token

SCHEMA = 1
LOCK_SECONDS = 10.0
_MAX_FILE = 4 * 1024 * 1024
_MOVE_AWAY = "Move it away, and run `mkdocs-instagram login` to store the token anew."
_NO_LINK = "Put a folder and a file of their own in place of the link."
_MAKE_WRITABLE = "Make the folder and the file yours to read and write, and their disk not full."
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


class StoredToken(NamedTuple):
    """A token in the store, and what is known of it.

    Attributes:
        account: The account's name in mkdocs.yml.
        issued_at: When it was last handed out, or pasted, in UTC.
        expires_at: In UTC.
        is_guess: Instagram did not tell `expires_at`: it is 60 days from when it was pasted.
        source: `dashboard` or `oauth`: how the first of its line was got.
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
    """A token and where it was found.

    Attributes:
        stored: What the store knows of it; `None` for one from the environment.
    """

    token: Token
    stored: StoredToken | None = None


def find_token(
    account: Account, environment: Mapping[str, str], open_store: "Callable[[], TokenStore]"
) -> FoundToken:
    """Return the token of an account: of its variable, if that is set and not empty, else stored.

    Raises:
        TokenMissing: There is neither.
        TokenMalformed: What is there can be no token, or the store cannot be read.
    """
    if value := environment.get(account.token_env, "").strip():
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
    """Return the platform's folder for our settings, such as `~/.config/mkdocs-instagram`."""
    from platformdirs import user_config_path

    return user_config_path("mkdocs-instagram", appauthor=False)


class TokenStore:
    """The tokens that `login` keeps, by the account's name.

    The file is replaced as a whole: written beside its place, then renamed. Its folder has mode
    0700, the file 0600; where one of them is a link, nothing is read or written.

    Args:
        folder: Made when a token is first written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "tokens.json"

    def get(self, account: str) -> StoredToken | None:
        """Return what is stored for an account.

        Raises:
            StoreUnusable: The file is damaged, a link, or cannot be read.
        """
        entry = self._read().get(account)
        return None if entry is None else self._decode(account, entry)

    def names(self) -> list[str]:
        """Return the accounts that have a token here."""
        return list(self._read())

    def put(self, stored: StoredToken, instead_of: Token | None = None) -> bool:
        """Store a token.

        With `instead_of`, only where that one is still stored: what a person or another process
        stored meanwhile stays.

        Returns:
            Whether it was stored.

        Raises:
            StoreUnusable: The file cannot be read or written.
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
        """Forget an account's token; return whether there was one.

        Raises:
            StoreUnusable: The file cannot be read or written.
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
                _new_name(self.path).unlink(missing_ok=True)
        return was_there

    def find_flaw(self) -> str:
        """Return why others could read the file; "" for nothing."""
        if os.name != "posix":
            return ""
        with suppress(OSError):  # what we cannot look into, others cannot either
            self.path.stat()
            for path, wanted in ((self.folder, 0o700), (self.path, 0o600)):
                mode = stat.S_IMODE(path.stat().st_mode)
                if mode & ~wanted:
                    return f"{path} has mode {mode:04o}; {wanted:04o} is right"
        return ""

    def _read(self) -> JSON:
        """Return the entries by account; empty where there is no file."""
        self._refuse_links()
        try:
            with open(self.path, "rb", opener=_open_file) as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise self._unusable("it is no file", _MOVE_AWAY)
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
            raise self._unusable("it is not in the shape that this version writes", _MOVE_AWAY)
        return accounts

    def _decode(self, account: str, entry: object) -> StoredToken:
        try:
            return _decode(account, entry)
        except (TypeError, ValueError, KeyError, AttributeError, TokenMalformed):
            # The entry itself may hold a token, so it is not told.
            raise self._unusable(f"its entry for {account} is damaged", _MOVE_AWAY) from None

    def _write(self, entries: JSON) -> None:
        """Replace the file; to be called with the lock held."""
        text = json.dumps({"schema": SCHEMA, "accounts": entries}, indent=1)
        try:
            _replace(self.path, text)
        except OSError as error:
            raise self._unusable(error.strerror or "it cannot be written") from None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other processes from writing, so that none loses what the other one stored."""
        from filelock import FileLock, Timeout

        self._refuse_links()
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder.chmod(0o700)
            lock = FileLock(self.folder / "lock", timeout=LOCK_SECONDS, mode=0o600)
            lock.acquire()
        except Timeout:
            raise self._unusable("another process has been writing it for too long") from None
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
    """Open a file to read, but no link, and without waiting for the other end of a pipe."""
    return os.open(path, flags | _NO_FOLLOW | getattr(os, "O_NONBLOCK", 0))


def write_token_file(path: Path, token: Token) -> None:
    """Write a token, and nothing else, into a file of mode 0600, for a workflow to hand on.

    Raises:
        StoreUnusable: It cannot be written.
    """
    try:
        _replace(path, token.reveal())
    except OSError as error:
        raise StoreUnusable(
            f"{path} cannot be written: {error.strerror}.", "Name another FILE."
        ) from None


def _replace(path: Path, text: str) -> None:
    """Replace a file by one of mode 0600, as a whole; a link is replaced, not followed."""
    new = _new_name(path)
    try:
        # One name, not a random one: what a killed process left is replaced, not kept.
        new.unlink(missing_ok=True)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise


def _new_name(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


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


def _decode(account: str, entry: Any) -> StoredToken:
    return StoredToken(
        account=account,
        token=check_token(entry["access_token"], "The store"),
        user_id=clean(entry["user_id"]),
        username=clean(entry["username"]),
        issued_at=_moment(entry["issued_at"]),
        expires_at=_moment(entry["expires_at"]),
        is_guess=bool(entry["expires_at_is_guess"]),
        source=clean(entry["source"]),
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment
