"""Binding and serving: what is refused at once, what a stop leaves behind."""

import socket
import threading

import httpx
import pytest

from api.server import bind, serve
from base.errors import ConfigError
from tests.api.conftest import Bench


def test_port_in_use_is_told_with_its_number() -> None:
    """Two services cannot share a port; the second says which."""
    first = bind("127.0.0.1", 0)
    port = first.getsockname()[1]

    with first, pytest.raises(ConfigError, match=str(port)):
        bind("127.0.0.1", port)


@pytest.mark.parametrize("port", [-1, 65536])
def test_port_out_of_range_is_a_config_error(port: int) -> None:
    """A number that is no port is named, not a crash."""
    with pytest.raises(ConfigError, match="cannot be used"):
        bind("127.0.0.1", port)


def test_answers_do_not_wait_for_acknowledgements() -> None:
    """The protocol is named, or asyncio leaves Nagle's algorithm on: 40 ms each."""
    with bind("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_service_answers_over_a_socket_and_closes_it_at_the_stop(bench: Bench) -> None:
    """It serves in any thread; after the stop the port is free again."""
    listener = bind("127.0.0.1", 0)
    port = listener.getsockname()[1]
    stop = bench.services.stop
    serving = threading.Thread(target=serve, args=(bench.app, listener, stop))
    serving.start()
    try:
        transport = httpx.HTTPTransport(retries=10)
        with httpx.Client(transport=transport, timeout=30) as client:
            answer = client.get(f"http://127.0.0.1:{port}/api/v1/alerts")
    finally:
        stop.set()
        serving.join(10)

    assert answer.status_code == 200
    assert "server" not in answer.headers
    assert not serving.is_alive()
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))
