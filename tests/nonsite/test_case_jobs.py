"""Jobs of the pages as commands: what is typed for each, what a failed one tells."""

import json
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from alerts.command import JobState, ReplayCase, TakeReference, TryClip
from alerts.commands import CommandSender
from alerts.redis_client import RedisClient
from base.clock import SystemClock
from nonsite import case_jobs
from nonsite.case_jobs import CaseJobs, arguments_of
from nonsite.replay.case_shelf import CaseShelf
from tests.alerts.path_rig import until

ALERT, JOB = uuid4(), uuid4()


def test_each_job_is_a_command_a_person_could_type(tmp_path: Path) -> None:
    """Nothing in a text becomes an option of its own; a draft is a file."""
    words = "--reason=x --data=/etc"
    who = {"by": "gao", "role": "engineer"}
    case = ReplayCase(job=JOB, alert=ALERT, reason=words, boxes_only=True, **who)
    trial = TryClip(job=JOB, alert=ALERT, draft='{"version": 1}', **who)
    taken = TakeReference(job=JOB, camera="yard", view="home", reason=words, **who)

    assert arguments_of(case, tmp_path) == [
        *("replay", "capture", str(ALERT), f"--reason={words}", "--boxes-only")
    ]
    typed = arguments_of(trial, tmp_path)
    assert typed[:3] == ["replay", "try", str(ALERT)]
    draft = Path(typed[3].removeprefix("--draft="))
    assert json.loads(draft.read_text(encoding="utf-8")) == {"version": 1}
    assert arguments_of(taken, tmp_path) == [
        *("reference", "yard", "--view=home", f"--reason={words}")
    ]


@pytest.mark.timeout(120)
def test_a_command_that_fails_is_told_by_its_last_line(
    client: RedisClient, tmp_path: Path
) -> None:
    """A camera of a site that was never imported: refused, in the command's words."""
    clock = SystemClock()
    shelf = CaseShelf(tmp_path / "cases", lambda _alert: None, None, clock)  # type: ignore[arg-type]
    jobs = CaseJobs(client, tmp_path / "data", shelf, clock)
    sender = CommandSender(client, clock)
    job = TakeReference(
        job=uuid4(), camera="yard", view="home", by="gao", role="engineer", reason="x"
    )
    sender.post(job)
    jobs.start()
    try:
        until(lambda: sender.result(job.job).state is JobState.FAILED, 90)
    finally:
        jobs.stop()

    assert "no site is in force there" in sender.result(job.job).detail


HANGS = """
import pathlib, signal, sys, tempfile, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
room = pathlib.Path(tempfile.mkdtemp())
(room / "clip.mp4").write_bytes(b"footage")
pathlib.Path({told!r}).write_text(str(room))
time.sleep(300)
"""


@pytest.mark.timeout(120)
def test_a_command_that_is_killed_leaves_no_footage(
    client: RedisClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service ends while a trial runs: its copy of the clip goes all the same."""
    told = tmp_path / "told"
    script = HANGS.format(told=str(told))
    monkeypatch.setattr(case_jobs, "COMMAND", (sys.executable, "-c", script))
    clock = SystemClock()
    shelf = CaseShelf(tmp_path / "cases", lambda _alert: None, None, clock)  # type: ignore[arg-type]
    jobs = CaseJobs(client, tmp_path / "data", shelf, clock)
    sender = CommandSender(client, clock)
    job = TryClip(job=uuid4(), alert=ALERT, draft="{}", by="gao", role="engineer")
    jobs.start()
    try:
        sender.post(job)
        until(lambda: told.exists() and told.read_text() != "", 60)
    finally:
        jobs.stop()

    assert sender.result(job.job).state is JobState.FAILED
    assert not Path(told.read_text()).exists()
