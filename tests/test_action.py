"""The action for GitHub: its steps run in bash, against the fake Instagram and a fake `gh`."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import sites
import yaml
from conftest import LEAK, OTHER_TOKEN, TOKEN
from shell import DAY, NOW
from sites import Site

ROOT = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
KEY = "github_pat_invented"
SECRET = "INSTAGRAM_ACCESS_TOKEN"

# It records what it was called with. Of a token, only the digest: the token may be in no file.
GH = """\
#!/usr/bin/env -S python -IS
import hashlib, json, os, sys
call = sys.argv[1:]
if call[1] == "set":
    call.append(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())
with open("{log}", "a") as log:
    names = [name for name, value in os.environ.items() if name.endswith("TOKEN") and value]
    print(json.dumps([call, sorted(names), os.environ["GH_REPO"]]), file=log)
if call[1] == "list":
    print("DEPLOY_KEY\\t2026-07-01\\n{secret}\\t2026-07-01\\nSHOP_TOKEN\\t2026-07-01")
if call[1] in {failing}:
    sys.exit("HTTP 401: Bad credentials")
"""
# Records what the commands are called with. These files too are searched for the token.
COMMAND = """\
#!/bin/sh
echo "$* ${{SECRETS_TOKEN:+key}}${{GH_TOKEN:+key}}" >> "{log}"
exec "{command}" "$@"
"""
# Writes the digest of the token that the build gets.
SHOW = (
    "python3 -IS -c 'import hashlib, os; "
    'print("built with", hashlib.sha256(os.environ["{}"].encode()).hexdigest())\''
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="runs bash")


def digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def evaluate(expression: str, contexts: Mapping[str, str]) -> Any:
    """Return the value of an expression, as far as action.yml uses GitHub's language."""
    expression = re.sub(r"^\$\{\{(.*)\}\}$", r"\1", expression.strip()).strip()
    code = expression.replace("&&", " and ").replace("||", " or ")
    code = re.sub(r"!(?!=)", " not ", code)
    code = re.sub(r"\b[a-z]+(?:\.[\w-]+)+", lambda name: f"get({name[0]!r}, '')", code)
    functions = {
        "get": contexts.get,
        "startsWith": str.startswith,
        "format": lambda text, *values: text.format(*values),
        "cancelled": lambda: False,
    }
    return eval(code.replace("\n", " "), functions)  # noqa: S307 - action.yml is ours


@dataclass(frozen=True, slots=True)
class Run:
    """A run of the action.

    Attributes:
        outcomes: By the name of the step.
        log: What the runner shows.
    """

    outcomes: dict[str, str]
    log: str

    @property
    def warnings(self) -> list[str]:
        return re.findall(r"^::warning title=mkdocs-instagram::(.*)$", self.log, re.MULTILINE)

    @property
    def built_with(self) -> list[str]:
        return re.findall(r"^built with (\w+)$", self.log, re.MULTILINE)


