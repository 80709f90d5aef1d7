"""`purge`: an account's saved data is removed."""

from mkdocs_instagram.feed.cleanup import purge
from mkdocs_instagram.text import pluralize

from . import terminal
from .context import Context


def purge_account(context: Context) -> None:
    """Remove what is saved for the account, and say how much it was.

    Raises:
        CacheUnusable: The entries cannot be read.
    """
    if (cache := context.find_cache()) is None:
        terminal.say(f"Nothing is saved in {context.site.cache_dir}.")
        return
    gone = purge(cache, context.account.name)
    terminal.say(
        f"Removed {pluralize(gone.media, 'post')} of {context.account.name} and "
        f"{pluralize(gone.files, 'file')}."
    )
