"""`refresh`: a token is extended by 60 days."""

import os
from pathlib import Path

from mkdocs_instagram.errors import CacheUnusable, InstagramError
from mkdocs_instagram.instagram.secrets import Grant, read_variable
from mkdocs_instagram.tokens.expiry import (
    Expiry,
    find_end,
    find_obstacle,
    note_expiry,
    request_refresh,
    store_grant,
)
from mkdocs_instagram.tokens.private_files import write_token_file

from . import terminal
from .context import Context


def refresh_token(context: Context, output: Path | None) -> None:
    """Refresh the account's token; store the new one, or write it to `output`.

    Raises:
        TokenError: There is no token.
        Failed: The token was not refreshed. It stays as it is.
        StoreUnusable: The refreshed token could not be written.
    """
    context.refuse_demo()
    found = context.find_token()
    if obstacle := find_obstacle(found, context.now):
        raise terminal.Failed(f"The token cannot be refreshed: {obstacle}. It stays as it is.")
    if output and not os.access(output.parent, os.W_OK):
        raise terminal.Failed(
            f"{output.parent} is not a writable folder. No request was sent to Instagram. Create "
            "the folder, or name another FILE."
        )
    try:
        with context.waiting():
            grant = request_refresh(context.client, found.token)
    except InstagramError as error:
        raise terminal.Failed(
            f"{context.describe_error(error)} The token stays as it was."
        ) from None
    is_new = not grant.token.is_same_as(found.token)
    ends = find_end(grant, context.now)
    is_replaced = (
        found.stored is not None
        and store_grant(context.store, found.stored, grant, context.now) is None
    )
    if output:
        _write_output(grant, output, is_new=is_new)
    elif is_new and not found.stored:
        raise terminal.Failed(
            f"Instagram returned a different token than the one in ${context.account.token_env}. "
            "The variable stays as it is. Run `refresh` again with --output FILE, and store the "
            "content of the file."
        )
    if not found.stored and not ends.is_guess:
        _note_end(context, grant, ends)
    if is_replaced:
        terminal.say(
            "Another token was stored in the meantime. It stays, and builds use it. It was not "
            f"refreshed: that was the token before, which {ends.describe(context.now)}."
        )
    else:
        terminal.say(f"Refreshed: the token {ends.describe(context.now)}.")


def _note_end(context: Context, grant: Grant, ends: Expiry) -> None:
    """Note when a token of the environment ends, so that builds can warn in time."""
    try:
        note_expiry(grant.token, ends.at, context.open_writable_cache())
    except CacheUnusable as error:
        terminal.say(
            f"The cache {context.site.cache_dir} cannot be used ({error}), so builds will not warn "
            "before the token ends."
        )


def _write_output(grant: Grant, output: Path, *, is_new: bool) -> None:
    if is_new and read_variable("GITHUB_ACTIONS") == "true":
        # The runner hides this value in all logs from here on.
        terminal.show(f"::add-mask::{grant.token.reveal()}")
    write_token_file(output, grant.token)
    terminal.say(f"Wrote the refreshed token to {output}.")