@dataclass(slots=True)
class Runner:
    """Does what GitHub's runner does with the steps of a composite action."""

    site: Site
    inputs: dict[str, str] = field(default_factory=dict, repr=False)
    environment: dict[str, str] = field(default_factory=dict, repr=False)
    failing: tuple[str, ...] = ()

    @property
    def temporary(self) -> Path:
        return self.site.folder / "runner"

    @property
    def calls(self) -> list[Any]:
        log = self.site.folder / "gh.log"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    def run(self, *, now: Any = NOW, event: str = "push", ref: str = "refs/heads/main") -> Run:
        self._prepare()
        given = {name: entry.get("default", "") for name, entry in ACTION["inputs"].items()}
        contexts = {f"inputs.{name}": value for name, value in (given | self.inputs).items()}
        contexts |= {f"env.{name}": value for name, value in self.environment.items()}
        contexts |= {"github.event_name": event, "github.ref": ref}
        if event != "schedule":  # GitHub does not send it then
            contexts["github.event.repository.default_branch"] = "main"
        outcomes: dict[str, str] = {}
        log, is_failed = "", False
        for step in STEPS:
            condition = str(step.get("if", "true"))
            is_status_asked = "cancelled()" in condition
            wanted = condition == "true" or evaluate(condition, contexts)
            outcome = "skipped"
            if wanted and (not is_failed or is_status_asked):
                status, text = self._run_step(step, contexts, now)
                log += text
                outcome = "failure" if status else "success"
                is_failed |= bool(status) and not step.get("continue-on-error")
            outcomes[step["name"]] = outcome
            contexts[f"steps.{step.get('id')}.outcome"] = outcome
        assert not LEAK.search(log.encode()), "a token is in the log"
        assert not list(self.temporary.rglob("instagram-tokens/*")), "a file is left"
        return Run(outcomes, log)

    def _prepare(self) -> None:
        self.site.write_config()
        self.temporary.mkdir(exist_ok=True)
        log = self.site.folder / "gh.log"
        gh = GH.format(log=log, secret=SECRET, failing=self.failing)
        command = COMMAND.format(log=self.site.folder / "commands.log", command=sites.COMMAND)
        for name, text in (("gh", gh), ("mkdocs-instagram", command)):
            program = self.site.folder / "bin" / name
            program.parent.mkdir(exist_ok=True)
            program.write_text(text)
            program.chmod(0o755)

    def _run_step(
        self, step: dict[str, Any], contexts: Mapping[str, str], now: Any
    ) -> tuple[int, str]:
        if "run" not in step:
            return 0, ""
        script = self.temporary / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        given = {
            name: re.sub(r"\$\{\{.*\}\}", lambda found: str(evaluate(found[0], contexts)), value)
            for name, value in step.get("env", {}).items()
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.site.folder,
            env=self._whole_environment(now) | given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=120,
        )
        return done.returncode, hide(done.stdout.decode())

    def _whole_environment(self, now: Any) -> dict[str, str]:
        environment = self.site.whole_environment(now) | self.environment
        folders = [self.site.folder / "bin", Path(sys.executable).parent, environment["PATH"]]
        return environment | {
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_REPOSITORY": "bakery/site",
            "PATH": ":".join(map(str, folders)),
            "RUNNER_TEMP": str(self.temporary),
        }


def hide(text: str) -> str:
    """Mask as the runner does, which shows no line with `add-mask`."""
    for value in re.findall(r"^::add-mask::(.*)$", text, re.MULTILINE):
        text = text.replace(f"::add-mask::{value}\n", "").replace(value, "***")
    return text


@pytest.fixture
def runner(site: Site) -> Runner:
    """A site on GitHub whose token is a secret; the build only says which token it gets."""
    site.fake.add_user(TOKEN).add_mixed(2)
    del site.environment[SECRET]
    return Runner(site, {"token": TOKEN, "secrets-token": KEY, "command": SHOW.format(SECRET)})


def test_the_default_command_builds_the_site(runner: Runner) -> None:
    del runner.inputs["command"]

    run = runner.run()

    assert set(run.outcomes.values()) == {"success"}
    assert run.warnings == []
    assert 'data-media="' in (runner.site.folder / "site" / "index.html").read_text("utf-8")


def test_a_token_is_refreshed_once_a_week_and_stored(runner: Runner) -> None:
    stored = ["secret", "set", SECRET, digest(TOKEN)]

    for days in (0, 6.9):
        run = runner.run(now=NOW + timedelta(days=days))
        assert run.warnings == []
        assert run.built_with == [digest(TOKEN)]
        assert [call for call, _, _ in runner.calls] == [["secret", "list"], stored]
    runner.run(now=NOW + 7 * DAY)
    assert [call for call, _, _ in runner.calls].count(stored) == 2


