"""Files that only their user can read."""

import os
from contextlib import suppress
from pathlib import Path

from mkdocs_instagram.errors import StoreUnusable
from mkdocs_instagram.instagram.secrets import Token

NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


def write_token_file(path: Path, token: Token) -> None:
    """Write only a token into a file of mode 0600, for the next step of a workflow.

    Raises:
        StoreUnusable: It cannot be written. Caught by `cli`.
    """
    try:
        replace_file(path, token.reveal())
    except OSError as error:
        raise StoreUnusable(
            f"{path} cannot be written: {error.strerror}.", "Choose another FILE."
        ) from None


def replace_file(path: Path, text: str) -> None:
    """Replace a whole file with one of mode 0600; a link is replaced, not followed."""
    new = find_new_name(path)
    try:
        # Always the same name, so that what a killed process left is replaced.
        new.unlink(missing_ok=True)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_FOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise


def find_new_name(path: Path) -> Path:
    """Return where the new content is until it is complete."""
    return path.with_name(f"{path.name}.new")
