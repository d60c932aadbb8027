"""A link to cut, stall and slow: a TCP port in front of a server's socket."""

import contextlib
import random
import socket
import threading
import time
from pathlib import Path

CHUNK = 4096


class TcpProxy:
    """Forwards connections on a local port to a Unix socket.

    Attributes:
        port: Where it listens; stays the same while it is cut.
        delay_s: How long each chunk of at most 4 KB is held, both ways.

    Args:
        target: The server's socket file.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.delay_s = 0.0
        self._flows = threading.Event()
        self._flows.set()
        self._is_cut = False
        self._is_closed = False
        self._lock = threading.Lock()
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, seconds: float) -> None:
        """Break every connection, and refuse new ones for a while."""
        self._is_cut = True
        self._break_all()
        time.sleep(seconds)
        self._is_cut = False

    def stall(self, seconds: float) -> None:
        """Pass nothing on for a while, and say nothing; then break what waited."""
        self._flows.clear()
        time.sleep(seconds)
        self._break_all()
        self._flows.set()

    def slow(self, seconds: float, delay_s: float) -> None:
        """Hold every chunk for `delay_s`, for a while."""
        self.delay_s = delay_s
        time.sleep(seconds)
        self.delay_s = 0.0

    def close(self) -> None:
        """Listen no more."""
        self._is_closed = True
        self._flows.set()
        self._listener.close()
        self._break_all()

    def _break_all(self) -> None:
        with self._lock:
            pairs, self._pairs = self._pairs, set()
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self._is_closed:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            if self._is_cut or far.connect_ex(str(self._target)) != 0:
                near.close()
                far.close()
                continue
            near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pair = (near, far)
            with self._lock:
                self._pairs.add(pair)
            for source, sink in (pair, pair[::-1]):
                threading.Thread(
                    target=self._pump, args=(source, sink, pair), daemon=True
                ).start()

    def _pump(
        self,
        source: socket.socket,
        sink: socket.socket,
        pair: tuple[socket.socket, socket.socket],
    ) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(CHUNK):
                self._flows.wait()
                if self.delay_s:
                    time.sleep(self.delay_s)
                sink.sendall(chunk)
        for end in pair:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        with self._lock:
            is_last = pair not in self._pairs
            self._pairs.discard(pair)
        if is_last:
            for end in pair:
                end.close()


def trouble(link: TcpProxy, rng: random.Random) -> str:
    """Cut, stall or slow a link for up to a second and a half; what was done."""
    seconds = rng.uniform(0.1, 1.0)
    kind = rng.choice(["cut", "stall", "slow"])
    if kind == "cut":
        link.cut(seconds)
    elif kind == "stall":
        link.stall(seconds)
    else:
        link.slow(seconds, rng.uniform(0.005, 0.05))
    return kind
