"""`purge`: all that is saved of an account is forgotten."""

from mkdocs_instagram.feed.cleanup import purge
from mkdocs_instagram.text import pluralize

from . import terminal
from .context import Context


def purge_account(context: Context) -> None:
    """Forget what is saved of the account, and say how much it was.

    Raises:
        CacheUnusable: The entries cannot be told.
    """
    if (cache := context.find_cache()) is None:
        terminal.say(f"Nothing is saved in {context.site.cache_dir}.")
        return
    gone = purge(cache, context.account.name)
    terminal.say(
        f"Removed {pluralize(gone.media, 'post')} of {context.account.name} and "
        f"{pluralize(gone.files, 'file')}."
    )
