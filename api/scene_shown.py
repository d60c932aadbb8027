"""Where an alert lies: the zone as drawn in the revision it was judged under."""

from alerts.alert import Alert
from api.review_view import Scene
from api.services import State
from sites.revision import RevisionId
from sites.schema import Site


def scene_of(state: State, alert: Alert) -> Scene:
    """Outline and purpose of the zone, position of the camera; empty: not known."""
    place, site = alert.place, _site(state, alert)
    camera = None if site is None else site.cameras.get(place.camera)
    view = None if camera is None else camera.views.get(place.view)
    zone = None if view is None else view.zones.get(place.zone)
    position = None if camera is None else camera.position
    return Scene(
        alert=alert.id,
        zone=() if zone is None else zone.points,
        purpose="" if zone is None else zone.purpose.value,
        lat=None if position is None else position.lat,
        lon=None if position is None else position.lon,
    )


def _site(state: State, alert: Alert) -> Site | None:
    config = alert.violation.config
    held = state.site.get()
    if held is not None and held.revision.id == config:
        return held.site
    found = state.services.revisions.get(RevisionId(config))
    if found is not None:
        return found.site
    return None if held is None else held.site
