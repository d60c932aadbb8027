"""`/site/try`: what a draft would have made of the alerts of the last hours."""

from collections import Counter
from datetime import timedelta

from fastapi import APIRouter

import api.try_examples as examples
from alerts.alert import Alert, AlertFilter
from api.access import SiteEditor
from api.address import SITE
from api.alert_shown import captions
from api.alert_view import summary_of
from api.camera_routes import seen_camera
from api.draft_view import problem_of
from api.openapi import answers
from api.services import State, StateDep
from api.shown import ShownBox
from api.try_view import BECAUSE_ZH, TakenTry, TriedAlert, TriedDraft
from base.errors import ConfigError
from base.ids import CameraId, ZoneName
from rules.catalogue import with_codes
from rules.recheck import Because, DrawnView, Fate, Rechecked, recheck
from sites.draft import draft_site, key_problems
from sites.schema import Site

router = APIRouter(prefix=SITE, tags=["site"])

MOST = 200


@router.post("/try", responses=answers(examples.TRIED, 401, 403, 404, 413, 422, 503))
def try_draft(body: TakenTry, caller: SiteEditor, state: StateDep) -> TriedDraft:
    """Hold past alerts of one camera against a draft; quick, and nothing is kept."""
    seen_camera(state, caller, body.camera)
    try:
        draft = draft_site(body.content)
    except ConfigError as error:
        told = tuple(problem_of(one) for one in key_problems(error))
        return TriedDraft(
            problems=told, alerts=(), kept=0, lost=0, unknown=0, is_cut=False
        )
    camera = CameraId(body.camera)
    asked = AlertFilter(
        cameras=frozenset({camera}),
        opened_from=state.services.clock.utc_now() - timedelta(hours=body.hours),
    )
    page = state.services.alerts.list_alerts(asked, limit=MOST)
    words, tried, count = captions(state), [], Counter[Fate]()
    for alert in page.alerts:
        found = _rechecked(state, draft, alert, camera)
        count[found.fate] += 1
        tried.append(
            TriedAlert(
                alert=summary_of(alert, words),
                box=ShownBox.of(alert.violation.box),
                fate=found.fate,
                because=found.because,
                because_zh=BECAUSE_ZH[found.because],
                share=found.share,
                min_overlap=found.min_overlap,
                stood_s=found.stood_s,
                dwell_s=found.dwell_s,
            )
        )
    return TriedDraft(
        problems=(),
        alerts=tuple(tried),
        kept=count[Fate.KEPT],
        lost=count[Fate.LOST],
        unknown=count[Fate.UNKNOWN],
        is_cut=page.next is not None,
    )


def _rechecked(state: State, draft: Site, alert: Alert, camera: CameraId) -> Rechecked:
    own = [s.violation for s in alert.sources if s.violation.place.camera == camera]
    violation = own[0] if own else alert.violation
    view = violation.place.view
    drawn = _drawn(draft, camera, view)
    held = state.site.get()
    now = None if held is None else _drawn(held.site, camera, view)
    row = with_codes(draft.codes).rules.get(violation.code)
    if row is None:  # a code of the bureau's own that the draft takes out
        return Rechecked(Fate.LOST, Because.NOT_JUDGED)
    return recheck(violation, row, drawn, drawn == now)


def _drawn(site: Site, camera: str, view: str) -> DrawnView | None:
    section = site.cameras.get(camera)
    content = None if section is None else section.views.get(view)
    if section is None or content is None:
        return None
    zones = {ZoneName(name): zone for name, zone in content.zones.items()}
    return DrawnView(zones, site.rules, section.rules)
