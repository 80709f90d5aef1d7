"""`purge`: an account's saved data is removed."""

from mkdocs_instagram.config.models import Account
from mkdocs_instagram.errors import SnapshotUnusable
from mkdocs_instagram.feed.cleanup import list_accounts, purge
from mkdocs_instagram.feed.listing import list_node_ids
from mkdocs_instagram.feed.snapshot import open_folder
from mkdocs_instagram.instagram import graph
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
    gone = purge(cache, account.name, _list_folder_ids(account))
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
    elif account.snapshot:
        terminal.say(
            f"Removed {files} of the snapshot of {account.name}. The folder {account.snapshot} "
            "stays."
        )
    else:
        others = ", ".join(list_saved_accounts(context))
        hint = f" Something is saved for: {others}." if others else ""
        terminal.say(f"Nothing is saved for {account.name}.{hint}")


def _list_folder_ids(account: Account) -> set[str]:
    """Return the ids of what the demo or a snapshot shows, which is not saved with the account."""
    if not (account.is_offline or account.snapshot):
        return set()
    try:
        folder = open_folder(account)
    except SnapshotUnusable:
        return set()
    media = [graph.encode_media(media) for media in folder.items]
    return list_node_ids({"user": graph.encode_user(folder.user), "media": media})
