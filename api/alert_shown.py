"""Alerts as far as the caller sees them: what lies outside the scope is not there.

The answer for an alert of a camera one does not see is the answer for one that does not
exist: 404, in the same words.
"""

from dataclasses import replace
from uuid import UUID

import structlog

from alerts.alert import Alert, AlertFilter, AlertId
from alerts.errors import NotFoundError
from alerts.pack import Pack
from api.alert_view import Captions
from api.services import State
from base.ids import CameraId
from identity.person import Person

_log = structlog.get_logger()


def captions(state: State) -> Captions:
    """The words in force."""
    return Captions(state.services.catalogue, state.site.titles())


def scoped(
    asked: AlertFilter, visible: frozenset[CameraId] | None
) -> AlertFilter | None:
    """The filter, narrowed to `visible`; None when nothing is left."""
    if visible is None:
        return asked
    cameras = asked.cameras & visible if asked.cameras else visible
    return replace(asked, cameras=cameras) if cameras else None


def seen_alert(state: State, caller: Person, alert: UUID) -> Alert:
    """One alert that a camera the caller sees has a part in.

    Raises:
        NotFoundError: There is none, or none the caller sees.
    """
    found = state.services.alerts.get_alert(AlertId(alert))
    visible = state.visible(caller)
    seen_by = {source.violation.place.camera for source in found.sources}
    if visible is not None and not seen_by & visible:
        _log.warning("scope.refused", person=caller.name, alert=str(alert))
        raise NotFoundError(f"no alert {alert}")
    return found


def seen_packs(state: State, caller: Person, alert: Alert) -> tuple[Pack, ...]:
    """Evidence of an alert, as far as the caller sees the cameras it comes from."""
    visible = state.visible(caller)
    packs = state.services.alerts.packs_of(alert.id)
    if visible is None:
        return packs
    seen = {
        source.violation.id
        for source in alert.sources
        if source.violation.place.camera in visible
    }
    return tuple(pack for pack in packs if pack.violation in seen)
