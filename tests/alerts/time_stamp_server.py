"""A time-stamp authority made with openssl: real certificates and tokens, over HTTP."""

import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIG = """
[tsa]
default_tsa = here
[here]
dir = {folder}
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
EXTENSIONS = """
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
basicConstraints = CA:FALSE
"""


class TimeStampServer:
    """One authority.

    Attributes:
        roots: Its root certificate, PEM.
        url: Where it answers.
        spoil: What is done to its answers; nothing unless a test says so.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.roots = folder / "ca.pem"
        self.spoil: bytes | None = None
        self._make()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                answer = outer.answer(self.rfile.read(length))
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_told: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def answer(self, asked: bytes) -> bytes:
        """What the authority answers to a query."""
        if self.spoil is not None:
            return self.spoil
        query, reply = self._folder / "query.tsq", self._folder / "reply.tsr"
        query.write_bytes(asked)
        self._openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", str(query))
        return reply.read_bytes()

    def close(self) -> None:
        """End."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _make(self) -> None:
        (self._folder / "tsa.cnf").write_text(CONFIG.format(folder=self._folder))
        (self._folder / "ext.cnf").write_text(EXTENSIONS)
        (self._folder / "serial").write_text("01\n")
        new = ("req", "-newkey", "rsa:2048", "-nodes", "-sha256")
        subject = "/CN=Test authority root"
        self._openssl(
            *new, "-x509", "-days", "3650", "-subj", subject,
            "-keyout", "ca.key", "-out", "ca.pem",
        )  # fmt: skip
        subject = "/CN=Test time stamps"
        self._openssl(*new, "-subj", subject, "-keyout", "tsa.key", "-out", "tsa.csr")
        self._openssl(
            "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", "3650", "-sha256", "-extfile", "ext.cnf",
            "-out", "tsa.pem",
        )  # fmt: skip

    def _openssl(self, *arguments: str) -> None:
        out = ("-out", "reply.tsr") if "-reply" in arguments else ()
        subprocess.run(
            ["openssl", *arguments, *out],
            cwd=self._folder,
            check=True,
            capture_output=True,
        )
