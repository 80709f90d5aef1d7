"""The words that other Instagram widgets use."""

import re
from collections.abc import Mapping

_NAMES: Mapping[str, str] = {
    "limit: 6": "count num number max maximum amount total quantity items posts perpage"
    " postsperpage maxposts maxitems numberofposts photocount postcount rows",
    "columns: 3": "cols col column perrow itemsperrow numcols columncount",
    'include: ["#team"]': "hashtag hashtags tag tags filter filters search query keyword keywords"
    " contains only word words includes",
    'exclude: ["#ad"]': "excludes hide ignore block blacklist not without skip",
    "types: [image]": "type mediatype photo photos image images picture pictures photosonly kind",
    "types: [video]": "video videos showvideos",
    "types: [reel]": "reel reels",
    "sort: newest": "order sortby orderby sortorder ordering newest latest recent",
    "sort: likes": "popular top best mostliked mostpopular",
    "sort: oldest": "reverse reversed oldest asc",
    "sort: random": "random shuffle randomize",
    "layout: carousel": "slider slideshow swiper slides carousel",
    "layout: masonry": "masonry mosaic pinterest",
    "layout: grid": "view display mode gallery grid style",
    "layout: list": "list timeline",
    "open: viewer": "lightbox popup modal viewer zoom overlay click onclick link action fancybox",
    "new_tab: true": "target blank newwindow externallinks",
    "caption: below": "captions showcaption showcaptions text description descriptions showtext",
    "caption_length: 200": "length maxlength excerpt excerptlength captionlimit maxcaption trim"
    " truncate captionmax",
    "header: true": "profile bio biography avatar follow followbutton showheader showprofile"
    " showfollow profileheader",
    "show: [likes]": "likes showlikes likecount",
    "show: [comments]": "comments showcomments commentcount",
    "show: [date]": "date dates showdate timestamp",
    "more: 6": "loadmore showmore morebutton pagination paginate button initial",
    "ratio: 4/5": "aspect aspectratio shape crop imageratio",
    "since: 2026-07-22": "from after start startdate fromdate datefrom",
    "until: 2026-07-22": "to before end enddate todate dateto",
    "post: C0001abcDEF": "id ids url urls shortcode shortcodes permalink code embed src",
    'title: "Our bakery"': "heading headline name label arialabel alt",
    "class: wide": "css classes classname cssclass cssclasses extraclass",
    "template: feed.html": "partial",
}
"""The names of other widgets by the line that they mean here."""

_SENTENCES: Mapping[str, str] = {
    "An account has a name in `accounts` of mkdocs.yml: write account: main.": (
        "user username userid handle profilename source"
    ),
    "A preset's name comes directly after the word: write <!-- instagram team -->.": (
        "feed preset feedname use"
    ),
    "The gap is a property of CSS: write .mk-ig { --mk-ig-gap: 8px; } in a file of `extra_css`.": (
        "gap gutter gutters spacing padding margin space"
    ),
    "The columns share the width of the page: write columns: 3.": (
        "width size height imagesize imagewidth thumbsize thumbnailsize resolution itemwidth"
    ),
    "The demo is an account: write accounts: {demo: {demo: true}} in mkdocs.yml.": "demo",
}
"""The names that no single line of a tag replaces, by what is said of them."""

