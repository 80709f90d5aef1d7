"""The feeds in the pages of one build."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import jinja2

from mkdocs_instagram.cache.models import Rendition, Video
from mkdocs_instagram.config.cures import suggest_template
from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import Account
from mkdocs_instagram.errors import BuildStopped, TagError
from mkdocs_instagram.feed.models import LoadedFeed
from mkdocs_instagram.feed.pictures import Publish, opens_viewer
from mkdocs_instagram.feed.session import Session
from mkdocs_instagram.text import Message, quote, suggest

from .build_log import BuildLog
from .copies import adapt_copy
from .environment import has_used_only_our_templates, make_environment, render_feed, write_date
from .items import make_avatar, make_items
from .search import FeedMarks
from .stylesheet import STYLESHEET, link_stylesheet, name_stylesheet
from .tag import FeedTag, may_hold_tags, replace_tags

if TYPE_CHECKING:
    from mkdocs_instagram.config.site_options import InstagramConfig


Wrap = Callable[[FeedTag, str], str]
"""Returns what replaces a tag, from the tag and its feed."""


def _leave(_: FeedTag, feed: str) -> str:
    return feed


class Location(NamedTuple):
    """A page with tags, or a template such as 404.html.

    Attributes:
        name: What messages call it.
        find_url: Returns the URL of a published file as this location must write it.
        context: What templates get beside the feed: `page` and `config`.
        language: The theme's, such as `de` or `pt-BR`; "" when it has none.
    """

    name: str
    find_url: Callable[[str], str]
    context: Mapping[str, Any]
    language: str


class PageFeeds:
    """Replaces the tags of pages with feeds.

    Example:
        html = feeds.replace(html, location, between_marks=True)
        page = feeds.complete(page, location)
        feeds.finish()

    Args:
        session: Loads the feeds.
        options: The plugin's entry in mkdocs.yml.
        open_environment: Returns the theme's environment, when the first feed is rendered.
        log: Writes the messages.
        publish: Puts a file into the site.

    Attributes:
        marks: Those around feeds, with `between_marks`.
        failed: The names of the locations with a feed of which nothing could be loaded.
    """

    def __init__(
        self,
        session: Session,
        options: "InstagramConfig",
        open_environment: Callable[[], jinja2.Environment],
        log: BuildLog,
        publish: Publish,
    ) -> None:
        self.marks = FeedMarks()
        self.failed: set[str] = set()
        self._session = session
        self._options = options
        self._presets = options.list_presets()
        self._open_environment = open_environment
        self._log = log
        self._publish = publish
        self._rendered: dict[tuple[FeedOptions, str, str, int, bool], str] = {}
        self._tag_counts: dict[str, int] = {}
        self._passed_over: set[str] = set()
        self._styled: set[str] = set()
        self._copied = 0

    def replace(
        self,
        html: str,
        location: Location,
        *,
        between_marks: bool = False,
        is_late: bool = False,
        wrap: Wrap = _leave,
    ) -> str:
        """Return `html` with each tag replaced by what `wrap` returns.

        With `between_marks`, `marks` can remove each feed and restore it. With `is_late`, `html` is
        a whole page: what is new in it is from a template, and told for the first page only.

        Raises:
            BuildStopped: A tag or a template is wrong, or there is nothing to show and `on_error`
                is `fail`. Caught by `plugin`.
        """
        if not may_hold_tags(html):
            return html

        def replace(tag: FeedTag) -> str:
            self._tag_counts[location.name] = tag.number
            feed = wrap(tag, self._make_feed(tag, location))
            return self.marks.wrap(feed, tag.number) if between_marks else feed

        def pass_over(message: Message) -> None:
            line = f"{location.name}: {message.text}"
            if (message.text if is_late else line) not in self._passed_over:
                self._log.tell(message._replace(text=line))
            self._passed_over |= {message.text, line}

        try:
            first = self._tag_counts.get(location.name, 0) + 1
            return replace_tags(html, self._presets, replace, pass_over, first_number=first)
        except TagError as error:
            raise BuildStopped(f"{location.name}, {error}") from None

    def complete(
        self, html: str, location: Location, *, is_printed: bool = False, wrap: Wrap = _leave
    ) -> str:
        """Return a whole page with late tags replaced, and the stylesheet if it has a feed.

        With `is_printed`, also if another page has one: what makes one PDF of all pages takes the
        head of the first.
        """
        html = self.replace(html, location, is_late=True, wrap=wrap)
        if location.name in self._styled or (is_printed and self._styled):
            return link_stylesheet(html, self._publish_stylesheet(location))
        return html

    def copy(self, html: str, location: Location, target: Location) -> str:
        """Return the content of a page as `target`, which shows it again, must have it."""
        if location.name not in self._styled:
            return html
        self._copied += 1
        name = name_stylesheet()
        folder, new_folder = (
            self._publish_stylesheet(place).removesuffix(name) for place in (location, target)
        )
        without_marks = self.marks.restore(self.marks.remove(html))
        return adapt_copy(without_marks, self._copied, folder, new_folder)

    def finish(self) -> None:
        """End a build that has completed."""
        self._log.describe_build(self._session.finish())
        self._session.close()

    @cached_property
    def _environment(self) -> jinja2.Environment:
        return make_environment(self._open_environment())

    def _make_feed(self, tag: FeedTag, location: Location) -> str:
        where = f"{location.name}, feed tag {tag.number}"
        for warning in tag.warnings:
            self._log.warn(f"{where}: {warning}")
        loaded = self._session.load(tag.options, *self._find_accounts(tag))
        self._log.describe_feed(loaded, where)
        self._styled.add(location.name)
        if loaded.feed is None:
            self.failed.add(location.name)
        try:
            return self._render(loaded, tag, location)
        except jinja2.TemplateNotFound as error:
            template = tag.options.template
            is_given = error.name == f"instagram/{template}"
            raise BuildStopped(
                f"{where}: there is no template {quote(error.name or '')}, which "
                f"instagram/{template} needs. Create it in the theme's custom_dir."
                f"{suggest_template(template) if is_given else ''}"
            ) from None
        except (jinja2.TemplateError, TypeError, ValueError, LookupError, ArithmeticError) as error:
            template = getattr(error, "name", None) or f"instagram/{tag.options.template}"
            raise BuildStopped(
                f"{where}: the template {template} failed: {quote(str(error), 200)}. Your own "
                "templates are in the folder instagram of the theme's custom_dir."
            ) from None

    def _find_accounts(self, tag: FeedTag) -> Iterator[Account]:
        for name in tag.options.account or ("",):
            account = self._session.find_account(name)
            if account is None:
                known = self._session.account_names
                hint = suggest(name, known) or f" Known accounts: {', '.join(known)}."
                raise TagError(f"feed tag {tag.number}: no account is called {quote(name)}.{hint}")
            yield account

    def _render(self, loaded: LoadedFeed, tag: FeedTag, location: Location) -> str:
        options = tag.options
        # Only the viewer and the gallery have ids, which the number makes unique in the page.
        media = loaded.feed.items if loaded.feed else ()
        has_viewer = any(opens_viewer(one, options) for one in media)
        number = tag.number if has_viewer or options.open == "image" else 0
        url = self._publish_stylesheet(location)
        key = options, url, location.language, number, tag.is_at_top
        if key in self._rendered:
            return self._rendered[key]
        labels = self._options.labels.choose(location.language)

        def find_url(file: Rendition | Video) -> str:
            return location.find_url(file.name)

        def write_day(day: datetime) -> str:
            return write_date(self._environment, day, location.language)

        html = render_feed(
            self._environment,
            loaded,
            make_items(
                loaded,
                options,
                self._options.media,
                labels,
                find_url,
                write_date=write_day,
                is_at_top=tag.is_at_top,
            ),
            options,
            language=location.language,
            labels=labels,
            context={
                **location.context,
                "avatar": make_avatar(loaded, find_url),
                "feed_id": f"mk-ig-{tag.number}",
            },
        )
        if has_used_only_our_templates(self._environment):
            self._rendered[key] = html
        return html

    def _publish_stylesheet(self, location: Location) -> str:
        name = name_stylesheet()
        self._publish(name, lambda path: bool(shutil.copyfile(STYLESHEET, path)))
        return location.find_url(name)