def test_gh_gets_the_key_and_no_other_token(runner: Runner) -> None:
    runner.run()

    assert [names for _, names, _ in runner.calls] == [["GH_TOKEN"]] * 2
    assert {repository for _, _, repository in runner.calls} == {"bakery/site"}
    commands = (runner.site.folder / "commands.log").read_text().splitlines()
    assert [command.split()[0] for command in commands] == ["status", "refresh"]
    assert [command for command in commands if command.endswith("key")] == []


def test_a_build_uses_another_token_that_instagram_returns(runner: Runner) -> None:
    runner.site.fake.users[TOKEN].next_token = OTHER_TOKEN

    run = runner.run()

    assert runner.calls[-1][0] == ["secret", "set", SECRET, digest(OTHER_TOKEN)]
    assert run.built_with == [digest(OTHER_TOKEN)]


def test_without_a_key_the_token_is_refreshed_and_not_stored(runner: Runner) -> None:
    del runner.inputs["secrets-token"]

    run = runner.run()

    assert runner.calls == run.warnings == []
    assert "Refreshed: the token ends on 2026-09-21, in 59 days." in run.log
    assert run.built_with == [digest(TOKEN)]


def test_without_a_key_another_token_is_a_warning(runner: Runner) -> None:
    del runner.inputs["secrets-token"]
    runner.site.fake.users[TOKEN].next_token = OTHER_TOKEN

    run = runner.run()

    assert run.warnings == [
        (
            f"The token in {SECRET} was not refreshed; see above. It stays as it was, and the next "
            "build tries again. If Instagram returned another token, `secrets-token` is required."
        )
    ]
    assert run.built_with == [digest(TOKEN)]


def test_a_refused_token_stays_in_its_secret(runner: Runner) -> None:
    del runner.site.fake.users[TOKEN]

    run = runner.run()

    assert [call for call, _, _ in runner.calls] == [["secret", "list"]]
    assert run.warnings == [
        (
            f"The token in {SECRET} was not refreshed; see above. It stays as it was, and the next "
            "build tries again."
        )
    ]
    assert run.built_with == [digest(TOKEN)]
    assert run.outcomes["Save the feed"] == "success"


def test_a_key_that_does_not_work_stops_the_refresh_and_not_the_build(runner: Runner) -> None:
    runner.failing = ("list",)

    run = runner.run()

    assert [request.kind for request in runner.site.fake.requests] == []
    assert run.warnings == [
        (
            "The secrets could not be read with `secrets-token`; see above. The token in "
            f"{SECRET} was not refreshed. If the personal access token has expired or cannot write "
            "secrets, make a new one."
        )
    ]
    assert "HTTP 401: Bad credentials" in run.log
    assert run.built_with == [digest(TOKEN)]


def test_a_secret_that_cannot_be_written_keeps_its_token(runner: Runner) -> None:
    runner.failing = ("set",)
    runner.site.fake.users[TOKEN].next_token = OTHER_TOKEN

    run = runner.run()

    assert run.warnings == [
        (
            f"The refreshed token could not be stored in the secret {SECRET}; see above. The "
            "secret keeps its token, and this build uses the refreshed one. If a later build warns "
            "that the token ends, generate a new one and store it in the secret."
        )
    ]
    assert run.built_with == [digest(OTHER_TOKEN)]


def test_a_secret_with_another_name_is_told_before_the_token_is_refreshed(runner: Runner) -> None:
    runner.site.options = {"accounts": {"main": {"token_env": "BAKERY_TOKEN"}}}
    runner.environment["BAKERY_TOKEN"] = TOKEN
    runner.inputs |= {"token": "", "command": SHOW.format("BAKERY_TOKEN")}

    run = runner.run()

    assert run.warnings == [
        (
            "The repository has no secret BAKERY_TOKEN. The token in BAKERY_TOKEN was not "
            "refreshed. Store it as a secret of the repository with this name."
        )
    ]
    assert runner.site.fake.requests == []
    assert run.built_with == [digest(TOKEN)]


