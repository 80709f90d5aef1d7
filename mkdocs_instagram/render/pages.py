"""The feeds in the pages of one build."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jinja2

from mkdocs_instagram.cache.models import Rendition, Video
from mkdocs_instagram.config.feed_options import FeedOptions, Presets
from mkdocs_instagram.config.labels import Labels
from mkdocs_instagram.config.models import Account, Overrides
from mkdocs_instagram.errors import BuildStopped, TagError
from mkdocs_instagram.feed.models import LoadedFeed
from mkdocs_instagram.feed.session import Session
from mkdocs_instagram.text import quote, suggest

from .build_log import BuildLog
from .environment import is_same_everywhere, make_environment, render_feed
from .items import make_avatar, make_items
from .marks import FeedMarks
from .stylesheet import STYLESHEET, link_stylesheet, name_stylesheet
from .tag import FeedTag, may_hold_tags, replace_tags


class Location(NamedTuple):
    """Where tags stand: a page, or a template such as 404.html.

    Attributes:
        name: What messages call it.
        publish: Puts a file into the site under a name, once, and gives its URL as that place must
            write it.
        context: What the templates get beside the feed: `page` and `config`.
        language: As the theme says it, such as `de` or `pt-BR`; "" when it does not.
    """

    name: str
    publish: Callable[[str, Path], str]
    context: Mapping[str, Any]
    language: str = ""


class PageFeeds:
    """Replaces the tags of pages with feeds.

    Example:
        html = feeds.replace(html, place, keep_apart=False)
        page = feeds.complete(page, place)
        feeds.finish()

    Args:
        session: Gives the feeds.
        presets: The presets and defaults of mkdocs.yml.
        overrides: What mkdocs.yml says of single media.
        labels: The texts of mkdocs.yml.
        open_environment: Gives the theme's environment, when the first feed is rendered.
        log: Takes what is to be said.

    Attributes:
        marks: Those around feeds kept apart.
    """

    def __init__(
        self,
        *,
        session: Session,
        presets: Presets,
        overrides: Overrides,
        labels: Labels,
        open_environment: Callable[[], jinja2.Environment],
        log: BuildLog,
    ) -> None:
        self._session = session
        self._presets = presets
        self._overrides = overrides
        self._labels = labels
        self._open_environment = open_environment
        self._log = log
        self._environment: jinja2.Environment | None = None
        self._rendered: dict[tuple[FeedOptions, str, str, int], str] = {}
        self._tag_counts: dict[str, int] = {}
        self._styled: set[str] = set()
        self.marks = FeedMarks()

    def replace(self, html: str, place: Location, *, keep_apart: bool = False) -> str:
        """Return `html` with its tags replaced.

        With `keep_apart`, each feed is put between marks, by which `marks` can remove it.

        Raises:
            BuildStopped: A tag is wrong, a template is, or `on_error: fail` met a feed with nothing
                to show.
        """
        if not may_hold_tags(html):
            return html

        def replace(tag: FeedTag) -> str:
            self._tag_counts[place.name] = tag.number
            feed = self._show(tag, place)
            return self.marks.wrap(feed, tag.number) if keep_apart else feed

        def pass_over(text: str) -> None:
            # Seen twice: in the content, and in the whole page.
            hint = suggest(text.removeprefix("instagram").strip(), self._presets.feeds)
            self._log.info(f'{place.name}: the comment "{text}" is no feed tag and stays.{hint}')

        try:
            first = self._tag_counts.get(place.name, 0) + 1
            return replace_tags(html, self._presets, replace, pass_over, first_number=first)
        except TagError as error:
            raise BuildStopped(f"{place.name}, {error}") from None

    def complete(self, html: str, place: Location) -> str:
        """Return a whole page, late tags replaced and the stylesheet linked if it has a feed."""
        html = self.replace(html, place)
        if place.name not in self._styled:
            return html
        return link_stylesheet(html, self._find_stylesheet(place))

    def finish(self) -> None:
        """End a build that went through."""
        self._log.describe_build()
        self._session.finish()
        self._session.close()

    def _show(self, tag: FeedTag, place: Location) -> str:
        where = f"{place.name}, feed tag {tag.number}"
        for warning in tag.warnings:
            self._log.warn(f"{where}: {warning} It is left out.")
        shown = self._session.load(tag.options, self._find_account(tag))
        self._log.describe_feed(shown, where)
        self._styled.add(place.name)
        try:
            return self._render(shown, tag, place)
        except jinja2.TemplateNotFound as error:
            raise BuildStopped(
                f"{where}: there is no template {quote(error.name or '')}, which "
                f"instagram/{tag.options.template} needs. Put it under the theme's custom_dir."
            ) from None
        except (jinja2.TemplateError, TypeError, ValueError, LookupError, ArithmeticError) as error:
            template = getattr(error, "name", None) or f"instagram/{tag.options.template}"
            raise BuildStopped(
                f"{where}: the template {template} failed: {quote(str(error), 200)}. "
                "Templates stand under instagram/ in the theme's custom_dir."
            ) from None

    def _find_account(self, tag: FeedTag) -> Account:
        name = tag.options.account
        account = self._session.account(name)
        if account is None:
            known = self._session.account_names
            hint = suggest(name, known) or f" Known are {', '.join(known)}."
            raise TagError(f"feed tag {tag.number}: no account is called {quote(name)}.{hint}")
        return account

    def _render(self, shown: LoadedFeed, tag: FeedTag, place: Location) -> str:
        if self._environment is None:
            self._environment = make_environment(self._open_environment())

        options = tag.options
        # Only the viewer and the gallery have ids, which the number makes unique in the page.
        number = tag.number if options.open in ("viewer", "image") else 0
        key = options, self._find_stylesheet(place), place.language, number
        if key in self._rendered:
            return self._rendered[key]
        labels = self._labels.choose(place.language)

        def find_url(file: Rendition | Video) -> str:
            return place.publish(file.name, self._session.find_file(file))

        html = render_feed(
            self._environment,
            shown,
            make_items(shown, options, self._overrides, labels, find_url),
            options,
            language=place.language,
            labels=labels,
            context={
                **place.context,
                "avatar": make_avatar(shown, find_url),
                "feed_id": f"mk-ig-{tag.number}",
            },
        )
        if is_same_everywhere(self._environment, options.template):
            self._rendered[key] = html
        return html

    def _find_stylesheet(self, place: Location) -> str:
        return place.publish(name_stylesheet(), STYLESHEET)
