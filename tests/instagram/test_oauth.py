"""Requests and answers of login and token refresh."""

import json
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mkdocs_instagram.errors import (
    GraphError,
    InstagramError,
    LoginRefused,
    PermissionDenied,
    RateLimited,
    TokenRefused,
    Unreachable,
)
from mkdocs_instagram.instagram.oauth import (
    App,
    authorize_url,
    code_request,
    decipher_grant,
    decipher_refusal,
    exchange_request,
    make_state,
    read_redirect,
    refresh_request,
)
from mkdocs_instagram.instagram.secrets import Grant, Secret, Token

quickly = settings(database=None, derandomize=True, deadline=None)

VALUE = "IGAA" + "x1Y2z3W4v5" * 15
SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
STATE = "kY3-vT9_qLw2XrB7nD5mZc8Hj4Gf6Ps1Ae0UiOtRyE"
APP = App("1234567890123456", Secret(SECRET), "https://localhost/")
BACK = f"https://localhost/?code=AQBcode-1_2&state={STATE}#_"


class TestAuthorizeUrl:
    def test_it_asks_for_a_code_with_one_permission(self) -> None:
        url = urlsplit(authorize_url("123", "https://localhost:8443/back?a=b&c", "x&y=z"))

        assert (url.scheme, url.netloc, url.path) == (
            "https",
            "www.instagram.com",
            "/oauth/authorize",
        )
        assert parse_qs(url.query, strict_parsing=True) == {
            "client_id": ["123"],
            "redirect_uri": ["https://localhost:8443/back?a=b&c"],
            "response_type": ["code"],
            "scope": ["instagram_business_basic"],
            "state": ["x&y=z"],
        }

    def test_states_cannot_be_guessed(self) -> None:
        states = {make_state() for _ in range(100)}

        assert len(states) == 100
        assert {len(state) for state in states} == {43}
        assert all(state == quote(state, safe="") for state in states)


