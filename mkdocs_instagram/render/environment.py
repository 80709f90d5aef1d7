"""The Jinja environment that renders feeds."""

import html
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import jinja2
import markupsafe

from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.feed.models import LoadedFeed
from mkdocs_instagram.instagram.captions import read_caption

from .formats import format_date, format_number
from .items import Item
from .layouts import find_columns, list_classes

TEMPLATES = Path(__file__).parent / "templates"
FORMATS = "instagram/formats.html"
"""A template that only sites have, with macros `number` and `date` in place of our formats."""

# Before the names of our templates, so that those of a site can extend them.
_OURS = "mkdocs-instagram"


def make_environment(environment: jinja2.Environment) -> jinja2.Environment:
    """Return an overlay of the theme's environment that escapes everything and has our filters.

    As in the theme's, a site's templates come before ours. They can extend ours of the same name:
    `instagram/item.html` in `custom_dir` begins with `{% extends "instagram/item.html" %}`.

    Raises:
        jinja2.TemplateError: The site's own `formats.html` is wrong. Caught by `pages`.
    """
    ours = jinja2.PrefixLoader({_OURS: jinja2.FileSystemLoader(TEMPLATES)})
    loaders = [environment.loader, ours] if environment.loader else [ours]
    # Not optimized: a template is compiled once per build, where optimizing costs more than it
    # saves.
    overlay = environment.overlay(
        autoescape=True, optimized=False, loader=jinja2.ChoiceLoader(loaders)
    )
    overlay.join_path = _join_path  # type: ignore[method-assign]
    macros = _find_macros(overlay)
    # A copy, because an overlay shares its filters with the theme's environment.
    overlay.filters = {
        **overlay.filters,
        "ig_number": _make_filter(getattr(macros, "number", format_number)),
        "ig_date": _make_filter(getattr(macros, "date", format_date)),
        "ig_lightbox": _escape_for_lightbox,
        "ig_links": read_caption,
    }
    return overlay


def has_used_only_our_templates(environment: jinja2.Environment) -> bool:
    """Tell whether the feeds so far are the same on every page.

    Our templates use neither `page` nor what differs within a site's `config`; others may.
    """
    ours = TEMPLATES / "instagram"
    used = environment.cache.values() if environment.cache is not None else ()
    return all(
        template.name == FORMATS or Path(template.filename or "").parent == ours
        for template in used
    )


def render_feed(
    environment: jinja2.Environment,
    loaded: LoadedFeed,
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
        loaded: Without a feed, a note is rendered that there is nothing to show.
        items: From `make_items`.
        options: Those of the tag.
        language: The page's, such as `de` or `pt-BR`; "" for none.
        labels: The plugin's texts by name.
        context: `page`, `config`, `avatar` from `make_avatar`, and `feed_id`, with which the ids
            of the feed's elements begin.

    Raises:
        jinja2.TemplateError: A template of the site is missing or wrong. Caught by `pages`.
    """
    user = loaded.feed.user if loaded.feed and not loaded.parts else None
    names = ", ".join(filter(None, (shown.username for shown in loaded.users)))
    title = f"{labels['feed']}: {names}" if names else labels["feed"]
    counts = find_columns(options, [(item.image.width, item.image.height) for item in items])
    template = environment.get_template(f"instagram/{options.template}")
    rendered = template.render(
        feed=loaded.feed,
        items=items,
        user=user,
        options=options,
        classes=list_classes(options, counts),
        title=options.title or title,
        language=language,
        labels=labels,
        **context,
    )
    return rendered.strip()


def write_date(environment: jinja2.Environment, day: datetime, language: str) -> str:
    """Return a day as `ig_date` writes it in a template, as plain text."""
    written = environment.filters["ig_date"]({"language": language}, day)
    return markupsafe.escape(written).striptags()


def _join_path(template: str, parent: str) -> str:
    return f"{_OURS}/{template}" if template == parent else template


def _find_macros(environment: jinja2.Environment) -> object:
    """Return the module of the site's own `formats.html`; `None` without one."""
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
    """Return a text as HTML for an attribute of GLightbox; the template escapes it once more.

    GLightbox writes the values of `data-title` and `data-description` into the page as HTML, and
    takes one that begins with a dot for a selector.
    """
    escaped = html.escape(text).replace("\n", "<br>")
    return f"&#46;{escaped[1:]}" if escaped.startswith(".") else escaped
