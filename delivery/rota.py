"""Who is told of what: the desk of everything, everybody named of life danger."""

from collections.abc import Callable, Iterable, Iterator

from alerts.outbox import DESK
from rules.place import Place
from rules.violation import Severity
from sites.delivery_section import DeliverySection, PhonePageChannel
from sites.schema import Site

SiteInForce = Callable[[], Site | None]
"""The configuration in force; None before the first import."""


class Rota:
    """`alerts.outbox.Recipients` out of the site in force.

    A recipient is the desk, a channel, or `channel/person` of a phone page.
    """

    def __init__(self, site: SiteInForce) -> None:
        self._site = site

    def of(self, place: Place, code: str, severity: Severity) -> tuple[str, ...]:
        """The desk; of S1 also every first channel and everybody on its phone page.

        Raises:
            StoreError: The configuration cannot be read.
        """
        del place, code
        site = self._site()
        if severity is not Severity.S1 or site is None:
            return (DESK,)
        return (DESK, *recipients(site.delivery, site.delivery.first))


def recipients(section: DeliverySection, names: Iterable[str]) -> tuple[str, ...]:
    """Everybody behind channels, each once, in order."""
    return tuple(dict.fromkeys(_behind(section, names)))


def _behind(section: DeliverySection, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        channel = section.channels[name]
        if isinstance(channel, PhonePageChannel):
            yield from (f"{name}/{person}" for person in channel.people)
        else:
            yield name


def channel_of(recipient: str) -> str:
    """The channel a recipient is told over."""
    return recipient.partition("/")[0]
