"""Random site files: the sample with values drawn anew or spoilt.

Valid ones must be accepted and their rules be built; a spoilt one is accepted, or
refused with the path of a key that is in the file or wanting in it; nothing else may be
raised. One in `TEXTS` goes through YAML text, some of those with bytes bitten out.
`python -m tests.sites.random_sites 10000`.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rich.progress import track

from base.errors import ConfigError
from base.ids import CameraId, ViewName, ZoneName
from rules.build import CameraRules
from rules.catalogue import shipped_catalogue, with_codes
from rules.clock_store import MemoryClockStore
from rules.engine import RuleEngine
from rules.settings import Purpose
from sites.load import parse_site, site_of
from sites.schema import Site

SAMPLE = Path(__file__).parents[2] / "samples" / "site.yaml"
TEXTS = 50
BUILT = 10
"""Of so many accepted sites one has its rules built."""
Node = dict[Any, Any] | list[Any]
OF_THE_FILE = ("this is no YAML", "the file ", "aliases ")
"""What is wrong with a whole text has no key."""
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


@cache
def _sample() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(SAMPLE.read_bytes())
    return content


@dataclass(frozen=True)
class Drawn:
    """One site.

    Attributes:
        number: Of the draw.
        content: As YAML would hold it.
        is_valid: Whether nothing in it is spoilt.
        raw: The same as text, for some; bytes may be bitten out of it.
    """

    number: int
    content: dict[str, Any]
    is_valid: bool
    raw: bytes | None


def sites(count: int, seed: int = 0) -> Iterator[Drawn]:
    """A third with zones and thresholds drawn anew, the rest spoilt too."""
    for number in range(count):
        chance = random.Random(f"{seed}/{number}")
        content = deepcopy(_sample())
        _draw_zones(content, chance)
        _draw_rules(content, chance)
        is_valid = number % 3 == 0
        if not is_valid:
            for _ in range(chance.randint(1, 5)):
                _spoil(content, chance)
        raw = None
        if number % TEXTS < 2:
            raw = yaml.safe_dump(content, allow_unicode=True).encode()
            if number % TEXTS == 1:
                raw, is_valid = _bitten(raw, chance), False
        yield Drawn(number, content, is_valid, raw)


def refused(drawn: Drawn) -> bool:
    """Whether a site is refused, as it should be; anything but `ConfigError` escapes.

    Raises:
        AssertionError: It was refused though valid, or without saying where.
    """
    try:
        site = (
            site_of(drawn.content, {}) if drawn.raw is None else parse_site(drawn.raw)
        )
    except ConfigError as error:
        problems = error.problems
    else:
        problems = ()
    assert not (drawn.is_valid and problems), problems
    for problem in problems:
        where, colon, what = problem.partition(": ")
        is_told = drawn.raw is not None and problem.startswith(OF_THE_FILE)
        # bitten text holds keys nobody can walk to in the content it was made from
        is_there = drawn.raw is not None or _is_place(where, drawn.content)
        assert is_told or (colon and what and is_there), problem
    if problems:
        return True
    if drawn.number % BUILT == 0:
        _build(site)
    return False


def _is_place(where: str, content: object) -> bool:
    """Whether each key of a path but the last is in the content, or ends in a value."""
    node, parts = content, where.split(".")
    for place, part in enumerate(parts):
        if isinstance(node, dict):
            below = {str(key): value for key, value in node.items()}
            below |= {str(int(k)): v for k, v in node.items() if isinstance(k, bool)}
        elif isinstance(node, list):
            below = {str(index): value for index, value in enumerate(node)}
        else:
            return True
        if part not in below:
            return place == len(parts) - 1
        node = below[part]
    return True


def _build(site: Site) -> None:
    """The rules of every view, as a worker makes them."""
    for camera, section in site.cameras.items():
        for view, drawn in section.views.items():
            rules = CameraRules(
                CameraId(camera),
                ViewName(view),
                {ZoneName(name): zone for name, zone in drawn.zones.items()},
                site_rules=site.rules,
                camera_rules=section.rules,
                regime=section.regime,
                catalogue=with_codes(site.codes),
            )
            RuleEngine(rules, MemoryClockStore(), 1)


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


def _draw_rules(site: dict[str, Any], chance: random.Random) -> None:
    """Thresholds of some codes, for the site, a camera or a zone."""
    codes = sorted(shipped_catalogue().rules)
    places = [site, *site["cameras"].values()]
    for camera in site["cameras"].values():
        for view in camera.get("views", {}).values():
            places += view["zones"].values()
    for _ in range(chance.randint(0, 4)):
        place = chance.choice(places)
        place["rules"] = dict(place.get("rules") or {})
        place["rules"][chance.choice(codes)] = {
            "enabled": chance.choice([True, False, None]),
            "dwell_s": chance.uniform(0.1, 86400),
            "grace_s": chance.choice([0, chance.uniform(0, 86400)]),
            "gap_s": chance.uniform(0.1, 86400),
            "min_overlap": chance.uniform(0.01, 1),
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
    told = Counter[str]()
    for drawn in track(sites(count), "trying", total=count):
        is_refused = refused(drawn)
        told[
            "valid" if drawn.is_valid else "refused" if is_refused else "harmless"
        ] += 1
    print(f"{count} site files: {dict(told)}")  # noqa: T201 - a tool


if __name__ == "__main__":
    main(int(sys.argv[1]))
