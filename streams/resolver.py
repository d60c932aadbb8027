"""From a camera's feed section to an address, asked anew at every connect.

Port: anything that can name an address for a profile is a resolver; a GB/T 28181
gateway answers with a play address that expires, a plain URL with itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import SecretStr

from base.redact import redact_url
from streams.errors import FeedError
from streams.faults import FeedFault
from streams.settings import FileFeed, Profile, Transport, UrlFeed
from streams.stretch import WHOLE, Stretch

Logins = Callable[[str], SecretStr | None]
"""Name of a login in, `user:password` out, None where the environment has none."""


@dataclass(frozen=True, slots=True)
class FeedAddress:
    """Where to connect, and how.

    Attributes:
        url: Address or path with credentials in place: never logged.
        is_live: False for a file, whose end is its end and whose pace is ours.
        loops: Whether a file starts again at its end.
        transport: How RTSP carries media.
        options: Further options for the demuxer.
        stretch: What a replay plays of a recording; a feed plays it whole.
    """

    url: SecretStr
    is_live: bool
    loops: bool = False
    transport: Transport = Transport.TCP
    options: Mapping[str, str] = field(default_factory=dict)
    stretch: Stretch = WHOLE

    def __str__(self) -> str:
        return redact_url(self.url.get_secret_value())


class FeedResolver(Protocol):
    """Names the address of one camera's feed."""

    def resolve(self, profile: Profile) -> FeedAddress:
        """The address to connect to now.

        Raises:
            FeedError: `UNRESOLVED` or `AUTH`, when no address can be had now.
        """
        ...


class UrlResolver:
    """A plain address, with the named login put in place."""

    def __init__(self, feed: UrlFeed, logins: Logins) -> None:
        self._feed = feed
        self._logins = logins

    def resolve(self, profile: Profile) -> FeedAddress:
        """The configured address; the evidence profile falls back to looks."""
        url = self._feed.looks
        if profile is Profile.EVIDENCE and self._feed.evidence is not None:
            url = self._feed.evidence
        return FeedAddress(
            url=SecretStr(self._with_login(url)),
            is_live=True,
            transport=self._feed.transport,
        )

    def _with_login(self, url: str) -> str:
        if self._feed.login is None:
            return url
        secret = self._logins(self._feed.login)
        if secret is None:
            name = f"NONSITE_LOGIN_{self._feed.login.upper()}"
            raise FeedError(FeedFault.AUTH, f"the environment has no {name}")
        user, _, password = secret.get_secret_value().partition(":")
        parts = urlsplit(url)
        userinfo = f"{quote(user, safe='')}:{quote(password, safe='')}"
        return urlunsplit(parts._replace(netloc=f"{userinfo}@{parts.netloc}"))


class FileResolver:
    """A recording on disk."""

    def __init__(self, feed: FileFeed, base_dir: Path) -> None:
        self._feed = feed
        self._base_dir = base_dir

    def resolve(self, profile: Profile) -> FeedAddress:
        """The file's path; both profiles are the same file."""
        del profile
        path = (self._base_dir / self._feed.path).resolve()
        return FeedAddress(
            url=SecretStr(str(path)), is_live=False, loops=self._feed.loop
        )