_VALUES: Mapping[str, Mapping[str, str]] = {
    "layout": {
        "carousel": "slider slideshow swiper slides scroll",
        "masonry": "pinterest mosaic waterfall",
        "grid": "gallery tiles table squares wall",
        "list": "timeline rows vertical feed",
        "highlight": "featured hero",
    },
    "types": {
        "image": "photo photos picture pictures images img foto",
        "video": "videos movie clip clips igtv",
        "reel": "reels",
        "carousel": "album albums carouselalbum slideshow sidecar",
    },
    "sort": {
        "newest": "date recent latest new desc descending chronological default mostrecent",
        "oldest": "old asc ascending reverse",
        "likes": "popular top best mostliked likecount popularity like mostpopular",
        "comments": "commented mostcommented comment",
        "random": "shuffle rand",
    },
    "caption": {
        "none": "false no off hide hidden",
        "below": "true yes on show bottom under underneath after",
        "overlay": "hover over top inside",
    },
    "open": {
        "post": "instagram link url permalink page external self",
        "viewer": "lightbox popup modal true yes on overlay dialog",
        "image": "file picture photo",
        "none": "false no off nothing disabled",
    },
    "show": {
        "likes": "like likecount hearts",
        "comments": "comment commentcount",
        "date": "dates time timestamp day",
        "type": "icon icons types",
    },
    "ratio": {
        "square": "1/1 1:1 1x1 true",
        "4/5": "4:5 4x5 portrait",
        "3/4": "3:4 3x4",
        "original": "auto natural false none full",
    },
    "limit": {"1000": "all unlimited everything max"},
    "more": {"none": "false no off all never"},
    "columns": {
        "auto": "responsive fluid true",
        "small": "mobile phone sm xs",
        "medium": "tablet md",
        "large": "desktop lg xl wide",
    },
    "format": {"jpeg": "jpg", "webp": "png gif auto"},
    "videos": {
        "file": "true yes on mp4 play local host",
        "poster": "false no off image picture none",
    },
    "on_error": {"warn": "true warning", "ignore": "false silent skip", "fail": "error stop raise"},
    "max_age": {"0": "false never off none always", "1d": "daily", "1h": "hourly"},
}
"""The values of other widgets by option and by the value that they mean here."""

_LINES: Mapping[tuple[str, str], str] = {
    **{("show", word): "caption: below" for word in ("caption", "captions", "text")},
    **{("show", word): "header: true" for word in ("header", "profile", "avatar")},
    **{("open", word): "new_tab: true" for word in ("newtab", "blank", "newwindow")},
}
"""The values that another option has here, by option and value."""

_IN_MKDOCS_YML: Mapping[str, str] = {
    "max_age": "ttl cache cachetime cachettl cacheduration cachelifetime refresh interval expire"
    " updateinterval lifetime",
    "cache_dir": "cachedir cachefolder cachepath",
    "assets_dir": "assets assetsdir output outputdir imagesdir dir folder",
    "labels": "translations language texts strings",
    "on_error": "error onerror strict failonerror",
    "widths": "width size sizes imagewidth imagesize imagesizes",
    "format": "imageformat",
    "quality": "imagequality compression",
}
"""The names for options of mkdocs.yml, by our name."""

_COUNTED = {"photos", "images", "pictures", "posts", "videos", "reels", "items", "media"}
"""Names that are a number of posts when their value is a number."""


def normalize(name: object) -> str:
    """Return a name without capitals and signs, so that `showCaption` is `show_caption`."""
    return re.sub(r"[\W_]+", "", str(name)).lower()


def find_example(name: object, value: object) -> str:
    """Return the line that a name of another widget means, such as `limit: 6`; "" if unknown."""
    word = normalize(name)
    if word in _COUNTED and isinstance(value, int) and not isinstance(value, bool):
        return "limit: 6"
    return _find(_NAMES, word)


def find_sentence(name: object) -> str:
    """Return what is said of a name that no single line replaces; "" if nothing is."""
    return _find(_SENTENCES, normalize(name))


def find_site_option(name: object) -> str:
    """Return the option of mkdocs.yml that another name means; "" if unknown."""
    return _find(_IN_MKDOCS_YML, normalize(name))


def find_value(option: str, value: object) -> str:
    """Return the value of an option that another word means; "" if unknown."""
    text = str(value).strip().lower()
    return next(
        (
            right
            for right, words in _VALUES.get(option, {}).items()
            if {text, normalize(text)} & set(words.split())
        ),
        "",
    )


def find_line(option: str, value: object) -> str:
    """Return the line of another option that a value means, such as `caption: below`."""
    items = value if isinstance(value, list) else [value]
    return next(filter(None, (_LINES.get((option, normalize(item))) for item in items)), "")


def _find(table: Mapping[str, str], word: str) -> str:
    return next((right for right, words in table.items() if word in words.split()), "")
