"""What is in the entry of a picture."""

from collections.abc import Mapping
from contextlib import suppress

from mkdocs_instagram.instagram.models import JSON

from .keys import read_digest
from .models import Rendition
from .targets import Target


def list_digests(entry: JSON) -> set[str]:
    """Return the digests in a saved entry of a picture."""
    sets = entry.get("renditions")
    lists = sets.values() if isinstance(sets, dict) else ()
    rows = [row for rows in lists if isinstance(rows, list) for row in rows]
    digests = {read_digest(row[0]) for row in rows if isinstance(row, list) and row}
    return {read_digest(entry.get("original")), *digests}


def list_targets(entry: JSON) -> set[str]:
    """Return the keys of the targets for which an entry has renditions."""
    sets = entry.get("renditions")
    return set(sets) if isinstance(sets, dict) else set()


def drop_renditions(entry: JSON, targets: set[str]) -> JSON:
    """Return an entry without the renditions for some targets."""
    kept = list_targets(entry) - targets
    return {**entry, "renditions": {key: entry["renditions"][key] for key in kept}}


def read_renditions(entry: JSON) -> dict[Target, Rendition]:
    """Return the saved renditions.

    Version 0.1.0 kept those of several widths under one key: webp-80-320-640-1080.
    """
    found = {}
    for key in list_targets(entry):
        with suppress(TypeError, ValueError, OverflowError, IndexError):
            format_, quality, *widths = key.split("-")
            rows = [
                (read_digest(digest), int(width), int(height))
                for digest, width, height in entry["renditions"][key]
            ]
            for width in map(int, widths):
                target = Target(format_, int(quality), width)
                row = next((row for row in rows if row[1] == width), rows[-1])
                found[target] = Rendition(*row, target.extension)
    return found


def find_whole(saved: Mapping[Target, Rendition], target: Target) -> Rendition | None:
    """Return a file with all pixels of a picture that is narrower than `target`."""
    return next(
        (
            item
            for other, item in saved.items()
            if item.width < other.width <= target.width and other[:2] == target[:2]
        ),
        None,
    )
