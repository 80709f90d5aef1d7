"""Several accounts in one feed."""

from collections import ChainMap
from collections.abc import Sequence
from itertools import chain

from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import Overrides

from .models import Feed, LoadedFeed
from .selection import choose_media


def share_limit(feeds: Sequence[Feed], options: FeedOptions, overrides: Overrides) -> list[Feed]:
    """Return the feeds of the accounts, each with those of its media that the tag shows.

    A media that several accounts have is the first one's. A post is not found if no account has it.
    """
    if len(feeds) == 1:
        return list(feeds)
    distinct = {media.id: media for media in chain(*(feed.items for feed in reversed(feeds)))}
    chosen = choose_media(distinct.values(), options, overrides)
    order = tuple(media.id for media in chosen)
    left, settled = set(order), {media.shortcode for media in distinct.values()}
    shared = []
    for feed in feeds:
        items = tuple(media for media in feed.items if media.id in left)
        left -= {media.id for media in items}
        unfound = tuple(code for code in feed.unfound if code not in settled)
        settled.update(unfound)
        reason = None if chosen else feed.empty_because
        shared.append(
            feed._replace(items=items, unfound=unfound, empty_because=reason, order=order)
        )
    return shared


def join_parts(parts: Sequence[LoadedFeed]) -> LoadedFeed:
    """Return what a tag shows of its accounts; an account that has failed is left out."""
    if len(parts) == 1:
        return parts[0]
    feeds = [part.feed for part in parts if part.feed]
    if not feeds:
        return parts[0]._replace(parts=tuple(parts))
    items = {media.id: media for media in chain(*(feed.items for feed in feeds))}
    order = feeds[0].order or tuple(items)
    return LoadedFeed(
        parts[0].account,
        feeds[0]._replace(
            items=tuple(items[key] for key in order if key in items),
            fetched_at=min(feed.fetched_at for feed in feeds),
        ),
        images=ChainMap(*(dict(part.images) for part in parts)),
        videos=ChainMap(*(dict(part.videos) for part in parts)),
        parts=tuple(parts),
    )
