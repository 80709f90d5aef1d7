"""How long a feed outlives its app."""

from datetime import UTC, datetime, timedelta

from mkdocs_instagram.cache.keys import EntryStore, read_moment, removed_key
from mkdocs_instagram.errors import AppRemoved

_KEPT = timedelta(days=7)
_SEPARATE_DAYS = 3
_GONE = (
    "Instagram has said so on at least 3 days, for the first time at least 7 days ago: the saved "
    "feed is removed, with its pictures."
)


def note_removal(error: AppRemoved, account: str, store: EntryStore) -> AppRemoved:
    """Note a refusal, and return it with what happens to the saved feed.

    Removing the app withdraws the permission to show the feed, but one wrong answer must not remove
    it: it goes 7 days after the first refusal, after refusals on 3 separate days. Days are counted
    by Instagram's clock, so a wrong clock of this computer, or an answer without a date, removes
    nothing.
    """
    at = error.answered_at
    if at is None:
        return error
    moments = _read_refusals(account, store)
    if at.date() not in {moment.date() for moment in moments}:
        moments = sorted([*moments, at])
        store.put(removed_key(account), {"refused": [moment.isoformat() for moment in moments]})
    kept_until = moments[0] + _KEPT
    if at >= kept_until and len(moments) >= _SEPARATE_DAYS:
        return AppRemoved(f"{error.what} {_GONE}", answered_at=at, is_final=True)
    kept_until = max(kept_until, at + timedelta(days=1))
    return AppRemoved(error.what, answered_at=at, kept_until=kept_until)


def forget_removal(account: str, store: EntryStore) -> None:
    """Forget earlier refusals, after a call that succeeded."""
    if _read_refusals(account, store):
        store.put(removed_key(account), {"refused": []})


def _read_refusals(account: str, store: EntryStore) -> list[datetime]:
    noted = (store.get(removed_key(account)) or {}).get("refused")
    moments = [read_moment(text) for text in (noted if isinstance(noted, list) else ())]
    return sorted(moment.astimezone(UTC) for moment in moments if moment)