class TestReadRedirect:
    @pytest.mark.parametrize(
        ("address", "code"),
        [
            (BACK, "AQBcode-1_2"),
            (f"  {BACK}\n", "AQBcode-1_2"),
            (BACK.removesuffix("#_"), "AQBcode-1_2"),
            (f"https://localhost/?state={STATE}&code=AQB%23_", "AQB"),
            (f"https://localhost/?code=a%2Fb%2Bc&state={STATE}", "a/b+c"),
            (f"https://localhost:8443/back/?keep=1&code=AQB&state={STATE}#_=_", "AQB"),
            (f"localhost/?code=AQB&state={STATE}", "AQB"),
            (f"?code=AQB&state={STATE}", "AQB"),
            (f"https://example.org/oauth/authorize?code=AQB&state={STATE}", "AQB"),
        ],
    )
    def test_the_code_is_what_stands_before_the_mark(self, address: str, code: str) -> None:
        assert read_redirect(address, STATE).reveal() == code

    def test_the_code_does_not_show_itself(self) -> None:
        assert "AQB" not in repr(read_redirect(BACK, STATE))

    @pytest.mark.parametrize(
        "state",
        [
            STATE[:-1],
            STATE + "x",
            STATE.swapcase(),
            "",
            "é" * 43,
            quote("\ud83d", errors="surrogatepass"),
            f"{STATE}&state=other",
        ],
    )
    def test_the_answer_to_another_login_is_refused(self, state: str) -> None:
        with pytest.raises(LoginRefused, match=r"another login|no state") as caught:
            read_redirect(f"https://localhost/?code=AQBcode&state={state}", STATE)

        assert "paste the whole address" in caught.value.cure
        assert "AQBcode" not in f"{caught.value} {caught.value.cure}"

    @pytest.mark.parametrize(
        ("address", "says"),
        [
            ("https://localhost/?code=AQBcode", "it contains no state"),
            ("https://www.instagram.com/", "it contains no state"),
            ("AQBcode", "it contains no state"),
            ("", "it contains no state"),
            (authorize_url("1", "https://localhost/", "other"), "the address to open, not"),
            (authorize_url("1", "https://localhost/", STATE), "the address to open, not"),
            (f"https://localhost/?state={STATE}", "contains no code"),
            (f"https://localhost/?state={STATE}&code=", "contains no code"),
            (f"https://localhost/?state={STATE}&code=%23_", "contains no code"),
            ("https://[localhost/?code=AQBcode", "not an address"),
            (f"https://localhost\uff0f?code=AQBcode&state={STATE}", "not an address"),
        ],
    )
    def test_an_address_that_is_not_the_answer_is_told_from_one(
        self, address: str, says: str
    ) -> None:
        with pytest.raises(LoginRefused, match=says) as caught:
            read_redirect(address, STATE)

        assert caught.value.cure
        assert "AQBcode" not in f"{caught.value} {caught.value.cure}"

    @pytest.mark.parametrize(
        ("query", "says"),
        [
            (
                "error=access_denied&error_description=The+user+denied+your+request",
                "The user denied your request",
            ),
            ("error=access_denied&error_reason=user_denied", "user_denied"),
            ("error=access_denied", "access_denied"),
            ("error=x&error_description=&error_reason=&code=AQBcode", "x"),
        ],
    )
    def test_a_no_is_told_with_the_reason(self, query: str, says: str) -> None:
        with pytest.raises(LoginRefused) as caught:
            read_redirect(f"https://localhost/?{query}&state={STATE}", STATE)

        assert str(caught.value) == f"Instagram gave no code: {says}."
        assert "allow the app" in caught.value.cure

    def test_a_reason_of_another_login_is_not_told(self) -> None:
        with pytest.raises(LoginRefused) as caught:
            read_redirect("https://localhost/?error=Call+this+number&state=x", STATE)

        assert "number" not in str(caught.value)

    def test_a_hostile_reason_is_one_printable_line(self) -> None:
        reason = quote(f"a\nb\x1b[31m{VALUE}\u202e" + "y" * 3000)

        with pytest.raises(LoginRefused) as caught:
            read_redirect(f"https://localhost/?error={reason}&state={STATE}", STATE)

        assert str(caught.value).isprintable()
        assert "1Y2z3W4v5" not in str(caught.value)
        assert len(str(caught.value)) < 250

    @pytest.mark.parametrize("query", ["", f"?state={STATE}&code=AQB", "?next=x"])
    def test_a_personal_account_is_sent_to_become_professional(self, query: str) -> None:
        address = f"https://www.instagram.com/accounts/convert_to_professional_account/{query}"

        with pytest.raises(LoginRefused, match="professional account first") as caught:
            read_redirect(address, STATE)

        assert "Switch to professional account" in caught.value.cure

    @quickly
    @given(st.text())
    @example("https://[")
    @example("http://a]b")
    @example("//\u2100/?state")
    @example(f"?state={STATE}&code=\ud83d")
    @example(f"?state={STATE}&error=%ff%00")
    def test_whatever_is_pasted_it_is_a_code_or_refused(self, address: str) -> None:
        try:
            code = read_redirect(address, STATE)
        except LoginRefused as error:
            refused = error
        else:
            assert STATE in address
            assert code.reveal()
            return
        assert str(refused).isprintable()
        assert refused.cure

    @quickly
    @given(st.dictionaries(st.sampled_from(["code", "error", "x", "state"]), st.text()))
    def test_no_query_gives_a_code_without_the_state(self, params: dict[str, str]) -> None:
        with pytest.raises(LoginRefused):
            read_redirect(f"https://localhost/?{urlencode(params, errors='replace')}", STATE)


class TestRequests:
    def revealed(self, secrets: Any) -> dict[str, str]:
        return {name: secret.reveal() for name, secret in secrets.items()}

    def test_a_code_is_posted_with_the_secret(self) -> None:
        request = code_request(APP, Secret("AQBcode"))

        assert (request.method, request.host, request.path) == (
            "POST",
            "api.instagram.com",
            "/oauth/access_token",
        )
        assert request.params == {
            "client_id": "1234567890123456",
            "grant_type": "authorization_code",
            "redirect_uri": "https://localhost/",
        }
        assert self.revealed(request.secrets) == {"client_secret": SECRET, "code": "AQBcode"}

    def test_a_short_lived_token_is_exchanged(self) -> None:
        request = exchange_request(APP, Token(VALUE))

        assert (request.method, request.host, request.path) == (
            "GET",
            "graph.instagram.com",
            "/access_token",
        )
        assert request.params == {"grant_type": "ig_exchange_token"}
        assert self.revealed(request.secrets) == {"client_secret": SECRET, "access_token": VALUE}

    def test_a_refresh_needs_no_secret_of_the_app(self) -> None:
        request = refresh_request(Token(VALUE))

        assert (request.method, request.host, request.path) == (
            "GET",
            "graph.instagram.com",
            "/refresh_access_token",
        )
        assert request.params == {"grant_type": "ig_refresh_token"}
        assert self.revealed(request.secrets) == {"access_token": VALUE}

    def test_nothing_secret_shows(self) -> None:
        code, short = Secret("AQBcode"), Token(VALUE)

        shown = f"{APP} {code_request(APP, code)} {exchange_request(APP, short)}"
        shown += f"{refresh_request(short)}"

        assert "1Y2z3W4v5" not in shown
        assert SECRET not in shown
        assert "AQBcode" not in shown


