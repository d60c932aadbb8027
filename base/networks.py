"""Which addresses of the network may be reached on somebody's word.

An address typed on a page or in a site file must not become a way into the machine
itself or its management network: names are resolved here, every answer is judged, and
what connects is given the address that was judged, so that a name cannot mean another
host a moment later.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from base.errors import NonsiteError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str], tuple[str, ...]]


class UnreachableError(NonsiteError):
    """The name means no address now."""


class ForbiddenAddressError(NonsiteError):
    """An address that may not be reached on this word."""


def networks_of(text: str) -> tuple[Network, ...]:
    """`10.0.0.0/8, 192.168.1.20` as networks.

    Raises:
        ValueError: One of them is none.
    """
    return tuple(
        ipaddress.ip_network(one.strip()) for one in text.split(",") if one.strip()
    )


def resolve(host: str) -> tuple[str, ...]:
    """Addresses a name means now, each once.

    Raises:
        UnreachableError: None.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnreachableError(f"the name {host} means no address") from error
    return tuple(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be reached.

    Attributes:
        networks: Reached whatever they are; empty: what `is_open` says.
        is_open: True: also everything but the machine itself and its link (cameras
            live in private networks); False: public addresses only.
    """

    networks: tuple[Network, ...] = ()
    is_open: bool = False

    def permits(self, address: str) -> bool:
        """Whether a literal address may be reached."""
        parsed: Address = ipaddress.ip_address(address)
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
            parsed = parsed.ipv4_mapped
        if any(parsed in one for one in self.networks):
            return True
        if self.is_open and not self.networks:
            return not (
                parsed.is_loopback or parsed.is_link_local or parsed.is_unspecified
            )
        return not self.is_open and parsed.is_global and not parsed.is_multicast

    def addresses(self, host: str, names: Resolve = resolve) -> tuple[str, ...]:
        """Addresses of `host`, all of them permitted.

        Raises:
            UnreachableError: The name means none.
            ForbiddenAddressError: One of them is not permitted: not even the others
                are used, a name with two faces is a trick.
        """
        bare = host.strip("[]")
        found = (bare,) if is_literal(bare) else names(bare)
        self.check(host, found)
        return found

    def check(self, host: str, addresses: Iterable[str]) -> None:
        """Refuse `host` when one of its `addresses` is not permitted.

        Raises:
            ForbiddenAddressError: See above.
        """
        if not all(self.permits(one) for one in addresses):
            raise ForbiddenAddressError(
                f"{host} lies in a network that may not be reached from here"
            )


def is_literal(host: str) -> bool:
    """Whether `host` is an address and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def literal_of(host: str) -> str | None:
    """The address `host` writes out, whichever way it is read; None for a name.

    A resolver also takes `127.1`, `2130706433` and `0x7f000001` for addresses, and
    `localhost` means this machine without being asked.
    """
    bare = host.strip("[]").rstrip(".")
    if is_literal(bare):
        return bare
    if bare.lower() == "localhost" or bare.lower().endswith(".localhost"):
        return "127.0.0.1"
    try:
        return socket.inet_ntoa(socket.inet_aton(bare))
    except OSError:
        return None
