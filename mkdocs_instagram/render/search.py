"""Keeps feeds out of the search index."""

import re

_MARK = "<!--mk-ig "
_BEGINS = re.compile(rf"{_MARK}(\d+)-->")
_MARKED = re.compile(rf"{_BEGINS.pattern}(.*?)<!--/mk-ig \1-->", re.DOTALL)


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
        """Return the HTML of a feed between two marks; `number` is unique in the page."""
        self._is_used = True
        return f"{_MARK}{number}-->{feed}<!--/mk-ig {number}-->"

    def remove(self, html: str) -> str:
        """Return a page's content with only the first mark of each feed in its place."""
        self._removed.clear()
        # A rare character is found faster than a mark, and most pages have neither.
        if not (self._is_used and "!" in html and _MARK in html):
            return html

        def keep(match: re.Match[str]) -> str:
            self._removed[match[1]] = match[2]
            return f"{_MARK}{match[1]}-->"

        return _MARKED.sub(keep, html)

    def restore(self, html: str) -> str:
        """Return the content with the removed feeds in place of their marks."""
        if not self._removed:
            return html
        return _BEGINS.sub(lambda match: self._removed.pop(match[1], ""), html)
