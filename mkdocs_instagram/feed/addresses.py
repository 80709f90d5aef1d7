"""Saved addresses of pictures, for those that Instagram leaves out."""

from typing import TypeVar

from mkdocs_instagram.instagram.models import Child, Media

from .models import Listing

Node = TypeVar("Node", Media, Child)


def restore_pictures(items: tuple[Media, ...], saved: Listing | None) -> tuple[Media, ...]:
    """Return `items`, with saved types and addresses where they are missing now.

    Instagram leaves out addresses now and then, or for good. The picture itself is probably in the
    cache, by the id of its media or child.
    """
    known = {media.id: media for media in saved.items} if saved else {}
    return tuple(_restore(media, known.get(media.id, media)) for media in items)


def _restore(media: Media, saved: Media) -> Media:
    if not media.is_known:
        media = media._replace(media_type=saved.media_type)
    if media.is_carousel:
        known = {child.id: child for child in saved.children}
        children = tuple(
            _restore_address(child, known.get(child.id, child)) for child in media.children
        )
        media = media._replace(children=children or saved.children)
    return _restore_address(media, saved)


def _restore_address(node: Node, saved: Node) -> Node:
    if node.picture or not saved.picture or saved.picture.media_id != node.id:
        return node
    url = saved.picture.url
    if saved.picture.field_name == "thumbnail_url":
        return node._replace(thumbnail_url=url)
    return node._replace(media_url=url)
