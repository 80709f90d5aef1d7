"""Commands that are killed: the store of tokens is as before or as after.

With `--long`, each is killed at 50 random moments and at each line that writes; else, one at 10
moments and the other at each line.
"""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import LEAK, OTHER_TOKEN, TOKEN
from fake import FakeInstagram
from sites import Site
from stored import stored_token

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


@pytest.mark.parametrize(
    ("command", "how"),
    [
        ("login", "random"),
        ("refresh", "every-line"),
        ("login", "every-line"),
        ("refresh", "random"),
    ],
)
def test_a_killed_command_leaves_a_whole_store(
    site: Site,
    fake: FakeInstagram,
    command: str,
    how: str,
    request: pytest.FixtureRequest,
) -> None:
    is_long = bool(request.config.getoption("--long"))
    if not is_long and (command, how) in {("login", "every-line"), ("refresh", "random")}:
        pytest.skip("with --long only")
    del site.environment["INSTAGRAM_ACCESS_TOKEN"]
    user = fake.add_user(TOKEN)
    user.add_mixed(2)
    if command == "refresh":
        site.store.put(stored_token(TOKEN, datetime.now(UTC) - timedelta(days=30)))
        # Each run hands out another string, and both it and the old one work.
        fake.users[OTHER_TOKEN] = user
        user.next_token = OTHER_TOKEN

    if how == "random":
        how = "50" if is_long else "10"
    done = subprocess.run(
        [
            sys.executable,
            str(Path(__file__).with_name("killed.py")),
            str(site.folder),
            command,
            how,
        ],
        env=site.whole_environment(),
        input=f"{TOKEN}\n",
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= (20 if how == "every-line" else int(how))
    assert not LEAK.search((done.stdout + done.stderr).encode())
