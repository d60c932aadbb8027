"""Weights come from where the manifest says, whole and right, or not at all."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from models.errors import ModelError
from models.fetching import fetch

WEIGHTS = bytes(range(256)) * 2000
DIGEST = hashlib.sha256(WEIGHTS).hexdigest()


@dataclass(slots=True)
class Shelf:
    """What a test server does and what it was asked."""

    url: str = ""
    breaks_after: int | None = None
    knows_ranges: bool = True
    content: bytes = WEIGHTS
    asked: list[tuple[str, str | None]] = field(default_factory=list)


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    """A server on loopback that can break off, and can stand in as a proxy."""
    plan = Shelf()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range")
            plan.asked.append((self.path, wanted))
            if "missing" in self.path:
                self.send_error(404)
                return
            start = 0
            if wanted and plan.knows_ranges:
                start = int(wanted.removeprefix("bytes=").rstrip("-"))
            if start >= len(plan.content):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            rest = plan.content[start:]
            self.send_header("Content-Length", str(len(rest)))
            self.end_headers()
            self.wfile.write(rest[: plan.breaks_after])

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    plan.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield plan
    server.shutdown()
    thread.join()
    server.server_close()


def _manifest(folder: Path, url: str | None, digest: str = DIGEST) -> Path:
    keys = {
        "name": "net",
        "file": "net.onnx",
        "sha256": digest,
        "url": url,
        "input": {"width": 64, "height": 64, "colour": "bgr", "scale": 1.0},
        "classes": ["person"],
        "licence": "Apache-2.0",
    }
    path = folder / "net.yaml"
    path.write_text(yaml.safe_dump(keys), encoding="utf-8")
    return path


def _quiet(_had: int, _total: int | None) -> None:
    return None


def test_weights_come_whole(tmp_path: Path, shelf: Shelf) -> None:
    """The file stands beside the manifest with the right digest; no part is left."""
    told: list[tuple[int, int | None]] = []
    manifest = _manifest(tmp_path, f"{shelf.url}/net.onnx")

    path = fetch(manifest, lambda had, total: told.append((had, total)))

    assert path.read_bytes() == WEIGHTS
    assert told[-1] == (len(WEIGHTS), len(WEIGHTS))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["net.onnx", "net.yaml"]


def test_broken_download_goes_on_where_it_stopped(tmp_path: Path, shelf: Shelf) -> None:
    """The second call asks for the missing bytes only."""
    manifest = _manifest(tmp_path, f"{shelf.url}/net.onnx")
    shelf.breaks_after = 100_000
    with pytest.raises(ModelError, match="try again, it resumes"):
        fetch(manifest, _quiet)
    shelf.breaks_after = None

    path = fetch(manifest, _quiet)

    assert path.read_bytes() == WEIGHTS
    assert shelf.asked[-1] == ("/net.onnx", "bytes=100000-")


def test_server_without_ranges_starts_again(tmp_path: Path, shelf: Shelf) -> None:
    """A server that sends everything anew does not append to what was there."""
    (tmp_path / "net.onnx.part").write_bytes(b"old")
    shelf.knows_ranges = False

    path = fetch(_manifest(tmp_path, f"{shelf.url}/net.onnx"), _quiet)

    assert path.read_bytes() == WEIGHTS


def test_whole_part_needs_no_more_bytes(tmp_path: Path, shelf: Shelf) -> None:
    """All bytes were there when the process died: the digest is checked, no more."""
    (tmp_path / "net.onnx.part").write_bytes(WEIGHTS)

    path = fetch(_manifest(tmp_path, f"{shelf.url}/net.onnx"), _quiet)

    assert path.read_bytes() == WEIGHTS


def test_wrong_digest_is_not_kept(tmp_path: Path, shelf: Shelf) -> None:
    """What came is another file: it is thrown away and both digests are told."""
    manifest = _manifest(tmp_path, f"{shelf.url}/net.onnx", "0" * 64)

    with pytest.raises(ModelError, match="what came has sha256"):
        fetch(manifest, _quiet)

    assert [p.name for p in tmp_path.iterdir()] == ["net.yaml"]


def test_right_file_is_not_fetched_again(tmp_path: Path, shelf: Shelf) -> None:
    """Nothing is asked of the server when the weights are there and right."""
    (tmp_path / "net.onnx").write_bytes(WEIGHTS)

    fetch(_manifest(tmp_path, f"{shelf.url}/net.onnx"), _quiet)

    assert shelf.asked == []


def test_proxy_of_the_environment_is_used(
    tmp_path: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole address goes to the proxy, as proxies want it."""
    monkeypatch.setenv("http_proxy", shelf.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    fetch(_manifest(tmp_path, "http://weights.example/net.onnx"), _quiet)

    assert shelf.asked == [("http://weights.example/net.onnx", None)]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        pytest.param(None, "has no url", id="none"),
        pytest.param("file:///etc/passwd", "not http or https", id="file"),
        pytest.param("http://127.0.0.1:9/net.onnx", "cannot be fetched", id="offline"),
    ],
)
def test_without_a_network_it_says_what_to_copy_where(
    tmp_path: Path, url: str | None, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message carries file, digest and place for whoever has a USB stick."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    with pytest.raises(ModelError) as caught:
        fetch(_manifest(tmp_path, url), _quiet)

    assert told in str(caught.value)
    by_hand = f"copy net.onnx (sha256 {DIGEST}) to {tmp_path / 'net.onnx'}"
    assert by_hand in str(caught.value)


def test_missing_page_is_told(tmp_path: Path, shelf: Shelf) -> None:
    """A 404 is named, and no secret of the address is."""
    url = f"{shelf.url}/missing.onnx?token=geheim"

    with pytest.raises(ModelError, match="HTTP 404") as caught:
        fetch(_manifest(tmp_path, url), _quiet)

    assert "geheim" not in str(caught.value)
