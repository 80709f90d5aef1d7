"""The addresses of posts, as people paste them."""

import html
import re
import unicodedata
from itertools import pairwise
from string import whitespace

from mkdocs_instagram.errors import OptionError
from mkdocs_instagram.instagram.graph import is_shortcode
from mkdocs_instagram.text import quote

_HOST = r"(?:[a-z0-9-]+\.)?instagram\.com|(?:www\.)?instagr\.am"
_KINDS = {"p", "reel", "reels", "tv"}
_STORIES = {"stories", "s"}
_NOT_USERS = {*_KINDS, "explore", "accounts", "direct"}
_AROUND = f"{whitespace}\u00a0<>\"'"


def check_shortcode(value: object) -> str:
    """Return the shortcode that is given, alone or in the address of a post.

    The address may lack its beginning, as in `instagram.com/p/…` or `/p/…`, and have more behind
    the shortcode, such as `/embed/` or `?igsh=…`.

    Raises:
        OptionError: There is no shortcode; the text says what to write.
    """
    text = _clean(value) if isinstance(value, str) else ""
    if is_shortcode(text):
        return text
    path = _find_path(text)
    for kind, code in pairwise(path[:3]):
        if kind in _KINDS and is_shortcode(code) and path[0] != "share" and code != "audio":
            return code
    raise OptionError(f"{quote(value)} {_describe_mistake(path[0] if path else '')}")


def _describe_mistake(first: str) -> str:
    """Return what an address is whose path begins with `first`, and what to write."""
    if first == "share":
        return (
            "is a share link, which does not contain the shortcode. Open it in a browser, and "
            "write the address that the browser then shows."
        )
    if first in _STORIES:
        return (
            "is the address of a story, and feeds have only posts and reels. Write the address of "
            "a post: it contains /p/ or /reel/."
        )
    if first and first not in _NOT_USERS:
        return (
            "is the address of a profile, not of a post. Open the post in a browser, and write the "
            "address that the browser then shows."
        )
    return (
        "is neither a shortcode nor a permalink: write the part after /p/ or /reel/ in the address "
        "of the post, in quotes. It has 5 to 64 letters, digits, - and _."
    )


def _clean(text: str) -> str:
    """Return a text without what comes along when it is copied: signs around it, invisible ones."""
    visible = (char for char in html.unescape(text) if unicodedata.category(char) != "Cf")
    return "".join(visible).strip(_AROUND)


def _find_path(address: str) -> list[str]:
    """Return the parts of an address of Instagram behind the host; none for any other text."""
    rest = re.split(r"[?#]", re.sub(r"^(?:https?:)?/{0,2}", "", address, flags=re.IGNORECASE))[0]
    host, *path = rest.split("/")
    if host in _KINDS:
        path.insert(0, host)
    elif not re.fullmatch(_HOST, host.lower()):
        return []
    return [part for part in path if part]
