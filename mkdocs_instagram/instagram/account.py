"""The account behind a token: the user node and the media edge, through `client`.

Its outside thing is that of the client it is given. Where Instagram does not know a field, a call
is asked once more with the reduced set of fields.
"""

from mkdocs_instagram.errors import GraphError, InstagramError, TokenRefused, UnknownField

from . import graph
from .client import Client
from .models import JSON, Batch, User
from .secrets import Token

_NOT_THERE = 100
_FACEBOOK_LOGIN = "The token begins with EAA, as those of Facebook Login do."
_MAKE_ANOTHER = (
    'Generate a token under "API setup with Instagram login" in the app\'s dashboard: this version '
    "reads no feed with one of Facebook Login."
)


class InstagramAccount:
    """The user and the media that a token reads.

    Attributes:
        notes: A sentence for each set of fields that Instagram did not know, for the log.
    """

    def __init__(self, client: Client, token: Token) -> None:
        self._client = client
        self._token = token
        self._user_fields = graph.USER_FIELDS
        self._media_fields = graph.MEDIA_FIELDS
        self.notes: list[str] = []

    def read_user(self) -> User:
        """Return the user, without any media.

        Raises:
            InstagramError: The call failed. Caught by `login`, `expiry` and `doctor`.
        """
        try:
            (user,) = self._client.ask(self._token, [graph.user_request(self._user_fields)])
            if isinstance(user, UnknownField):
                self._reduce_user(user)
                user = self._ask_again(graph.user_request(self._user_fields))
        except (GraphError, TokenRefused) as error:
            raise self._explain(error) from None
        return graph.decipher_user(user)

    def first_batch(self, limit: int) -> tuple[User, Batch]:
        """Return the user and the newest media, asked for together.

        Raises:
            InstagramError: The call failed. Caught by `loader`.
        """
        try:
            user, media = self._ask_together(limit)
        except (GraphError, TokenRefused) as error:
            raise self._explain(error) from None
        return graph.decipher_user(user), graph.decipher_batch(media)

    def _explain(self, error: InstagramError) -> InstagramError:
        """Return the error, with what a token of the other product needs said."""
        if self._token.is_facebook:
            return TokenRefused(f"{error.what} {_FACEBOOK_LOGIN}", _MAKE_ANOTHER)
        return error

    def _ask_together(self, limit: int) -> tuple[JSON, JSON]:
        user, media = self._client.ask(
            self._token,
            [
                graph.user_request(self._user_fields),
                graph.media_request(limit, None, self._media_fields),
            ],
        )
        if isinstance(user, UnknownField):
            self._reduce_user(user)
            user = self._ask_again(graph.user_request(self._user_fields))
        if isinstance(media, UnknownField):
            self._reduce_media(media)
            media = self._ask_again(graph.media_request(limit, None, self._media_fields))
        return user, media

    def next_batch(self, limit: int, after: str) -> Batch:
        """Return the media behind the cursor `after`."""
        return graph.decipher_batch(
            self._ask_again(graph.media_request(limit, after, self._media_fields))
        )

    def is_gone(self, media_id: str) -> bool:
        """Tell whether Instagram says that a media is not there any more (code 100).

        Raises:
            InstagramError: The call failed otherwise. Caught by `loader`.
        """
        try:
            self._ask_again(graph.node_request(media_id))
        except GraphError as error:
            if error.code == _NOT_THERE:
                return True
            raise
        return False

    def _ask_again(self, request: graph.GraphRequest) -> JSON:
        (answer,) = self._client.ask(self._token, [request])
        if isinstance(answer, UnknownField):
            raise answer
        return answer

    def _reduce_user(self, error: UnknownField) -> None:
        self._user_fields = graph.USER_FIELDS_REDUCED
        self.notes.append(f"{error.what} Asked again for the user's name only.")

    def _reduce_media(self, error: UnknownField) -> None:
        self._media_fields = graph.MEDIA_FIELDS_REDUCED
        self.notes.append(
            f"{error.what} Asked again without counts, alt texts and types of product."
        )
