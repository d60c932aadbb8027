"""Plays the cases of a suite side by side, each in one process, results in order.

Nothing of how many processes there are, or which ended first, is in the results.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing.queues import Queue
from pathlib import Path

from base.shutdown import die_with
from detector.threads import use_one_thread
from nonsite.lines import Networks
from nonsite.replay.load import LoadedCase
from nonsite.replay.player import Pace, PlayOptions, play_case
from nonsite.replay.result import Played

Heard = Callable[[str, float], None]
"""Told a case's name and the media seconds judged of it so far."""

TELL_EVERY_S = 1.0
"""Media time between two tellings of progress."""

_Told = tuple[str, float] | None


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """How a suite is played.

    Attributes:
        workers: Processes; 1 plays in this one.
        folders: Where networks are found.
        stops_at_first: Whether the first case that fails is the last one played.
    """

    workers: int
    folders: tuple[Path, ...]
    stops_at_first: bool = False


def play_suite(
    cases: Sequence[LoadedCase],
    options: PlayOptions,
    settings: PoolSettings,
    heard: Heard,
    pace: Pace | None = None,
) -> Iterator[Played]:
    """Each case's result, in the order of the cases.

    Args:
        cases: What is played.
        options: How each is played.
        settings: How many at once.
        heard: Told of progress.
        pace: Holds frames back; plays in this process, one case after the other.

    Raises:
        ModelError: A network cannot be used.
        OSError: The cache cannot be written.
    """
    if pace is not None or settings.workers == 1 or len(cases) == 1:
        results = _here(cases, options, settings, heard, pace or iter)
    else:
        results = _side_by_side(cases, options, settings, heard)
    for played in results:
        yield played
        if settings.stops_at_first and not played.result.passed:
            break


def _here(
    cases: Sequence[LoadedCase],
    options: PlayOptions,
    settings: PoolSettings,
    heard: Heard,
    pace: Pace,
) -> Iterator[Played]:
    use_one_thread()
    networks = Networks(settings.folders)
    for case in cases:
        yield play_case(case, networks, options, pace, _throttled(case.name, heard))


def _side_by_side(
    cases: Sequence[LoadedCase],
    options: PlayOptions,
    settings: PoolSettings,
    heard: Heard,
) -> Iterator[Played]:
    context = multiprocessing.get_context("spawn")
    told: Queue[_Told] = context.Queue()
    listener = threading.Thread(target=_listen, args=(told, heard), daemon=True)
    listener.start()
    pool = ProcessPoolExecutor(
        min(settings.workers, len(cases)), context, _begin, (told, os.getpid())
    )
    try:
        futures: list[Future[Played]] = [
            pool.submit(_play_one, case, options, settings.folders) for case in cases
        ]
        for future in futures:
            yield future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        told.put(None)
        listener.join()


def _listen(told: "Queue[_Told]", heard: Heard) -> None:
    while (word := told.get()) is not None:
        heard(*word)


_tell: "list[Queue[_Told]]" = []
"""In a process of the pool: where progress is told; filled once by `_begin`."""


def _begin(told: "Queue[_Told]", parent: int) -> None:
    die_with(parent)  # a killed one leaves them waiting for ever
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends the pool
    use_one_thread()
    _tell.append(told)


def _play_one(
    case: LoadedCase, options: PlayOptions, folders: tuple[Path, ...]
) -> Played:
    (told,) = _tell
    progress = _throttled(case.name, lambda name, seconds: told.put((name, seconds)))
    return play_case(case, _networks(folders), options, iter, progress)


@cache
def _networks(folders: tuple[Path, ...]) -> Networks:
    """Opened once a process."""
    return Networks(folders)


def _throttled(name: str, heard: Heard) -> Callable[[float], None]:
    last_s = -TELL_EVERY_S

    def tell(seconds: float) -> None:
        nonlocal last_s
        if seconds - last_s >= TELL_EVERY_S:
            last_s = seconds
            heard(name, seconds)

    return tell