def grant_of(answer: object, status: int = 200) -> Grant | None:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return decipher_grant(status, body)


PERMISSIONS: dict[str, dict[str, object]] = {
    "absent": {},
    "a text": {"permissions": "instagram_business_basic,instagram_business_manage_insights"},
    "a list": {"permissions": ["instagram_business_basic"]},
    "empty": {"permissions": []},
}


class TestGrant:
    @pytest.mark.parametrize("more", PERMISSIONS.values(), ids=list(PERMISSIONS))
    @pytest.mark.parametrize(
        ("user_id", "told"),
        [
            ("17841400000000001", "17841400000000001"),
            (26011223344556677, "26011223344556677"),
            (9007199254740993, "9007199254740993"),
            (None, ""),
            (1.5, ""),
            (True, ""),
            ("me", ""),
        ],
    )
    @pytest.mark.parametrize("is_wrapped", [False, True], ids=["flat", "in data"])
    def test_both_shapes_and_any_id_are_read(
        self, is_wrapped: bool, user_id: object, told: str, more: dict[str, object]
    ) -> None:
        node = {"access_token": VALUE, "user_id": user_id, **more}

        grant = grant_of({"data": [node]} if is_wrapped else node)

        assert grant
        assert grant.token.reveal() == VALUE
        assert grant.user_id == told
        assert grant.expires_in is None

    @pytest.mark.parametrize(
        ("given", "seconds"),
        [
            (5183944, 5183944.0),
            (5110824, 5110824.0),
            (1, 1.0),
            (5183944.5, 5183944.5),
            ("5183944", 5183944.0),
            (366 * 86400, 366 * 86400.0),
            (366 * 86400 + 1, None),
            (10**300, None),
            (10**4000, None),
            ("9" * 5000, None),
            (0, None),
            (-5, None),
            ("-5", None),
            ("٣", None),
            ("", None),
            ("soon", None),
            (None, None),
            (True, None),
            ([5183944], None),
            ({"seconds": 1}, None),
        ],
        ids=range(20),
    )
    def test_a_life_is_seconds_within_a_year_or_unknown(
        self, given: object, seconds: float | None
    ) -> None:
        grant = grant_of({"access_token": VALUE, "token_type": "bearer", "expires_in": given})

        assert grant
        assert grant.expires_in == seconds

    def test_a_life_that_no_number_can_be_is_unknown(self) -> None:
        grant = grant_of(b'{"access_token": "IGAAx", "expires_in": 1e999}')

        assert grant
        assert grant.expires_in is None

    def test_white_space_around_the_token_is_dropped(self) -> None:
        grant = grant_of({"access_token": f" {VALUE}\n"})

        assert grant
        assert grant.token.reveal() == VALUE

    @pytest.mark.parametrize(
        "value",
        [
            None,
            "",
            " ",
            5,
            ["x"],
            {"a": 1},
            f"{VALUE}\n{VALUE}",
            f"{VALUE} {VALUE}",
            f"{VALUE}\r::add-path::/tmp",
            f"{VALUE}\x00",
            f"{VALUE}\ud83d",
            f"{VALUE}é",
            f"{VALUE}=",
            "I" * 1025,
        ],
        ids=range(14),
    )
    def test_what_the_store_would_not_read_back_is_no_token(self, value: object) -> None:
        assert grant_of({"access_token": value, "expires_in": 5183944}) is None

    @pytest.mark.parametrize(
        ("status", "answer"),
        [
            (200, {}),
            (200, {"data": []}),
            (200, {"data": None}),
            (200, {"data": ["x"]}),
            (200, {"data": [{"user_id": "1"}]}),
            (200, [{"access_token": VALUE}]),
            (200, VALUE),
            (200, b"<html>"),
            (200, b""),
            (200, b"[" * 100_000),
            (200, {"access_token": VALUE, "error": {"code": 1}}),
            (200, {"access_token": VALUE, "error_message": "no"}),
            (201, {"access_token": VALUE}),
            (302, {"access_token": VALUE}),
            (400, {"access_token": VALUE}),
            (500, {"access_token": VALUE}),
        ],
        ids=range(16),
    )
    def test_an_answer_without_a_token_is_none(self, status: int, answer: object) -> None:
        assert grant_of(answer, status) is None

    @quickly
    @given(st.binary())
    def test_whatever_the_bytes_nothing_breaks(self, body: bytes) -> None:
        assert decipher_grant(200, body) is None
        assert isinstance(decipher_refusal(400, {}, body), InstagramError)

    @quickly
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["data", "access_token", "expires_in", "user_id", "error"])
                    | st.sampled_from(["error_message", "code", "error_subcode", "message"]),
                    inner,
                    max_size=5,
                )
            ),
        )
    )
    def test_whatever_the_json_nothing_breaks(self, answer: object) -> None:
        body = json.dumps(answer).encode()

        grant = decipher_grant(200, body)

        assert grant is None or grant.token.reveal().isprintable()
        assert isinstance(decipher_refusal(400, {}, body), InstagramError)


