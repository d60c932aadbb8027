"""A small S3 server for tests: objects, ranges, conditional uploads, parts."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


def _tag(body: bytes) -> str:
    return f'"{sha256(body).hexdigest()}"'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "S3Server"

    def log_message(self, *_args: object) -> None:
        """Stay silent."""

    def _answer(
        self, status: int, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if "Content-Length" not in (headers or {}):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _asked(self) -> tuple[str, dict[str, list[str]]]:
        parts = urlsplit(self.path)
        return parts.path, parse_qs(parts.query, keep_blank_values=True)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _is_as_told(self, body: bytes | None) -> bool:
        """Whether the object there is as the conditions of the request say."""
        wanted = self.headers.get("If-Match")
        if wanted is not None and (body is None or _tag(body) != wanted):
            return False
        return self.headers.get("If-None-Match") != "*" or body is None

    def do_PUT(self) -> None:
        """Store an object or one part of it."""
        path, query = self._asked()
        body = self._body()
        if self.server.refusing:
            self._answer(self.server.refusing)
        elif "partNumber" in query:
            self.server.parts[path, int(query["partNumber"][0])] = body
            self._answer(200, headers={"ETag": '"part"'})
        elif not self._is_as_told(self.server.objects.get(path)):
            self._answer(412)
        else:
            self.server.objects[path] = body
            self._answer(200, headers={"ETag": _tag(body)})

    def do_POST(self) -> None:
        """Delete objects; begin or complete an upload in parts."""
        path, query = self._asked()
        body = self._body().decode()
        if "delete" in query:
            keys = re.findall(r"<Key>(.*?)</Key>", body)
            for key in keys:
                self.server.objects.pop(f"{path}/{key}", None)
            gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
            self._answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())
            return
        if "uploads" in query:
            xml = "<InitiateMultipartUploadResult><UploadId>u</UploadId>"
            xml += "</InitiateMultipartUploadResult>"
            self._answer(200, xml.encode())
            return
        numbers = sorted(n for p, n in self.server.parts if p == path)
        self.server.objects[path] = b"".join(
            self.server.parts.pop((path, n)) for n in numbers
        )
        xml = "<CompleteMultipartUploadResult><ETag>x</ETag>"
        xml += "</CompleteMultipartUploadResult>"
        self._answer(200, xml.encode())

    def do_GET(self) -> None:
        """Give an object or a range of it."""
        path, _ = self._asked()
        body = self.server.objects.get(path)
        if self.server.refusing or body is None:
            self._answer(self.server.refusing or 404)
            return
        headers = {"ETag": _tag(body), "Last-Modified": "Mon, 23 Nov 2026 02:00:00 GMT"}
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if asked is None:
            headers["Content-Length"] = str(len(body))
            self._answer(200, body, headers)
            return
        first, last = int(asked[1]), min(int(asked[2]), len(body) - 1)
        headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
        self._answer(206, body[first : last + 1], headers)

    def do_HEAD(self) -> None:
        """Describe an object."""
        self.do_GET()


class S3Server(ThreadingHTTPServer):
    """Objects by path; `refusing` is a status to answer everything with, or 0."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.parts: dict[tuple[str, int], bytes] = {}
        self.refusing = 0

    @property
    def options(self) -> dict[str, str]:
        """What the client must know to reach it."""
        return {
            "endpoint": f"http://127.0.0.1:{self.server_port}",
            "region": "us-east-1",
            "access_key_id": "key",
            "secret_access_key": "secret",
        }


@contextmanager
def serve() -> Iterator[S3Server]:
    """A running server on loopback, ended afterwards."""
    with S3Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
