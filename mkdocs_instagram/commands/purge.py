"""`purge`: an account's saved data is removed."""

from mkdocs_instagram.feed.cleanup import list_accounts, purge
from mkdocs_instagram.feed.listing import list_node_ids
from mkdocs_instagram.instagram import graph
from mkdocs_instagram.instagram.demo import Demo, demo_folder
from mkdocs_instagram.text import pluralize

from . import terminal
from .context import Context, list_saved_accounts


def purge_account(context: Context) -> None:
    """Remove what is saved for the account, and say how much it was.

    Raises:
        CacheUnusable: The entries cannot be read, or not be changed.
        Failed: They could not be removed.
    """
    account, folder = context.account, context.site.cache_dir
    if context.find_cache() is None:
        terminal.say(f"Nothing is saved in {folder}.")
        return
    cache = context.open_writable_cache()
    is_saved = account.name in list_accounts(cache)
    gone = purge(cache, account.name, _list_demo_ids() if account.demo else ())
    if account.name in list_accounts(cache):
        raise terminal.Failed(
            f"Something is still saved for {account.name}. A build has saved it again, or the "
            f"cache {folder} cannot be written. Run the command again when no build runs."
        )
    files = pluralize(gone.files, "file")
    if is_saved:
        terminal.say(f"Removed {pluralize(gone.media, 'post')} of {account.name} and {files}.")
    elif account.demo:
        terminal.say(
            f"Removed {files} of the demo {account.name}. Its posts are part of the plugin."
        )
    else:
        others = ", ".join(list_saved_accounts(context))
        hint = f" Something is saved for: {others}." if others else ""
        terminal.say(f"Nothing is saved for {account.name}.{hint}")


def _list_demo_ids() -> set[str]:
    user, batch = Demo(demo_folder()).first_batch(graph.MAX_LIMIT)
    media = [graph.encode_media(media) for media in batch.items]
    return list_node_ids({"user": graph.encode_user(user), "media": media})
