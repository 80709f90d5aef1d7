"""`import`: an Instagram data export becomes files of a folder."""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs_instagram.errors import ExportUnusable
from mkdocs_instagram.text import quote

from . import terminal
from .context import Context
from .fetch_snapshot import say_written

if TYPE_CHECKING:
    from mkdocs_instagram.feed.data_import import Imported


def import_export(
    context: Context, paths: Sequence[Path], folder: Path, *, has_videos: bool, is_allowed: bool
) -> None:
    """Write the posts and pictures of an export to a folder; no request is sent.

    Args:
        context: The site, whose folders are refused, and the account.
        paths: The parts of the export.
        folder: The snapshot's.
        has_videos: Import videos too.
        is_allowed: Import a private account too.

    Raises:
        ExportUnusable: The export cannot be imported. Nothing was written.
        SnapshotUnusable: The folder is not a snapshot, or may not be replaced.
        Failed: Something is in a folder of the site.
    """
    from mkdocs_instagram.feed import data_import as data
    from mkdocs_instagram.feed.export_archive import ExportArchive
    from mkdocs_instagram.feed.snapshot_writer import (
        check_replacement,
        find_snapshot,
        write_snapshot,
    )

    folder = folder.absolute()
    context.refuse_site_folder(folder, "The snapshot")
    for path in paths:
        context.refuse_site_folder(path, "The export")
    _warn_of_git(paths)
    old = find_snapshot(folder)
    with closing(ExportArchive(paths)) as archive, closing(context.make_progress()) as progress:
        username = context.account.username
        found = data.read_export(archive, username=username, has_videos=has_videos)
        _check(found, is_allowed=is_allowed)
        data.check_age(found, old)
        check_replacement(old, found.user, found.items)
        width = max(context.site.options.images.widths)
        with progress.during("Pictures"):
            files = data.open_files(archive, found, width, progress.count)
            written = write_snapshot(
                folder, found.user, found.items, files, width=width, now=context.now
            )
    say_written(context, folder, written)
    left_out = found.left_out + Counter({data.UNREADABLE: len(found.items) - written.posts})
    terminal.say(_describe(left_out, found.newest))
    if found.is_private is None:
        terminal.say("The export does not say whether the account is private.")


def _check(found: "Imported", *, is_allowed: bool) -> None:
    if not found.items:
        raise ExportUnusable(
            f"The export has no post that can be shown. {_describe(found.left_out, None)}"
        )
    if found.is_private and not is_allowed:
        raise ExportUnusable(
            f"The account {quote(found.user.username)} is private: its posts were meant for few "
            "people.",
            "To publish them all the same, add --private-account. Nothing was written.",
        )


def _describe(left_out: Counter[str], newest: datetime | None) -> str:
    counts = ", ".join(f"{count} {reason}" for reason, count in left_out.items() if count > 0)
    texts = [f"Posts left out: {counts}." if counts else "No post was left out."]
    if newest:
        texts.append(f"The newest is of {newest:%Y-%m-%d}. Import the next export to renew it.")
    return " ".join(texts)


def _warn_of_git(paths: Sequence[Path]) -> None:
    """Warn of an export that git could commit: it has messages, contacts and places too."""
    for path in paths:
        if any((parent / ".git").exists() for parent in path.absolute().parents):
            terminal.say(
                f"{path} is in a git repository. Never commit it: an export has messages, contacts "
                "and places too."
            )
