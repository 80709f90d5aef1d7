"""Prints the section of CHANGELOG.md about a version, for its release on GitHub."""

import os
import re
import sys
from pathlib import Path

CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"


def find_notes(changelog: str, version: str, base: str) -> str:
    """Return what the changelog says of a version.

    Args:
        changelog: In the format of Keep a Changelog.
        version: Without `v`.
        base: The address that its relative links continue.

    Raises:
        ValueError: It says nothing, or its heading has no date.
    """
    heading = rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d\n"
    found = re.search(rf"{heading}(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if not found:
        raise ValueError(f"CHANGELOG.md has no heading `## [{version}] - YYYY-MM-DD`.")
    if not re.search(r"^\* ", found[1], re.MULTILINE):
        raise ValueError(f"CHANGELOG.md lists no change of version {version}.")
    # GitHub shows each line break in the notes of a release as one.
    text = re.sub(r"(?<=\S)\n *(?![ *#\n])", " ", found[1].strip())
    return re.sub(r"\]\((?![a-z]+:)", lambda _: f"]({base}/", text)


def main(version: str) -> None:
    """Print the notes, or end with exit status 1."""
    repository = f"{os.environ['GITHUB_SERVER_URL']}/{os.environ['GITHUB_REPOSITORY']}"
    try:
        text = CHANGELOG.read_text(encoding="utf-8")
        print(find_notes(text, version, f"{repository}/blob/v{version}"))
    except ValueError as error:
        sys.exit(f"{error} Nothing was published. Write it, and tag again.")


if __name__ == "__main__":
    main(sys.argv[1])
