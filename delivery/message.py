"""What a message says: enough to act on, nothing that points to a person.

No plate, no picture, no box, no score: whoever must see more opens the desk by the link
and logs in. The words are those before a verdict, 疑似…线索.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from alerts.alert import Alert, AlertId
from alerts.dedup import Telling
from alerts.plates import mask_plates
from base.json_value import JsonValue
from rules.catalogue import Catalogue
from rules.violation import Severity
from rules.wording import suspected
from sites.schema import Site

VERSION = 1


@dataclass(frozen=True, slots=True)
class Message:
    """One message, ready to be sent.

    Attributes:
        id: Names the telling: the same at every attempt, so that the other side can
            take it once.
        alert: About which alert; None for a test of the channel.
        body: JSON, UTF-8.
    """

    id: str
    alert: AlertId | None
    body: bytes


@dataclass(frozen=True, slots=True)
class Wording:
    """What messages are made with: names of codes, the site, where the desk is."""

    catalogue: Catalogue
    site: Site | None
    public_url: str

    def alarm(self, id_: str, alert: Alert, telling: Telling) -> Message:
        """The message about an alert."""
        words = suspected(alert.code, self.catalogue)
        section = None
        if self.site is not None:
            section = self.site.cameras.get(alert.place.camera)
        content: dict[str, JsonValue] = {
            "version": VERSION,
            "id": id_,
            "kind": f"alert.{telling.value}",
            "alert": str(alert.id),
            "code": alert.code,
            "severity": alert.severity.value,
            "life": alert.life.value,
            "text_zh": words.zh,
            "text_en": words.en,
            "camera": alert.place.camera,
            "place_zh": "" if section is None else mask_plates(section.title),
            "area": "" if section is None else mask_plates(section.area),
            "zone": alert.place.zone,
            "opened_at": _text(alert.opened_at),
            "link": f"{self.public_url}/alerts/{alert.id}" if self.public_url else "",
        }
        return Message(id_, alert.id, _json(content))

    def test(self, id_: str, now: datetime) -> Message:
        """The message that tests a channel."""
        content: dict[str, JsonValue] = {
            "version": VERSION,
            "id": id_,
            "kind": "test",
            "severity": Severity.S4.value,
            "text_zh": "通道测试，无需处理",
            "text_en": "a test of this channel, nothing to do",
            "at": _text(now),
        }
        return Message(id_, None, _json(content))


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _json(content: dict[str, JsonValue]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
