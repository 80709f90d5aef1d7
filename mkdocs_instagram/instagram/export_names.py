"""The names of files in Instagram's data export that are read, and no others."""

import hashlib
import re

# Where lists of posts are, by era: since 2025, 2024, 2021.
_PLACES = r"(?:your_instagram_activity/(?:media|content)|content)"
POSTS = re.compile(_PLACES + r"/posts_\d+\.json")
REELS = re.compile(_PLACES + r"/(?:reels(?:_\d+)?|igtv_videos)\.json")
ARCHIVED = re.compile(_PLACES + r"/archived_posts(?:_\d+)?\.json")
LABELLED = re.compile(r"your_instagram_activity/media/posts\.json")
OLD = re.compile(r"media(?:[-_]\d+)?\.json")
PROFILE = re.compile(
    r"(?:personal_information/(?:personal_information/)?|account_information/)"
    r"personal_information\.json"
)
FILE = re.compile(
    r"(?:media/(?:posts|reels|igtv|other|profile)/(?:\d{6}/)?|(?:photos|videos)/\d{6}/)"
    r"[\w-][\w.-]*\.(?:jpe?g|png|webp|heic|mp4|mov)",
    re.ASCII | re.IGNORECASE,
)
HTML = re.compile(r"(?:index|start_here)\.html|" + _PLACES + r"/posts_\d+\.html")
FOLDER = re.compile(
    r"your_instagram_activity(?:/(?:media|content))?|content|account_information"
    r"|media(?:/(?:posts|reels|igtv|other|profile)(?:/\d{6})?)?"
    r"|personal_information(?:/personal_information)?|(?:photos|videos)(?:/\d{6})?"
)
TOPS = {
    "your_instagram_activity",
    "personal_information",
    "account_information",
    "content",
    "media",
    "photos",
    "videos",
}
"""The folders at the root of an export."""

_VIDEO = re.compile(r"\.(?:mp4|mov)$", re.IGNORECASE)
_ID = re.compile(r"(?<!\d)\d{15,20}(?!\d)")


def is_video(name: str) -> bool:
    """Tell whether a file is a video, by its name: the names of pictures lie, these do not."""
    return bool(_VIDEO.search(name))


def find_id(name: str) -> str:
    """Return the id in the name of a file, else a number made of the whole name."""
    found = _ID.findall(name.rpartition("/")[2])
    return str(found[-1]) if found else make_id(name)


def make_id(text: str) -> str:
    """Return a number of up to 18 digits for a text, always the same."""
    return str(int(hashlib.sha256(text.encode()).hexdigest()[:14], 16))
