"""Pages that another program has built."""

import codecs
import mmap
import os
import posixpath
import re
from contextlib import suppress
from html import unescape
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple
from urllib.parse import urlsplit

from .tag import may_hold_tags

MAX_BYTES = 20_000_000
"""A larger page is left as it is."""
UNFINISHED = ".mk-ig-tmp"
"""The end of the name of a page that is being written."""

_BEGIN, _END = "<!-- mk-ig -->", "<!-- /mk-ig -->"
_FEED = f"(?s:{_BEGIN}.*?{_END})"
_LINK = r'<link rel="stylesheet" href="[^"]*\binstagram\.[0-9a-f]{12}\.css">'
# For generators that remove comments, an element that shows nothing.
_ELEMENT = (
    r"""(?i)<template\s+data-instagram(?:=(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?\s*>\s*</template>"""
)
_MAYBE_ELEMENT = "data-instagram"
_MAYBE_BYTES = rb"(?i)<!--[\s-]*instagram"
_CHARSET = rb"(?i)<meta\b[^>]*?\bcharset\s*=\s*[\"']?([\w-]+)"
_LANGUAGE = r"(?i)<html\b[^>]*?\blang\s*=\s*[\"']?([\w-]+)"
_BASE = r"(?i)<base\b[^>]*?\bhref\s*=\s*[\"']?([^\"'>\s]+)"
_HEAD = 4096


class Unusable(Exception):
    """A page cannot be read or written; the text is a sentence. Caught by `commands.inject`."""


class BuiltPage(NamedTuple):
    """A page with tags.

    Attributes:
        name: Its path in the site, with "/".
        text: What is in it, without the feeds that were put there before.
        data: Its bytes.
        encoding: That of the bytes.
        state: When it was read.
    """

    path: Path
    name: str
    text: str
    data: bytes
    encoding: str
    state: os.stat_result

    @property
    def language(self) -> str:
        """That of the element `html`; "" without one."""
        found = re.search(_LANGUAGE, self.text[:_HEAD])
        return found[1] if found else ""

    def write_url(self, path: str, site_url: str) -> str:
        """Return the URL of a file of the site as the page must write it.

        404.html, which a server shows at any depth, has absolute URLs.
        """
        if self.name == "404.html":
            return f"{urlsplit(site_url or '/').path.rstrip('/')}/{path}"
        folder = posixpath.dirname(self.name)
        if base := re.search(_BASE, self.text[:_HEAD]):
            parts = urlsplit(base[1])
            # An absolute base is the root of the site: where else it could be is not known.
            is_root = parts.netloc or parts.path.startswith("/")
            folder = "" if is_root else posixpath.dirname(posixpath.join(folder, parts.path))
        return posixpath.relpath(path, posixpath.normpath(folder or "."))


def mark_feed(tag: str, feed: str) -> str:
    """Return the comment of a tag, and behind it its feed, to be found and replaced later."""
    return f"{tag}{_BEGIN}{feed}{_END}"


def read_page(path: Path, name: str) -> BuiltPage | None:
    """Return a page; `None` if it has no tag.

    Raises:
        Unusable: It may have a tag, and cannot be changed.
    """
    try:
        state = path.stat()
        if state.st_size > MAX_BYTES:
            _refuse_large(path, name)
            return None
        data = path.read_bytes()
    except OSError as error:
        raise Unusable(f"{name} cannot be read: {error.strerror}.") from None
    # Each byte is a character of Latin-1, so that this is quick.
    shown = data.decode("latin-1")
    if not may_hold_tags(shown) and _MAYBE_ELEMENT not in shown:
        return None
    encoding = _find_encoding(data)
    try:
        text = data.decode(encoding)
        if text.encode(encoding) == data:
            return BuiltPage(path, name, _clear(text), data, encoding, state)
    except (UnicodeError, LookupError):
        pass
    raise Unusable(f"{name} is not text in {encoding}, so it is left as it is. Build it in UTF-8.")


def encode_page(page: BuiltPage, text: str) -> bytes:
    """Return the bytes of a page with its feeds, in its own encoding and with its line ends."""
    if "\r\n" in page.text:
        text = re.sub(r"\r?\n", "\r\n", text)
    return text.encode(page.encoding, "xmlcharrefreplace")


def write_page(page: BuiltPage, data: bytes) -> bool:
    """Replace a page as a whole; return whether it still is what was read.

    Raises:
        Unusable: It cannot be written, and is as it was.
    """
    try:
        with NamedTemporaryFile(
            dir=page.path.parent, prefix=".", suffix=UNFINISHED, delete=False
        ) as file:
            try:
                file.write(data)
                file.flush()
                os.chmod(file.name, page.state.st_mode & 0o7777)  # noqa: PTH101 - a name
                if hasattr(os, "chown"):
                    with suppress(PermissionError):
                        os.chown(file.name, page.state.st_uid, page.state.st_gid)
                if not _is_same(page.path.lstat(), page.state):
                    Path(file.name).unlink()
                    return False
                Path(file.name).replace(page.path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise Unusable(
            f"{page.name} cannot be written, and is as it was: {error.strerror}."
        ) from None
    return True


def _is_same(first: os.stat_result, second: os.stat_result) -> bool:
    return (first.st_ino, first.st_mtime_ns, first.st_size) == (
        second.st_ino,
        second.st_mtime_ns,
        second.st_size,
    )


def _refuse_large(path: Path, name: str) -> None:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if re.search(_MAYBE_BYTES, content):
            raise Unusable(
                f"{name} has a feed tag and more than {MAX_BYTES // 1_000_000} MB, so it is left "
                "as it is."
            )


def _find_encoding(data: bytes) -> str:
    declared = re.search(_CHARSET, data[:_HEAD])
    name = declared[1].decode("ascii") if declared else "utf-8"
    with suppress(LookupError):
        return "utf-8" if data.startswith(codecs.BOM_UTF8) else codecs.lookup(name).name
    return name


def _clear(text: str) -> str:
    """Return a page without earlier feeds and their stylesheet, and with comments for all tags."""
    if _BEGIN in text:
        text = re.sub(_LINK, "", re.sub(_FEED, "", text))
    if _MAYBE_ELEMENT in text:
        text = re.sub(_ELEMENT, _write_comment, text)
    return text


def _write_comment(element: re.Match[str]) -> str:
    value = unescape(next(filter(None, element.groups()), ""))
    return element[0] if "--" in value else f"<!-- instagram {value} -->".replace("  ", " ")
