"""What the next shift must know, as an answer and as it is kept."""

from alerts.alert import AlertFilter
from api.alert_shown import captions, scoped
from api.alert_view import AlertSummary, summary_of
from api.camera_view import camera_of
from api.review_shown import alarms_of, overdue_of
from api.services import State
from api.shift_view import (
    DownFeed,
    DowngradedRule,
    ShiftNow,
    ShownHandover,
    SirenTest,
)
from base.ids import CameraId
from base.json_value import JsonValue
from cases.life import Lane
from cases.queue import Visible
from cases.shifts import Handover
from identity.person import Person
from rules.violation import LASTING, Severity
from rules.wording import suspected
from streams.feed_status import FeedState

SHOWN = 50


def shift_now(state: State, caller: Person) -> ShiftNow:
    """What stands now, as far as the caller sees it."""
    cases, visible = state.services.cases, state.visible(caller)
    test = cases.shifts.last_siren_test()
    head = cases.queue.head(Lane.REVIEW, caller, visible, 1)
    return ShiftNow(
        at=state.services.clock.utc_now(),
        open_s1=_open_s1(state, caller),
        unacknowledged=len(alarms_of(state, caller).alarms),
        overdue=overdue_of(state, caller, SHOWN),
        waiting=head.waiting,
        feeds_down=_feeds_down(state, caller),
        downgraded=_downgraded(state, visible),
        undelivered=state.services.delivery.outbox.dead_count(visible),
        open_tasks=cases.tasks.open_count(visible),
        last_siren_test=None
        if test is None
        else SirenTest.model_validate(test, from_attributes=True),
    )


def state_for_record(shift: ShiftNow) -> JsonValue:
    """What is kept with the signatures: numbers and names, no pictures."""
    return {
        "open_s1": [str(alert.id) for alert in shift.open_s1],
        "unacknowledged": shift.unacknowledged,
        "overdue": [str(item.alert.id) for item in shift.overdue],
        "waiting": shift.waiting,
        "feeds_down": [feed.camera for feed in shift.feeds_down],
        "downgraded": [rule.code for rule in shift.downgraded],
        "undelivered": shift.undelivered,
        "open_tasks": shift.open_tasks,
    }


def handover_of(state: State, caller: Person, made: Handover) -> ShownHandover:
    """A hand-over, naming the cameras the caller sees; the record stays whole.

    Ids of alerts name nothing: of one they do not see the caller is told there is none.
    """
    shown = ShownHandover.model_validate(made, from_attributes=True)
    visible, down = state.visible(caller), shown.state.get("feeds_down")
    if visible is None or not isinstance(down, list):
        return shown
    here = [camera for camera in down if camera in visible]
    return shown.model_copy(update={"state": {**shown.state, "feeds_down": here}})


def _open_s1(state: State, caller: Person) -> tuple[AlertSummary, ...]:
    asked = scoped(
        AlertFilter(lives=LASTING, severities=frozenset({Severity.S1})),
        state.visible(caller),
    )
    if asked is None:
        return ()
    page = state.services.alerts.list_alerts(asked, None, SHOWN)
    words = captions(state)
    return tuple(summary_of(alert, words) for alert in page.alerts)


def _feeds_down(state: State, caller: Person) -> tuple[DownFeed, ...]:
    held, visible = state.site.get(), state.visible(caller)
    sections = {} if held is None else held.site.cameras
    names = [CameraId(n) for n in sorted(sections) if visible is None or n in visible]
    now = state.services.clock.utc_now()
    live = state.services.live.cameras(names)
    shown = (camera_of(name, sections[name], live[name], now) for name in names)
    return tuple(
        DownFeed(
            camera=one.id,
            title=one.title,
            faults=tuple(fault.code.value for fault in one.faults),
            seconds_since_last_look=one.seconds_since_last_look,
        )
        for one in shown
        if one.state is not FeedState.LIVE
    )


def _downgraded(state: State, visible: Visible) -> tuple[DowngradedRule, ...]:
    return tuple(
        DowngradedRule(
            code=one.code,
            text_zh=suspected(one.code, state.services.catalogue).zh,
            text_en=suspected(one.code, state.services.catalogue).en,
            reviewed=one.precision.of,
            confirmed=one.precision.hits,
            upper=1.0 if one.precision.upper is None else one.precision.upper,
            is_downgraded=one.is_downgraded,
        )
        for one in state.services.cases.figures.imprecise(visible)
    )
