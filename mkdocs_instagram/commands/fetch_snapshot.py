"""`fetch --snapshot`: an account becomes files of a folder."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs_instagram.cache.keys import picture_key, read_digest
from mkdocs_instagram.cache.targets import choose_widths
from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import Account
from mkdocs_instagram.feed.models import LoadedFeed
from mkdocs_instagram.feed.pictures import list_needs
from mkdocs_instagram.feed.resources import Resources
from mkdocs_instagram.instagram.models import Picture
from mkdocs_instagram.text import pluralize

from . import terminal
from .context import Context
from .fetch import list_feeds, report_feed

if TYPE_CHECKING:
    from mkdocs_instagram.cache.cache import Cache
    from mkdocs_instagram.feed.snapshot import Snapshot
    from mkdocs_instagram.feed.snapshot_writer import Written


def fetch_snapshot(context: Context, folder: Path) -> None:
    """Fetch the feeds of the account, and write their posts and pictures to a folder.

    Raises:
        CacheUnusable: Nothing could be saved, and no request was sent.
        Failed: The snapshot stays as it was.
        SnapshotUnusable: The folder is not a snapshot, or may not be replaced.
    """
    from mkdocs_instagram.feed.snapshot_writer import find_snapshot

    folder = folder.absolute()
    if context.account.demo:
        context.refuse_demo()
    context.refuse_site_folder(folder, "The snapshot")
    old = find_snapshot(folder)
    context.open_writable_cache()
    feeds = _load_feeds(context)
    if feeds is None:
        raise _make_failure(folder)
    with closing(Resources(context.site.cache_dir)) as resources:
        _write(context, folder, feeds, resources.open_cache(), old)


def say_written(context: Context, folder: Path, written: "Written") -> None:
    """Say how much was written, and how a site shows it if it does not yet."""
    changed = f"{pluralize(written.changed, 'file')} changed" if written.changed else "no change"
    terminal.say(
        f"The snapshot {folder} has {pluralize(written.posts, 'post')} and "
        f"{pluralize(written.pictures, 'picture')}: {changed}."
    )
    account, site = context.account, context.site.folder.absolute()
    if Path(account.snapshot) != folder:
        name = folder.relative_to(site) if folder.is_relative_to(site) else folder
        terminal.say(
            f"To show it, write `snapshot: {name.as_posix()}` for the account {account.name} in "
            "mkdocs.yml."
        )


def _make_failure(folder: Path) -> terminal.Failed:
    return terminal.Failed(
        f"The snapshot {folder} stays as it was, because not everything could be fetched. Run the "
        "command again later."
    )


def _load_feeds(context: Context) -> list[tuple[FeedOptions, LoadedFeed]] | None:
    """Return the feeds of the account, whose files are in the cache; `None` if one is not fresh."""
    # Not what the snapshot shows, but what Instagram has.
    variable = context.account.token_env or Account("").token_env
    account = context.account._replace(snapshot="", token_env=variable)
    session = context.open_session()
    feeds = []
    try:
        for name, options in _list_options(context):
            loaded = session.load(options, account)
            report_feed(context, session, name, loaded)
            missing = loaded.missing_media
            is_late = missing.waiting or missing.unsaved
            if loaded.feed is None or loaded.feed.stale_because or is_late:
                return None
            feeds.append((options, loaded))
        for text in filter(None, [session.finish(), *session.take_cache_warnings()]):
            terminal.say(text)
    finally:
        session.close()
    return feeds


def _list_options(context: Context) -> list[tuple[str, FeedOptions]]:
    name = context.account.name
    found = [
        (feed, options)
        for feed, options, accounts in list_feeds(context)
        if name in {account.name for account in accounts}
    ]
    return found or [("defaults", context.site.options.list_presets().merge())]


def _write(
    context: Context,
    folder: Path,
    feeds: Sequence[tuple[FeedOptions, LoadedFeed]],
    cache: "Cache",
    old: "Snapshot | None",
) -> None:
    from mkdocs_instagram.feed.snapshot_pictures import encode_pictures
    from mkdocs_instagram.feed.snapshot_writer import Files, check_replacement, write_snapshot

    shown = [(options, loaded.feed) for options, loaded in feeds if loaded.feed]
    user = shown[0][1].user
    needs = _join_needs(list_needs(feed, options) for options, feed in shown)
    originals = {
        picture.media_id: read_digest((cache.get(picture_key(picture)) or {}).get("original"))
        for picture in needs
    }
    items = [
        media
        for media in {media.id: media for _, feed in shown for media in feed.items}.values()
        if media.picture and cache.find_media(originals[media.picture.media_id])
    ]
    check_replacement(old, user, items)
    gone = {media.id for media in (old.items if old else ())} - {media.id for media in items}
    if gone and any(loaded.missing_media.lost for _, loaded in feeds):
        raise _make_failure(folder)
    width = choose_widths(
        sorted(context.site.options.images.widths),
        max([need for picture, need in needs.items() if picture != user.picture], default=inf),
    )[-1]

    def make(media_ids: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
        read = ((media_id, cache.read_media(originals[media_id])) for media_id in media_ids)
        found = ((media_id, data) for media_id, data in read if data)
        return encode_pictures(found, width)

    files = Files(list(originals), make)
    written = write_snapshot(folder, user, items, files, width=width, now=context.now)
    say_written(context, folder, written)


def _join_needs(needs: Iterable[Mapping[Picture, float]]) -> dict[Picture, float]:
    """Return each picture with the most pixels that a feed needs of it."""
    joined: dict[Picture, float] = {}
    for feed in needs:
        for picture, need in feed.items():
            joined[picture] = max(need, joined.get(picture, 0.0))
    return joined
