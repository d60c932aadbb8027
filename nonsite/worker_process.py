"""A stream worker as a process of its own: `python -m nonsite.worker_process`.

Its spec comes over standard input. A worker whose parent dies is killed by the kernel.
"""

import signal
import sys

import structlog

from base.clock import SystemClock
from base.errors import ConfigError, NonsiteError
from base.log import configure_logging
from base.shutdown import StopSignal, die_with
from detector.threads import use_one_thread
from models.errors import ModelError
from nonsite.fleet import FAILED, PARENT
from nonsite.watch_spec import WatchSpec, decode
from nonsite.watching import Watcher

_log = structlog.get_logger()


def main() -> None:
    """Body of a worker process."""
    parent = int(sys.argv[sys.argv.index(PARENT) + 1])
    die_with(parent)
    stop = StopSignal()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    spec = decode(sys.stdin.buffer.read())
    configure_logging(spec.log_level)
    sys.exit(watch(spec, stop))


def watch(spec: WatchSpec, stop: StopSignal) -> int:
    """Watch until the stop; 0, or another exit code with the reason in the log.

    `FAILED` is for what trying again does not mend: a wrong setting or model.
    """
    use_one_thread()
    try:
        Watcher(spec, SystemClock(), stop).run()
    except NonsiteError as error:
        if stop.is_set():
            return 0
        _log.error("worker.failed", worker=spec.worker, reason=str(error))
        return FAILED if isinstance(error, ConfigError | ModelError) else 1
    return 0


if __name__ == "__main__":
    main()
