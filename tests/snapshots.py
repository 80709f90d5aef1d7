"""Snapshots that tests write."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fake import pictures

from mkdocs_instagram.feed.snapshot_writer import Files, Written, write_snapshot
from mkdocs_instagram.instagram.models import Media, User

WRITTEN = datetime(2026, 7, 1, 9, tzinfo=UTC)
USER = User("25900000000000099", "17841400000000099", "harbour.bakery", "Harbour Bakery")


def invent_posts(number: int) -> list[Media]:
    """Return posts, the newest first."""
    return [
        Media(
            str(17900000000000900 - index),
            "IMAGE",
            "FEED",
            caption=f"Loaf {index}",
            shortcode=f"S{index:04d}abcDEF",
            username=USER.username,
            timestamp=WRITTEN - timedelta(days=index),
        )
        for index in range(number)
    ]


def make_pictures(ids: Sequence[str], *, width: int = 64) -> Iterator[tuple[str, bytes]]:
    """Yield a small picture for each id."""
    for media_id in ids:
        number = int(hashlib.sha256(media_id.encode()).hexdigest()[:4], 16)
        yield media_id, pictures.picture(number, width, width)


def write(
    folder: Path,
    items: Sequence[Media],
    *,
    user: User = USER,
    now: datetime = WRITTEN,
    width: int = 64,
) -> Written:
    """Write a snapshot of these posts."""
    files = Files([media.id for media in items], lambda ids: make_pictures(ids, width=width))
    return write_snapshot(folder, user, items, files, width=width, now=now)
