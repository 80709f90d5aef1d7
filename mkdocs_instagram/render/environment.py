"""The Jinja environment that renders feeds.

It is an overlay of the theme's: its folders, where a site's own templates go before ours, but with
autoescape on, our filters, and templates that can extend ours of the same name.
"""

import html
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2

from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.feed.models import Feed, LoadedFeed

from .captions import split_links
from .formats import format_date, format_number
from .items import Item
from .layouts import list_classes

TEMPLATES = Path(__file__).parent / "templates"
FORMATS = "instagram/formats.html"
"""A template that only sites have: with macros `number` and `date` in place of our own."""

# Where our templates stand beside those that take their place.
_OURS = "mkdocs-instagram"


def make_environment(environment: jinja2.Environment) -> jinja2.Environment:
    """Return an overlay of the theme's environment that escapes everything, with our filters.

    In it a template can extend ours of the same name: `instagram/item.html` in the theme's folder
    begins with `{% extends "instagram/item.html" %}`.

    Raises:
        jinja2.TemplateError: The site's own `formats.html` is wrong. Caught by `pages`.
    """
    ours = jinja2.PrefixLoader({_OURS: jinja2.FileSystemLoader(TEMPLATES)})
    loaders = [environment.loader, ours] if environment.loader else [ours]
    # Not optimized: each template is compiled once a build, which takes longer than it saves.
    overlay = environment.overlay(
        autoescape=True, optimized=False, loader=jinja2.ChoiceLoader(loaders)
    )
    overlay.join_path = _join_path  # type: ignore[method-assign]
    own = _find_macros(overlay)
    # An overlay has the filters of what it overlays: the theme's own pages keep theirs.
    overlay.filters = {
        **overlay.filters,
        "ig_number": _make_filter(getattr(own, "number", format_number)),
        "ig_date": _make_filter(getattr(own, "date", format_date)),
        "ig_lightbox": _escape_for_lightbox,
        "ig_links": split_links,
    }
    return overlay


def is_same_everywhere(environment: jinja2.Environment, template: str) -> bool:
    """Tell whether a feed looks the same on every page: all templates are ours.

    Ours look neither at `page` nor at what differs within a site's `config`; a user's may.
    """
    ours = TEMPLATES / "instagram"
    names = {template, *(path.name for path in ours.iterdir())}
    loader = environment.loader
    return loader is not None and all(
        Path(loader.get_source(environment, f"instagram/{name}")[1] or "").parent == ours
        for name in names
    )


def render_feed(
    environment: jinja2.Environment,
    shown: LoadedFeed,
    items: list[Item],
    options: FeedOptions,
    *,
    language: str,
    labels: Mapping[str, str],
    context: Mapping[str, Any],
) -> str:
    """Return the HTML of one feed, without white space around it.

    Args:
        environment: From `make_environment`.
        shown: Its feed; without one, the empty block is rendered.
        items: From `make_items`.
        options: What the tag asks for.
        language: Of the page, as `de` or `pt-BR`; "" for none.
        labels: Every text of ours in it, by name.
        context: `page`, `config`, `avatar`, which is that of `make_avatar`, and `feed_id`, with
            which the ids of its elements begin.

    Raises:
        jinja2.TemplateError: A template of the user's is missing or wrong. Caught by `pages`.
    """
    template = environment.get_template(f"instagram/{options.template}")
    rendered = template.render(
        feed=shown.feed,
        items=items,
        user=shown.feed.user if shown.feed else None,
        options=options,
        classes=list_classes(options),
        title=options.title or _title(shown.feed, labels),
        language=language,
        labels=labels,
        **context,
    )
    return rendered.strip()


def _title(feed: Feed | None, labels: Mapping[str, str]) -> str:
    name = feed.user.username if feed else ""
    return f"{labels['feed']}: {name}" if name else labels["feed"]


def _join_path(template: str, parent: str) -> str:
    return f"{_OURS}/{template}" if template == parent else template


def _find_macros(environment: jinja2.Environment) -> object:
    """Return what the site's own `formats.html` defines; nothing without one."""
    try:
        return environment.get_template(FORMATS).module
    except jinja2.TemplateNotFound as error:
        if error.name != FORMATS:
            raise
        return None


def _make_filter(write: Callable[[Any, str], str]) -> Callable[..., str]:
    @jinja2.pass_context
    def apply(context: jinja2.runtime.Context, value: object) -> str:
        return write(value, context.get("language", ""))

    return apply


def _escape_for_lightbox(text: str) -> str:
    """Return a text as HTML, which the template escapes once more, for an attribute of GLightbox.

    GLightbox writes the values of `data-title` and `data-description` into the page as HTML, and
    takes one that begins with a dot for a selector.
    """
    escaped = html.escape(text).replace("\n", "<br>")
    return f"&#46;{escaped[1:]}" if escaped.startswith(".") else escaped
