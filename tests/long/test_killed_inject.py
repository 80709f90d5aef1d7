"""Runs of `inject` that are killed: each page is as before or as after, with all its files.

With `--long`, 100 are killed; else 10.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_killed_run_leaves_whole_pages(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    count = 100 if request.config.getoption("--long") else 10

    done = subprocess.run(
        [
            sys.executable,
            str(Path(__file__).with_name("killed_inject.py")),
            str(tmp_path),
            str(count),
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=False,
        text=True,
        timeout=600,
    )

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == count
