"""Tells one thing to one recipient, and writes down what became of it."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from alerts.acknowledgement import Alarms
from alerts.audit import Deed, record
from alerts.database import Database
from alerts.errors import NotFoundError
from alerts.outbox import Outbox, OwedTelling
from alerts.repository import AlertRepository
from base.clock import Clock
from delivery.attempt import TEST, Attempt, Outcome
from delivery.book import DeliveryBook
from delivery.channels import HookSecrets, webhook_address
from delivery.errors import DeliveryError
from delivery.message import Message, Wording
from delivery.metrics import DeliveryMetrics
from delivery.rota import SiteInForce, channel_of
from delivery.webhook import Receipt, post
from rules.catalogue import shipped_catalogue
from sites.delivery_section import DeliverySection, PhonePageChannel, WebhookChannel

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
UNSEEN_S = 5.0
"""How often it is asked whether a phone page was opened or the alarm is over."""

_log = structlog.get_logger()
_chance = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class TellerParts:
    """What it works with.

    Attributes:
        database: Where what is owed stands.
        site: The configuration in force.
        secrets: Of webhooks.
        public_url: Where the desk is, for the link in a message; may be empty.
        metrics: Counted here.
        clock: Wall and monotonic time.
    """

    database: Database
    site: SiteInForce
    secrets: HookSecrets
    public_url: str
    metrics: DeliveryMetrics
    clock: Clock


def pause_s(attempts: int, share: float) -> float:
    """Seconds before the next try: doubled each time, up to a minute, ± a half.

    Args:
        attempts: Tries so far, from 1.
        share: A random number from 0 to 1: not everybody comes back at once.
    """
    doubled: float = FIRST_PAUSE_S * 2.0 ** min(attempts - 1, 16)
    whole = min(LONGEST_PAUSE_S, doubled)
    return whole * (0.5 + share)


class Teller:
    """Safe to use from any thread.

    Attributes:
        outbox: What is owed.
        book: Attempts so far.
    """

    def __init__(self, parts: TellerParts) -> None:
        self._parts = parts
        self._clock = parts.clock
        self.outbox = Outbox(parts.database)
        self._alarms = Alarms(parts.database)
        self._alerts = AlertRepository(parts.database)
        self.book = DeliveryBook(parts.database)
        self._catalogue = shipped_catalogue()

    def tell(self, telling: OwedTelling) -> None:
        """Send it, put it off or give it up; never silently drop it.

        Raises:
            StoreError: A store is away; it stays owed.
        """
        if self._alarms.of(telling.alert) is not None:
            self.outbox.mark_moot(telling.id, "acknowledged before it was delivered")
            return
        name = channel_of(telling.recipient)
        channel = self.section().channels.get(name)
        if channel is None:
            self._give_up(telling, None, f"the site has no channel {name} any more")
        elif isinstance(channel, PhonePageChannel):
            self._wait_for_phone(telling)
        else:
            self._send(telling, name, channel)

    def test(self, name: str, deed: Deed) -> Attempt:
        """Send a test over one webhook, now; `deed` goes on record before.

        Raises:
            NotFoundError: The site has no such webhook.
            StoreError: The database is away.
        """
        channel = self.section().channels.get(name)
        if not isinstance(channel, WebhookChannel):
            raise NotFoundError(f"the site has no webhook {name}")
        with self._parts.database.transaction() as session:
            record(session, self._clock.utc_now(), deed)
        message = self._wording().test(str(uuid4()), self._clock.utc_now())
        tried, _ = self._try(_Try(None, name, TEST, 1), message, name, channel)
        self._note(tried)
        return tried

    def seen(self, person: str) -> tuple[OwedTelling, ...]:
        """What `person` is owed on a phone page: it was opened, they have it now.

        Raises:
            StoreError: The database is away.
        """
        owed = self.outbox.owed_to(self.duties(person))
        now = self._clock.utc_now()
        for one in owed:
            self.outbox.mark_sent(one.id, now)
            self._note(_attempt(_Try.of(one), Outcome.SEEN, (now, now)))
            self._observe(one, now)
        return owed

    def duties(self, person: str) -> tuple[str, ...]:
        """What `person` is called as a recipient; empty: not on duty."""
        return tuple(
            f"{name}/{person}"
            for name, channel in self.section().channels.items()
            if isinstance(channel, PhonePageChannel) and person in channel.people
        )

    def section(self) -> DeliverySection:
        """Channels of the site in force."""
        site = self._parts.site()
        return DeliverySection() if site is None else site.delivery

    def _wording(self) -> Wording:
        return Wording(self._catalogue, self._parts.site(), self._parts.public_url)

    def _send(self, telling: OwedTelling, name: str, channel: WebhookChannel) -> None:
        alert = self._alerts.get_alert(telling.alert)
        id_ = f"{telling.alert}-{telling.id}"
        message = self._wording().alarm(id_, alert, telling.telling)
        tried, asked_s = self._try(_Try.of(telling), message, name, channel)
        if tried.outcome is Outcome.SENT:
            self.outbox.mark_sent(telling.id, tried.ended_at)
            self._note(tried)
            self._observe(telling, tried.ended_at)
        elif self._is_too_late(telling):
            self._give_up(telling, tried, tried.fault)
        else:
            self._note(tried)
            wait_s = max(asked_s, pause_s(telling.attempts + 1, _chance.random()))
            until = self._clock.utc_now() + timedelta(seconds=wait_s)
            self.outbox.put_off(telling.id, until, tried.fault)
            _log.warning(
                "delivery.failed",
                channel=name,
                telling=telling.id,
                attempt=telling.attempts + 1,
                reason=tried.fault,
                retry_in_s=round(wait_s, 1),
            )

    def _try(
        self, what: "_Try", message: Message, name: str, channel: WebhookChannel
    ) -> tuple[Attempt, float]:
        """Send it once; also for how long the other side asks to be left alone, s."""
        began = self._clock.utc_now()
        outcome, fault, status, text = Outcome.SENT, "", None, ""
        asked_s = 0.0
        try:
            address = webhook_address(name, channel, self._parts.secrets)
            receipt: Receipt = post(address, message, str(int(began.timestamp())))
            status, text = receipt.status, receipt.text
        except DeliveryError as error:
            outcome, fault, status = Outcome.FAILED, str(error), error.status
            asked_s = error.retry_after_s or 0.0
        attempt = Attempt(
            outbox=what.outbox,
            alert=message.alert,
            channel=name,
            recipient=what.recipient,
            telling=what.telling,
            attempt=what.attempt,
            outcome=outcome,
            status=status,
            fault=fault,
            message_sha256=hashlib.sha256(message.body).hexdigest(),
            receipt=text,
            began_at=began,
            ended_at=self._clock.utc_now(),
        )
        return attempt, asked_s

    def _wait_for_phone(self, telling: OwedTelling) -> None:
        if self._is_too_late(telling):
            self._give_up(telling, None, "nobody opened the page")
            return
        until = self._clock.utc_now() + timedelta(seconds=UNSEEN_S)
        self.outbox.put_off(telling.id, until, "the page was not opened yet")

    def _is_too_late(self, telling: OwedTelling) -> bool:
        age = self._clock.utc_now() - telling.created_at
        return age.total_seconds() >= self.section().give_up_after_s

    def _give_up(self, telling: OwedTelling, tried: Attempt | None, fault: str) -> None:
        now = self._clock.utc_now()
        at = (now, now) if tried is None else (tried.began_at, tried.ended_at)
        self.outbox.give_up(telling.id, fault)
        self._note(_attempt(_Try.of(telling), Outcome.GIVEN_UP, at, fault))
        _log.error(
            "delivery.given_up",
            recipient=telling.recipient,
            telling=telling.id,
            alert=str(telling.alert),
            reason=fault,
        )

    def _note(self, attempt: Attempt) -> None:
        self.book.note(attempt)
        labels = (attempt.channel, attempt.outcome.value)
        self._parts.metrics.attempts.labels(*labels).inc()

    def _observe(self, telling: OwedTelling, at: datetime) -> None:
        seconds = max(0.0, (at - telling.created_at).total_seconds())
        channel = channel_of(telling.recipient)
        self._parts.metrics.seconds.labels(channel).observe(seconds)


@dataclass(frozen=True, slots=True)
class _Try:
    """Which try of what."""

    outbox: int | None
    recipient: str
    telling: str
    attempt: int
    about: OwedTelling | None = None

    @classmethod
    def of(cls, telling: OwedTelling) -> "_Try":
        number = telling.attempts + 1
        recipient, step = telling.recipient, telling.telling.value
        return cls(telling.id, recipient, step, number, telling)


def _attempt(
    what: _Try, outcome: Outcome, times: tuple[datetime, datetime], fault: str = ""
) -> Attempt:
    """An attempt over which nothing was sent."""
    return Attempt(
        outbox=what.outbox,
        alert=None if what.about is None else what.about.alert,
        channel=channel_of(what.recipient),
        recipient=what.recipient,
        telling=what.telling,
        attempt=what.attempt,
        outcome=outcome,
        status=None,
        fault=fault,
        message_sha256=None,
        receipt="",
        began_at=times[0],
        ended_at=times[1],
    )
