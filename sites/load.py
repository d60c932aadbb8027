"""A site file in, a checked `Site` out; or every problem, by key path and line."""

import re
from pathlib import Path

from pydantic import ValidationError

from base.errors import ConfigError
from rules.catalogue import shipped_catalogue
from sites.schema import NAME, Site
from sites.yaml_text import parse_yaml, problems_of


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
    content, lines = parse_yaml(raw)
    try:
        site = Site.model_validate(content)
    except ValidationError as error:
        raise ConfigError(problems_of(error, lines)) from error
    except RecursionError as error:
        raise ConfigError(("the file is nested too deeply",)) from error
    problems = _wrong_names(site) + _unknown_codes(site)
    if problems:
        raise ConfigError(problems)
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


def _unknown_codes(site: Site) -> tuple[str, ...]:
    """Overrides of codes the catalogue does not have: a slip would stay mute."""
    named = [(f"rules.{code}", code) for code in site.rules]
    for camera, section in site.cameras.items():
        where = f"cameras.{camera}"
        named += [(f"{where}.rules.{code}", code) for code in section.rules]
        named += [
            (f"{where}.views.{view}.zones.{zone}.rules.{code}", code)
            for view, content in section.views.items()
            for zone, drawn in content.zones.items()
            for code in drawn.rules
        ]
    known = shipped_catalogue().rules
    return tuple(
        f"{where}: the catalogue has no such code; it has {', '.join(known)}"
        for where, code in named
        if code not in known
    )
