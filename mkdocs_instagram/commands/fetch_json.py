"""`fetch --feed`: feeds become JSON files and pictures of a folder."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from math import inf
from pathlib import Path

from mkdocs_instagram.cache.regular_files import open_file
from mkdocs_instagram.cache.whole_files import find_digest, write_file
from mkdocs_instagram.config.cache_folder import find_site_folder
from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.feed.models import LoadedFeed, MissingCount
from mkdocs_instagram.feed.session import Session
from mkdocs_instagram.feed.snapshot_writer import are_far_fewer
from mkdocs_instagram.instagram.models import JSON
from mkdocs_instagram.render.built_pages import Unusable
from mkdocs_instagram.render.built_site import BuiltSite
from mkdocs_instagram.render.json_feed import EXTENSION, VERSION, JSONFeedMaker, encode_feed
from mkdocs_instagram.text import pluralize, quote

from . import terminal
from .context import Context
from .fetch import list_feeds, report_feed

_MEDIA = "media"
_DEFAULTS = "feed"
_NAME = re.compile(r"\w[\w-]*")
_MAX_BYTES = 50_000_000
_LATER = "Run the command again later."
_DELETE = "If this is right, delete the file, and run the command again."


def fetch_json_feeds(context: Context, folder: Path) -> None:
    """Fetch feeds as `fetch` does, and write each as a JSON Feed, with pictures beside it.

    Raises:
        CacheUnusable: Nothing could be saved, and no request was sent.
        Failed: A feed could not be renewed, and its file stays as it was.
    """
    folder = folder.absolute()
    _refuse_private_folder(context, folder)
    writer = _Writer(context, folder)
    context.open_writable_cache()
    for text in context.take_cache_warnings():
        terminal.say(text)
    site = BuiltSite(folder, _MEDIA)

    def publish(name: str, write: Callable[[Path], bool]) -> bool:
        path = folder / _MEDIA / name
        if find_digest(path)[:32] != path.stem:
            path.unlink(missing_ok=True)  # damaged, for example by a merge in git
        return site.publish(name, write)

    session = context.open_session(publish)
    try:
        site.check_assets()
        site.remove_unfinished()
        writer.write_feeds(session)
        for text in filter(None, [session.finish(), *session.take_cache_warnings()]):
            terminal.say(text)
        # Of a new one, because `site` keeps what it was given, also for a feed that was refused.
        removed = writer.remove_others() + BuiltSite(folder, _MEDIA).remove_unused()
    except Unusable as error:
        raise terminal.Failed(str(error)) from None
    except OSError as error:
        raise terminal.Failed(
            f"The feeds in {folder} cannot be written: {error.strerror}. Make sure that you may "
            "write there, and that the disk is not full. Each file is as it was, or complete."
        ) from None
    finally:
        session.close()
    writer.report(len(site.added), removed)


def _refuse_private_folder(context: Context, folder: Path) -> None:
    """Refuse a folder that is not to be published.

    Raises:
        Failed: It is, contains or is inside the cache or a snapshot.
    """
    site = context.site
    accounts = site.accounts.values()
    snapshots = {f"the snapshot of {it.name}": it.snapshot for it in accounts if it.snapshot}
    folders = {"cache_dir": str(site.cache_dir), **snapshots}
    if where := find_site_folder(folder, folders, site.folder / "mkdocs.yml"):
        raise terminal.Failed(
            f"The folder {folder} {where}. A feed is made to be published, and what is saved there "
            "is not. Nothing was written. Name another folder."
        )


class _Writer:
    """A folder with JSON Feeds.

    Raises:
        Failed: The name of a preset cannot be that of a file, or something else has that name.
    """

    def __init__(self, context: Context, folder: Path) -> None:
        self._context = context
        self._folder = folder
        options = context.site.options
        self._overrides = options.media
        self._maker = JSONFeedMaker(
            options.media,
            options.labels.choose(""),
            context.site.file.site_url,
            lambda name: f"{_MEDIA}/{name}",
        )
        self._paths = {
            name: folder / f"{stem}.json" for name, stem in _name_files(options.feeds).items()
        }
        self._old = {name: _read_old(path) for name, path in self._paths.items()}
        self._feeds = self._changed = 0
        self._kept: list[str] = []

    def write_feeds(self, session: Session) -> None:
        """Write each feed that could be fetched, after its pictures."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, chosen, accounts in list_feeds(self._context):
            # With every width, the pictures in carousels, and the accounts' own.
            options = chosen._replace(open="viewer", header=True)
            loaded = session.load(options, *accounts)
            for part in loaded.list_parts():
                report_feed(self._context, session, name, part)
            self._write(name, loaded, options)

    def remove_others(self) -> int:
        """Remove the feeds of presets that mkdocs.yml no longer has; return how many."""
        others = [
            path
            for path in self._folder.glob("*.json")
            if path not in self._paths.values() and _read_ours(path)
        ]
        for path in others:
            path.unlink()
        return len(others)

    def report(self, added: int, removed: int) -> None:
        """Say what has changed.

        Raises:
            Failed: A feed stays as it was.
        """
        terminal.say(
            f"{pluralize(self._feeds, 'feed')} in {self._folder}: {self._changed} changed. "
            f"{pluralize(added, 'file')} added, {removed} removed."
        )
        if self._kept:
            raise terminal.Failed(
                f"These feeds are not up to date: {', '.join(self._kept)}. What was there before "
                "stays, without the posts that `media` hides."
            )

    def _write(self, name: str, loaded: LoadedFeed, options: FeedOptions) -> None:
        path, old = self._paths[name], self._old[name]
        new = self._maker.make_feed(loaded, loaded.feed, options) if loaded.feed else None
        is_complete = _is_complete(loaded)
        reason = ""
        if not is_complete:
            reason = f"not everything could be fetched. {_LATER}"
        if old and new and not reason:
            reason = self._find_obstacle(old, new, loaded, options)
        if reason:
            self._kept.append(path.name)
            state = "is not complete" if new else "is not written"
            terminal.say(f"{path.name} {'stays as it was' if old else state}: {reason}")
        shown = self._hide(old) if reason and old else new
        if shown:
            self._feeds += 1
            self._changed += write_file(path, encode_feed(shown))

    def _hide(self, old: JSON) -> JSON:
        hidden = {code for code, override in self._overrides.items() if override.hide}
        return {**old, "items": [item for item in old["items"] if item["id"] not in hidden]}

    def _find_obstacle(self, old: JSON, new: JSON, loaded: LoadedFeed, options: FeedOptions) -> str:
        """Return why a feed may not replace the old one, or ""."""
        users, old_users = (feed[EXTENSION]["users"] for feed in (new, old))
        if users and old_users and not users.keys() & old_users.keys():
            names, old_names = (", ".join(map(quote, it.values())) for it in (users, old_users))
            return f"it is of {old_names}, not of {names}. {_DELETE}"
        ids, old_ids = ({item["id"] for item in feed["items"]} for feed in (new, self._hide(old)))
        parts = loaded.list_parts()
        lost = {media.shortcode or media.id for part in parts for media in part.left_out}
        if lost & old_ids or (_list_missing(loaded) and _has_fewer_files(new, old)):
            return f"a picture that it has could not be downloaded. {_LATER} Or delete the file."
        counts = [user.media_count for user in loaded.users]
        is_whole = None not in counts and sum(filter(None, counts)) <= len(ids)
        wanted = len(options.post) or options.limit
        if are_far_fewer(len(ids), len(old_ids)) and len(ids) < wanted and not is_whole:
            return f"only {pluralize(len(ids), 'post')} would replace its {len(old_ids)}. {_DELETE}"
        return ""