def flat(message: str, code: int = 400) -> dict[str, object]:
    return {"error_type": "OAuthException", "code": code, "error_message": message}


def envelope(code: int, message: str = "Invented", **more: object) -> dict[str, object]:
    return {"error": {"message": message, "type": "OAuthException", "code": code, **more}}


def refuse(
    answer: object, status: int = 400, headers: dict[str, str] | None = None
) -> InstagramError:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return decipher_refusal(status, headers or {}, body)


LOGIN_ERRORS = {
    "Matching code was not found or was already used": (
        "already been used",
        "Log in again for a new",
    ),
    "This authorization code has expired": ("The code has expired", "Log in again for a new code"),
    "This authorization code has been used": (
        "code has already been used",
        "Log in again for a new",
    ),
    "Error validating verification code. Please make sure your redirect_uri is identical to the "
    "one you used in the OAuth dialog request": ("does not have this redirect", "every character"),
    "Invalid redirect uri": ("does not have this redirect", "every character"),
    "Redirect URI does not match registered redirect URI": ("redirect address", "every character"),
    "Error validating client secret.": (
        "app secret does not belong to the app",
        "Instagram app ID",
    ),
    "Error validating client_secret": ("app secret does not belong to the app", "Instagram app ID"),
    "Invalid Client Secret": ("app secret does not belong to the app", "Instagram app ID"),
    "Invalid platform app": ("does not know the app ID", "not the app ID and secret of the Meta"),
    "Missing required field client_id": ("does not know the app ID", "Instagram app ID"),
}


class TestRefusal:
    @pytest.mark.parametrize("shape", [flat, lambda text: envelope(1, text)], ids=["flat", "graph"])
    @pytest.mark.parametrize(
        ("message", "what", "cure"),
        [(message, *told) for message, told in LOGIN_ERRORS.items()],
        ids=range(len(LOGIN_ERRORS)),
    )
    def test_each_known_error_has_its_cure(
        self, message: str, what: str, cure: str, shape: Any
    ) -> None:
        error = refuse(shape(message))

        assert type(error) is LoginRefused
        assert what in error.what
        assert f"(it says: {message[:100]}" in error.what
        assert cure in error.cure

    @pytest.mark.parametrize(
        ("answer", "status", "kind"),
        [
            (envelope(190, error_subcode=463), 400, TokenRefused),
            (flat("Invented", 190), 400, TokenRefused),
            (envelope(100, "Unsupported request - method type: get"), 400, PermissionDenied),
            (flat("Unsupported request - method type: get", 100), 400, PermissionDenied),
            (envelope(10), 403, PermissionDenied),
            (envelope(4), 403, RateLimited),
            (flat("Too many", 429), 429, RateLimited),
            (b"<html>Slow down", 429, RateLimited),
            (envelope(2), 500, Unreachable),
            (envelope(9999), 400, GraphError),
            (flat("Something new"), 400, GraphError),
            ({}, 400, Unreachable),
            (b"", 500, Unreachable),
            (b"<html>", 502, Unreachable),
            ([], 400, Unreachable),
        ],
        ids=range(15),
    )
    def test_the_others_are_told_as_everywhere(
        self, answer: object, status: int, kind: type[InstagramError]
    ) -> None:
        assert type(refuse(answer, status)) is kind

    def test_the_status_is_told_where_there_is_nothing_else(self) -> None:
        assert "HTTP 502" in str(refuse(b"<html>", 502))
        assert str(refuse({"token_type": "bearer"}, 200)) == "Instagram's answer contains no token."

    def test_the_wait_of_a_throttled_call_is_what_the_header_says(self) -> None:
        for answer in (envelope(4), b"Slow down"):
            error = refuse(answer, 429, {"retry-after": "120"})
            assert isinstance(error, RateLimited)
            assert error.retry_after == 120.0

    @pytest.mark.parametrize("message", [None, 5, ["client_id"], {"a": "client_id"}, ""])
    def test_a_message_of_any_type_is_borne(self, message: Any) -> None:
        assert refuse(flat(message)).what

    def test_a_hostile_message_is_one_printable_line(self) -> None:
        hostile = f"client_id\n\x1b[31m{VALUE}\u202e\ud83d" + "y" * 3000

        for error in (refuse(flat(hostile)), refuse(envelope(999, hostile))):
            assert error.what.isprintable()
            assert "1Y2z3W4v5" not in error.what
            assert len(error.what) < 500