def test_each_account_has_its_own_secret(runner: Runner) -> None:
    runner.site.fake.add_user(OTHER_TOKEN, username="harbour.shop")
    runner.site.options = {"accounts": {"main": {}, "shop": {"token_env": "SHOP_TOKEN"}}}
    runner.environment["SHOP_TOKEN"] = OTHER_TOKEN
    runner.inputs |= {"accounts": "main\nshop", "command": SHOW.format("SHOP_TOKEN")}

    run = runner.run()

    assert [call for call, _, _ in runner.calls if call[1] == "set"] == [
        ["secret", "set", SECRET, digest(TOKEN)],
        ["secret", "set", "SHOP_TOKEN", digest(OTHER_TOKEN)],
    ]
    assert run.warnings == []
    assert run.built_with == [digest(OTHER_TOKEN)]


@pytest.mark.parametrize(
    ("event", "ref"),
    [
        ("pull_request", "refs/pull/7/merge"),
        ("pull_request_target", "refs/heads/main"),
        ("push", "refs/heads/draft"),
        ("push", "refs/tags/main"),
    ],
)
def test_only_the_default_branch_refreshes_and_saves(runner: Runner, event: str, ref: str) -> None:
    run = runner.run(event=event, ref=ref)

    assert run.outcomes == {
        "Look for mkdocs-instagram": "success",
        "Restore the saved feed": "success",
        "Refresh the token if it is a week old": "skipped",
        "Build the site": "success",
        "Save the feed": "skipped",
    }
    assert runner.site.fake.requests == []


def test_a_schedule_always_runs_on_the_default_branch(runner: Runner) -> None:
    run = runner.run(event="schedule", ref="refs/heads/trunk")

    assert set(run.outcomes.values()) == {"success"}
    assert runner.calls[-1][0][:2] == ["secret", "set"]


def test_without_a_token_nothing_is_refreshed(runner: Runner) -> None:
    runner.inputs["token"] = ""

    run = runner.run()

    assert run.warnings == []
    assert runner.calls == runner.site.fake.requests == []
    assert run.built_with == [digest("")]


def test_the_feed_is_saved_although_the_build_failed(runner: Runner) -> None:
    runner.inputs["command"] = "false\ntrue"

    run = runner.run()

    assert run.outcomes["Build the site"] == "failure"
    assert run.outcomes["Save the feed"] == "success"


def test_a_missing_program_is_told() -> None:
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", STEPS[0]["run"]],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=False,
        text=True,
    )

    assert done.returncode == 1
    assert done.stdout == (
        "::error::mkdocs-instagram is not installed. Install it in a step before this one, for "
        "example with `pip install -r requirements.txt`.\n"
    )


HOSTILE = [
    "$(touch${IFS}pwned)",
    "`touch${IFS}pwned`",
    "';touch${IFS}pwned;'",
    '";touch${IFS}pwned;"',
    "--help",
    "-f/etc/passwd",
    "%0A::error::evil",
]


def test_the_name_of_an_account_is_never_evaluated(runner: Runner) -> None:
    runner.site.options = {"accounts": {"main": {}}}
    runner.inputs["accounts"] = "\n".join(HOSTILE)

    run = runner.run()

    assert not list(runner.site.folder.rglob("pwned"))
    assert run.warnings == [
        "The status of an account could not be read; see above. Its token was not refreshed."
    ] * len(HOSTILE)
    assert not re.search("^::error", run.log, re.MULTILINE)
    assert run.built_with == [digest(TOKEN)]


def test_a_command_is_evaluated_once(runner: Runner) -> None:
    said = '$(touch pwned) `touch pwned` "; touch pwned # ${{ inputs.token }}'
    runner.inputs |= {"secrets-token": "", "command": f"said='{said}'\necho \"$said\""}

    run = runner.run()

    assert not list(runner.site.folder.rglob("pwned"))
    assert f"\n{said}\n" in run.log
