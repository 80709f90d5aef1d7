"""`list`: an account's saved posts, to be named in `media`."""

from collections.abc import Iterator
from typing import Any

from mkdocs_instagram.cache.keys import found_key
from mkdocs_instagram.config.models import MediaOverride, name_command
from mkdocs_instagram.feed.listing import read_media
from mkdocs_instagram.feed.snapshot import open_folder
from mkdocs_instagram.instagram.models import Media
from mkdocs_instagram.text import quote

from . import terminal
from .context import Context

_CAPTION = 50


def list_posts(context: Context, *, limit: int | None, as_json: bool) -> None:
    """Show the saved posts of the account, the newest first; ask Instagram nothing.

    Raises:
        Failed: No post is saved.
        SnapshotUnusable: The account's snapshot cannot be read.
    """
    items = sorted(_read_saved(context), key=_sort_key, reverse=True)
    overrides = context.site.options.media
    rows = [(media, overrides.get(media.shortcode) or MediaOverride()) for media in items[:limit]]
    if as_json:
        terminal.show_json([_as_json(media, override) for media, override in rows])
    elif rows:
        terminal.show_table([_describe(media, override) for media, override in rows])
        if len(items) > len(rows):
            terminal.say(f"These are the newest {len(rows)} of {len(items)} saved posts.")
    for text in context.take_cache_warnings():
        terminal.say(text)
    if not items:
        command = name_command("fetch", context.account.name)
        raise terminal.Failed(f"No post of {context.account.name} is saved. Run `{command}`.")


def _read_saved(context: Context) -> list[Media]:
    account = context.account
    if account.is_offline:
        return list(open_folder(account).items)
    listing, cache = context.find_listing(), context.find_cache()
    items = list(listing.items) if listing else []
    found = cache.get(found_key(account.name)) if cache else None
    ids = {media.id for media in items}
    items += [media for media in read_media(found or {}) if media.id not in ids]
    return items or (list(open_folder(account).items) if account.snapshot else [])


def _sort_key(media: Media) -> str:
    return media.timestamp.isoformat() if media.timestamp else ""


def _as_json(media: Media, override: MediaOverride) -> dict[str, Any]:
    return {
        "shortcode": media.shortcode or None,
        "type": media.type_name,
        "timestamp": media.timestamp.isoformat() if media.timestamp else None,
        "caption": media.caption,
        "permalink": media.permalink or None,
        "media": {name: value for name, value in override._asdict().items() if value},
    }


def _describe(media: Media, override: MediaOverride) -> tuple[str, ...]:
    day = f"{media.timestamp:%Y-%m-%d}" if media.timestamp else "no date"
    notes = ", ".join(_describe_override(override))
    # The caption is last, because its width in a terminal is not the number of its characters.
    return media.shortcode or media.id, day, media.type_name, notes, quote(media.caption, _CAPTION)


def _describe_override(override: MediaOverride) -> Iterator[str]:
    if override.hide:
        yield "hidden"
    if override.pin:
        yield "pinned"
    if override.alt:
        yield "alt"
    if override.link:
        yield f"link: {quote(override.link)}"
