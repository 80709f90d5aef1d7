"""Login and token exchange of the fake."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from urllib.parse import urlencode

from .answers import Answer
from .records import Incoming
from .state import FakeUser

CODE_HOST = "api.instagram.com"
CODE_PATH = "/oauth/access_token"


@dataclass(frozen=True, slots=True)
class FakeApp:
    """An app of the dashboard, with its redirect addresses."""

    app_id: str
    secret: str
    redirect_uri: str


class Login:
    """Issues codes and short-lived tokens, each of which works once."""

    def __init__(self) -> None:
        self.app: FakeApp | None = None
        self.is_wrapped = True
        """The answer is in `data`, as documented; else it is flat, as recorded."""
        self._codes: dict[str, FakeUser] = {}
        self._shorts: dict[str, FakeUser] = {}
        self._numbers = count(1)

    def allow(self, user: FakeUser, state: str, *, code: str = "") -> str:
        """Let the user allow the app; return the address that the browser is sent to."""
        assert self.app
        code = code or f"AQBinventedCode{next(self._numbers):04d}"
        self._codes[code] = user
        return f"{self.app.redirect_uri}?{urlencode({'code': code, 'state': state})}#_"

    def answer(self, incoming: Incoming) -> Answer:
        """Answer the code exchange."""
        form, app = incoming.form, self.app
        if incoming.method != "POST" or incoming.path != CODE_PATH or app is None:
            return _refuse("Unsupported request")
        if form.get("client_id") != app.app_id:
            return _refuse("Invalid platform app")
        if form.get("client_secret") != app.secret:
            return _refuse("Error validating client secret.")
        if form.get("redirect_uri") != app.redirect_uri:
            return _refuse(
                "Error validating verification code. Please make sure your redirect_uri is "
                "identical to the one you used in the OAuth dialog request"
            )
        user = self._codes.pop(form.get("code", ""), None)
        if user is None or form.get("grant_type") != "authorization_code":
            return _refuse("Matching code was not found or was already used")
        return Answer(200, self._grant(user))

    def exchange(self, incoming: Incoming) -> FakeUser | None:
        """Return the user of a short-lived token; `None` if it is not known."""
        secret = incoming.query.get("client_secret")
        if self.app is None or secret != self.app.secret:
            return None
        return self._shorts.pop(incoming.query.get("access_token", ""), None)

    def _grant(self, user: FakeUser) -> dict[str, object]:
        short = f"IGAAshortInvented{next(self._numbers):04d}"
        self._shorts[short] = user
        scope = "instagram_business_basic"
        if self.is_wrapped:
            node = {"access_token": short, "user_id": user.ids[1], "permissions": scope}
            return {"data": [node]}
        return {"access_token": short, "user_id": int(user.ids[0]), "permissions": [scope]}


def _refuse(message: str) -> Answer:
    return Answer(400, {"error_type": "OAuthException", "code": 400, "error_message": message})
