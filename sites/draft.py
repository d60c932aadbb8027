"""A configuration somebody draws on a page: checked as one types, with key paths.

In: plain values as they come from JSON. Out: a checked `Site`, or every problem by the
path of its key. What a page may newly name is narrower than what a site file may: no
file of the machine, no address outside the networks the machine's owner permits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from base.errors import ConfigError
from base.networks import Reach, literal_of
from sites.delivery_section import WebhookChannel
from sites.load import site_of
from sites.schema import Site
from sites.yaml_text import KeyPath
from streams.settings import FileFeed, UrlFeed


@dataclass(frozen=True, slots=True)
class KeyProblem:
    """What is wrong with one key; an empty path means the whole."""

    path: str
    message: str


def draft_site(content: Any) -> Site:
    """The site a page drew.

    Raises:
        ConfigError: One line for each problem, `key.path: what is wrong`.
    """
    return site_of(content, dict.fromkeys(_paths(content, ()), 0))


def key_problems(error: ConfigError) -> tuple[KeyProblem, ...]:
    """The lines of an error, taken apart."""
    found = []
    for line in error.problems:
        path, told, message = line.partition(": ")
        is_whole = not told or " " in path or path == "(top)"
        found.append(KeyProblem("", line) if is_whole else KeyProblem(path, message))
    return tuple(found)


def reach_problems(draft: Site, before: Site | None, reach: Reach) -> tuple[str, ...]:
    """What a draft newly names and may not: files, forbidden addresses.

    Args:
        draft: The site as drawn.
        before: What it was drawn from; what stands there may stay.
        reach: Networks whose cameras may be added.
    """
    known = frozenset(_files(before)) if before is not None else frozenset()
    known_hosts = frozenset(host for _, host in _hosts(before)) if before else set()
    found = [
        f"{path}: files of the machine are named in the site file only (nonsite apply)"
        for path, file in _files(draft)
        if (path, file) not in known
    ]
    open_before = frozenset(_opened(before)) if before is not None else frozenset()
    found += [
        f"{path}: private networks are opened in the site file only (nonsite apply)"
        for path, network in _opened(draft)
        if (path, network) not in open_before
    ]
    for path, host in _hosts(draft):
        address = literal_of(host)
        if host in known_hosts or address is None or reach.permits(address):
            continue  # what a name means is asked when its feed is tried
        found.append(
            f"{path}: {host} lies in no network cameras may be in "
            "(NONSITE_FEED_NETWORKS)"
        )
    return tuple(found)


def _files(site: Site) -> Iterator[tuple[str, str]]:
    for key, file in site.inputs.files().items():
        yield f"inputs.{key}.path", str(file.path)
    for camera, section in site.cameras.items():
        if isinstance(section.feed, FileFeed):
            yield f"cameras.{camera}.feed.path", str(section.feed.path)
        for view, content in section.views.items():
            if content.reference is not None:
                where = f"cameras.{camera}.views.{view}.reference"
                yield where, str(content.reference)


def _opened(site: Site) -> Iterator[tuple[str, str]]:
    for name, channel in site.delivery.channels.items():
        if isinstance(channel, WebhookChannel):
            for network in channel.networks:
                yield f"delivery.channels.{name}.networks", network


def _hosts(site: Site) -> Iterator[tuple[str, str]]:
    for camera, section in site.cameras.items():
        feed = section.feed
        if not isinstance(feed, UrlFeed):
            continue
        for profile, url in (("looks", feed.looks), ("evidence", feed.evidence)):
            if url is not None:
                yield f"cameras.{camera}.feed.{profile}", urlsplit(url).hostname or ""


def _paths(value: Any, path: KeyPath) -> Iterator[KeyPath]:
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*path, str(key)))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _paths(inner, (*path, index))
