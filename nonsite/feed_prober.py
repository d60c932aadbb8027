"""Sees what an address sends, before it becomes a camera: codec, pace, a picture."""

import json
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from alerts.command import ProbeFeed
from base.errors import ConfigError
from base.networks import ForbiddenAddressError, UnreachableError
from base.redact import redact
from nonsite.settings import logins_from_environment, read_settings
from streams.errors import FeedError
from streams.faults import REMEDIES, FeedFault
from streams.probe import Probe, probe_with_picture
from streams.resolver import UrlResolver
from streams.settings import Profile, UrlFeed
from streams.still import thumbnail

WATCH_S = 8.0
"""Media time that is read at most: three key frames of most cameras."""

PICTURE_WIDTH_PX = 1280
LONG_KEY_S = 4.0
"""A key interval above it costs full decoding: the page names the camera's setting."""

_FEED: TypeAdapter[UrlFeed] = TypeAdapter(UrlFeed)


@dataclass(frozen=True, slots=True)
class Probed:
    """What was found.

    Attributes:
        detail: JSON: of a probe its figures, of a failure `fault` and `remedy`.
        picture: A JPEG of the stream; None when there was none to see.
    """

    detail: str
    picture: bytes | None


class FeedProber:
    """Safe to use from any thread."""

    def probe(self, job: ProbeFeed) -> Probed:
        """Look at an address; never raises for what the address does."""
        try:
            feed = _FEED.validate_json(job.feed)
            self._check_reach(feed)
            return self._looked(feed, job.timeout_s)
        except FeedError as error:
            return _failed(error.fault, str(error))
        except UnreachableError as error:
            return _failed(FeedFault.UNREACHABLE, str(error))
        except (ForbiddenAddressError, ConfigError, ValidationError) as error:
            words = str(error).splitlines()[0]
            return _failed(FeedFault.REFUSED, words)

    @staticmethod
    def _check_reach(feed: UrlFeed) -> None:
        reach = read_settings().camera_reach
        for url in (feed.looks, feed.evidence):
            if url is not None:
                reach.addresses(urlsplit(url).hostname or "")

    @staticmethod
    def _looked(feed: UrlFeed, timeout_s: float) -> Probed:
        resolver = UrlResolver(feed, logins_from_environment)
        address = resolver.resolve(Profile.LOOKS)
        looks, image = probe_with_picture(address, timeout_s, WATCH_S)
        found: dict[str, object] = {"looks": _figures(looks)}
        if feed.evidence is not None and feed.evidence != feed.looks:
            address = resolver.resolve(Profile.EVIDENCE)
            evidence, _ = probe_with_picture(address, timeout_s, WATCH_S)
            found["evidence"] = _figures(evidence)
        return Probed(json.dumps(found), thumbnail(image, PICTURE_WIDTH_PX))


def _figures(found: Probe) -> dict[str, object]:
    key_s = found.key_interval_s
    long_key = key_s is None or key_s > LONG_KEY_S
    return {**asdict(found), "has_long_gop": long_key}


def _failed(fault: FeedFault, words: str) -> Probed:
    told = {
        "fault": fault.value,
        "reason": redact(words),
        "remedy": REMEDIES[fault],
    }
    return Probed(json.dumps(told, ensure_ascii=False), None)
