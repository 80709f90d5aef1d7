"""Pages that another program has built."""

import codecs
import mmap
import os
import posixpath
import re
from contextlib import suppress
from html import unescape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

MAX_BYTES = 20_000_000
"""A larger page is left as it is."""
UNFINISHED = ".mk-ig-tmp"
"""The end of the name of a page that is being written."""

_BEGIN, _END = "<!-- mk-ig -->", "<!-- /mk-ig -->"
_FEED = f"(?s:{_BEGIN}.*?{_END})"
_LINK = r'<link rel="stylesheet" href="[^"]*\binstagram\.[0-9a-f]{12}\.css">'
# For generators that remove comments, an element that shows nothing.
_ELEMENT = (
    r"(?is)<!--.*?-->|<(script|style|textarea|xmp)\b.*?</\1"  # there it is text
    r"""|(?P<element><template\s+data-instagram(?:\s*=\s*"""
    r"""(?:"(?P<a>[^"]*)"|'(?P<b>[^']*)'|(?P<c>[^\s"'>]+)))?\s*>\s*</template>)"""
)
_ABSOLUTE = r"""(?i)\b(?:href|src)\s*=\s*["']?/([^/"'\s>?#][^"'\s>?#]*)"""
_MAYBE_ELEMENT = "data-instagram"
_MAYBE_TAG = rb"<!--[\s-]*instagram"
_CHARSET = rb"(?i)<(?:meta\b[^>]*?\bcharset|\?xml\b[^>]*?\bencoding)\s*=\s*[\"']?([\w-]+)"
_LANGUAGE = r"(?i)<html\b[^>]*?\blang\s*=\s*[\"']?([\w-]+)"
_BASE = r"(?i)<base\b[^>]*?\bhref\s*=\s*[\"']?([^\"'>\s]+)"
_HEAD = 4096
_SAME = ("st_ino", "st_mtime_ns", "st_size")


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
        has_feed: It has a feed that was put there before.
    """

    path: Path
    name: str
    text: str
    data: bytes
    encoding: str
    state: os.stat_result
    has_feed: bool

    @property
    def line_end(self) -> str:
        """What ends its first line."""
        first = self.text.partition("\n")[0]
        return "\r\n" if first.endswith("\r") else "\n"

    @property
    def language(self) -> str:
        """That of the element `html`; "" without one."""
        found = re.search(_LANGUAGE, self.text[:_HEAD])
        return found[1] if found else ""

    def write_url(self, path: str, site: Path, site_url: str) -> str:
        """Return the URL of a file of the site as the page must write it.

        404.html, which a server shows at any depth, has absolute URLs.

        Args:
            path: That of the file in the site.
            site: The folder of the site.
            site_url: The site's address; "" if it is not known.
        """
        if self.name == "404.html":
            root = urlsplit(site_url).path if site_url else self._find_base(site)
            return f"{root.rstrip('/')}/{path}"
        folder = posixpath.dirname(self.name)
        if base := re.search(_BASE, self.text[:_HEAD]):
            parts = urlsplit(base[1])
            # An absolute base is the root of the site: where else it could be is not known.
            is_root = parts.netloc or parts.path.startswith("/")
            folder = "" if is_root else posixpath.dirname(posixpath.join(folder, parts.path))
        return posixpath.relpath(path, posixpath.normpath(folder or "."))

    def _find_base(self, site: Path) -> str:
        """Return what comes before the paths of the site's files in the page's absolute URLs."""
        for match in re.finditer(_ABSOLUTE, self.text):
            parts = match[1].split("/")
            for count in range(len(parts)):
                if site.joinpath(*parts[count:]).is_file():
                    return "".join(f"/{part}" for part in parts[:count])
        return ""

    def without_content(self) -> "BuiltPage":
        """Return what is necessary to replace it, because a site may have many pages."""
        return self._replace(text="", data=b"")


def mark_feed(tag: str, feed: str) -> str:
    """Return the comment of a tag, and behind it its feed, to be found and replaced later."""
    return f"{tag}{_BEGIN}{feed}{_END}"


def read_page(path: Path, name: str) -> BuiltPage | None:
    """Return a page; `None` if it has no tag, or was just removed.

    Raises:
        Unusable: It may have a tag, and cannot be changed.
    """
    try:
        state = path.stat()
        if state.st_size > MAX_BYTES:
            _refuse_large(path, name)
            return None
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unusable(f"{name} cannot be read: {error.strerror}.") from None
    small = data.lower()
    if _MAYBE_ELEMENT.encode() not in small and not re.search(_MAYBE_TAG, small):
        return None
    encoding = _find_encoding(data)
    try:
        text = data.decode(encoding)
        if text.encode(encoding) == data:
            return BuiltPage(path, name, _clear(text), data, encoding, state, _BEGIN in text)
    except (UnicodeError, LookupError):
        pass
    raise Unusable(f"{name} is not text in {encoding}, so it is left as it is. Build it in UTF-8.")


def encode_page(page: BuiltPage, text: str) -> bytes:
    """Return the bytes of a page with its feeds, in its own encoding."""
    return text.encode(page.encoding, "xmlcharrefreplace")


def write_page(page: BuiltPage, data: bytes) -> os.stat_result | None:
    """Replace a page as a whole; return the new one's state, or `None` if it has changed meanwhile.

    Raises:
        Unusable: It cannot be written, and is as it was.
    """
    unfinished = page.path.with_name(f".{os.getpid()}{UNFINISHED}")
    try:
        with unfinished.open("xb") as file:
            file.write(data)
        unfinished.chmod(page.state.st_mode & 0o7777)
        if hasattr(os, "chown"):
            with suppress(PermissionError):
                os.chown(unfinished, page.state.st_uid, page.state.st_gid)
        if not _is_same(page.path, page.state):
            return None
        state = unfinished.stat()
        unfinished.replace(page.path)
    except OSError as error:
        raise Unusable(
            f"{page.name} cannot be written, and is as it was: {error.strerror}."
        ) from None
    finally:
        with suppress(OSError):
            unfinished.unlink()
    return state


def _is_same(path: Path, state: os.stat_result) -> bool:
    try:
        now = path.lstat()
    except FileNotFoundError:
        return False
    return all(getattr(now, name) == getattr(state, name) for name in _SAME)


def _refuse_large(path: Path, name: str) -> None:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if re.search(b"(?i)" + _MAYBE_TAG, content):
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
    if _MAYBE_ELEMENT in text.lower():
        text = re.sub(_ELEMENT, _write_comment, text)
    return text


def _write_comment(found: re.Match[str]) -> str:
    value = unescape(found["a"] or found["b"] or found["c"] or "")
    if not found["element"] or "--" in value:
        return found[0]
    return f"<!-- instagram {value} -->" if value else "<!-- instagram -->"
