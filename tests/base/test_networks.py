"""What may be reached on somebody's word: every answer of a name is judged."""

import pytest

from base.networks import (
    ForbiddenAddressError,
    Reach,
    UnreachableError,
    networks_of,
    resolve,
)

PUBLIC = Reach()
CAMERAS = Reach(is_open=True)
OWN = Reach(networks_of("10.1.0.0/16, 127.0.0.1"))


@pytest.mark.parametrize(
    ("address", "public", "cameras", "own"),
    [
        pytest.param("93.184.216.34", True, True, True, id="public"),
        pytest.param("10.1.2.3", False, True, True, id="own network"),
        pytest.param("192.168.0.9", False, True, False, id="another private one"),
        pytest.param("127.0.0.1", False, False, True, id="this machine"),
        pytest.param("::1", False, False, False, id="this machine, v6"),
        pytest.param("::ffff:127.0.0.2", False, False, False, id="mapped"),
        pytest.param("169.254.169.254", False, False, False, id="cloud metadata"),
        pytest.param("0.0.0.0", False, False, False, id="unspecified"),
        pytest.param("fe80::1", False, False, False, id="link"),
    ],
)
def test_each_kind_of_address(
    address: str, public: bool, cameras: bool, own: bool
) -> None:
    """Public only, everything but the machine itself, or public and what is named."""
    assert PUBLIC.permits(address) == public
    assert CAMERAS.permits(address) == cameras
    assert OWN.permits(address) == own


def test_named_camera_networks_shut_the_others() -> None:
    """Once the owner names networks, cameras elsewhere are refused."""
    named = Reach(networks_of("10.1.0.0/16"), is_open=True)

    assert named.permits("10.1.2.3")
    assert not named.permits("192.168.0.9")
    assert not named.permits("93.184.216.34")


def test_a_name_with_two_faces_is_refused_whole() -> None:
    """One forbidden address among the answers, and none is used."""
    with pytest.raises(ForbiddenAddressError):
        PUBLIC.addresses("hook.example", lambda _: ("93.184.216.34", "127.0.0.1"))

    assert PUBLIC.addresses("hook.example", lambda _: ("93.184.216.34",))


def test_names_are_resolved_and_literals_are_not() -> None:
    """A literal needs no name service; a name without address is told."""
    assert OWN.addresses("127.0.0.1", lambda _: ()) == ("127.0.0.1",)
    assert "127.0.0.1" in resolve("localhost")
    with pytest.raises(UnreachableError):
        resolve("no-such-host.invalid")


@pytest.mark.parametrize("text", ["10.0.0.0/33", "cameras", "10.0.0.1/8"])
def test_what_is_no_network_is_refused(text: str) -> None:
    """A typing error must not open or shut something else."""
    with pytest.raises(ValueError, match=r"does not appear|has host bits"):
        networks_of(text)
