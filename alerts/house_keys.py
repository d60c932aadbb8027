"""The keys of one installation, which lie together in its data folder, and its name."""

from dataclasses import dataclass
from pathlib import Path

from alerts.plate_keys import PlateKeyRing
from alerts.service_key import ServiceKey, open_service_key
from base.clock import Clock

SERVICE_KEY = "service_key.pem"
PLATE_KEYS = "plate_keys.json"


@dataclass(frozen=True, slots=True)
class HouseKeys:
    """What is sealed with, and what plates are stored under.

    Attributes:
        service: Signs what leaves the house.
        plates: Plates are stored as HMAC under these.
        bureau: Whose installation it is, as printed on what leaves; empty: not told.
    """

    service: ServiceKey
    plates: PlateKeyRing
    bureau: str = ""


def open_house_keys(folder: Path, clock: Clock, bureau: str = "") -> HouseKeys:
    """The keys in `folder`, made when missing, of the house called `bureau`.

    Raises:
        StoreError: The service's key cannot be read or made.
    """
    service = open_service_key(folder / SERVICE_KEY)
    return HouseKeys(service, PlateKeyRing(folder / PLATE_KEYS, clock), bureau)
