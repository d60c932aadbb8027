"""What a worker is given: whole behind the pipe, secret everywhere else."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from nonsite.data_folder import DataFolder
from nonsite.watch_spec import WatchSpec, decode, encode
from sites.revision import RevisionId


def spec() -> WatchSpec:
    """A spec with everything that could be lost on the way."""
    return WatchSpec(
        site='{"name":"路口 \\"1\\""}',
        config=RevisionId("c" * 64),
        base_dir=Path("/srv/现场"),
        data=DataFolder(Path("/srv/data")),
        worker=1,
        workers=3,
        redis_url=SecretStr("redis://:hunter2@cache:6379/0"),
        database_url=SecretStr("postgresql://n:hunter3@db/nonsite"),
        evidence="s3://bucket/prefix",
        shards=8,
        models=(Path("/srv/models"), Path("/srv/own")),
        log_level="debug",
    )


def test_a_spec_comes_back_whole() -> None:
    """Every field is what it was, secrets and types included."""
    back = decode(encode(spec()))

    assert back == spec()
    assert back.redis_url.get_secret_value() == "redis://:hunter2@cache:6379/0"
    assert back.database_url.get_secret_value() == "postgresql://n:hunter3@db/nonsite"
    assert back.data.spool(1) == Path("/srv/data/spool/worker_1")


def test_passwords_of_stores_do_not_print() -> None:
    """Neither the spec's text nor a traceback's line shows them."""
    shown = f"{spec()} {spec()!r}"

    assert "hunter" not in shown


@pytest.mark.parametrize(
    "junk",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\x00", id="no text"),
        pytest.param(b"[]", id="another shape"),
        pytest.param(encode(spec())[:-40], id="cut off"),
        pytest.param(encode(spec()).replace(b'"shards":8', b'"shards":"x"'), id="type"),
    ],
)
def test_junk_is_refused(junk: bytes) -> None:
    """A worker that is given junk begins nothing."""
    with pytest.raises(ValidationError):
        decode(junk)
