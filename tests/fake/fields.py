"""The parameter `fields` and its known values."""

from __future__ import annotations

import re

Fields = dict[str, "Fields"]
"""Requested names; the value has the names in braces after it, else it is empty."""

USER_FIELDS = {
    "id",
    "user_id",
    "username",
    "name",
    "account_type",
    "profile_picture_url",
    "followers_count",
    "follows_count",
    "media_count",
    "biography",
    "website",
}
MEDIA_FIELDS = {
    "id",
    "caption",
    "media_type",
    "media_product_type",
    "media_url",
    "thumbnail_url",
    "permalink",
    "shortcode",
    "timestamp",
    "username",
    "owner",
    "like_count",
    "comments_count",
    "alt_text",
    "is_shared_to_feed",
    "is_comment_enabled",
    "is_ai_generated",
    "children",
}


def parse_fields(text: str) -> Fields:
    """Read `id,children{id,media_type}` as `{"id": {}, "children": {"id": {}, …}}`.

    Raises:
        ValueError: The braces do not match.
    """
    root: Fields = {}
    stack, last = [root], root
    for part in re.findall(r"[{}]|[^,{}\s]+", text):
        if part == "{":
            stack.append(last)
        elif part == "}" and len(stack) > 1:
            stack.pop()
        else:
            last = stack[-1].setdefault(part, {})
    if len(stack) > 1 or "}" in root:
        raise ValueError(text)
    return root
