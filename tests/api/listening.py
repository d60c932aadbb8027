"""A client of server-sent events, as browsers are: it parses, remembers and resumes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from api.session_cookie import COOKIE


@dataclass(frozen=True, slots=True)
class Heard:
    """One event as it came over the wire."""

    name: str
    data: dict[str, Any]
    id: int


def events_in(lines: Iterator[str]) -> Iterator[Heard]:
    """Events of a stream of lines; comments are passed over."""
    fields: dict[str, str] = {}
    for line in lines:
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
            continue
        if "data" in fields:
            yield Heard(fields["event"], json.loads(fields["data"]), int(fields["id"]))
        fields = {}


def listen(
    port: int, last: int | None, query: str = "", session: str = ""
) -> Iterator[Heard]:
    """Events from the service on `port`, resumed behind `last`, until it breaks off."""
    cookies = {COOKIE: session} if session else {}
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    url = f"http://127.0.0.1:{port}/api/v1/events{query}"
    with (
        httpx.Client(timeout=30, cookies=cookies) as client,
        client.stream("GET", url, headers=headers) as stream,
    ):
        stream.raise_for_status()
        yield from events_in(stream.iter_lines())
