"""Faults of the Graph API's answers: codes, shapes, fields and batches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from conftest import TOKEN
from fake import Answer, Reply, close, error, gone, refused, text, throttled, too_large
from fake.answers import usage

from mkdocs_instagram.text import describe_wait

from .cases import PAGE, SEEDED, Case
from .fault import Fault, Shows
from .transport import UNUSABLE, answer, outage

HOUR = timedelta(hours=1)
USER_ID = "17841400000000001"


def _act(name: str, reply: Reply, said: str) -> Fault:
    """Return a refusal that a person must fix: a WARNING at any age."""
    return Fault(name, answer(reply), ("saved", "WARNING"), ("nothing", "WARNING"), said=said)


def _refused(subcode: int | None, said: str) -> Fault:
    name = f"Code 190/{subcode}" if subcode else "Code 190"
    return _act(name, error(190, subcode=subcode), f"Instagram refused the token: {said}")


def _throttle(name: str, reply: Reply, minutes: float) -> Fault:
    """Return a fault after which no request is sent for that long."""
    return Fault(
        name,
        answer(reply),
        ("saved", "INFO"),
        ("nothing", "WARNING"),
        said=f"for {describe_wait(minutes * 60)}.",
        wait=max(HOUR, timedelta(minutes=minutes)) + HOUR,
    )


def _slow_down(name: str, headers: Mapping[str, str], minutes: float) -> Fault:
    reply = Answer(429, b"Too Many Requests", headers)
    return _throttle(f"HTTP 429, {name}", reply, minutes)


def _after(value: str) -> dict[str, str]:
    return {"retry-after": value}


def _refuse_field(case: Case) -> Callable[[], None]:
    case.fake.unknown_fields.add("alt_text")
    return case.fake.unknown_fields.clear


def _ask_for_many(case: Case) -> Callable[[], None]:
    """Let the tag show so many posts that the largest batches are requested."""
    case.site.write({"index.md": PAGE.replace("below", "below, limit: 100")})
    return lambda: case.site.write({"index.md": PAGE})


def _limit_batches(most: int) -> Callable[[Case], Callable[[], None]]:
    def plant(case: Case) -> Callable[[], None]:
        undo = _ask_for_many(case)
        case.fake.graph.largest_limit = most
        return undo

    return plant


def _too_large_by_chance(case: Case) -> Callable[[], None]:
    case.fake.fail("media", too_large(), 1)
    return _ask_for_many(case)


_TEMPORARY = "Instagram has a temporary problem."
_NOT_DONE = "Instagram refused the request."
_LACKS = "The app lacks a permission."
_CHANGED = "the app was changed, disabled or deleted"
_BLOCKED = "Instagram has blocked the app or the account"

CODES = [
    outage("Code 1", answer(error(1)), _TEMPORARY),
    Fault(
        "Code 1, more than 25 posts are too much",
        _limit_batches(25),
        ("renewed", ""),
        ("renewed", ""),
    ),
    Fault(
        "Code 1, too much by chance",
        _too_large_by_chance,
        ("renewed", ""),
        ("renewed", ""),
    ),
    outage("Code 1, any number of posts is too much", answer(too_large()), "is too large"),
    outage("Code 2", answer(error(2)), _TEMPORARY),
    outage("Code -1", answer(error(-1)), _TEMPORARY),
    outage("Code -2", answer(error(-2)), _TEMPORARY),
    _act("Code 3", error(3), _LACKS),
    _act("Code 10", error(10), _LACKS),
    _act("Code 200", error(200), _LACKS),
    _act("Code 200, blocked", error(200, message="API access blocked."), _BLOCKED),
    outage("Code 2500", answer(error(2500)), "does not have this version of its API"),
    outage("Code 100", answer(error(100)), _NOT_DONE),
    outage("Code 100/33", answer(gone("17841400000000001")), _NOT_DONE),
    Fault(
        "Code 100, unknown field",
        _refuse_field,
        ("changed", "INFO"),
        ("changed", "INFO"),
        said="Instagram does not know one of the requested fields",
    ),
    _act("Code 100, method type: get", refused(), "not allowed to read the account"),
    _act("Code 101", error(101), _CHANGED),
    _act("Code 102", error(102), "Instagram refused the token."),
    _act("Code 104", error(104), _CHANGED),
    _refused(None, "it is incomplete"),
    _refused(458, "the app was removed from the account"),
    _refused(459, "the account must log in on instagram.com first"),
    _refused(460, "the password was changed"),
    _act("Code 190/463", error(190, subcode=463), "which expired on 2026-12-01"),
    _refused(467, "it is no longer valid"),
    outage("Code 368", answer(error(368)), _BLOCKED),
    outage("Code 368, transient", answer(error(368, transient=True)), _BLOCKED),
    outage("An unknown code", answer(error(31337)), _NOT_DONE),
    outage("An unknown code, transient", answer(error(31337, transient=True)), _TEMPORARY),
    outage("An error without a code", answer(Answer(400, {"error": {}, "data": 7})), UNUSABLE),
    outage("An error that is a string", answer(Answer(400, {"error": "no"})), _NOT_DONE),
    outage(
        "The flat error of the login host",
        answer(Answer(400, {"error_type": "OAuthException", "code": 400, "error_message": "No"})),
        _NOT_DONE,
    ),
    outage("An error with HTTP 200", answer(error(2, status=200)), _TEMPORARY),
    _act("Code 190 with HTTP 500", error(190, subcode=460, status=500), "refused the token"),
    _throttle("Code 4", error(4), 60),
    _throttle("Code 4, 90 minutes in the header", throttled(4, minutes=90), 90),
    _throttle("Code 17", error(17), 60),
    _throttle("Code 32", error(32), 60),
    _throttle("Code 341", error(341), 60),
    _throttle("Code 613", error(613), 60),
    _throttle("Code 80002, 5 minutes in the header", throttled(80002, minutes=5), 5),
    _slow_down("no Retry-After", {}, 60),
    _slow_down("Retry-After in seconds", _after("600"), 10),
    _slow_down("Retry-After as a date", _after("Thu, 23 Jul 2026 14:30:00 GMT"), 30),
    _slow_down("Retry-After in the past", _after("Thu, 23 Jul 2026 13:00:00 GMT"), 60),
    _slow_down("Retry-After: 0", _after("0"), 60),
    _slow_down("Retry-After: -5", _after("-5"), 60),
    _slow_down("Retry-After of a month", _after("2592000"), 24 * 60),
    _slow_down("Retry-After of 400 digits", _after("9" * 400), 24 * 60),
    _slow_down("Retry-After: soon", _after("soon"), 60),
    _slow_down("header in another shape", {"x-business-use-case-usage": '{"1": 5}'}, 60),
    _slow_down("17 minutes in the header", usage(USER_ID, 100, 17), 17),
]


def _body(name: str, body: bytes) -> Fault:
    return outage(name, answer(Answer(200, body)), UNUSABLE)


def _media(name: str, reply: Reply, said: str) -> Fault:
    def plant(case: Case) -> None:
        case.fake.fail("media", reply)

    return outage(name, plant, said)


def _user(name: str, reply: Reply, said: str) -> Fault:
    def plant(case: Case) -> None:
        case.fake.fail("user", reply)

    return outage(name, plant, said)


_SHAPE = "not in the documented shape"

ANSWERS = [
    _body("Empty", b""),
    _body("HTML with HTTP 200", b"<!doctype html><title>Log in</title>"),
    _body("Plain text", b"Sorry, this content isn't available right now"),
    _body("Malformed JSON", b'{"data": [}'),
    _body("JSON cut off", b'{"data": [{"id": "17900000000000001", "capt'),
    _body("Invalid UTF-8", b'{"data": [], "name": "\xff\xfe"}'),
    _body("200,000 nested brackets", b"[" * 200_000),
    _body("A number of 5,000 digits", b'{"data": [], "id": ' + b"9" * 5_000 + b"}"),
    _body("NaN", b'{"data": [], "id": NaN}'),
    _body("A list at the top level", b'[{"data": []}]'),
    _body("null at the top level", b"null"),
    _body("A string at the top level", b'"data"'),
    _media("data is missing", Answer(200, {}), _SHAPE),
    _media("data is null", Answer(200, {"data": None}), _SHAPE),
    _media("data is an object", Answer(200, {"data": {"id": "1"}}), _SHAPE),
    _media(
        "data contains no posts",
        Answer(200, {"data": [None, 5, "x", [], {}]}),
        "5 posts, of which none can be shown",
    ),
    _media(
        "A post without a picture",
        Answer(200, {"data": [{"id": "17900000000000001", "media_type": "IMAGE"}]}),
        "1 post, of which none can be shown",
    ),
    _user("The user without an id", Answer(200, {"username": "harbour.bakery"}), _SHAPE),
    _user("The user's id is not a number", Answer(200, {"id": "me", "user_id": "x"}), _SHAPE),
    _user("The user is an empty list", Answer(200, {"data": []}), _SHAPE),
    _user("The user fails, the posts arrive", close(), "could not be reached"),
    _user("The user is HTML, the posts arrive", text(200, "<html>"), UNUSABLE),
]


Node = dict[str, Any]


def _changed(change: Callable[[Case, list[Node], Node], Node]) -> Callable[[Case], None]:
    """Call `change` with each answer of the media edge: its media, and the whole answer."""

    def plant(case: Case) -> None:
        case.fake.alter["media"] = lambda body: change(case, body["data"], body)

    return plant


def _field(name: str, wrong: object) -> Callable[[Case], None]:
    """Remove a field from one media, send null in the next, and a wrong type in the third."""

    def change(case: Case, media: list[Node], body: Node) -> Node:
        older = [node for node in media if node["id"] != case.newest.id]
        for index, node in enumerate(older):
            node.pop(name, None)
            if index % 3:
                node[name] = None if index % 3 == 1 else wrong
        return body

    return _changed(change)


def _without_permalinks(case: Case, media: list[Node], body: Node) -> Node:
    for node in media:
        if node["id"] != case.newest.id:
            del node["permalink"], node["shortcode"]
    return body


def _spoilt(name: str, wrong: object, saved: Shows, empty: Shows) -> Fault:
    """Return a fault of a field; a post that is left out for it is worth a warning."""
    return Fault(
        f"{name}: missing, null, of a wrong type",
        _field(name, wrong),
        (saved, ""),
        (empty, "WARNING" if empty == "some" else ""),
    )


def _without_address(case: Case) -> Callable[[], None]:
    case.newest.without.add("media_url")
    return case.newest.without.clear


def _carousels_without_address(case: Case, media: list[Node], body: Node) -> Node:
    for node in media:
        if node["media_type"] == "CAROUSEL_ALBUM":
            for part in (node, *node["children"]["data"]):
                part.pop("media_url", None)
                part.pop("thumbnail_url", None)
    return body


def _user_fields(spoil: Callable[[Node, str], object]) -> Callable[[Case], Callable[[], None]]:
    """Spoil every field but the id, on a page that shows them."""

    def change(node: Node) -> Node:
        for name in [name for name in node if name != "id"]:
            spoil(node, name)
        return node

    def plant(case: Case) -> Callable[[], None]:
        case.fake.alter["user"] = change
        tag = "<!-- instagram {caption: below, header: true} -->"
        case.site.write({"index.md": f"# Bread\n\n{tag}\n"})
        return lambda: case.site.write({"index.md": PAGE})

    return plant


def _without_media(case: Case, _: list[Node], body: Node) -> Node:
    return {"data": []}


def _empty_again(case: Case) -> None:
    """Run two builds first that find nothing."""
    _changed(_without_media)(case)
    for _ in range(2):
        case.build(is_strict=False)
        case.age(2 * HOUR)


def _swap_user(case: Case) -> Callable[[], None]:
    ours = case.fake.users[TOKEN]
    case.fake.add_user(TOKEN, "tide.books").add_mixed(2)
    case.site.options["accounts"] = {"main": {"username": ours.username}}
    case.site.write_config()

    def undo() -> None:
        case.fake.users[TOKEN] = ours

    return undo


def _put(value: str) -> Callable[[Case], None]:
    """Return what puts a value into the variable of the token."""

    def plant(case: Case) -> None:
        case.environment["INSTAGRAM_ACCESS_TOKEN"] = value

    return plant


def _twice(case: Case, media: list[Node], body: Node) -> Node:
    return {**body, "data": [*media, *media[::-1]]}


def _strangers(case: Case, media: list[Node], body: Node) -> Node:
    """Add values that are not media, and parts of media."""
    return {**body, "data": [None, *media, 7, {"id": "no"}, {"media_type": "IMAGE"}, "x", []]}


_NEXT = "https://graph.instagram.com/v26.0/17841400000000001/media?access_token=x&after=y"


def _again(case: Case) -> None:
    """Send the same batch and the same cursor, whatever is asked."""
    case.fake.alter["media"] = lambda body: {
        "data": body.get("data", []),
        "paging": {"cursors": {"after": "QVFIagain"}, "next": _NEXT},
    }


def _endless(case: Case) -> None:
    case.fake.alter["media"] = lambda _: {
        "data": [],
        "paging": {"cursors": {"after": f"QVFI{case.fake.count('media')}"}, "next": _NEXT},
    }


def _broken_cursor(case: Case, media: list[Node], body: Node) -> Node:
    return {"data": media, "paging": {"cursors": {"after": 5}, "next": _NEXT}}


def _break_second_batch(case: Case) -> Callable[[], None]:
    """Send the first batch, but not the second."""
    case.fake.graph.batch_cap = 3
    first = iter([True])

    def change(body: Node) -> Node:
        return body if next(first, False) else {"error": {"code": 2, "message": "Later"}}

    case.fake.alter["media"] = change

    def undo() -> None:
        case.fake.graph.batch_cap = 100

    return undo


def _spoil_later(change: Callable[[Node, Node], Node]) -> Callable[[Case], Callable[[], None]]:
    """Call `change` with the first batch and each later one; a batch has three posts."""

    def plant(case: Case) -> Callable[[], None]:
        case.fake.graph.batch_cap = 3
        first: list[Node] = []

        def alter(body: Node) -> Node:
            first.append(body)
            return change(first[0], body) if len(first) > 1 else body

        case.fake.alter["media"] = alter

        def undo() -> None:
            case.fake.graph.batch_cap = 100

        return undo

    return plant


def _half(name: str, plant: Callable[[Case], Callable[[], None] | None]) -> Fault:
    """Return a fault with which a part of the posts comes, and the saved ones stay."""
    return Fault(name, plant, ("renewed", "INFO"), ("some", ""))


def _only_two(case: Case, media: list[Node], body: Node) -> Node:
    return {"data": media[:2]}


def _only_two_again(case: Case) -> None:
    """Run two builds first that get a part of the posts."""
    _changed(_only_two)(case)
    for _ in range(2):
        case.build(is_strict=False)
        case.age(2 * HOUR)


def _without_count(case: Case) -> Callable[[], None]:
    """Leave out the user's count, and end with an empty second batch."""
    case.fake.alter["user"] = lambda node: {**node, "media_count": None}
    return _spoil_later(lambda *_: {"data": []})(case)


