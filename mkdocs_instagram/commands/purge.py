"""`purge`: all that is saved of an account is forgotten."""

from mkdocs_instagram.feed.cleanup import purge

from . import terminal
from .context import Desk


def purge_account(desk: Desk) -> None:
    """Forget what is saved of the desk's account, and say how much it was.

    Raises:
        CacheUnusable: The entries cannot be told.
    """
    if (cache := desk.find_cache()) is None:
        terminal.say(f"Nothing is saved in {desk.site.cache_dir}.")
        return
    gone = purge(cache, desk.account.name)
    terminal.say(f"Forgot {gone.media} media of {desk.account.name}, and {gone.files} files.")
