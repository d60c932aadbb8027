"""What a worker process is given; crosses to it as JSON over its standard input.

Not over its arguments: they stand in every process list, and an address of a store may
hold a password.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import SecretStr, TypeAdapter

from nonsite.data_folder import DataFolder
from sites.revision import RevisionId


@dataclass(frozen=True, slots=True)
class WatchSpec:
    """One worker's share of the work.

    Attributes:
        site: The configuration, canonical JSON.
        config: Its revision.
        base_dir: Where relative paths of recordings begin.
        data: The data folder.
        worker: Number of this worker, from 0.
        workers: How many share the cameras.
        redis_url: The Redis or Valkey.
        database_url: Where later revisions are read.
        evidence: Folder or `s3://` address of the evidence store.
        shards: Shards of the stream.
        models: Folders of networks, the later win.
        log_level: As for `configure_logging`.
    """

    site: str
    config: RevisionId
    base_dir: Path
    data: DataFolder
    worker: int
    workers: int
    redis_url: SecretStr
    database_url: SecretStr
    evidence: str
    shards: int
    models: tuple[Path, ...]
    log_level: str


_SPEC = TypeAdapter(WatchSpec)


def encode(spec: WatchSpec) -> bytes:
    """The spec as JSON, secrets included: for a pipe, never for a file or a log."""
    bare = asdict(spec) | {
        "redis_url": spec.redis_url.get_secret_value(),
        "database_url": spec.database_url.get_secret_value(),
    }
    return TypeAdapter(dict[str, object]).dump_json(bare)


def decode(raw: bytes) -> WatchSpec:
    """The spec back."""
    return _SPEC.validate_json(raw)
