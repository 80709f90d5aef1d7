"""Feeds on a page that collects others."""

import re

_IDS = r'(\s(?:id|popovertarget|data-gallery)="(?:open-|child-\d+-)?mk-ig-)(?=\d)'
# print-site gives labels and links within a page another target, which our viewers do not have.
_STEPS = r'\n?<div class="mk-ig__steps">.*?</div>|<a class="mk-ig__turn\b[^>]*></a>'
# print-site itself corrects only `a href` and `img src`.
_URLS = r'\s(?:srcset|poster)="[^"]*"|<video\b[^>]*?\ssrc="[^"]*"'


def adapt_copy(html: str, number: int, folder: str, new_folder: str) -> str:
    """Return a page's content for the page that collects it.

    Args:
        html: The content.
        number: Makes the ids of its feeds unique.
        folder: The URL of our files, as the content writes it.
        new_folder: The same, as the collecting page must write it.
    """

    def move(match: re.Match[str]) -> str:
        return re.sub(rf'(?<=[", ]){re.escape(folder)}', lambda _: new_folder, match[0])

    without_steps = re.sub(_STEPS, "", html, flags=re.DOTALL)
    return re.sub(_URLS, move, re.sub(_IDS, rf"\g<1>{number}-", without_steps))
