"""The stylesheet of the feeds."""

import hashlib
import html as html_module
import re
from functools import cache
from pathlib import Path

STYLESHEET = Path(__file__).parent / "assets" / "instagram.css"


@cache
def name_stylesheet() -> str:
    """Return the stylesheet's name in the site, which changes with its content."""
    return f"instagram.{hashlib.sha256(STYLESHEET.read_bytes()).hexdigest()[:12]}.css"


def link_stylesheet(html: str, url: str) -> str:
    """Return a page with a link to the stylesheet: in its head, else before its first feed."""
    link = f'<link rel="stylesheet" href="{html_module.escape(url)}">'
    position = html.find("</head>")
    if position < 0:
        found = re.search(r"</head\s*>|<div class=\"mk-ig\b", html, re.IGNORECASE)
        position = found.start() if found else 0
    return f"{html[:position]}{link}{html[position:]}"
