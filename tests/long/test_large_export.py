"""An export of 5,000 posts in three zips is imported within 250 MB.

With `--long`; else one of 60 posts.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from exports import NAME, Export, post
from fake import pictures
from memory import STATUS

from mkdocs_instagram.feed.snapshot import read_snapshot

MOST = 250
IMPORT = """
import sys
from memory import read_peak
from mkdocs_instagram.commands.cli import main
main(["import", *sys.argv[1:], "--to", "feed"], standalone_mode=False)
print(read_peak())
"""


@pytest.mark.skipif(not STATUS.exists(), reason="memory is measured on Linux only")
def test_a_large_export_needs_little_memory(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    count = 5000 if request.config.getoption("--long") else 60
    posts = [post(number, f"Loaf {number} 🍞") for number in range(count)]
    zips = []
    for index in range(3):
        export = Export.of("D", posts[index::3])
        for number, name in enumerate(sorted(export.files)):
            export.files[name] = pictures.picture(number % 7, 1440, 1440)
        zips.append(export.zip(tmp_path / f"{NAME}{index}.zip"))

    first, second = (run_import(tmp_path, zips) for _ in range(2))

    assert len(read_snapshot(tmp_path / "feed").items) == count
    assert "no change" in second.stderr
    assert int(first.stdout) < MOST
    assert int(second.stdout) < MOST


def run_import(folder: Path, zips: list[Path]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", IMPORT, *map(str, zips)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
