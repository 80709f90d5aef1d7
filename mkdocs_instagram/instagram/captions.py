"""Tags, mentions and addresses in captions."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple
from urllib.parse import quote

MAX_TAG_LENGTH = 100
MAX_USERNAME_LENGTH = 30
INSTAGRAM = "https://www.instagram.com"

# Some of them are letters for Unicode: the fillers of Hangul.
INVISIBLE = "\u115f\u1160\u200b\u2060\u2061\u2062\u2063\u2064\u2800\u3164\ufeff\uffa0"

# Characters that are pictures by themselves (Unicode's property Emoji, without © ® ™): not ♡ ☆ ♪.
_EMOJI = (
    r"\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u23cf\u23e9-\u23f3\u23f8-\u23fa\u24c2\u25aa"
    r"\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u2604\u260e\u2611\u2614\u2615\u2618\u261d\u2620"
    r"\u2622\u2623\u2626\u262a\u262e\u262f\u2638-\u263a\u2640\u2642\u2648-\u2653\u265f\u2660"
    r"\u2663\u2665\u2666\u2668\u267b\u267e\u267f\u2692-\u2697\u2699\u269b\u269c\u26a0\u26a1"
    r"\u26a7\u26aa\u26ab\u26b0\u26b1\u26bd\u26be\u26c4\u26c5\u26c8\u26ce\u26cf\u26d1\u26d3"
    r"\u26d4\u26e9\u26ea\u26f0-\u26f5\u26f7-\u26fa\u26fd\u2702\u2705\u2708-\u270d\u270f\u2712"
    r"\u2714\u2716\u271d\u2721\u2728\u2733\u2734\u2744\u2747\u274c\u274e\u2753-\u2755\u2757"
    r"\u2763\u2764\u2795-\u2797\u27a1\u27b0\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50"
    r"\u2b55\u3297\u3299\U0001f004\U0001f0cf\U0001f170-\U0001f19a\U0001f1e6-\U0001f251"
    r"\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7f0\U0001f900-\U0001f9ff"
    r"\U0001fa70-\U0001faff\U000e0020-\U000e007f"
)
_ONE_EMOJI = f"[{_EMOJI}]"
_JOINERS = "\u200c\u200d"

# A web address has a scheme, or a domain and a path. Each part is possessive, and begins only where
# nothing of its kind is before it, so that nothing is read twice.
_OF_ADDRESS = (
    rf"[^\s<>\"\\^`{{|}}{INVISIBLE}{_EMOJI}\u00ab\u00bb\u060c\u061b\u061f\u0964\u2010-\u205e"
    r"\u3000-\u3003\u3008-\u3011\u3014-\u301f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]"
)
_TOKEN = re.compile(
    rf"(?P<address>(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*+://{_OF_ADDRESS}++"
    rf"|(?<![\w.-])[\w-]++(?:\.[\w-]++)++(?<=[^\W\d_]{{2}})(?::\d++)?[/?]{_OF_ADDRESS}*+)"
    r"|&#(?:[0-9]++|[Xx][0-9A-Fa-f]++);|(?P<sign>[#@])"
)
_USERNAME = re.compile(r"[A-Za-z0-9_]++(?:\.[A-Za-z0-9_]++)*+")

Kind = Literal["text", "tag", "mention", "address"]


class Part(NamedTuple):
    """A piece of a caption; all parts together are the caption.

    Attributes:
        kind: An `address` is one of the web; an e-mail address is `text`.
        name: That of a tag or mention, without its sign; otherwise "".
    """

    text: str
    kind: Kind = "text"
    name: str = ""

    @property
    def href(self) -> str:
        """The address of a tag or mention, of checked characters only; otherwise ""."""
        if self.kind == "tag":
            return f"{INSTAGRAM}/explore/tags/{quote(self.name, safe='')}/"
        return f"{INSTAGRAM}/{self.name}/" if self.kind == "mention" else ""


def read_caption(text: str) -> list[Part]:
    """Return the parts of a caption, as Instagram reads it.

    Links, filters, alt texts and shortening use this function, so that they cannot differ.
    """
    parts, end = [], 0
    for start, part in _find_parts(text):
        parts += [Part(text[end:start]), part]
        end = start + len(part.text)
    return [part for part in (*parts, Part(text[end:])) if part.text]


def _find_parts(text: str) -> Iterator[tuple[int, Part]]:
    """Yield the parts that are not plain text, with their positions."""
    position = 0
    last_end = 0  # of what looked like a tag or mention: another one may touch it
    while match := _TOKEN.search(text, position):
        start, position = match.span()
        if match["address"]:
            address = match[0].rstrip(".,;:!?)*'")
            yield start, Part(address, "address")
            position = start + len(address)
        elif match["sign"] and (0 < start == last_end or _may_begin(text, start)):
            end = _find_end(text, start)
            name = text[start + 1 : end]
            kind: Kind = "tag" if match["sign"] == "#" else "mention"
            if name and _is_name(kind, name, text[end : end + 1]):
                yield start, Part(match[0] + name, kind, name)
            if name:
                position = last_end = end


def _may_begin(text: str, start: int) -> bool:
    """Tell whether a sign is not within a word, such as C#, or an e-mail address.

    Scripts without upper case often have no space there: a Japanese tag, a Hebrew prefix.
    """
    at = start - 1
    while at >= 0 and unicodedata.category(text[at]) in {"Mn", "Mc"}:
        at -= 1
    before = text[max(at, 0) : at + 1]
    if not before.isalnum() and before != "_":
        return True
    return before.isalpha() and before.lower() == before.upper()


def _find_end(text: str, start: int) -> int:
    """Return where the tag or mention whose sign is at `start` ends."""
    end = start + 1
    if text[start] == "@":
        match = _USERNAME.match(text, end)
        return match.end() if match else end
    while end < len(text) and _can_be_in_tag(text[end]):
        end += 1
    return start + 1 + len(text[start + 1 : end].rstrip(_JOINERS))


@lru_cache(4096)
def _can_be_in_tag(char: str) -> bool:
    is_word = char == "_" or unicodedata.category(char)[0] in "LMN"
    return (is_word and char not in INVISIBLE) or char in _JOINERS or _is_emoji(char)


def _is_emoji(char: str) -> bool:
    return re.match(_ONE_EMOJI, char) is not None


def _is_name(kind: Kind, name: str, following: str) -> bool:
    """Tell whether a tag or user can have this name; digits alone and keycaps are no tags."""
    if kind == "mention":
        is_word_longer = following.lower() != following.upper() or "\u0300" <= following < "\u0370"
        return len(name) <= MAX_USERNAME_LENGTH and not is_word_longer
    return (
        len(name) <= MAX_TAG_LENGTH
        and following != "\ufffd"
        and name[0] not in _JOINERS
        and not unicodedata.category(name[0]).startswith("M")
        and any(char.isalpha() or char == "_" or _is_emoji(char) for char in name)
    )
