"""Refreshes the tokens that are a week old, for action.yml.

A refreshed token goes from `mkdocs-instagram refresh` into a file, and from there into a secret and
into the build. It is neither printed nor an argument. Nothing here stops the build.
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

LIFE, WEEK = 60, 7  # days
TIMEOUT = 60  # seconds


def main() -> None:
    """Refresh the token of each account in ACCOUNTS; of the first one by default."""
    key = os.environ.pop("SECRETS_TOKEN", "")
    folder = Path(os.environ["RUNNER_TEMP"], "instagram-tokens")
    folder.mkdir(mode=0o700, exist_ok=True)
    for account in os.environ["ACCOUNTS"].split() or [""]:
        options = [f"--account={account}"] if account else []
        status = read_status(options)
        if status is not None and is_due(status):
            refresh(status["variable"], options, folder, key)


def read_status(options: list[str]) -> dict[str, Any] | None:
    """Return what `status --json` knows of an account; `None` if the command failed."""
    done = subprocess.run(
        ["mkdocs-instagram", "status", "--json", *options], stdout=subprocess.PIPE, check=False
    )
    if done.stdout:  # also with exit status 1, which means that there is no token
        return dict(json.loads(done.stdout))
    warn("The status of an account could not be read; see above. Its token was not refreshed.")
    return None


def is_due(status: dict[str, Any]) -> bool:
    """Tell whether a token was refreshed more than a week ago, or nobody knows when."""
    if status["source"] != "environment" or not status["is_refreshable"]:
        return False
    is_known = status["expires_at"] and not status["expires_at_is_guess"]
    return not is_known or status["days_left"] < LIFE - WEEK


def refresh(name: str, options: list[str], folder: Path, key: str) -> None:
    """Refresh the token in the variable `name`, and store it in the secret of this name.

    Args:
        name: The variable.
        options: They name the account.
        folder: Where the token is left for the build.
        key: A token of GitHub that can write secrets; "" if the token is not stored.
    """
    if key and not can_store(name, key):
        return
    file = folder / name
    output = [f"--output={file}"] if key else []
    # It masks another token in all logs, with a line that the runner reads from standard output.
    if subprocess.run(["mkdocs-instagram", "refresh", *options, *output], check=False).returncode:
        hint = "" if key else " If Instagram returned another token, `secrets-token` is required."
        warn(
            f"The token in {name} was not refreshed; see above. It stays as it was, and the next "
            f"build tries again.{hint}"
        )
    elif key and call_gh("set", name, key=key, file=file) is None:
        warn(
            f"The refreshed token could not be stored in the secret {name}; see above. The secret "
            "keeps its token, and this build uses the refreshed one. If a later build warns that "
            "the token ends, generate a new one and store it in the secret."
        )


def can_store(name: str, key: str) -> bool:
    """Tell whether the key works and there is a secret to write; warn if not."""
    secrets = call_gh("list", key=key)
    if secrets is None:
        warn(
            f"The secrets could not be read with `secrets-token`; see above. The token in {name} "
            "was not refreshed. If the personal access token has expired or cannot write secrets, "
            "make a new one."
        )
    elif name not in secrets.split():
        warn(
            f"The repository has no secret {name}. The token in {name} was not refreshed. Store "
            "it as a secret of the repository with this name."
        )
    else:
        return True
    return False


def call_gh(action: str, *names: str, key: str, file: Path | None = None) -> str | None:
    """Return the output of `gh secret`, whose input is `file`; `None` if it failed."""
    environment = {**os.environ, "GH_TOKEN": key, "GH_REPO": os.environ["GITHUB_REPOSITORY"]}
    environment.pop("INSTAGRAM_ACCESS_TOKEN", None)
    try:
        with (file or Path(os.devnull)).open("rb") as stdin:
            return subprocess.run(
                ["gh", "secret", action, *names],
                stdin=stdin,
                stdout=subprocess.PIPE,
                env=environment,
                check=True,
                text=True,
                timeout=TIMEOUT,
            ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        print(error, flush=True)
        return None


def warn(text: str) -> None:
    """Show a warning on the page of the run."""
    print(f"::warning title=mkdocs-instagram::{text}", flush=True)


if __name__ == "__main__":
    main()
