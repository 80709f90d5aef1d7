"""Marks around feeds, by which they are kept from search plugins."""

import re

_MARK = "<!--mk-ig "
_BEGINS = re.compile(rf"{_MARK}(\d+)-->")


class FeedMarks:
    """Removes marked feeds from a page's content, and restores them.

    Example:
        content = marks.wrap("<div>...</div>", 1)
        without_feeds = marks.remove(content)
        content = marks.restore(without_feeds)
    """

    def __init__(self) -> None:
        self._is_used = False
        self._removed: dict[str, str] = {}

    def wrap(self, feed: str, number: int) -> str:
        """Return the HTML of a feed between its marks; `number` is unique in the page."""
        self._is_used = True
        return f"{_MARK}{number}-->{feed}<!--/mk-ig {number}-->"

    def remove(self, html: str) -> str:
        """Return a page's content with only the first mark of each feed in its place."""
        self._removed.clear()
        if not (self._is_used and "!" in html and _MARK in html):
            return html
        rest, kept = html, ""
        while mark := _BEGINS.search(rest):
            feed, end, after = rest[mark.end() :].partition(f"<!--/mk-ig {mark[1]}-->")
            if not end:
                break
            self._removed[mark[1]] = feed
            kept, rest = kept + rest[: mark.end()], after
        return kept + rest

    def restore(self, html: str) -> str:
        """Return the content with the feeds that `remove` removed, in place of their marks."""
        if not self._removed:
            return html
        return _BEGINS.sub(lambda match: self._removed.pop(match[1], ""), html)