def _name_files(presets: Iterable[str]) -> dict[str, str]:
    """Return the name of each feed's file, without its ending, by the name of the feed."""
    names = {"defaults": _DEFAULTS, **{name: name for name in presets}}
    counts = Counter(stem.casefold() for stem in names.values())
    for name, stem in list(names.items())[1:]:
        if not _NAME.fullmatch(stem) or counts[stem.casefold()] > 1:
            raise terminal.Failed(
                f"The preset {quote(name)} cannot have a file of its own: its name is taken, or "
                "has other characters than letters, digits, - and _. Nothing was written. Rename "
                "it in `feeds`."
            )
    return names


def _read_old(path: Path) -> JSON | None:
    """Return the feed that may be replaced; `None` if nothing is there."""
    if not path.is_symlink() and not path.exists():
        return None
    found = _read_ours(path)
    if found is None:
        raise terminal.Failed(
            f"{path} is not a feed that this command has written. Nothing was written. Name "
            "another folder, or delete this file."
        )
    return found


def _read_ours(path: Path) -> JSON | None:
    """Return a feed that this command has written; `None` for anything else."""
    try:
        with open_file(path) as file:
            value = json.loads(file.read(_MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    match value:
        case {"version": version, "items": [*items], "_instagram": {"users": {**users}}}:
            is_ours = version == VERSION and all(map(_is_our_item, items))
            return value if is_ours and all(isinstance(it, str) for it in users.values()) else None
    return None


def _is_our_item(item: object) -> bool:
    match item:
        case {"id": str(), "attachments": [*_]}:
            return True
    return False


def _is_complete(loaded: LoadedFeed) -> bool:
    feeds = [part.feed for part in loaded.list_parts()]
    return all(feed and not feed.stale_because for feed in feeds) and not any(
        count.waiting or count.unsaved for count in _list_missing(loaded)
    )


def _list_missing(loaded: LoadedFeed) -> list[MissingCount]:
    counts = (
        count
        for part in loaded.list_parts()
        for count in (
            part.missing_media,
            part.missing_avatar,
            part.missing_children,
            part.missing_videos,
        )
    )
    return [count for count in counts if any(count)]


def _has_fewer_files(new: JSON, old: JSON) -> bool:
    """Tell whether a post, or the account, has lost a file."""
    numbers = {item["id"]: len(item["attachments"]) for item in new["items"]}
    return ("icon" in old and "icon" not in new) or any(
        numbers.get(item["id"], inf) < len(item["attachments"]) for item in old["items"]
    )
