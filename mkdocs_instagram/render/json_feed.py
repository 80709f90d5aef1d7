"""Feeds as JSON (jsonfeed.org/version/1.1)."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from mkdocs_instagram.cache.models import Rendition, Renditions, Video
from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import MediaOverride, Overrides
from mkdocs_instagram.feed.models import Feed, LoadedFeed
from mkdocs_instagram.instagram.models import JSON, Child, Media, User

from .alt_texts import describe_media, make_alt

VERSION = "https://jsonfeed.org/version/1.1"
EXTENSION = "_instagram"
"""The key of all that JSON Feed has no name for. Names with "_" are for that."""

_MIME_TYPES = {
    "webp": "image/webp",
    "avif": "image/avif",
    "jpg": "image/jpeg",
    "mp4": "video/mp4",
}


class JSONFeedMaker(NamedTuple):
    """Makes JSON Feeds.

    Attributes:
        overrides: The option `media`.
        labels: The plugin's texts by name.
        site_url: The site's address, or "".
        find_url: Returns the URL of a file, relative to that of the feed.
    """

    overrides: Overrides
    labels: Mapping[str, str]
    site_url: str
    find_url: Callable[[str], str]

    def make_feed(self, loaded: LoadedFeed, feed: Feed, options: FeedOptions) -> JSON:
        """Return a feed; the same posts give the same object.

        Args:
            loaded: The pictures, also those in carousels.
            feed: Its posts.
            options: What was asked for, of which `title` is used.
        """
        users, names = loaded.users, ", ".join(filter(None, (it.username for it in loaded.users)))
        title = f"{self.labels['feed']}: {names}" if names else self.labels["feed"]
        only = users[0] if len(users) == 1 else User("")
        avatars = self._find_avatars(loaded)
        return {
            "version": VERSION,
            "title": options.title or title,
            **_leave_out_empty(
                {
                    "home_page_url": only.permalink or self.site_url,
                    "description": only.biography,
                    "icon": avatars.get(only.id, ""),
                    "authors": [_make_author(user, avatars) | _add_counts(user) for user in users],
                }
            ),
            "items": [self._make_item(media, loaded, avatars) for media in feed.items],
            EXTENSION: {
                "generator": "mkdocs-instagram",
                "users": {user.user_id or user.id: user.username for user in users},
            },
        }

    def _find_avatars(self, loaded: LoadedFeed) -> dict[str, str]:
        parts = loaded.list_parts()
        return {
            part.feed.user.id: self._find_main_url(part.avatar)
            for part in parts
            if part.feed and part.avatar
        }

    def _make_item(self, media: Media, loaded: LoadedFeed, avatars: Mapping[str, str]) -> JSON:
        override = self.overrides.get(media.shortcode) or MediaOverride()
        user = loaded.find_user(media)
        children = [child for child in media.children if child.id in loaded.images]
        nodes: list[Media | Child] = [*children] or [media]
        alt = override.alt or make_alt(media) or self._describe(media, user)
        item = {
            "id": media.shortcode or media.id,
            "url": media.permalink,
            "external_url": override.link,
            "content_text": media.caption,
            "image": self._find_main_url(loaded.images[media.id]),
            "date_published": media.timestamp.isoformat() if media.timestamp else "",
            "authors": [_make_author(user, avatars)] if user else [],
            "attachments": [it for node in nodes for it in self._list_attachments(node, loaded)],
            EXTENSION: _leave_out_empty(
                {
                    "type": media.type_name,
                    "alt": alt,
                    "label": override.label,
                    "is_pinned": override.pin or None,
                    "like_count": media.like_count,
                    "comments_count": media.comments_count,
                    **self._list_files(media, loaded),
                    "children": [self._make_child(child, loaded) for child in children],
                }
            ),
        }
        # Each item must have a content.
        return {"id": item["id"], "content_text": "", **_leave_out_empty(item)}

    def _describe(self, media: Media, user: User | None) -> str:
        name = media.username or (user.username if user else "")
        return describe_media(media, name, self.labels, _write_day)

    def _make_child(self, child: Child, loaded: LoadedFeed) -> JSON:
        type_ = "video" if child.media_type == "VIDEO" else "image"
        return {"type": type_, **self._list_files(child, loaded)}

    def _list_files(self, node: Media | Child, loaded: LoadedFeed) -> JSON:
        """Return the pictures, the narrowest first, and the video."""
        images = [
            {**self._make_file(item), "width": item.width, "height": item.height}
            for item in loaded.images[node.id]
        ]
        video = loaded.videos.get(node.id)
        return {"images": images, **({"video": self.find_url(video.name)} if video else {})}

    def _list_attachments(self, node: Media | Child, loaded: LoadedFeed) -> list[JSON]:
        files: list[Rendition | Video] = [_choose_main(loaded.images[node.id])]
        if video := loaded.videos.get(node.id):
            files.append(video)
        return [self._make_file(file) for file in files]

    def _make_file(self, file: Rendition | Video) -> JSON:
        extension = file.name.rpartition(".")[2]
        return {"url": self.find_url(file.name), "mime_type": _MIME_TYPES[extension]}

    def _find_main_url(self, renditions: Renditions) -> str:
        return self.find_url(_choose_main(renditions).name)


def encode_feed(feed: JSON) -> bytes:
    """Return a feed as the bytes of a file; in HTML, no caption in it can end an element."""
    text = json.dumps(feed, ensure_ascii=False, indent=2).replace("<", "\\u003c")
    return f"{text}\n".encode()


def _make_author(user: User, avatars: Mapping[str, str]) -> JSON:
    return _leave_out_empty(
        {
            "name": user.name or user.username or "Instagram",
            "url": user.permalink,
            "avatar": avatars.get(user.id, ""),
        }
    )


def _add_counts(user: User) -> JSON:
    names = ("username", "biography", "followers_count", "follows_count", "media_count")
    known = {name: getattr(user, name) for name in names}
    return {EXTENSION: _leave_out_empty(known)}


def _choose_main(renditions: Renditions) -> Rendition:
    """Return the widest picture; with AVIF, the JPEG, which every feed reader knows."""
    return next((item for item in renditions if item.extension == "jpg"), renditions[-1])


def _write_day(moment: datetime) -> str:
    return moment.date().isoformat()


def _leave_out_empty(values: JSON) -> JSON:
    return {name: value for name, value in values.items() if value not in (None, "", [])}
