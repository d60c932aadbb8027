"""What the commands are made of: settings, folder, Redis; ended in reverse order.

Nothing here loads SQL or HTTP: workers are started before either is imported.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from rich.console import Console

from alerts.embedded_valkey import EmbeddedValkey
from base.clock import Clock, SystemClock
from base.errors import StoppedError
from base.log import configure_logging
from base.shutdown import StopSignal, stop_on_signals
from models.catalogue import SHIPPED_DIR
from nonsite.data_folder import DataFolder
from nonsite.settings import Settings, read_settings
from nonsite.watch_spec import WatchSpec
from sites.load import read_site
from sites.recordings import with_absolute_paths
from sites.revision import Revision, revision_of

VALKEY_URL_FILE = "valkey.url"
"""Where `watch` finds the Valkey that `run` or `serve` started beside it."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What every command holds.

    Attributes:
        settings: The environment.
        data: The data folder, locked for this role.
        clock: The host's.
        stop: Set by SIGINT and SIGTERM.
        console: For people, on stderr.
        ending: What is to be ended, newest first.
    """

    settings: Settings
    data: DataFolder
    clock: Clock
    stop: StopSignal
    console: Console
    ending: ExitStack

    def done(self, what: str, detail: str) -> None:
        """Tell one step of the start; the next is not begun after a stop.

        Raises:
            StoppedError: The end was asked for meanwhile.
        """
        self.console.print(f"[green]✓[/] {what:<9}{detail}")
        self.stop.check()


@contextmanager
def opened(folder: Path, role: str) -> Iterator[Parts]:
    """The parts of one command; everything registered in `ending` ends with it.

    A stop while it starts is an end like any other.

    Raises:
        ConfigError: The folder cannot be used, or another process uses it.
    """
    settings = read_settings()
    console = Console(stderr=True, highlight=False)
    configure_logging(log_level(settings, console))
    data = DataFolder(folder.absolute())
    data.make()
    stop = StopSignal()
    stop_on_signals(stop)
    with suppress(StoppedError), ExitStack() as ending:
        ending.enter_context(data.lock(role))
        yield Parts(settings, data, SystemClock(), stop, console, ending)


def log_level(settings: Settings, console: Console) -> str:
    """As configured; left out, a person at a terminal is told what needs care."""
    return settings.log_level or ("warning" if console.is_terminal else "info")


def redis_of(parts: Parts) -> SecretStr:
    """The configured Redis, or the embedded Valkey, started.

    Raises:
        StoreError: The embedded server does not start.
    """
    if parts.settings.redis_url is not None:
        parts.done("redis", "as configured")
        return parts.settings.redis_url
    valkey = EmbeddedValkey(parts.data.valkey, parts.clock)
    valkey.start()
    parts.ending.callback(valkey.stop)
    (parts.data.root / VALKEY_URL_FILE).write_text(valkey.url, encoding="utf-8")
    parts.done("valkey", "embedded")
    return SecretStr(valkey.url)


def neighbour_redis(parts: Parts) -> SecretStr:
    """The configured Redis, or the Valkey of a `run` or `serve` on the same folder."""
    if parts.settings.redis_url is not None:
        return parts.settings.redis_url
    try:
        url = (parts.data.root / VALKEY_URL_FILE).read_text(encoding="utf-8")
    except OSError:
        url = f"unix://{parts.data.valkey / 'valkey.sock'}"
    return SecretStr(url)


def database_url(parts: Parts) -> SecretStr:
    """The configured PostgreSQL, or SQLite in the data folder."""
    configured = parts.settings.database_url
    return configured or SecretStr(f"sqlite:///{parts.data.database}")


def read_revision(parts: Parts, site: Path) -> Revision:
    """The site file as a revision, recordings named by absolute path.

    Raises:
        ConfigError: It is wrong; names the keys.
    """
    content = with_absolute_paths(read_site(site), site.absolute().parent)
    return revision_of(content, parts.clock.utc_now(), "command line", str(site))


def evidence_place(parts: Parts) -> str:
    """Folder or address of the evidence store."""
    if parts.settings.evidence_url is not None:
        return parts.settings.evidence_url.get_secret_value()
    return str(parts.data.evidence)


def watch_specs(
    parts: Parts, revision: Revision, redis_url: SecretStr, workers: int
) -> tuple[WatchSpec, ...]:
    """What each of the workers is given."""
    own = parts.settings.models_dir
    return tuple(
        WatchSpec(
            site=revision.content,
            config=revision.id,
            base_dir=parts.data.root,
            data=parts.data,
            worker=worker,
            workers=workers,
            redis_url=redis_url,
            database_url=database_url(parts),
            evidence=evidence_place(parts),
            shards=parts.settings.shards,
            models=(SHIPPED_DIR,) if own is None else (SHIPPED_DIR, own),
            log_level=log_level(parts.settings, parts.console),
        )
        for worker in range(workers)
    )
