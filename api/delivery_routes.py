"""`/channels`, `/dead-letters`, `/duty`: who was told, what reached nobody."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request

import api.delivery_examples as examples
from alerts.acknowledgement import Sounding
from alerts.alert import AlertId
from alerts.audit import Deed
from alerts.errors import NotFoundError
from alerts.outbox import DeadLetter
from api.access import AnyCaller, ReviewReader, SystemAdmin
from api.address import ALERTS, CHANNELS, DEAD_LETTERS, DELIVERIES, DUTY
from api.alert_shown import captions, seen_alert
from api.alert_view import summary_of
from api.delivery_view import (
    AttemptList,
    ChannelList,
    DeadLetterList,
    DeliveryPage,
    DeliveryQuery,
    DutyAlarm,
    DutyAlarms,
    DutyAnswer,
    ShownAttempt,
    ShownChannel,
    ShownDeadLetter,
    TakenReason,
    attempt_of,
    letter_of,
)
from api.errors import RefusedError
from api.openapi import answers
from api.services import State, StateDep
from api.task_view import TakenStep
from delivery.attempt import Attempt
from sites.delivery_section import DeliverySection, PhonePageChannel

router = APIRouter(tags=["delivery"])

ChannelPath = Annotated[str, Path(max_length=64, description="name in the site file")]
Number = Annotated[int, Path(ge=1, le=2**62, description="id of the dead letter")]


@router.get(
    ALERTS + "/{alert}/deliveries",
    responses=answers(examples.ATTEMPTS, 401, 403, 404, 422, 503),
)
def deliveries(alert: UUID, caller: ReviewReader, state: StateDep) -> AttemptList:
    """Who was told of an alert, over which channel, and what they answered."""
    found = seen_alert(state, caller, alert)
    attempts = state.services.delivery.book.of_alert(found.id)
    return AttemptList(attempts=tuple(attempt_of(one) for one in attempts))


@router.get(DELIVERIES, responses=answers(examples.PAGE, 401, 403, 422, 503))
def all_deliveries(
    query: Annotated[DeliveryQuery, Query()], caller: SystemAdmin, state: StateDep
) -> DeliveryPage:
    """Every attempt over every channel: whether messages arrive, and why not."""
    del caller
    book = state.services.delivery.book
    found = book.newest(query.filter(), query.before, query.limit)
    return DeliveryPage(
        attempts=tuple(attempt_of(one) for _, one in found),
        next=found[-1][0] if len(found) == query.limit else None,
    )


@router.get(CHANNELS, responses=answers(examples.CHANNELS, 401, 403, 503))
def channels(caller: SystemAdmin, state: StateDep) -> ChannelList:
    """Channels of the site in force, with the newest attempt over each."""
    del caller
    section = state.services.delivery.section()
    last = state.services.delivery.book.last_of_each_channel()
    return ChannelList(
        channels=tuple(
            _channel(section, name, last.get(name)) for name in sorted(section.channels)
        ),
        escalate_after_s=section.escalate_after_s,
    )


@router.post(
    CHANNELS + "/{name}/test",
    responses=answers(examples.ATTEMPT, 401, 403, 404, 422, 503),
)
def test_channel(
    name: ChannelPath, body: TakenReason, caller: SystemAdmin, state: StateDep
) -> ShownAttempt:
    """Send a test over one webhook, now; the answer says what came of it."""
    delivery = state.services.delivery
    deed = Deed(
        caller.name, "channel.tested", f"channel/{name}", {"reason": body.reason}
    )
    return attempt_of(delivery.test(name, deed))


@router.get(DEAD_LETTERS, responses=answers(examples.LETTERS, 401, 403, 503))
def dead_letters(caller: SystemAdmin, state: StateDep) -> DeadLetterList:
    """What was given up, newest first, at most 200."""
    del caller
    outbox = state.services.delivery.outbox
    return DeadLetterList(
        letters=tuple(letter_of(one) for one in outbox.dead_letters()),
        count=outbox.dead_count(),
    )


@router.post(
    DEAD_LETTERS + "/{number}/retry",
    responses=answers(examples.LETTER, 401, 403, 404, 422, 503),
)
def retry(
    number: Number, body: TakenReason, caller: SystemAdmin, state: StateDep
) -> ShownDeadLetter:
    """Owe one again; it is tried at once and for as long as any other."""
    subject = f"delivery/{number}"
    deed = Deed(caller.name, "delivery.revived", subject, {"reason": body.reason})
    now = state.services.clock.utc_now()
    owed = state.services.delivery.outbox.revive(number, deed, now)
    return letter_of(DeadLetter(owed, ""))


@router.get(f"{DUTY}/alarms", responses=answers(examples.DUTY, 401, 403, 503))
def duty_alarms(caller: AnyCaller, state: StateDep) -> DutyAlarms:
    """Alarms the caller was told of and nobody answers; asking is the receipt."""
    delivery = state.services.delivery
    names = delivery.duties(caller.name)
    if not names:
        return DutyAlarms(alarms=(), is_on_duty=False)
    if caller.only is None:  # a program saw nothing, nor whoever opened a task's link
        delivery.seen(caller.name)
    told = delivery.outbox.told_about(names)
    sounding = state.services.cases.alarms.sounding()
    found = (_duty_alarm(state, one) for one in sounding if one.alert in told)
    return DutyAlarms(
        alarms=tuple(one for one in found if one is not None), is_on_duty=True
    )


@router.post(
    DUTY + "/alarms/{alert}/acknowledge",
    responses=answers(examples.ANSWERED, 401, 403, 404, 409, 422, 503),
)
def answer(
    alert: UUID, body: TakenStep, request: Request, caller: AnyCaller, state: StateDep
) -> DutyAnswer:
    """The caller has it in hand: it is silent everywhere; the first one counts."""
    del body
    if "authorization" in request.headers or caller.only is not None:
        raise RefusedError("a person who logged in answers an alarm, nothing else")
    delivery = state.services.delivery
    told = delivery.outbox.told_about(delivery.duties(caller.name))
    if AlertId(alert) not in told:
        raise NotFoundError(f"no alarm {alert} was sent to you")
    heard = state.services.cases.reviews.acknowledge(AlertId(alert), caller)
    return DutyAnswer(alert=alert, by=heard.by, at=heard.at)


def _channel(section: DeliverySection, name: str, last: Attempt | None) -> ShownChannel:
    channel = section.channels[name]
    return ShownChannel(
        name=name,
        kind=channel.kind,
        people=channel.people if isinstance(channel, PhonePageChannel) else (),
        is_first=name in section.first,
        steps=tuple(n for n, step in enumerate(section.ladder, 1) if name in step),
        last=None if last is None else attempt_of(last),
    )


def _duty_alarm(state: State, one: Sounding) -> DutyAlarm | None:
    try:
        alert = state.services.alerts.get_alert(one.alert)
    except NotFoundError:
        return None
    held = state.site.get()
    section = None if held is None else held.site.cameras.get(alert.place.camera)
    position = None if section is None else section.position
    now = state.services.clock.utc_now()
    return DutyAlarm(
        alert=summary_of(alert, captions(state)),
        since=one.since,
        seconds=max(0.0, (now - one.since).total_seconds()),
        lat=None if position is None else position.lat,
        lon=None if position is None else position.lon,
    )
