"""A site file in, a checked `Site` out; or every problem, by key path and line."""

import re
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from base.errors import ConfigError
from rules.catalogue import CODE, shipped_catalogue, with_codes
from rules.composition import problems_of as problems_of_rule
from rules.settings import RuleSection
from sites.schema import NAME, Site
from sites.yaml_text import KeyPath, parse_yaml, problems_of, with_line


def read_site(path: Path) -> Site:
    """Read and check a site file.

    Raises:
        ConfigError: One line for each problem: `key.path: what is wrong (line n)`.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigError((f"{path}: {error.strerror or error}",)) from error
    return parse_site(raw)


def parse_site(raw: bytes) -> Site:
    """Check a site given as YAML (or JSON) bytes.

    Raises:
        ConfigError: See `read_site`.
    """
    return site_of(*parse_yaml(raw))


def site_of(content: Any, lines: dict[KeyPath, int]) -> Site:
    """Check plain values, and name the line of a problem where one is known.

    Args:
        content: As YAML or JSON hold it.
        lines: Every key path there is, with its line; 0 for none.

    Raises:
        ConfigError: See `read_site`.
    """
    try:
        site = Site.model_validate(content)
    except ValidationError as error:
        raise ConfigError(problems_of(error, lines)) from error
    except RecursionError as error:
        raise ConfigError(("the file is nested too deeply",)) from error
    problems = (
        _wrong_codes(site)
        + _wrong_names(site)
        + _wrong_overrides(site)
        + _wrong_relations(site)
        + _wrong_dossiers(site)
    )
    if problems:
        raise ConfigError(tuple(with_line(told, lines) for told in problems))
    return site


def _wrong_names(site: Site) -> tuple[str, ...]:
    """Names become parts of keys and file names: small letters, digits, underscore."""
    good = re.compile(NAME)
    names = [(f"cameras.{camera}", camera) for camera in site.cameras]
    for camera, section in site.cameras.items():
        for view, content in section.views.items():
            names.append((f"cameras.{camera}.views.{view}", view))
            names += [
                (f"cameras.{camera}.views.{view}.zones.{zone}", zone)
                for zone in content.zones
            ]
    return tuple(
        f"{where}: a name has small letters, digits and _, begins with a letter"
        for where, name in names
        if not good.match(name)
    )


def _wrong_codes(site: Site) -> tuple[str, ...]:
    """A code of one's own has a name of its own and clauses there are."""
    found: list[str] = []
    for code, row in site.codes.items():
        where = f"codes.{code}"
        if not re.match(CODE, code):
            found.append(f"{where}: a code looks like AB-01 or AB-01X")
        if code in shipped_catalogue().rules:
            found.append(f"{where}: is in the catalogue; change it under rules:")
        told = problems_of_rule(row, RuleSection())
        found += [f"{where}.{problem}" for problem in told]
    return tuple(found)


def _wrong_overrides(site: Site) -> tuple[str, ...]:
    """Overrides of codes or clauses the catalogue does not have stay mute: refused."""
    named = [(f"rules.{code}", code, rule) for code, rule in site.rules.items()]
    for camera, section in site.cameras.items():
        where = f"cameras.{camera}"
        named += [(f"{where}.rules.{c}", c, rule) for c, rule in section.rules.items()]
        named += [
            (f"{where}.views.{view}.zones.{zone}.rules.{code}", code, rule)
            for view, content in section.views.items()
            for zone, drawn in content.zones.items()
            for code, rule in drawn.rules.items()
        ]
    known = with_codes(site.codes).rules
    broken = {
        c for c, row in site.codes.items() if problems_of_rule(row, RuleSection())
    }
    found: list[str] = []
    for where, code, rule in named:
        if code not in known:
            found.append(f"{where}: the catalogue has no such code, see docs/rules.md")
        elif code not in broken:  # what is wrong with the code itself is told there
            found += [f"{where}.{told}" for told in problems_of_rule(known[code], rule)]
    return tuple(found)


def _wrong_relations(site: Site) -> tuple[str, ...]:
    """A zone can only belong to another zone of its own view."""
    found = []
    for camera, section in site.cameras.items():
        for view, content in section.views.items():
            for name, zone in content.zones.items():
                owner = zone.belongs_to
                if owner is not None and (owner not in content.zones or owner == name):
                    where = f"cameras.{camera}.views.{view}.zones.{name}.belongs_to"
                    found.append(f"{where}: the view has no other zone named {owner}")
    return tuple(found)


def _wrong_dossiers(site: Site) -> tuple[str, ...]:
    """Codes a dossier permits that the catalogue does not have."""
    known = with_codes(site.codes).rules
    return tuple(
        f"cameras.{camera}.dossier.codes: the catalogue has no {code}"
        for camera, section in site.cameras.items()
        if section.dossier is not None
        for code in sorted(section.dossier.codes or ())
        if code not in known
    )