def _one_deleted(case: Case) -> Callable[[], None]:
    post = case.user.listing()[3]
    case.user.media.remove(post)
    return lambda: case.user.media.append(post)


def _ten_thousand(case: Case) -> Callable[[], None]:
    posts = list(case.user.media)
    for number in range(10_000):
        case.user.add_media(timestamp=SEEDED - timedelta(days=400, hours=number))
    case.site.write({"index.md": "# Bread\n\n<!-- instagram {sort: oldest, limit: 1} -->\n"})

    def undo() -> None:
        case.user.media[:] = posts
        case.site.write({"index.md": PAGE})

    return undo


def _filter_all(case: Case) -> Callable[[], None]:
    case.site.write({"index.md": PAGE.replace("below", "below, include: zzz, types: reel")})
    return lambda: case.site.write({"index.md": PAGE})


LISTINGS = [
    _spoilt("caption", 5, "changed", "changed"),
    Fault(
        "media_type: missing, null, of a wrong type",
        _field("media_type", []),
        ("renewed", ""),
        ("some", "INFO"),
    ),
    _spoilt("media_product_type", {}, "changed", "changed"),
    _spoilt("permalink", 5, "changed", "changed"),
    _spoilt("shortcode", {"code": 1}, "renewed", "renewed"),
    Fault(
        "Posts without permalink and shortcode",
        _changed(_without_permalinks),
        ("some", ""),
        ("some", ""),
    ),
    _spoilt("timestamp", 1784800000, "changed", "changed"),
    _spoilt("username", [], "renewed", "renewed"),
    _spoilt("alt_text", True, "changed", "changed"),
    _spoilt("like_count", "many", "renewed", "renewed"),
    _spoilt("comments_count", -1, "renewed", "renewed"),
    _spoilt("media_url", 5, "renewed", "some"),
    _spoilt("thumbnail_url", {"url": "x"}, "renewed", "some"),
    _spoilt("children", "none", "renewed", "some"),
    Fault(
        "A new post without any address",
        _without_address,
        ("saved", "WARNING"),
        ("saved", "WARNING"),
        said="Instagram sent no picture of 1 post (C0011abcDEF).",
    ),
    Fault(
        "Carousels without any address, children included",
        _changed(_carousels_without_address),
        ("renewed", ""),
        ("some", "WARNING"),
    ),
    Fault(
        "The user's fields are missing",
        _user_fields(lambda node, name: node.pop(name)),
        ("changed", ""),
        ("changed", ""),
    ),
    Fault(
        "The user's fields are null",
        _user_fields(lambda node, name: node.update({name: None})),
        ("changed", ""),
        ("changed", ""),
    ),
    Fault(
        "The user's fields are of a wrong type",
        _user_fields(lambda node, name: node.update({name: [{}]})),
        ("changed", ""),
        ("changed", ""),
    ),
    Fault(
        "No posts, but some are saved",
        _changed(_without_media),
        ("saved", "INFO"),
        ("nothing", "INFO"),
    ),
    Fault(
        "No posts, for the third time",
        _empty_again,
        ("nothing", "INFO"),
        ("nothing", "INFO"),
        said="the account has no posts, so the feed is empty. Instagram counts",
    ),
    Fault(
        "Filters that no post passes",
        _filter_all,
        ("nothing", "INFO"),
        ("nothing", "INFO"),
        said="`include: zzz` leaves 0. All posts of the account were read.",
    ),
    Fault(
        "The token of another user",
        _swap_user,
        ("saved", "WARNING"),
        ("nothing", "WARNING"),
        said="The token belongs to tide.books",
    ),
    Fault(
        "The token in quotation marks",
        _put(f'"{TOKEN}"'),
        ("saved", "WARNING"),
        ("nothing", "WARNING"),
        said="INSTAGRAM_ACCESS_TOKEN has quotation marks around the token. ",
    ),
    Fault(
        "The app secret in place of the token",
        _put("0123456789abcdef" * 2),
        ("saved", "WARNING"),
        ("nothing", "WARNING"),
        said="INSTAGRAM_ACCESS_TOKEN contains an app secret, not a token. ",
        cure="it begins with IGAA",
    ),
    Fault("Every post twice", _changed(_twice), ("renewed", ""), ("renewed", "")),
    Fault("Posts mixed with other values", _changed(_strangers), ("renewed", ""), ("renewed", "")),
    Fault("A cursor that repeats", _again, ("renewed", ""), ("renewed", "")),
    Fault("A cursor that is a number", _changed(_broken_cursor), ("renewed", ""), ("renewed", "")),
    outage("Empty batches without end", _endless, "batches without new posts"),
    _half("The second batch is empty", _spoil_later(lambda *_: {"data": []})),
    _half("The second batch is empty, and nothing says how many posts there are", _without_count),
    _half("The second batch is the first again", _spoil_later(lambda first, _: first)),
    _half(
        "The second batch is the first again, as the last one",
        _spoil_later(lambda first, _: {"data": first["data"]}),
    ),
    _half(
        "The second batch is empty, with the cursor that was sent",
        _spoil_later(lambda first, _: {"data": [], "paging": first["paging"]}),
    ),
    _half("The posts end after two of six", _changed(_only_two)),
    Fault(
        "The posts end after two of six, for the third time",
        _only_two_again,
        ("some", ""),
        ("some", ""),
    ),
    Fault("One post is deleted", _one_deleted, ("some", ""), ("some", "")),
    Fault(
        "The second batch fails",
        _break_second_batch,
        ("renewed", "INFO"),
        ("some", "INFO"),
        said="Showing what was fetched before this failure",
    ),
    Fault(
        "10,000 posts, and the tag shows the oldest",
        _ten_thousand,
        ("some", ""),
        ("some", ""),
        seconds=240.0,
        is_long=True,
    ),
]
