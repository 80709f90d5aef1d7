"""`purge`: an account's saved data is removed."""

from mkdocs_instagram.feed.cleanup import purge
from mkdocs_instagram.feed.listing import list_node_ids
from mkdocs_instagram.instagram import graph
from mkdocs_instagram.instagram.demo import Demo, demo_folder
from mkdocs_instagram.text import pluralize

from . import terminal
from .context import Context, list_saved_accounts


def purge_account(context: Context) -> None:
    """Remove what is saved for the account, and say how much it was.

    Raises:
        CacheUnusable: The entries cannot be read.
    """
    account = context.account
    if (cache := context.find_cache()) is None:
        terminal.say(f"Nothing is saved in {context.site.cache_dir}.")
        return
    is_saved = account.name in list_saved_accounts(context)
    gone = purge(cache, account.name, _list_demo_ids() if account.demo else ())
    files = pluralize(gone.files, "file")
    if is_saved:
        terminal.say(f"Removed {pluralize(gone.media, 'post')} of {account.name} and {files}.")
    elif account.demo:
        terminal.say(
            f"Removed {files} of the demo {account.name}. Its posts are part of the plugin."
        )
    else:
        terminal.say(f"Nothing is saved for {account.name}.")


def _list_demo_ids() -> set[str]:
    user, batch = Demo(demo_folder()).first_batch(graph.MAX_LIMIT)
    media = [graph.encode_media(media) for media in batch.items]
    return list_node_ids({"user": graph.encode_user(user), "media": media})
