"""The documentation's address in the metadata of the installed package."""

import os
import sys
import tempfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

from mkdocs_instagram.config.documentation import find_messages


def write_metadata(folder: Path, *urls: str) -> None:
    """Write the package's metadata with these URLs; Python finds it if `folder` is first."""
    real = distribution("mkdocs-instagram")
    lines = (real.read_text("METADATA") or "").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("Project-URL:")]
    target = folder / f"mkdocs_instagram-{real.version}.dist-info"
    target.mkdir(parents=True)
    metadata = "".join([*(f"Project-URL: {url}\n" for url in urls), *kept])
    (target / "METADATA").write_text(metadata, encoding="utf-8")
    entry_points = real.read_text("entry_points.txt") or ""
    (target / "entry_points.txt").write_text(entry_points, encoding="utf-8")


def hide_address(config: pytest.Config) -> None:
    """Let messages have no link, also if CI built the installed wheel and it knows an address."""
    if not find_messages():
        return
    folder = tempfile.TemporaryDirectory()
    config.add_cleanup(folder.cleanup)
    write_metadata(Path(folder.name))
    sys.path.insert(0, folder.name)
    others = filter(None, [os.environ.get("PYTHONPATH")])
    os.environ["PYTHONPATH"] = os.pathsep.join([folder.name, *others])
