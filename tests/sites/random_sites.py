"""Random site files: the sample with values drawn anew or spoilt, as YAML bytes.

Whatever comes out is accepted, or refused with at least one problem that names a key
or a line; nothing else may be raised. `python -m tests.sites.random_sites 10000`.
"""

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from rich.progress import track

from base.errors import ConfigError
from rules.settings import Purpose
from sites.load import parse_site

SAMPLE = Path(__file__).parents[2] / "samples" / "site.yaml"
Node = dict[Any, Any] | list[Any]
JUNK: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "x" * 5000,
    "${HOME}",
    "占道",
    "\x00",
    [],
    {},
    [[]],
    {"a": {"b": []}},
    2**70,
    "2026-13-45",
    "../../etc/passwd",
    "rtsp://u:p@h/x",
)


def sites(count: int, seed: int = 0) -> Iterator[bytes]:
    """Site files: a third with new zones, the rest spoilt in one to five places."""
    plain = yaml.safe_load(SAMPLE.read_bytes())
    for number in range(count):
        chance = random.Random(f"{seed}/{number}")
        site = yaml.safe_load(yaml.safe_dump(plain))
        _draw_zones(site, chance)
        if number % 3:
            for _ in range(chance.randint(1, 5)):
                _spoil(site, chance)
        raw = yaml.safe_dump(site, allow_unicode=True).encode()
        if number % 7 == 3:
            raw = _bitten(raw, chance)
        yield raw


def refused(raw: bytes) -> bool:
    """Whether a site is refused, as it should be; anything but `ConfigError` escapes.

    Raises:
        AssertionError: It was refused without saying where.
    """
    try:
        parse_site(raw)
    except ConfigError as error:
        problems = str(error)
        assert ":" in problems or "line" in problems, problems
        return True
    return False


def _draw_zones(site: dict[str, Any], chance: random.Random) -> None:
    for camera in site["cameras"].values():
        for view in camera.get("views", {}).values():
            for n in range(chance.randint(0, 3)):
                x, y = chance.uniform(0, 0.8), chance.uniform(0, 0.8)
                side = chance.uniform(0.01, 0.2)
                corners = [[x, y], [x + side, y], [x + side, y + side], [x, y + side]]
                view["zones"][f"drawn_{n}"] = {
                    "purpose": str(chance.choice(list(Purpose))),
                    "points": corners,
                }


def _spoil(site: dict[str, Any], chance: random.Random) -> None:
    """One key or item anywhere: replaced, renamed, left out, or doubled in depth."""
    node: Node = site
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = chance.choice(keys)
        below = node[key]
        if isinstance(below, dict | list) and below and chance.random() < 0.8:
            node = below
            continue
        break
    deed = chance.randrange(4)
    if deed == 0:
        node[key] = chance.choice(JUNK)
    elif deed == 1 and isinstance(node, dict):
        node[chance.choice(("surprise", "é", " ", 7, True))] = node.pop(key)
    elif deed == 2:
        del node[key]
    else:
        node[key] = [node[key], chance.choice(JUNK)]


def _bitten(raw: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(raw))
    return raw[:at] + chance.randbytes(chance.randint(1, 6)) + raw[at + 3 :]


def main(count: int) -> None:
    """Try them all and tell how many were refused."""
    told = [refused(raw) for raw in track(sites(count), "trying", total=count)]
    print(f"{count} site files: {sum(told)} refused by key, the others accepted")  # noqa: T201 - a tool


if __name__ == "__main__":
    main(int(sys.argv[1]))
