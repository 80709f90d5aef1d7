"""A data export becomes a snapshot."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from mkdocs_instagram.cache.encoding import make_poster
from mkdocs_instagram.cache.video_metadata import NoVideo, remove_metadata
from mkdocs_instagram.cache.videos import begins_as_mp4
from mkdocs_instagram.errors import ExportUnusable
from mkdocs_instagram.instagram import data_export, export_names
from mkdocs_instagram.instagram.data_export import ExportPost, Profile
from mkdocs_instagram.instagram.export_names import find_id, is_video, make_id
from mkdocs_instagram.instagram.models import Child, Media, User
from mkdocs_instagram.text import pluralize

from .export_archive import DAMAGED, ExportArchive
from .snapshot import Snapshot
from .snapshot_pictures import encode_pictures
from .snapshot_writer import Files

MAX_PICTURE = 40 * 1024 * 1024
MAX_VIDEO = 100 * 1024 * 1024
"""Maximum size of a file of an export, in bytes; builds read no larger video."""

_CHUNK = 1024 * 1024
_FEW_MISSING, _TENTH = 3, 10
_USERNAME = re.compile(r"[A-Za-z0-9._]{1,30}")

ARCHIVED = "archived"
VIDEO = "only videos, which --videos imports"
MISSING = "without a picture in the export"
UNDATED = "without a date"
TWICE = "listed twice"
UNREADABLE = "with a picture that cannot be shown, such as HEIC"


class Imported(NamedTuple):
    """What an export has, without the bytes of its files.

    Attributes:
        names: The name of the file of each node that has one, by its id.
        left_out: How many posts were left out, by the reason.
    """

    user: User
    items: tuple[Media, ...]
    names: dict[str, str]
    left_out: Counter[str]
    is_private: bool | None

    @property
    def newest(self) -> datetime | None:
        """The time of the newest post."""
        return max((it.timestamp for it in self.items if it.timestamp), default=None)


def read_export(archive: ExportArchive, *, username: str, has_videos: bool) -> Imported:
    """Return the posts of an export, the newest first.

    Args:
        archive: The files.
        username: As mkdocs.yml has it; "" if it does not say it.
        has_videos: Whether videos and reels are imported.

    Raises:
        ExportUnusable: The lists cannot be read, or are of another user. Caught by `cli`.
    """
    profile = _read_profile(archive)
    user = _make_user(archive, profile, username)
    maker = _Maker(archive, user.username, has_videos=has_videos)
    for post in _list_posts(archive):
        maker.add(post)
    maker.check_missing()
    if profile.picture and archive.has(profile.picture):
        maker.names[user.id] = profile.picture
    items = sorted(maker.items, key=lambda it: (it.timestamp, it.id), reverse=True)
    return Imported(user, tuple(items), maker.names, maker.left_out, profile.is_private)


def check_age(imported: Imported, old: Snapshot | None) -> None:
    """Check that an export is not older than the snapshot that it would replace.

    Raises:
        ExportUnusable: It is. Caught by `cli`.
    """
    newest = max((it.timestamp for it in old.items if it.timestamp), default=None) if old else None
    if old and newest and imported.newest and imported.newest < newest:
        raise ExportUnusable(
            f"The newest post of the export is of {imported.newest:%Y-%m-%d}, that of the snapshot "
            f"{old.folder} of {newest:%Y-%m-%d}. The snapshot stays as it was.",
            "Import a newer export. If you deleted the newer posts, delete the folder, and run the "
            "command again.",
        )


def open_files(
    archive: ExportArchive, imported: Imported, width: int, count: Callable[..., Iterator[str]]
) -> Files:
    """Return how the snapshot gets the files of an export.

    Args:
        archive: The files.
        imported: The posts.
        width: The most pixels that a picture is wide.
        count: Counts the pictures for the progress.
    """
    names = imported.names
    videos = [node_id for node_id, name in names.items() if is_video(name)]

    def make_pictures(ids: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
        stills = [node_id for node_id in ids if not is_video(names[node_id])]
        read = ((it, archive.read(names[it], MAX_PICTURE)) for it in count(stills, len(stills)))
        yield from encode_pictures(((it, data) for it, data in read if data), width)
        for node_id in ids:
            if is_video(names[node_id]):
                yield node_id, make_poster()

    def make_video(node_id: str, path: Path) -> bool:
        try:
            return _copy_video(archive, names[node_id], path)
        except (*DAMAGED, NoVideo):
            return False

    return Files(list(names), make_pictures, videos, make_video)


def _list_posts(archive: ExportArchive) -> Iterator[tuple[ExportPost, str]]:
    """Yield the posts of all lists, with their product type; archived ones have `ARCHIVED`."""
    for _, post in _read(archive, export_names.ARCHIVED, data_export.read_posts):
        yield post, ARCHIVED
    found = list(_read(archive, export_names.POSTS, data_export.read_posts))
    found = found or list(_read(archive, export_names.LABELLED, data_export.read_labelled_posts))
    found = found or list(_read(archive, export_names.OLD, data_export.read_old_posts))
    for _, post in found:
        yield post, "FEED"
    for name, post in _read(archive, export_names.REELS, data_export.read_posts):
        yield post, "REELS" if "reels" in name else "FEED"


def _read(
    archive: ExportArchive,
    pattern: "re.Pattern[str]",
    read: Callable[[bytes], list[ExportPost]],
) -> Iterator[tuple[str, ExportPost]]:
    for name, data in archive.read_lists(pattern):
        try:
            posts = read(data)
        except data_export.UnknownLanguage:
            raise ExportUnusable(
                f"The labels in {name} are in a language that is not known.",
                "Set the language of your Instagram account to English, and ask for the export "
                "again. Nothing was written.",
            ) from None
        except (ValueError, RecursionError):
            raise ExportUnusable(
                f"The file {name} of the export is not in a form that is known.",
                "Download the export again. If that does not help, Instagram has changed its form: "
                "please report it, without the file. Nothing was written.",
            ) from None
        yield from ((name, post) for post in posts)


def _read_profile(archive: ExportArchive) -> Profile:
    for _, data in archive.read_lists(export_names.PROFILE):
        try:
            return data_export.read_profile(data)
        except (ValueError, RecursionError):
            continue
    return Profile()


def _make_user(archive: ExportArchive, profile: Profile, expected: str) -> User:
    named = [it for it in (profile.username, archive.username) if _USERNAME.fullmatch(it)]
    username = named[0] if named else expected
    if expected and username.lower() != expected.lower():
        raise ExportUnusable(
            f"The export is of {username}, but mkdocs.yml expects {expected} for the account.",
            "Correct `username` in mkdocs.yml, or name another account with --account.",
        )
    return User(
        make_id(username.lower()),
        username=username,
        name=profile.name,
        biography=profile.biography,
        website=profile.website,
    )


class _Maker:
    """Makes media of posts, each file once."""

    def __init__(self, archive: ExportArchive, username: str, *, has_videos: bool) -> None:
        self._archive = archive
        self._username = username
        self._has_videos = has_videos
        self._seen: set[str] = set()
        self._archived: set[str] = set()
        self._files = self._missing = 0
        self.items: list[Media] = []
        self.names: dict[str, str] = {}
        self.left_out: Counter[str] = Counter()

    def add(self, found: tuple[ExportPost, str]) -> None:
        """Add a post, or count why it is left out."""
        post, product = found
        if product == ARCHIVED:
            self._archived |= set(post.files)
            self.left_out[ARCHIVED] += 1
            return
        files = self._list_files(post)
        reason = self._find_reason(post, files)
        if reason:
            self.left_out[reason] += 1
            return
        self._seen.add(post.files[0])
        nodes = [(self._name(name), is_video(name)) for name in files]
        kinds = ["VIDEO" if is_film else "IMAGE" for _, is_film in nodes]
        is_carousel = len(nodes) > 1
        self.items.append(
            Media(
                nodes[0][0],
                "CAROUSEL_ALBUM" if is_carousel else kinds[0],
                product if kinds[0] == "VIDEO" or is_carousel else "FEED",
                caption=post.caption,
                shortcode=nodes[0][0],
                kind="",
                username=self._username,
                timestamp=post.time,
                children=tuple(
                    Child(node_id, kind) for (node_id, _), kind in zip(nodes, kinds, strict=True)
                )
                if is_carousel
                else (),
            )
        )

    def check_missing(self) -> None:
        """Check that not a whole part of the export is missing.

        Raises:
            ExportUnusable: It seems so.
        """
        if self._missing > _FEW_MISSING and self._missing * _TENTH >= self._files:
            raise ExportUnusable(
                f"{self._missing} of {pluralize(self._files, 'file')} that the lists of the export "
                "name are not in it.",
                "Give all the zips of the export together: they have the same date. Nothing was "
                "written.",
            )

    def _list_files(self, post: ExportPost) -> list[str]:
        wanted = [name for name in post.files if self._has_videos or not is_video(name)]
        there = [name for name in wanted if self._archive.has(name)]
        self._files += len(wanted)
        self._missing += len(wanted) - len(there)
        return there

    def _find_reason(self, post: ExportPost, files: list[str]) -> str:
        if not self._archived.isdisjoint(post.files):
            return ARCHIVED
        if not self._has_videos and post.files and all(map(is_video, post.files)):
            return VIDEO
        if not files:
            return MISSING
        if post.files[0] in self._seen:
            return TWICE
        return "" if post.time else UNDATED

    def _name(self, file: str) -> str:
        """Return the id of a file's node."""
        node_id = find_id(file)
        if self.names.setdefault(node_id, file) != file:
            node_id = make_id(file)
            self.names[node_id] = file
        return node_id


def _copy_video(archive: ExportArchive, name: str, path: Path) -> bool:
    """Copy an mp4 without its metadata; return whether it is one."""
    with archive.open(name) as source, path.open("x+b") as target:
        length = 0
        while chunk := source.read(_CHUNK):
            length += len(chunk)
            if length > MAX_VIDEO or (target.tell() == 0 and not begins_as_mp4(chunk)):
                return False
            target.write(chunk)
        remove_metadata(target)
    return length > 0
