"""One case through the live line on media time: recording in, alerts out.

Two replays on one machine give equal bytes: nothing in the result comes from a clock
or from the order in which threads ran.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from base.clock import Clock, SystemClock, cpu_s
from base.ids import CameraId
from base.shutdown import StopSignal
from detector.look import Look
from nonsite.lines import (
    CameraPlan,
    Networks,
    asking,
    engine_of,
    line_of,
    resolver_of,
)
from nonsite.replay.compare import Wanted, compare
from nonsite.replay.load import CAMERA, LoadedCase
from nonsite.replay.look_cache import LookCache, LookKey, Recorded, Step
from nonsite.replay.packs import CasePacks
from nonsite.replay.result import (
    CaseResult,
    Cost,
    Played,
    Seen,
    found_alert,
    seen_in,
)
from nonsite.settings import logins_from_environment
from nonsite.worker import CameraLine, judge_frame
from rules.clock_store import MemoryClockStore
from rules.violation import RAISED, Life, Violation
from sites.revision import RevisionId, canonical_json
from streams.errors import FeedError
from streams.frame import Frame
from streams.intake import IntakeOptions
from streams.look_plan import LookPlan, LookRequest
from streams.playback import Playback, play
from streams.settings import FileFeed, Profile
from streams.staging import staged
from streams.stretch import Stretch

CACHE = Path.home() / ".cache" / "nonsite" / "replay"
"""Where staged recordings and remembered looks are kept unless told otherwise."""

Pace = Callable[[Iterable[Frame]], Iterator[Frame]]

Progress = Callable[[float], None]
"""Told the media seconds judged so far."""


@dataclass(frozen=True, slots=True)
class PlayOptions:
    """How cases are played.

    Attributes:
        cache: Folder of staged recordings and remembered looks.
        use_looks: Whether remembered looks may stand in for the detector.
        looks_per_s: Looks a second at least; None: what the rules ask for.
        from_s: Play from here, seconds of the case's own time; None: its beginning.
        to_s: Play up to here; None: its end.
        packs: Folder evidence packs are sealed into; None: none are made.
    """

    cache: Path
    use_looks: bool = True
    looks_per_s: float | None = None
    from_s: float | None = None
    to_s: float | None = None
    packs: Path | None = None


@dataclass
class _Collected:
    """Stands where the spool stands live; keeps the newest revision of each."""

    start: datetime
    newest: dict[str, Violation] = field(default_factory=dict)
    candidates: dict[str, Violation] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    last: Look | None = None

    def raise_alert(self, violation: Violation) -> None:
        if violation.life in RAISED:
            self.newest[str(violation.id)] = violation
            self.candidates.pop(str(violation.id), None)
        elif violation.life is Life.CANDIDATE:
            self.candidates[str(violation.id)] = violation

    def after(self, frame: Frame, look: Look, judged: tuple[Violation, ...]) -> None:
        del frame, judged
        self.saw(look)

    def saw(self, look: Look) -> None:
        self.seen.append(seen_in(look, self.start))
        self.last = look


@dataclass(frozen=True, slots=True)
class _Keeping:
    """What follows a look where evidence is kept, too."""

    found: _Collected
    packs: CasePacks

    def after(self, frame: Frame, look: Look, judged: tuple[Violation, ...]) -> None:
        self.found.after(frame, look, judged)
        self.packs.keep(frame, look, judged)


def play_case(
    loaded: LoadedCase,
    networks: Networks,
    options: PlayOptions,
    pace: Pace = iter,
    progress: Progress = lambda _seconds: None,
) -> Played:
    """Judge one case from its first picture to its last.

    A recording that fails on the way is a fault of the result, not an error.

    Raises:
        ModelError: The network cannot be used.
        OSError: The cache cannot be written.
    """
    found, run = _collected(loaded), None
    fault: str | None = None
    began_s = cpu_s()
    if loaded.looks:
        return _play_looks(loaded, found, options)
    try:
        run = _Run(loaded, networks, options)
        began_s = cpu_s()  # staging is done once and is no cost of the replay
        if not run.from_memory(found):
            found = _collected(loaded)
            run.for_real(found, pace, progress)
    except FeedError as error:
        fault = str(error)
    result = _result(loaded, found, options, fault)
    decoded, from_cache = (run.decoded, run.is_remembered) if run else (0, False)
    cost = Cost(cpu_s() - began_s, decoded, from_cache)
    return Played(result, cost, tuple(found.seen))


def _play_looks(loaded: LoadedCase, found: _Collected, options: PlayOptions) -> Played:
    """Judge looks kept without pictures: all there are, whatever rules ask for."""
    began_s = cpu_s()
    section, config = loaded.site.cameras[CAMERA], RevisionId(_config(loaded))
    plan = CameraPlan(CameraId(CAMERA), section, loaded.site, config, 1)
    engine = engine_of(plan, MemoryClockStore())
    for look in loaded.looks:
        passed_s = (look.at - found.start).total_seconds()
        if passed_s < (options.from_s or 0.0):
            continue
        if options.to_s is not None and passed_s > options.to_s:
            break
        for violation in engine.judge(look):
            found.raise_alert(violation)
        found.saw(look)
    cost = Cost(cpu_s() - began_s, 0, from_cache=True)
    return Played(_result(loaded, found, options, None), cost, tuple(found.seen))


def _collected(loaded: LoadedCase) -> _Collected:
    return _Collected(loaded.case.start.astimezone(UTC))


class _Run:
    """One case made ready: its recording staged, its camera planned.

    Raises:
        FeedError: The recording cannot be staged.
    """

    def __init__(
        self, loaded: LoadedCase, networks: Networks, options: PlayOptions
    ) -> None:
        self._options, self._networks = options, networks
        self._loaded = loaded
        self._clip, self._stretch = recording_of(loaded, options)
        section = loaded.site.cameras[CAMERA]
        self._section = section.model_copy(update={"feed": FileFeed(path=self._clip)})
        config = RevisionId(_config(loaded))
        self._plan = CameraPlan(CameraId(CAMERA), self._section, loaded.site, config, 1)
        self._start = _start(loaded, options)
        self._memory = LookCache(options.cache)
        self.decoded = 0
        self.is_remembered = False

    def from_memory(self, found: _Collected) -> bool:
        """Judge remembered looks; false when they are none or would have differed."""
        if not self._options.use_looks or self._options.packs is not None:
            return False  # remembered looks have no pictures
        line = self._line(found)
        recorded = self._memory.load(self._key(line))
        if recorded is None:
            return False
        for step in recorded.steps:
            for violation in line.engine.judge(step.look):
                found.raise_alert(violation)
            found.saw(step.look)
            if self._wanted(line.engine.needs(step.look)) != step.asked:
                return False
        self.decoded, self.is_remembered = recorded.decoded, True
        return True

    def for_real(self, found: _Collected, pace: Pace, progress: Progress) -> None:
        """Decode, look and judge; remember the looks.

        Raises:
            FeedError: The recording fails on the way.
        """
        line = self._line(found)
        key = self._key(line)
        look_plan = LookPlan(key.resting)
        steps: list[Step] = []

        def ask(request: LookRequest, _at: datetime) -> None:
            wanted = self._wanted(request)
            look_plan.ask(wanted)
            assert found.last is not None  # asked after each look
            steps.append(Step(found.last, wanted))

        line = asking(line, ask)
        frames = self._frames(look_plan, key.resting)
        packs = None
        if self._options.packs is not None:
            folder = self._options.packs
            packs = CasePacks(folder, self._loaded, frames.ring, SystemClock())
            line = replace(line, aftermath=_Keeping(found, packs))
        try:
            for frame in pace(frames):
                judge_frame(line, frame, found)
                progress((frame.at - self._start).total_seconds())
        finally:
            if packs is not None:
                packs.finish()
        self.decoded = frames.decoded
        if self._options.use_looks:
            recorded = Recorded(key.resting, tuple(steps), self.decoded)
            self._memory.save(key, recorded)

    def _line(self, found: _Collected) -> CameraLine:
        return line_of(self._plan, self._networks, MemoryClockStore(), found)

    def _key(self, line: CameraLine) -> LookKey:
        name = self._section.detector.model
        used = (
            self._networks.get(name).fingerprint,
            self._networks.heads().fingerprint,
        )
        resting = self._wanted(line.engine.needs(None))
        return LookKey(
            clip_sha256=_sha256(self._clip),
            stretch=self._stretch,
            scene=self._section,
            networks=used,
            resting=resting,
            start=self._start,
        )

    def _frames(self, look_plan: LookPlan, resting: LookRequest) -> Playback:
        resolver = resolver_of(self._section, Path(), logins_from_environment)
        address = replace(resolver.resolve(Profile.LOOKS), stretch=self._stretch)
        options = IntakeOptions(resting)
        return play(address, self._plan.id, self._start, look_plan, options)

    def _wanted(self, request: LookRequest) -> LookRequest:
        """What the rules ask for, or more where a person asked for more."""
        if self._options.looks_per_s is None:
            return request
        gap_s = min(request.max_gap_s, 1 / self._options.looks_per_s)
        return replace(request, max_gap_s=gap_s)


def recording_of(loaded: LoadedCase, options: PlayOptions) -> tuple[Path, Stretch]:
    """The file that is played, staged where the case says so, and what of it.

    Raises:
        FeedError: It cannot be staged.
    """
    window = loaded.case.window
    begin_s, end_s = window.from_s, window.to_s
    clip = loaded.clip.resolve()
    if loaded.case.stage is not None:
        whole = Stretch(begin_s, end_s)
        clip = staged(clip, whole, loaded.case.stage, options.cache)
        end_s = None if end_s is None else end_s - begin_s
        begin_s = 0.0
    last_s = end_s if options.to_s is None else begin_s + options.to_s
    if end_s is not None and last_s is not None:
        last_s = min(last_s, end_s)
    return clip, Stretch(begin_s + (options.from_s or 0.0), last_s)


def paced(clock: Clock, stop: StopSignal) -> Pace:
    """A pace of 1×: each frame is handed on when its media time has come."""

    def pace(frames: Iterable[Frame]) -> Iterator[Frame]:
        began: tuple[float, datetime] | None = None
        for frame in frames:
            now = clock.monotonic_s()
            began = began or (now, frame.at)
            due = began[0] + (frame.at - began[1]).total_seconds()
            if due > now and stop.wait(due - now):
                return
            yield frame

    return pace


def _start(loaded: LoadedCase, options: PlayOptions) -> datetime:
    """Media time of the first picture that is played."""
    later = timedelta(seconds=options.from_s or 0.0)
    return loaded.case.start.astimezone(UTC) + later


def _config(loaded: LoadedCase) -> str:
    """Digest of the site the case makes, wherever its files lie."""
    sections = {CAMERA: loaded.site.cameras[CAMERA]}
    fed = loaded.case.clip or loaded.case.looks or Path()
    bare = sections[CAMERA].model_copy(update={"feed": FileFeed(path=fed)})
    changed = {"cameras": {CAMERA: bare}, "inputs": loaded.case.inputs}
    site = loaded.site.model_copy(update=changed)
    return hashlib.sha256(canonical_json(site).encode()).hexdigest()


def _result(
    loaded: LoadedCase, found: _Collected, options: PlayOptions, fault: str | None
) -> CaseResult:
    start = loaded.case.start.astimezone(UTC)
    raised = sorted(
        found.newest.values(), key=lambda v: (v.opened_at or v.at, v.code, str(v.id))
    )
    alerts = tuple(found_alert(violation, start) for violation in raised)
    held = tuple(found_alert(v, start) for v in found.candidates.values())
    last = found.last
    return CaseResult(
        name=loaded.name,
        title=loaded.case.title,
        conditions=tuple(condition.value for condition in loaded.case.conditions),
        tags=loaded.case.tags,
        clip_sha256=_sha256(loaded.clip),
        model=last.model if last else "",
        config=_config(loaded),
        looks=len(found.seen),
        media_s=round((last.at - start).total_seconds(), 3) if last else 0.0,
        alerts=alerts,
        verdict=compare(_asked(loaded, options), alerts, held),
        fault=fault,
    )


def _asked(loaded: LoadedCase, options: PlayOptions) -> Wanted:
    """What is expected of the part that is played."""
    begin_s, end_s = options.from_s or 0.0, options.to_s
    kept = tuple(
        want
        for want in loaded.case.expect
        if want.start_s >= begin_s and (end_s is None or want.start_s <= end_s)
    )
    return Wanted(kept, loaded.case.absent)


def _sha256(path: Path) -> str:
    with path.open("rb") as clip:
        return hashlib.file_digest(clip, "sha256").hexdigest()
