"""The repository's name in recipes, if `repo_url` says it."""

from urllib.parse import urlsplit

from mkdocs.config.defaults import MkDocsConfig


def on_page_markdown(markdown: str, config: MkDocsConfig, **_: object) -> str:
    """Replace the owner that a checkout does not know."""
    name = urlsplit(config.repo_url or "").path.strip("/")
    return markdown.replace("OWNER/mkdocs-instagram", name or "OWNER/mkdocs-instagram")
