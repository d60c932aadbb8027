"""Jobs that need a decoder or a network: taken here, done by processes of their own.

Alerts become replay cases, drafts are tried on clips, views get their reference
picture. The web process loads no decoder and no network, so each job is the command a
person would type, at low priority, one after the other. Once an hour cases go whose
time has run.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TypeAlias

import structlog

from alerts.command import Job, JobState, ReplayCase, TakeReference, TryClip
from alerts.commands import CommandReceiver
from alerts.errors import StoreError
from alerts.redis_client import RedisClient
from base.clock import Clock
from base.guard import Boundary
from base.log import RepeatCounter
from base.turns import Turns
from nonsite.replay.case_shelf import CaseShelf
from nonsite.settings import environment_with_temporary

EVERY_S = 1.0
TIDY_EVERY_S = 3600.0
WITHIN_S = 900.0
"""A clip of two minutes takes one on an idle core; longer than this it hangs."""
STOP_S = 1.0
COMMAND = (sys.executable, "-m", "nonsite")

CommandJob: TypeAlias = ReplayCase | TryClip | TakeReference

_log = structlog.get_logger()


class CaseJobs:
    """One thread beside the API.

    Args:
        client: Where jobs are posted.
        data: The data folder cases are made in.
        shelf: The cases there are.
        clock: For times and pauses.
    """

    def __init__(
        self, client: RedisClient, data: Path, shelf: CaseShelf, clock: Clock
    ) -> None:
        self._receiver = CommandReceiver(client, "cases", clock)
        self._data, self._shelf, self._clock = data, shelf, clock
        self._repeats = RepeatCounter(clock)
        self._is_listening = False
        self._tidied_s: float | None = None
        self._turns = Turns("cases", Boundary.JOB_RUNNER, EVERY_S, self._turn)

    def start(self) -> None:
        """Begin."""
        self._turns.start()

    def stop(self) -> None:
        """End; a job under way is broken off and told as failed."""
        self._turns.stop()

    def _turn(self) -> None:
        try:
            if not self._is_listening:
                self._receiver.begin()
                self._is_listening = True
            for job in self._receiver.take(_is_command):
                assert isinstance(job, CommandJob)
                self._do(job)
            self._maybe_tidy()
        except StoreError as error:
            if self._repeats.admit("away") is not None:
                _log.warning("case_jobs.waited", reason=str(error))

    def _do(self, job: CommandJob) -> None:
        """Run the command; its last line is what the job tells."""
        with tempfile.TemporaryDirectory(prefix="nonsite-job-") as room:
            self._run(job, arguments_of(job, Path(room)), room)

    def _run(self, job: CommandJob, arguments: list[str], room: str) -> None:
        options = ["--data", str(self._data), "--job", str(job.job)]
        options += [f"--by={job.by}", f"--role={job.role}"]
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [*COMMAND, *arguments, *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # a command that is killed takes no footage along: it goes with the room
            env=environment_with_temporary(room),
        )
        until_s = self._clock.monotonic_s() + WITHIN_S
        why = ""
        while not why:
            try:
                out, err = process.communicate(timeout=0.2)
                break
            except subprocess.TimeoutExpired:
                if self._turns.is_stopping:
                    why = "the service ended meanwhile: ask again"
                elif self._clock.monotonic_s() > until_s:
                    why = f"it took longer than {WITHIN_S:.0f} s"
        if why:
            _end(process)
            self._receiver.report(job.job, JobState.FAILED, why)
            return
        state = JobState.DONE if process.returncode == 0 else JobState.FAILED
        told = _last_line(out if state is JobState.DONE else err)
        _log.info("case_job.ended", job=str(job.job), state=state.value, told=told)
        self._receiver.report(job.job, state, told)

    def _maybe_tidy(self) -> None:
        now_s = self._clock.monotonic_s()
        if self._tidied_s is not None and now_s - self._tidied_s < TIDY_EVERY_S:
            return
        self._tidied_s = now_s
        for case in self._shelf.tidy().expired:
            _log.info("case.erased", case=case.path.name, why=case.why)


def arguments_of(job: CommandJob, room: Path) -> list[str]:
    """The command of a job; what is too long for an argument is a file in `room`."""
    if isinstance(job, ReplayCase):
        found = ["replay", "capture", str(job.alert), f"--reason={job.reason}"]
        return [*found, "--boxes-only"] if job.boxes_only else found
    if isinstance(job, TryClip):
        draft = room / "draft.json"
        draft.write_text(job.draft, encoding="utf-8")
        return ["replay", "try", str(job.alert), f"--draft={draft}", "--json"]
    return ["reference", job.camera, f"--view={job.view}", f"--reason={job.reason}"]


def _is_command(job: Job) -> bool:
    return isinstance(job, CommandJob)


def _end(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.communicate(timeout=STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it told nothing"
